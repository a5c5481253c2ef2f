"""What the exhibits of a comparing page have in common: a study, and a sample held against it."""

from __future__ import annotations

from dataclasses import dataclass

from core.space.sample import Sample
from core.statistics import Description
from core.study import Study

__all__ = ["Scene"]


@dataclass(frozen=True, eq=False)
class Scene:
    """A study with its statistics, vectors of its own, and a sample of a strategy."""

    study: Study
    described: Description
    reference: Sample
    sample: Sample

    def study_file(self, what: str) -> str:
        """Return the stem of a file that depends on the study alone."""
        return f"{self.study.name}_{what}"

    def sample_file(self, what: str) -> str:
        """Return the stem of a file that depends on the sample, too."""
        return f"{self.study.name}_{self.sample.stem}_{what}"
