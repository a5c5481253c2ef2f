"""How many vectors have each value of an attribute, of a study and of selections, to choose by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.plain import as_text
from core.selection.rules import Has
from core.study import Study
from core.study.kept_columns import find_columns, is_so, keep_columns, values_in

__all__ = ["Values", "values_of"]

Mask: TypeAlias = npt.NDArray[np.bool_]

Bits: TypeAlias = npt.NDArray[np.uint8]


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
    packed: tuple[tuple[Bits, Bits], ...]
    total: int

    def __len__(self) -> int:
        return len(self.rules)

    def counts(self, mask: Mask | None = None) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return of how many vectors each value is known, and of how many it is so, those of a mask (n,) or all."""
        chosen = None if mask is None else np.packbits(mask)
        so, known = (
            np.array([_count(pair[place], chosen) for pair in self.packed], np.int64).reshape(-1) for place in (0, 1)
        )
        return known, so

    def shares(self, mask: Mask | None = None) -> npt.NDArray[np.float64]:
        """Return the share of each value among the vectors of which it is known, those of a mask (n,) or all of them.

        NaN where it is known of none.
        """
        known, so = self.counts(mask)
        return np.where(known > 0, so / np.maximum(known, 1), np.nan)


def values_of(study: Study) -> Values:
    """Return what can be chosen of the attributes of a study, in the order of its columns."""
    rules: list[Has] = []
    labels: list[str] = []
    for column, value in values_in(study.columns):
        rules.append(Has(column.name, value))
        labels.append(column.label if value is True else f"{column.label}: {as_text(str(value))}")
    keep_columns(study)
    if (kept := find_columns(study)) is not None:
        packed = list(zip(kept.so, kept.known, strict=True))
    else:
        packed = [_bits(*pair) for column in study.columns for pair in is_so(study.rows, column)]
    return Values(tuple(rules), tuple(labels), tuple(packed), len(study))


def _count(bits: Bits, chosen: Bits | None) -> int:
    return int(np.bitwise_count(bits if chosen is None else bits & chosen).sum(dtype=np.int64))


def _bits(so: Mask, known: Mask) -> tuple[Bits, Bits]:
    """Return both in bits: so is known of each, and of no other, that it is so."""
    return np.packbits(so & known), np.packbits(known)
