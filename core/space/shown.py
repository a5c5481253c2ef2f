"""What stands for the vectors of a study where points and planes are drawn: all of them, or a uniform sample."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.statistics import Description
from core.study import Study
from core.study.sampling import sampled_rows

__all__ = ["Shown", "shown_of"]


@dataclass(frozen=True, eq=False)
class Shown:
    """The vectors that stand for a study.

    Attributes
    ----------
    vectors : array (m, d)
    rows : int array (m,), optional
        Their rows in the study, ascending; None where they are all of it.
    total : int
        Vectors of the study.
    """

    vectors: npt.NDArray[np.floating]
    rows: npt.NDArray[np.intp] | None
    total: int

    def __len__(self) -> int:
        return len(self.vectors)

    def of_study(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Return the rows in the study of some of these vectors."""
        return places if self.rows is None else self.rows[places]

    def described(self, description: Description) -> Description:
        """Return the description of the study with radii and distances of these vectors alone."""
        if self.rows is None:
            return description
        radii, distances = (np.asarray(one[self.rows], float) for one in (description.radii, description.distances))
        return replace(description, radii=radii, distances=distances, summary=None)


def shown_of(study: Study) -> Shown:
    """Return the vectors that stand for a study: all, or where there are too many a sample, read into memory."""
    rows = sampled_rows(study)
    return Shown(study.latents if rows is None else study.latents[rows], rows, len(study))
