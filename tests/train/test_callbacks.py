"""Callbacks see each moment as it is, are called in their order, and fail loudly."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.train.problems import arrays, line, points, same
from tinygrad_edu import nn, optim
from tinygrad_edu.saving.load import load
from tinygrad_edu.train import Callback, Checkpoint, EarlyStopping, Film, fit

X, Y = points()


class Noting(Callback):
    def __init__(self):
        self.moments = []

    def on_start(self, event):
        self.moments.append(("start", event.epoch))

    def on_batch(self, event):
        self.moments.append(("batch", event.epoch, event.batch, event.step))

    def on_epoch(self, event):
        self.moments.append(("epoch", event.epoch, event.history.epochs))

    def on_end(self, event):
        self.moments.append(("end", event.epoch))


def test_the_moments_come_in_their_order():
    noting = Noting()
    fit(line(), (X, Y), "mse", "sgd", 2, batch_size=12, callbacks=noting)
    assert noting.moments == [
        ("start", 0),
        ("batch", 1, 1, 1), ("batch", 1, 2, 2), ("epoch", 1, 1),
        ("batch", 2, 1, 3), ("batch", 2, 2, 4), ("epoch", 2, 2),
        ("end", 2),
    ]  # fmt: skip


def test_a_batch_is_seen_between_the_backward_pass_and_the_step():
    checked = []

    class Looking(Callback):
        def on_batch(self, event):
            by_hand = line()
            by_hand.load_state_dict(event.model.state_dict())
            loss = tg.losses.mse(by_hand(X), Y)
            loss.backward()
            checked.append(loss.data == event.loss and same(by_hand.weight.grad, event.model.weight.grad))

    fit(line(), (X, Y), "mse", "sgd", 3, batch_size=None, callbacks=[Looking()])
    assert checked == [True] * 3


def test_a_function_sees_each_epoch_with_its_row():
    rows = []
    history = fit(line(), (X, Y), "mse", "sgd", 2, validation=(X, Y), callbacks=lambda event: rows.append(event.row))
    assert [list(row) for row in rows] == [["loss", "validation_loss", "rate", "seconds"]] * 2
    assert [row["loss"] for row in rows] == history["loss"].tolist()


def test_a_function_can_stop_the_run():
    history = fit(line(), (X, Y), "mse", "sgd", 9, callbacks=lambda event: event.epoch == 3 and event.stop("enough"))
    assert (history.epochs, history.stopped) == (3, "enough")


@pytest.mark.parametrize("moment", ["on_start", "on_batch", "on_epoch", "on_end"])
def test_an_exception_in_a_callback_is_not_swallowed(moment):
    broken = Callback()
    setattr(broken, moment, lambda event: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fit(line(), (X, Y), "mse", "sgd", 2, callbacks=[broken])


def test_an_interrupted_run_gives_what_was_learned_so_far_and_says_so(capsys):
    noting, net = Noting(), line()

    def loss(prediction, y):
        if ("batch", 3, 1, 5) in noting.moments:
            raise KeyboardInterrupt
        return tg.losses.mse(prediction, y)

    history = fit(net, (X, Y), loss, "sgd", 9, batch_size=12, callbacks=noting)
    assert history.epochs == 2
    assert history.stopped == "interrupted in epoch 3 of 9, batch 2"
    assert capsys.readouterr().err == (
        "fit was interrupted in epoch 3 of 9, batch 2; the model keeps what it has learned so far.\n"
    )
    assert noting.moments[-1] == ("end", 3)
    again = line()
    fit(again, (X, Y), "mse", "sgd", 2, batch_size=12)
    assert not same(net.state_dict(), again.state_dict())  # one step more
    assert not net.training


# ── early stopping ───────────────────────────────────────────────────────────────────────────────────────────────────
def follow(losses, stopping, **choices):
    """A run whose validation loss is what is written here, epoch by epoch; returns history, model, all its states."""
    told, states = iter(losses), []

    class Net(nn.Linear):
        pass

    net = Net(2, 1, rng=np.random.default_rng(0))

    def loss(prediction, y):
        return tg.losses.mse(prediction, y) if net.training else next(told)

    history = fit(net, (X, Y), loss, "sgd", len(losses), lr=0.1, validation=(X, Y),
                  callbacks=[lambda event: states.append(event.model.state_dict()), stopping], **choices)  # fmt: skip
    return history, net, states


def test_training_stops_when_there_was_no_improvement_for_as_long_as_one_waits():
    stopping = EarlyStopping(patience=2)
    history, net, states = follow([5.0, 3.0, 4.0, 2.0, 2.0, 2.5, 1.0], stopping)
    assert history.epochs == 6
    assert history.stopped == "validation_loss has not improved for 2 epochs; the best was 2 in epoch 4"
    assert (stopping.best, stopping.best_epoch) == (2.0, 4)
    assert same(net.state_dict(), states[3])


def test_the_best_parameters_come_back_also_when_the_run_was_not_stopped_and_not_if_unwanted():
    history, net, states = follow([1.0, 2.0, 3.0], EarlyStopping(patience=9))
    assert history.stopped == "" and same(net.state_dict(), states[0])
    history, net, states = follow([1.0, 2.0, 3.0], EarlyStopping(patience=2, restore_best=False))
    assert history.stopped and same(net.state_dict(), states[-1])


def test_what_is_smaller_than_min_delta_is_no_improvement():
    history, *_ = follow([1.0, 0.95, 0.91, 0.5], EarlyStopping(patience=2, min_delta=0.1))
    assert history.epochs == 3


def test_of_a_metric_more_is_better_unless_somebody_says_otherwise():
    told = iter([0.5, 0.6, 0.4, 0.3, 0.9])
    stopping = EarlyStopping(patience=2, monitor="skill")
    history = fit(line(), (X, Y), "mse", "sgd", 5, batch_size=None, metrics={"skill": lambda p, y: next(told)},
                  callbacks=stopping)  # fmt: skip
    assert (history.epochs, stopping.best_epoch) == (4, 2)
    told = iter([0.5, 0.6, 0.4, 0.3, 0.9])
    stopping = EarlyStopping(patience=3, monitor="error", larger=False)
    fit(line(), (X, Y), "mse", "sgd", 5, batch_size=None, metrics={"error": lambda p, y: next(told)},
        callbacks=stopping)  # fmt: skip
    assert stopping.best_epoch == 4


def test_the_same_stopping_begins_anew_in_another_run():
    stopping = EarlyStopping(patience=1)
    first, *_ = follow([1.0, 2.0, 3.0], stopping)
    second, *_ = follow([5.0, 4.0, 4.5], stopping)
    assert (first.epochs, second.epochs, stopping.best) == (2, 3, 4.0)


# ── checkpoints and films ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("every", "epochs"), [(1, [1, 2, 3, 4, 5]), (2, [2, 4, 5]), (9, [5])])
def test_a_checkpoint_is_written_after_every_few_epochs_and_after_the_last(every, epochs, tmp_path):
    path, written = tmp_path / "run.npz", []

    class Looking(Checkpoint):
        def on_epoch(self, event):
            path.unlink(missing_ok=True)
            super().on_epoch(event)
            written.extend([event.epoch] if path.exists() else [])

    fit(line(), (X, Y), "mse", "sgd", 5, callbacks=[Looking(path, every)])
    assert written == epochs


def test_a_checkpoint_comes_after_the_other_callbacks_wherever_it_stands(tmp_path):
    path = tmp_path / "run.npz"
    fit(line(), (X, Y), "mse", "sgd", 9, callbacks=[Checkpoint(path), EarlyStopping(), lambda event: event.stop("so")])
    assert load(path).extra["stopped"] == "so"
    history = fit(line(), (X, Y), "mse", "sgd", 9, resume=path)
    assert (history.epochs, history.stopped) == (1, "so")


def test_a_checkpoint_is_also_a_file_with_the_model_in_it(tmp_path):
    net, other = arrays(), arrays(seed=5)
    fit(net, (X, Y), "mse", "adam", 2, callbacks=[Checkpoint(tmp_path / "run.npz")])
    load(tmp_path / "run.npz", other)
    assert same(other.state_dict(), net.state_dict())


def test_a_film_has_a_frame_per_epoch_with_the_curves_of_the_history(tmp_path):
    net, film = nn.MLP(2, [3, 1], hidden="tanh"), Film(tmp_path / "training.html", title="Circle")
    history = fit(net, (X, Y), "mse", "sgd", 4, validation=(X, Y), callbacks=[film])
    assert len(film.film) == 4
    assert [row["validation_loss"] for _, row in film.film.written] == history["validation_loss"].tolist()
    assert film.film.points is not None
    assert "Circle" in (tmp_path / "training.html").read_text("utf-8")


def test_a_film_of_steps_shows_weights_gradients_and_loss_of_one_moment():
    net, film = line(), Film(steps=3)
    fit(net, (X, Y), "mse", "sgd", 4, batch_size=12, callbacks=[film])
    assert [at for at, _ in film.film.written] == [1.0, 4.0, 7.0]
    moment = film.film.reel.kept()[0]
    assert same(moment.data, [line().weight.data, line().bias.data])
    assert all(g is not None for g in moment.gradients)


def test_a_film_of_other_data_than_points_of_the_plane_has_no_boundary():
    film = Film()
    fit(nn.Linear(3, 1), (np.ones((4, 3)), np.ones((4, 1))), "mse", "sgd", 1, callbacks=[film])
    assert film.film.points is None


def test_a_callback_may_change_the_rate():
    net = line()
    optimizer = optim.SGD(net.parameters(), lr=0.1)

    def halve(event):
        event.optimizer.lr /= 2

    assert fit(net, (X, Y), "mse", optimizer, 3, callbacks=halve)["rate"].tolist() == [0.1, 0.05, 0.025]


@pytest.mark.parametrize("make", [lambda path: Checkpoint(path / "run.npz"), lambda path: Film(path / "film.html")])
def test_a_folder_that_is_not_there_is_said_before_the_first_epoch(make, tmp_path):
    net = line()
    before = net.state_dict()
    with pytest.raises(FileNotFoundError, match="there is no folder of that name"):
        fit(net, (X, Y), "mse", "sgd", 3, callbacks=make(tmp_path / "nowhere"))
    assert same(net.state_dict(), before)


def test_a_column_that_will_not_be_there_is_said_before_the_first_epoch():
    net = line()
    before = net.state_dict()
    with pytest.raises(KeyError, match="validation_loss"):
        fit(net, (X, Y), "mse", "sgd", 3, callbacks=EarlyStopping(monitor="validation_loss"))
    assert same(net.state_dict(), before)
    fit(net, (X, Y), "mse", "sgd", 1, validation=(X, Y), callbacks=EarlyStopping(monitor="validation_loss"))


def test_a_number_that_is_always_nan_has_no_best_epoch():
    history = fit(line(), (X, Y), "mse", "sgd", 9, validation=(np.nan * X, Y), callbacks=EarlyStopping(2))
    assert history.stopped == "validation_loss has not improved for 2 epochs; it was always nan"
