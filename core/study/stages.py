"""What a strategy draws after some epochs of its training, kept in the workplace of that while it goes on.

They say how a law comes to be, not what a study is, so they lie in no study: they go with the workplace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.networks import Autoencoder
from core.networks.epochs import CHECKPOINT
from core.storage import whole_file
from core.strategies import Stage
from core.study.description import Study
from core.study.sheets import find_sheets, sheet

__all__ = ["COLUMNS", "DRAWN", "Look", "Stages", "find_looks"]

DRAWN, COLUMNS = 24, 12
"""Vectors that are drawn and decoded at a stage, always from the same noise; pictures in a row."""

EVERY, MOST = 20, 50
"""Epochs from one look to the next, and looks in a training, at most: of a longer one they lie further apart."""

_NAME = re.compile(r"epoch-(\d{5})\.json")


class _Numbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of a look."""

    log_likelihood: float | None
    judged: int
    steps: int


@dataclass(frozen=True)
class Look:
    """What was found at a stage of a training.

    Attributes
    ----------
    epoch : int
        0 before the first.
    log_likelihood : float, optional
        Mean of held-out vectors in nats per component; None where the law has no density.
    judged, steps : int
        How many vectors those are, and of the solver; 0 where nothing is solved.
    sheet : Path, optional
        Picture of what was drawn and decoded; None without a decoder.
    """

    epoch: int
    log_likelihood: float | None
    judged: int
    steps: int
    sheet: Path | None


class Stages:
    """Looks at a training before it begins, every few epochs and at its end; keeps numbers and decoded pictures.

    Looks of an interrupted training stay where its checkpoint is, and are removed where the training begins anew.

    Parameters
    ----------
    work : Path
        Workplace of the training.
    study : Study
        Whose autoencoder decodes, if it has one.
    """

    def __init__(self, work: Path, study: Study) -> None:
        self._work, self._study = work, study
        self._autoencoder: Autoencoder | None = None
        if not (work / CHECKPOINT).exists():
            for path in (*_numbers(work).values(), *find_sheets(work).values()):
                path.unlink(missing_ok=True)

    def look(self, stage: Stage) -> None:
        """Keep what is seen of a stage, if it is its turn and it is not known yet."""
        every = max(EVERY, -(-stage.epochs // MOST))
        numbers = self._work / f"epoch-{stage.epoch:05}.json"
        if (stage.epoch % every and stage.epoch != stage.epochs) or (stage.epoch == 0 and numbers.exists()):
            return
        self._work.mkdir(parents=True, exist_ok=True)
        if self._study.has_decoder:
            self._autoencoder = self._autoencoder or self._study.load_autoencoder()
            images = self._autoencoder.decode(stage.sample(DRAWN))
            rows = (images[start : start + COLUMNS] for start in range(0, DRAWN, COLUMNS))
            with whole_file(numbers.with_suffix(".png")) as partial:
                sheet(*rows).save(partial, "PNG")
        found = _Numbers(stage.log_likelihood(), stage.judged, stage.steps)
        with whole_file(numbers) as partial:  # last: without it there is no look
            partial.write_bytes(msgspec.json.encode(found))


def find_looks(work: Path) -> tuple[Look, ...]:
    """Return the looks that lie in the workplace of a training, by epoch; what is damaged is left out."""
    sheets, found = find_sheets(work), []
    for epoch, path in _numbers(work).items():
        try:
            numbers = msgspec.json.decode(path.read_bytes(), type=_Numbers)
        except (OSError, msgspec.MsgspecError, ValueError):
            continue
        found.append(Look(epoch, numbers.log_likelihood, numbers.judged, numbers.steps, sheets.get(epoch)))
    return tuple(found)


def _numbers(work: Path) -> Mapping[int, Path]:
    """Return the files of numbers in a workplace by epoch, in their order."""
    found = ((match, path) for path in work.glob("epoch-*.json") if (match := _NAME.fullmatch(path.name)))
    return dict(sorted((int(match[1]), path) for match, path in found))
