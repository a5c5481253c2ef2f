"""How many vectors have each value of an attribute, of a study and of selections, to choose by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.plain import as_text
from core.selection.rules import Has
from core.study import Study
from core.study.columns import Kind

__all__ = ["Values", "values_of"]

Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Values:
    """What is known of all vectors in attributes of yes or no and of categories.

    Attributes
    ----------
    rules : tuple of Has
        One for each value that can be asked for: of yes or no that it is so, and each category.
    labels : tuple of str
        The same for readers.
    packed : pairs of uint8 arrays, one for each of them
        Bits: of which vectors it is so, and of which it is known.
    total : int
        Vectors.
    """

    rules: tuple[Has, ...]
    labels: tuple[str, ...]
    packed: tuple[tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]], ...]
    total: int

    def __len__(self) -> int:
        return len(self.rules)

    @property
    def columns(self) -> Iterator[npt.NDArray[np.int8]]:
        """Yield int8 arrays (n,), one for each value: 1 where it is so, 0 where it is not, -1 where it is not known."""
        for pair in self.packed:
            so, known = (np.unpackbits(bits, count=self.total).view(np.int8) for bits in pair)
            yield so + known - np.int8(1)

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
    packed: list[tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]] = []
    for column in study.columns:
        if column.kind is Kind.NUMBER:
            continue
        values = study.rows[column.name]
        if column.kind is Kind.BOOL:
            rules.append(Has(column.name))
            labels.append(column.label)
            so = values.astype("boolean")
            packed.append(_bits(so.fillna(False).to_numpy(bool), so.notna().to_numpy()))
            continue
        codes = pd.Categorical(values, categories=list(column.categories)).codes
        for number, category in enumerate(column.categories):
            rules.append(Has(column.name, category))
            labels.append(f"{column.label}: {as_text(category)}")
            packed.append(_bits(codes == number, codes >= 0))
    return Values(tuple(rules), tuple(labels), tuple(packed), len(study))


def _bits(so: Mask, known: Mask) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return both in bits: so is known of each, and of no other, that it is so."""
    return np.packbits(so & known), np.packbits(known)
