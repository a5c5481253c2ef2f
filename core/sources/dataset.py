"""What is known beforehand of a public data set, so that its downloads are recognised and cut as they should be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["PARTITIONS", "RESERVED", "DataSet"]

PARTITIONS = ("train", "validation", "test")
"""Names of the partitions 0, 1 and 2 of a partition list."""

RESERVED = frozenset({"image", "partition", "reconstruction_error", "group"})
"""Names of columns that a study gives a meaning of its own."""


@dataclass(frozen=True)
class DataSet:
    """Facts of one data set.

    Attributes
    ----------
    title : str
        As a reader calls it.
    image_size : tuple of int
        Width and height of its images in pixels, by which they are recognised.
    crop : int
        Side in pixels of the central square that is cut from an image.
    attributes : tuple of str
        Names of its attributes, in the order of its list.
    attribute_list, partition_list : str
        Names of its lists without the suffix.
    archive : str
        Name of the zip of its images.
    archive_bytes : int
        Size of that zip.
    card : str
        Biases and terms, in Markdown, for the card of a study of it.
    reference : str
        How the data set is cited, in a line.
    subject : str
        What each of its pictures shows, in one word.
    """

    title: str
    image_size: tuple[int, int]
    crop: int
    attributes: tuple[str, ...]
    attribute_list: str
    partition_list: str
    archive: str
    archive_bytes: int
    card: str
    reference: str = ""
    subject: str = "picture"

    @property
    def archive_hint(self) -> str:
        """What helps whoever holds a truncated download."""
        return f"{self.title}'s has {self.archive_bytes:,} bytes"

    def resembles(self, names: Collection[str]) -> bool:
        """Return whether more than half of the data set's attributes are among the names."""
        return len(set(self.attributes) & set(names)) > len(self.attributes) // 2

    def differences(self, names: Collection[str]) -> tuple[list[str], list[str]]:
        """Return which of the data set's attributes are not among the names, and which names are not its own."""
        return sorted(set(self.attributes) - set(names)), sorted(set(names) - set(self.attributes))
