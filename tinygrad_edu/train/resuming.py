"""What a run has to know to go on as if it had never stopped, written to a file and read from it.

model, optimizer, schedule   their state_dict
epoch, step, stopped         where it is, and whether somebody has stopped it
history                      its columns
shuffling, generators        where each random generator is in its sequence
buffers                      those that state_dict leaves out
callbacks                    what each of them remembers
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.value import Value
from ..saving.load import load
from ..saving.save import checked_path, save
from .checkpoint import Checkpoint
from .randomness import generators_in, set_checked, state_of
from .resuming_messages import no_checkpoint, nothing_to_resume, resume_what, without_schedule

if TYPE_CHECKING:
    from .run import Run

NEEDED = {"epoch", "step", "stopped", "history", "shuffling"}


def write(run: Run, path: str | PathLike[str]) -> None:
    """Write a checkpoint; `tg.load(path, model)` reads the model alone."""
    event = run.event
    own = {
        "epoch": event.epoch,
        "step": event.step,
        "stopped": event.stopping,
        "history": dict(event.history),
        "shuffling": state_of(run.rng),
        "generators": {name: state_of(generator) for name, generator in generators_in(event.model).items()},
        "buffers": {name: np.array(held(x)) for name, x in unsaved(event.model).items()},
        "callbacks": [{"kind": type(x).__name__, "state": x.state_dict()} for x in run.named],
    }
    save(path, event.model, optimizer=event.optimizer, schedule=event.schedule, extra=own)


def read(run: Run, resume: Any) -> list[Any]:
    """Bring model, optimizer, schedule, generators and history to where they were; nothing if there is no file yet.

    resume    the path, or True for that of the Checkpoint among the callbacks
    returns   what the callbacks remembered, for `remind`
    raises    DataError for a file of another run, or one that is not there and that nobody is going to write; what
              `tg.load` raises for a file that is damaged or does not fit. Then nothing was changed
    """
    path = path_of(run, resume)
    if not path.exists():
        return []
    event, found = run.event, load(path)
    own = found.extra
    if not isinstance(own, Mapping) or not own.keys() >= NEEDED:
        raise no_checkpoint(path)
    if event.schedule is None and found.schedule is not None:
        raise without_schedule(path)
    generators = {"shuffling": (run.rng, own["shuffling"])}
    for name, generator in generators_in(event.model).items():
        if name in own.get("generators", {}):
            generators[name] = generator, own["generators"][name]
    before = {name: state_of(generator) for name, (generator, _) in generators.items()}
    try:
        for name, (generator, state) in generators.items():
            set_checked(name, generator, state)
        load(path, event.model, optimizer=event.optimizer, schedule=event.schedule)
    except BaseException:
        for name, state in before.items():
            set_checked(name, generators[name][0], state)
        raise
    for name, buffer in unsaved(event.model).items():
        put(buffer, own.get("buffers", {}).get(name, held(buffer)))
    event.epoch, event.step, event.stopping, event.resumed = own["epoch"], own["step"], own["stopped"], True
    for k in range(event.epoch):
        event.history.add({name: float(column[k]) for name, column in own["history"].items()})
    return list(own.get("callbacks", []))


def remind(run: Run, remembered: list[Any]) -> None:
    """Give each callback what one of its kind remembered, in their order."""
    for callback in run.named:
        entry = next((x for x in remembered if x["kind"] == type(callback).__name__), None)
        if entry is not None:
            remembered.remove(entry)
            callback.load_state_dict(entry["state"])


def path_of(run: Run, resume: Any) -> Path:
    """The file to go on from."""
    written = [Path(callback.path) for callback in run.named if isinstance(callback, Checkpoint)]
    if resume is True:
        if not written:
            raise resume_what()
        return written[0]
    path = Path(checked_path(resume))
    if not path.exists() and path.resolve() not in [x.resolve() for x in written]:
        raise nothing_to_resume(path)
    return path


def unsaved(model: Any) -> dict[str, Any]:
    """The buffers that `state_dict` leaves out, but which a run may have changed."""
    saved = model.state_dict().keys()
    return {name: x for name, x in model.named_buffers() if name not in saved}


def held(x: Any) -> Any:
    """The numbers of a buffer."""
    return x._held if type(x) is Value else x


def put(buffer: Any, array: Any) -> None:
    """Write numbers into a buffer."""
    if type(buffer) is Value:
        buffer.data = np.asarray(array, buffer.dtype)
    else:
        buffer[...] = array
