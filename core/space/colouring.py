"""What vectors are coloured by: a column of their study, their reconstruction error or their distance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.plain import as_text
from core.statistics import Description
from core.study import Study
from core.study.columns import Column, Kind

__all__ = ["DISTANCE", "ERROR", "Colouring", "colour_by", "colours_of"]

ERROR, DISTANCE = "reconstruction error", "Mahalanobis distance"
"""What is no column of attributes, as readers call it and as it stands in the address."""


@dataclass(frozen=True, eq=False)
class Colouring:
    """What each of n vectors is coloured by.

    Attributes
    ----------
    label : str
        As readers call it.
    kind : Kind
    values : float array (n,)
        Numbers; of yes or no and of categories the number of the category. NaN where it is not known.
    categories : tuple of str
        Names of the categories; empty for numbers. Of yes or no: not so, and so.
    """

    label: str
    kind: Kind
    values: npt.NDArray[np.float64]
    categories: tuple[str, ...] = ()

    def of(self, rows: npt.NDArray[np.intp]) -> Colouring:
        """Return the same of some of the vectors."""
        return replace(self, values=self.values[rows])

    def told(self) -> npt.NDArray[np.object_]:
        """Return what is told of each vector in a table: numbers, or names of categories and "" where unknown."""
        if self.kind is Kind.NUMBER:
            return self.values.astype(object)
        codes = np.where(np.isfinite(self.values), self.values, len(self.categories)).astype(np.intp)
        return np.array([*self.categories, ""], object)[codes]


def colours_of(study: Study) -> dict[str, str]:
    """Return what the vectors of a study can be coloured by, each with its name for readers."""
    known = {ERROR: ERROR} if study.has_errors else {}
    return {**known, DISTANCE: DISTANCE, **{column.name: column.label for column in study.columns}}


def colour_by(study: Study, description: Description, name: str) -> Colouring:
    """Return how the vectors of a study are coloured by one of :func:`colours_of`.

    Raises
    ------
    InputError
        If the study has no such column.
    """
    if name == DISTANCE:
        return Colouring(DISTANCE, Kind.NUMBER, description.distances)
    if name == ERROR:
        return Colouring(ERROR, Kind.NUMBER, study.rows["reconstruction_error"].to_numpy(np.float64))
    column = study.column(name)
    return Colouring(column.label, column.kind, _values(study.rows[name], column), _names(column))


def _values(values: pd.Series, column: Column) -> npt.NDArray[np.float64]:
    if column.kind is Kind.CATEGORY:
        codes = pd.Categorical(values, categories=column.categories).codes.astype(np.float64)
        return np.where(codes < 0, np.nan, codes)
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _names(column: Column) -> tuple[str, ...]:
    if column.kind is Kind.BOOL:
        return f"not {column.label}", column.label
    return tuple(as_text(category) for category in column.categories)
