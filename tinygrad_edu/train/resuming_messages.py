"""What fit says when a run cannot be written to a file, or cannot go on from one."""

from __future__ import annotations

from typing import Any

from ..errors import DataError


def middle_of_epoch(epoch: int, batch: int) -> DataError:
    """For event.save where a run cannot be continued."""
    return DataError(
        f"fit: a checkpoint was asked for in epoch {epoch}, at batch {batch}.",
        "A run goes on from the end of an epoch; which batches are still to come in its middle is not saved.",
        "Call event.save(path) in on_epoch, or in a plain function, which is called after each epoch.",
    )


def resume_what() -> DataError:
    """For resume=True without a checkpoint."""
    return DataError(
        "fit: resume=True, and no callback writes checkpoints.",
        "It means: go on from the file that Checkpoint has written.",
        "Write callbacks=[Checkpoint('run.npz')], or the path itself: resume='run.npz'.",
    )


def nothing_to_resume(path: Any) -> DataError:
    """For a file that is not there, and never will be."""
    return DataError(
        f"fit: there is no file {str(path)!r} to resume from.",
        "A missing file means a run that has just begun, if a Checkpoint of this run is going to write it; "
        "here nobody is.",
        f"Check the path, or write callbacks=[Checkpoint({str(path)!r})].",
    )


def no_checkpoint(path: Any) -> DataError:
    """For a file that was written by somebody else."""
    return DataError(
        f"fit: {str(path)!r} is no checkpoint of a run.",
        "It holds no epoch, no history and no state of random generators.",
        "Resume from what Checkpoint has written; to begin with saved weights, write tg.load(path, model) before.",
    )


def without_schedule(path: Any) -> DataError:
    """For a run that had rates of its own."""
    return DataError(
        f"fit: the run in {str(path)!r} had a schedule, and this one has none.",
        "Its next learning rates would be others, and so would the result.",
        "Pass the schedule that the run was begun with.",
    )


def other_generator(name: str, generator: Any, why: str) -> DataError:
    """For a random generator of another kind than the one that was saved."""
    kind = type(getattr(generator, "bit_generator", generator)).__name__
    return DataError(
        f"fit: the saved state of the random generator {name!r} does not fit this one, a {kind} ({why[:80]}).",
        "A run can be continued only by a generator of the same kind.",
        "Build the model, and rng, as they were in the run that wrote the checkpoint.",
    )
