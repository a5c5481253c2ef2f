"""Attribute and partition lists: what is known about each image besides its pixels.

An attribute list is text (count, header, rows of a name and -1 or 1), a partition list too (rows of a name and 0, 1 or
2); Kaggle's copies of such lists are CSV with a header. Both join to the images by file name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from core.errors import InputError
from core.sources.dataset import PARTITIONS, RESERVED
from core.sources.distant import Distant, Place
from core.sources.known import KNOWN

__all__ = [
    "Labels",
    "find_lists",
    "join_labels",
    "read_attributes",
    "read_partitions",
]


@dataclass(frozen=True)
class Labels:
    """One row per image, and how well lists and images matched.

    Attributes
    ----------
    rows : DataFrame
        Columns ``image``, ``partition`` (``""`` where unknown), then one nullable bool column per attribute.
    images_without_row : int
        Images that the attribute list (or, without one, the partition list) does not name.
    rows_without_image : int
        Rows of that list whose image is not there.
    """

    rows: pd.DataFrame
    images_without_row: int
    rows_without_image: int


def read_attributes(path: str | Path) -> pd.DataFrame:
    """Read an attribute list in its text form or in Kaggle's CSV form.

    Returns
    -------
    DataFrame of bool, indexed by image name, one column per attribute

    Raises
    ------
    InputError
        If the file is missing, a row has too few or too many columns, a value is not -1, 0 or 1, an image is named
        twice, or the list of a known data set lacks one of its attributes or has others beside them.
    """
    path = Path(path)
    lines = _first_lines(path, 2)
    is_csv = "," in lines[0]
    header_line = 0 if is_csv or not lines[0].strip().isdigit() else 1
    names = lines[header_line].split("," if is_csv else None)
    names = [n.strip() for n in names if n.strip()]
    if is_csv or names[:1] in (["image_id"], ["image"]):
        names = names[1:]
    _check_attributes(path, names)
    table = _read_table(path, names, skip=header_line + 1, comma=is_csv)
    values = table.to_numpy()
    if not np.isin(values, (-1, 0, 1)).all():
        row, column = np.argwhere(~np.isin(values, (-1, 0, 1)))[0]
        raise InputError(
            f"{path} gives {values[row, column]} for {names[column]} of {table.index[row]}; "
            "attribute values are -1 (or 0) and 1."
        )
    return table > 0


def read_partitions(path: str | Path) -> pd.Series:
    """Read a partition list (0 train, 1 validation, 2 test), text or CSV.

    Returns
    -------
    Series of str, indexed by image name, with values of :data:`PARTITIONS`

    Raises
    ------
    InputError
        If the file is missing, a row has not exactly two columns, or a partition is not 0, 1 or 2.
    """
    path = Path(path)
    lines = _first_lines(path, 1)
    is_csv = "," in lines[0]
    has_header = not lines[0].strip()[-1].isdigit()
    table = _read_table(path, ["partition"], skip=int(has_header), comma=is_csv)
    codes = table["partition"].to_numpy()
    if not np.isin(codes, (0, 1, 2)).all():
        wrong = codes[~np.isin(codes, (0, 1, 2))][0]
        raise InputError(f"{path} holds the partition {wrong}; known are 0 (train), 1 (validation) and 2 (test).")
    return pd.Series(np.asarray(PARTITIONS, dtype=object)[codes.astype(int)], index=table.index, dtype="str")


def find_lists(images: str | Place) -> tuple[Path | None, Path | None]:
    """Look for the attribute and partition lists of a known data set near the images.

    Looks beside a zip or inside a folder, one level above, and in the official tree's ``Anno`` and ``Eval``; beside an
    address it does not.

    Returns
    -------
    tuple
        Path of the attribute list and of the partition list, each ``None`` where there is none.
    """
    if isinstance(images, Distant):
        return None, None
    images = Path(images).absolute()
    inside = [images] if images.is_dir() else []
    folders = [f / sub for f in [*inside, images.parent, images.parent.parent] for sub in ("", "Anno", "Eval")]

    def first(stems: list[str]) -> Path | None:
        candidates = (f / f"{stem}{suffix}" for f in folders for stem in stems for suffix in (".txt", ".csv"))
        return next((c for c in candidates if c.is_file()), None)

    return first([known.attribute_list for known in KNOWN]), first([known.partition_list for known in KNOWN])


def join_labels(
    names: Sequence[str],
    attributes: pd.DataFrame | None = None,
    partitions: pd.Series | None = None,
    known: pd.DataFrame | None = None,
) -> Labels:
    """Join attributes and partitions to images by file name, and what is ``known`` from their source by whole name.

    Images without a row keep an empty partition and missing attributes; rows without an image are dropped. Both are
    counted, neither is an error. Where a list and the source know the same, the list counts.

    Raises
    ------
    InputError
        If the name of an image is no Unicode, as file systems allow.
    """
    if odd := next((n for n in names if not n.isascii() and any("\ud800" <= c <= "\udfff" for c in n)), None):
        raise InputError(f"The name {odd!a} of an image is no Unicode; rename the file.")
    index = pd.Index([str(n).rsplit("/", 1)[-1] for n in names])
    rows = pd.DataFrame({"image": pd.array(list(names), dtype="str"), "partition": pd.array([""] * len(names), "str")})
    if partitions is not None:
        rows["partition"] = partitions.reindex(index).fillna("").to_numpy()
    if attributes is not None:
        known = attributes.reindex(index).astype("boolean").reset_index(drop=True)
        rows = pd.concat([rows, known], axis=1)
    if known is not None:
        beside = known.reindex(rows["image"]).reset_index(drop=True)
        if partitions is None and "partition" in beside:
            rows["partition"] = beside["partition"].fillna("")
        rows = pd.concat([rows, beside[[name for name in beside if name not in rows]]], axis=1)
    listed = attributes.index if attributes is not None else partitions.index if partitions is not None else None
    if listed is None:
        return Labels(rows, 0, 0)
    return Labels(rows, int((~index.isin(listed)).sum()), int((~listed.isin(index)).sum()))


def _first_lines(path: Path, count: int) -> list[str]:
    try:
        with path.open(encoding="utf-8") as file:
            lines = [line for line, _ in zip(file, range(count), strict=False)]
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; give the path of the list.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text ({error}); download the list again.") from None
    if len(lines) < count or not lines[0].strip():
        raise InputError(f"{path} is empty or cut off; download the list again.")
    return lines


def _read_table(path: Path, columns: Sequence[str], skip: int, comma: bool) -> pd.DataFrame:
    """Read rows of an image name and integers, each with exactly the given columns."""
    expected = len(columns) + 1
    with path.open(encoding="utf-8") as file:
        first = next((line for i, line in enumerate(file) if i == skip), "")
    fields = len(first.split("," if comma else None))
    wrong = f"{path} does not have {expected} columns (image and {len(columns)} values) in every row"
    if fields != expected:
        raise InputError(f"{wrong}: row 1 has {fields}; download the list again or mend the row.")
    try:
        table = pd.read_csv(
            path,
            sep="," if comma else r"\s+",
            skiprows=skip,
            header=None,
            names=["image", *columns],
            dtype={"image": str},
        )
    except (pd.errors.ParserError, UnicodeDecodeError, ValueError) as error:
        detail = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise InputError(f"{wrong} ({detail}); download the list again or mend the row.") from None
    table = table.set_index("image")
    bad = table.isna().any(axis=1).to_numpy()
    if bad.any():
        raise InputError(f"{wrong}: {table.index[bad][0]} has fewer; download the list again or mend the row.")
    if not all(is_numeric_dtype(t) and not is_bool_dtype(t) for t in table.dtypes):
        raise InputError(f"{path} holds values that are not numbers; download the list again or mend the row.")
    if not table.index.is_unique:
        twice = table.index[table.index.duplicated()][0]
        raise InputError(f"{path} names {twice} twice; remove one of the rows.")
    return table


def _check_attributes(path: Path, names: Sequence[str]) -> None:
    if not names:
        raise InputError(f"{path} names no attributes; download the list again.")
    if reserved := sorted(RESERVED & set(names)):
        raise InputError(f"{path} has an attribute {reserved[0]!r}, a name that a study needs itself; give it another.")
    for known in KNOWN:
        missing, extra = known.differences(names)
        if known.resembles(names) and (missing or extra):
            parts = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has also {', '.join(extra)}"] * bool(extra)
            raise InputError(
                f"{path} {' and '.join(parts)}, unlike {known.title}'s {len(known.attributes)} attributes; "
                "download the list again."
            )
