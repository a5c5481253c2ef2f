"""How many vectors have each value of an attribute, of a study and of selections, to choose by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.plain import as_text
from core.selection.rules import Has
from core.study import Study
from core.study.columns import Kind

__all__ = ["Values", "values_of"]


@dataclass(frozen=True, eq=False)
class Values:
    """What is known of all vectors in attributes of yes or no and of categories.

    Attributes
    ----------
    rules : tuple of Has
        One for each value that can be asked for: of yes or no that it is so, and each category.
    labels : tuple of str
        The same for readers.
    columns : int8 arrays (n,), one for each of them
        1 where it is so, 0 where it is not, -1 where it is not known.
    """

    rules: tuple[Has, ...]
    labels: tuple[str, ...]
    columns: tuple[npt.NDArray[np.int8], ...]

    def __len__(self) -> int:
        return len(self.rules)

    def shares(self, mask: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.float64]:
        """Return the share of each value among the vectors of which it is known, those of a mask (n,) or all of them.

        NaN where it is known of none.
        """
        shares = np.full(len(self), np.nan)
        for number, column in enumerate(self.columns):
            _, no, yes = np.bincount((column if mask is None else column[mask]) + 1, minlength=3)
            if no + yes:
                shares[number] = yes / (no + yes)
        return shares


def values_of(study: Study) -> Values:
    """Return what can be chosen of the attributes of a study, in the order of its columns."""
    rules: list[Has] = []
    labels: list[str] = []
    columns: list[npt.NDArray[np.int8]] = []
    for column in study.columns:
        if column.kind is Kind.NUMBER:
            continue
        values = study.rows[column.name]
        if column.kind is Kind.BOOL:
            rules.append(Has(column.name))
            labels.append(column.label)
            columns.append(np.asarray(values.astype("boolean").to_numpy(np.int8, na_value=-1), np.int8))
            continue
        codes = pd.Categorical(values, categories=list(column.categories)).codes
        for number, category in enumerate(column.categories):
            rules.append(Has(column.name, category))
            labels.append(f"{column.label}: {as_text(category)}")
            columns.append(np.where(codes < 0, -1, codes == number).astype(np.int8))
    return Values(tuple(rules), tuple(labels), tuple(columns))
