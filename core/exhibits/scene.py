"""What the exhibits of a comparing page have in common: a study, and a sample held against it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.plain import listed
from core.selection import Selected
from core.space.sample import Sample
from core.statistics import Description
from core.study import Study

__all__ = ["Scene"]


@dataclass(frozen=True, eq=False)
class Scene:
    """A study with its statistics, vectors of its own, a sample of a strategy and, where asked for, one of another.

    Some of the study's vectors may be selected, by one or several rules.
    """

    study: Study
    described: Description
    reference: Sample
    sample: Sample
    against: Sample | None = None
    selected: tuple[Selected, ...] = field(default=(), kw_only=True)

    @property
    def drawn(self) -> tuple[Sample, ...]:
        """The sample, and the one of another strategy that it is held against, where there is one."""
        return (self.sample,) if self.against is None else (self.sample, self.against)

    @property
    def masks(self) -> list[tuple[str, npt.NDArray[np.bool_], int]]:
        """What is selected: titles, which vectors of the study (n,), and places."""
        return [(one.title, one.mask, one.place) for one in self.selected]

    @property
    def titles(self) -> str:
        """The data and what was drawn, as legends name them."""
        return listed([self.study.title, *(sample.title for sample in self.drawn)])

    @property
    def labels(self) -> str:
        """The same, each strategy with its parameters."""
        return listed([self.study.title, *(sample.label for sample in self.drawn)])

    def study_file(self, what: str) -> str:
        """Return the stem of a file that depends on the study alone."""
        return f"{self.study.name}_{what}"

    def sample_file(self, what: str) -> str:
        """Return the stem of a file that depends on what was drawn, too."""
        return "_".join((self.study.name, "_against_".join(sample.stem for sample in self.drawn), what))

    def file_of(self, sample: Sample, what: str) -> str:
        """Return the stem of a file that depends on one sample alone."""
        return f"{self.study.name}_{sample.stem}_{what}"
