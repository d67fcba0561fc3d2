"""fit does what the loop by hand does, and keeps its promises about modes, means, order and precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.train.problems import arrays, line, numbers, points, same, scalars
from tinygrad_edu import Value, nn, optim
from tinygrad_edu.errors import DataError
from tinygrad_edu.optim.lr_scheduler import OneCycleLR, StepLR
from tinygrad_edu.train import fit

X, Y = points()


def test_fit_takes_the_steps_of_the_loop_by_hand():
    rng, net = np.random.default_rng(5), scalars()
    optimizer, by_hand = optim.Adam(net.parameters(), lr=0.05), []
    for _ in range(4):
        order, total = rng.permutation(len(X)), 0.0
        for start in range(0, len(X), 8):
            rows = order[start : start + 8]
            loss = tg.losses.mse(net(X[rows]), Y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.data * len(rows)
        by_hand.append(total / len(X))
    again = scalars()
    history = fit(again, (X, Y), "mse", "adam", 4, lr=0.05, batch_size=8, rng=5)
    assert same(again.state_dict(), net.state_dict())
    assert np.allclose(history["loss"], by_hand, rtol=1e-15)


def test_one_seed_decides_everything_even_the_draws_of_layers_nobody_seeded():
    runs = []
    for seed in (3, 3, 4):
        net = arrays()
        runs.append((fit(net, (X, Y), "mse", "adam", 3, batch_size=8, rng=seed), net.state_dict()))
    first, second, other = runs
    assert same(numbers(first[0]), numbers(second[0])) and same(first[1], second[1])
    assert not same(first[1], other[1])


def test_a_generator_that_somebody_seeded_stays_with_its_layer():
    mine = np.random.default_rng(7)
    drop, lonely = nn.Dropout(0.5, rng=mine), nn.Dropout(0.5)
    lonely.rng = None
    net = nn.Sequential(line(), drop, lonely)
    fit(net, (X, Y), "mse", "sgd", 1)
    assert drop.rng is mine
    assert isinstance(lonely.rng, np.random.Generator)


def test_means_count_a_short_last_batch_by_its_samples():
    net = line()
    before = tg.losses.mse(net(X), Y).data
    frozen = optim.SGD(net.parameters(), lr=1.0)
    frozen.lr = 0.0
    history = fit(net, (X, Y), "mse", frozen, 1, batch_size=7, metrics={"error": lambda p, y: abs(p - y).mean()})
    assert history["loss"] == pytest.approx([before], rel=1e-14)
    assert history["error"] == pytest.approx([abs(net(X).data - Y).mean()], rel=1e-14)


def test_validation_is_in_evaluation_mode_records_nothing_and_does_not_learn():
    seen = []

    class Watching(nn.Module):
        def __init__(self):
            self.line, self.drop = line(), nn.Dropout(0.5)

        def forward(self, x):
            y = self.drop(self.line(x))
            seen.append((self.training, self.drop.training, y.op is not None))
            return y

    net = Watching()
    history = fit(net, (X, Y), "mse", "sgd", 2, batch_size=None, validation=(X[:5], Y[:5]))
    assert seen == [(True, True, True), (False, False, False)] * 2
    assert history["validation_loss"][-1] == tg.losses.mse(net(X[:5]), Y[:5]).data
    assert not net.training  # ready to predict


def test_a_network_that_was_just_used_to_predict_is_trained_in_training_mode():
    ready, used = arrays(), arrays().eval()
    for net in ready, used:
        fit(net, (X, Y), "mse", "sgd", 2)
    assert same(ready.state_dict(), used.state_dict())


def test_an_infinite_validation_loss_is_written_down_and_stops_nobody():
    far = np.full((3, 2), 1e200)
    history = fit(line(), (X, Y), "mse", "sgd", 2, validation=(far, np.zeros((3, 1))))
    assert history["validation_loss"].tolist() == [np.inf, np.inf]


def test_a_part_that_is_in_another_mode_during_validation_comes_back_to_training():
    net = arrays()
    modes = []
    fit(net, (X, Y), "mse", "sgd", 2, batch_size=None, validation=(X, Y),
        callbacks=[lambda event: modes.append([part.training for part in event.model.modules()])])  # fmt: skip
    assert modes == [[True] * 6] * 2


@pytest.mark.parametrize(
    ("loss", "answer"),
    [
        ("binary_cross_entropy_with_logits", lambda z: z),
        ("binary_cross_entropy", tg.sigmoid),
        ("hinge", lambda z: z),
    ],
)
def test_accuracy_draws_its_line_where_the_loss_does(loss, answer):
    class Net(nn.Module):
        def __init__(self):
            self.line = line()

        def forward(self, x):
            return answer(self.line(x))

    net, y = Net(), 2 * Y - 1 if loss == "hinge" else Y
    history = fit(net, (X, y), loss, "adam", 30, lr=0.1, batch_size=None, metrics="accuracy", validation=(X, y))
    right = np.mean((net.line(X).data > 0) == (Y == 1))
    assert history["validation_accuracy"][-1] == right
    assert 0.0 <= history["accuracy"][0] <= 1.0


def test_accuracy_of_classes_is_the_share_of_largest_scores():
    net = nn.Linear(2, 3, rng=np.random.default_rng(0))
    classes = np.arange(len(X)) % 3
    history = fit(net, (X, classes), "cross_entropy", "sgd", 1, metrics=["accuracy"], validation=(X, classes))
    assert history["validation_accuracy"][0] == np.mean(net(X).data.argmax(axis=1) == classes)


def test_without_a_batch_size_each_step_sees_all_samples_in_their_order():
    seen = []

    class Line(nn.Module):
        def __init__(self):
            self.line = line()

        def forward(self, x):
            seen.append(x)
            return self.line(x)

    fit(Line(), (X.tolist(), Y.tolist()), "mse", "sgd", 2, batch_size=None)
    assert [np.array_equal(x, X) for x in seen] == [True, True]


def test_every_sample_is_used_once_in_each_epoch_in_another_order():
    orders = [[], []]

    def loss(prediction, y):
        orders[-1].extend(y.tolist()) if len(orders[0]) == 23 else orders[0].extend(y.tolist())
        return tg.losses.mse(prediction, Y[y])

    fit(line(), (X, np.arange(23)), loss, "sgd", 2, batch_size=5)
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(23))
    assert orders[0] != orders[1]


class Again:
    def __iter__(self):
        return iter(BATCHES)


BATCHES = [(X[:10], Y[:10]), (X[10:], Y[10:])]
FEEDS = {
    "a list of batches": lambda: BATCHES,
    "a function": lambda: lambda: iter(BATCHES),
    "a function of the generator": lambda: lambda rng: iter(BATCHES if rng.random() < 2 else []),
    "an object that can be gone through again": lambda: Again(),
}


@pytest.mark.parametrize("make", FEEDS.values(), ids=FEEDS)
def test_batches_may_come_from_anywhere(make):
    net, by_hand = line(), line()
    fit(net, make(), "mse", "sgd", 2, lr=0.1)
    optimizer = optim.SGD(by_hand.parameters(), lr=0.1)
    for x, y in BATCHES * 2:
        optimizer.zero_grad()
        tg.losses.mse(by_hand(x), y).backward()
        optimizer.step()
    assert same(net.state_dict(), by_hand.state_dict())


def test_the_generator_of_the_shuffling_is_given_to_a_function_that_takes_one():
    drawn = []
    fit(line(), lambda rng: drawn.append(rng.random()) or BATCHES, "mse", "sgd", 2, rng=3)
    fit(line(), lambda rng: drawn.append(rng.random()) or BATCHES, "mse", "sgd", 2, rng=3)
    assert drawn[:2] == drawn[2:] and drawn[0] != drawn[1]


def test_a_network_of_single_numbers_learns_from_lists_sample_by_sample():
    samples = [([0.0, 1.0], 1.0), ([1.0, 0.0], -1.0)]
    net = nn.MLP(2, [1], rng=np.random.default_rng(0))
    history = fit(net, samples, lambda prediction, y: (prediction - y) ** 2, "sgd", 200, lr=0.1)
    assert history["loss"][-1] < 1e-6
    assert net([0.0, 1.0]).data == pytest.approx(1.0, abs=1e-2)


def test_a_float32_model_stays_float32_with_data_of_another_precision():
    net = arrays().to(np.float32)
    seen = set()

    def loss(prediction, y):
        seen.add((prediction.dtype, y.dtype))
        return tg.losses.mse(prediction, y)

    fit(net, (X, Y), loss, "adam", 2, validation=(X, Y))
    assert seen == {(np.dtype(np.float32), np.dtype(np.float32))}
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}


def test_classes_stay_whole_numbers_when_data_is_converted():
    net = nn.Linear(2, 2, rng=np.random.default_rng(0)).to(np.float32)
    fit(net, (X, Y[:, 0].astype(int)), "cross_entropy", "sgd", 1)


@pytest.mark.parametrize(("every", "rates"), [("epoch", [0.8, 0.4, 0.2]), ("batch", [0.4, 0.1, 0.025])])
def test_the_schedule_goes_on_by_epochs_or_by_batches(every, rates):
    made = lambda optimizer: StepLR(optimizer, step_size=1, gamma=0.5)  # noqa: E731
    history = fit(line(), (X, Y), "mse", "sgd", 3, lr=0.8, batch_size=12, schedule=made, schedule_every=every)
    assert history["rate"] == pytest.approx(rates)


def test_a_schedule_that_was_made_by_hand_is_the_one_that_is_used():
    net = line()
    optimizer = optim.SGD(net.parameters(), lr=0.8)
    schedule = StepLR(optimizer, step_size=1, gamma=0.5)
    fit(net, (X, Y), "mse", optimizer, 3, schedule=schedule)
    assert (schedule.last_epoch, optimizer.lr) == (3, 0.1)
    fit(net, (X, Y), "mse", optimizer, 2, schedule=schedule)
    assert schedule.last_epoch == 5


def test_a_cycle_of_all_batches_ends_with_the_run_and_not_one_step_later():
    net = line()
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    cycle = OneCycleLR(optimizer, max_lr=0.1, total_steps=3 * 2)
    fit(net, (X, Y), "mse", optimizer, 3, batch_size=12, schedule=cycle, schedule_every="batch")
    assert cycle.last_epoch == 5
    with pytest.raises(tg.errors.DataError, match="step 6 of 6 was asked for"):
        fit(net, (X, Y), "mse", optimizer, 2, batch_size=12, schedule=cycle, schedule_every="batch")


def test_clipping_shortens_each_step():
    net, w = line(), line().weight.data
    fit(net, (100 * X, Y), "mse", "sgd", 1, lr=1.0, batch_size=None, clip=0.01)
    assert np.abs(net.weight.data - w).max() <= 0.01


def test_parameters_the_optimizer_does_not_have_stay_and_their_gradients_do_not_add_up():
    net = nn.Sequential(line(), nn.Linear(1, 1))
    fixed = net[0].weight.data.copy()
    fit(net, (X, Y), "mse", optim.SGD(net[1].parameters(), lr=0.1), 3, batch_size=None)
    assert np.array_equal(net[0].weight.data, fixed)
    once = net[0].weight.grad.copy()
    optim.SGD(net.parameters(), lr=1.0).zero_grad()
    assert np.abs(once).max() < 10


def test_lbfgs_asks_for_the_loss_as_often_as_it_likes():
    net = line()
    history = fit(net, (X, Y), "mse", "lbfgs", 15, batch_size=None)
    design = np.hstack([X, np.ones((len(X), 1))])
    best = np.linalg.lstsq(design, Y, rcond=None)[0]
    assert np.allclose(net(X).data, design @ best, atol=1e-5)
    assert history.epochs == 15


def test_predictions_of_several_numbers_reach_the_metrics_without_their_record():
    class Pair(nn.Module):
        def __init__(self):
            self.a = Value(1.0)

        def forward(self, x):
            return [self.a * x, self.a + x]

    def loss(prediction, y):
        return (prediction[0] - y) ** 2 + prediction[1] * 0.0

    seen = []
    fit(Pair(), [(2.0, 3.0)], loss, "sgd", 1, metrics={"kind": lambda p, y: seen.append([type(x) for x in p]) or 0.0})
    assert seen == [[float, float]]


@settings(max_examples=40)
@given(samples=st.integers(1, 40), size=st.integers(1, 50), seed=st.integers(0, 5))
def test_each_epoch_uses_every_sample_once_however_many_there_are(samples, size, seed):
    x = np.arange(float(samples))[:, None]
    seen = [[], []]

    def loss(prediction, y):
        seen[0 if len(seen[0]) < samples else 1].extend(y[:, 0].tolist())
        return tg.losses.mse(prediction, y)

    net = nn.Linear(1, 1, rng=np.random.default_rng(0))
    fit(net, (x, x), loss, "sgd", 2, lr=1e-9, batch_size=size, rng=seed)
    assert sorted(seen[0]) == sorted(seen[1]) == x[:, 0].tolist()


def test_two_metrics_of_one_name_are_refused_and_not_lost():
    def within(e):
        def near(p, t):
            return float((abs(p - t) < e).mean())

        return near

    with pytest.raises(DataError, match="two metrics are called 'near'"):
        fit(line(), (X, Y), "mse", "sgd", 1, metrics=[within(0.1), within(1.0)])
    history = fit(line(), (X, Y), "mse", "sgd", 1, metrics={"near": within(0.1), "nearer": within(1.0)})
    assert history.last("near") <= history.last("nearer")


def test_a_masked_array_is_refused_since_its_mask_would_be_lost():
    with pytest.raises(DataError, match="x of the training data is no array of numbers, but a masked array"):
        fit(line(), (np.ma.masked_where(X > 1.0, X), Y), "mse", "sgd", 1)


def test_a_function_for_the_validation_data_gets_the_same_generator_in_each_epoch():
    drawn = []

    def some(rng):
        rows = rng.permutation(len(X))[:3]
        drawn.append(rows.tolist())
        return [(X[rows], Y[rows])]

    fit(line(), (X, Y), "mse", "sgd", 3, validation=some)
    assert len(drawn) == 3 and drawn[0] == drawn[1] == drawn[2]


def test_a_length_of_gradients_is_checked_before_anything_is_changed():
    fit(line(), (X, Y), "mse", "sgd", 1, clip=np.float32(1.0))
    net = nn.Sequential(nn.BatchNorm1d(X.shape[1]), line())
    before = net.state_dict()
    with pytest.raises(DataError, match="fit: clip=-1 is no positive number"):
        fit(net, (X, Y), "mse", "sgd", 1, clip=-1)
    assert same(net.state_dict(), before)
