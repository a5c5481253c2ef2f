"""The data sets that are known beforehand; one line for each."""

from __future__ import annotations

from collections.abc import Sequence

from core.sources import celeba
from core.sources.dataset import DataSet

__all__ = ["KNOWN", "recognise"]

KNOWN: tuple[DataSet, ...] = (
    celeba.RECORD,
)  # fmt: skip


def recognise(attributes: Sequence[str], crop: int) -> DataSet | None:
    """Return the data set with just these attributes, or whose images are cut like this; None where there is none."""
    return next((known for known in KNOWN if set(attributes) == set(known.attributes) or crop == known.crop), None)
