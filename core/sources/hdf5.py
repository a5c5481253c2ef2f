"""The reader of AnnData files as plain HDF5, which runs in a process of its own: ``python -m core.sources.hdf5``.

The HDF5 library follows a damaged file into endless loops and forbidden memory; so it is let near one where that ends
nothing but the process. :mod:`core.sources.cells` starts it and reads what it leaves.

Nothing is followed out of the file: links, external storage and virtual arrays are refused, and so is what would unpack
to far more than is there. Vectors go to the disk block by block. Objects are never unpickled; the format has none.
"""

from __future__ import annotations

import math
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.sources.cells import ARRAY, NAMES, READ, REFUSED, ROWS, Cells

__all__ = ["main", "read"]

MEMORY = 2**30
"""Bytes that the process may take for data; what the library unpacks behind our back ends there."""

MAX_BYTES = 4 * 2**30
"""Of an array, at most."""

MAX_GROWTH, UNSUSPECTED = 50, 2**28
"""How many times its size in the file an array may have, and the bytes up to which nobody asks."""

MAX_PIECE, BLOCK = 2**27, 2**25
"""Bytes of a piece that an array is packed in, and of what is read of it at a time."""

MAX_KNOWN, EACH_TEXT = 3 * 2**27, 64
"""Bytes of all that is known of the cells, at most, and what a text takes beside its letters."""

LONGEST, TEXTS = 4096, 4096
"""Characters of a text, at most, and texts that are read at a time."""

MAX_COLUMNS = 1000
"""Columns of ``obs`` that are read, at most."""

FILTERS = frozenset({1, 2, 3, 32000})
"""Of HDF5, that come with h5py: deflate, shuffle, fletcher32, LZF; others would be loaded as code."""

EMBEDDING = "obsm"
"""Group of the vectors of each cell, beside ``X``, which are its measurements."""

LIKELIEST = ("X_latent", "X_scVI", "X_vae", "X_pca")
"""Embeddings that are taken where a file holds several."""

DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    RuntimeError,
    AttributeError,
    OverflowError,
    MemoryError,
    NotImplementedError,
)
"""What reading a cut off, altered or foreign file raises, depending on where it is damaged."""


def main(path: str, key: str, folder: str) -> int:
    """Read a file and leave what it holds in a folder; print what was taken, or why nothing was.

    An empty ``key`` stands for none.
    """
    try:
        cells = read(Path(path), Path(folder), key or None)
    except InputError as error:
        print(error, file=sys.stderr)
        return REFUSED
    rows = cells.columns if cells.names is None else cells.columns.assign(**{NAMES: cells.names})
    rows.to_parquet(Path(folder) / ROWS)
    print(cells.taken)
    return READ


def read(path: Path, folder: Path, key: str | None = None) -> Cells:
    """Do the work of :func:`core.sources.cells.read_cells`; the vectors stay on the disk, in a file of the folder."""
    try:
        with h5py.File(path, "r") as file:
            taken = _choose(path, file, key)
            array = _on_disk(_numbers(file, taken), folder / ARRAY)
            names, columns = _known_of_cells(file, len(array)) if "obs" in file else (None, pd.DataFrame())
    except InputError:
        raise
    except DAMAGE as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(f"{path} cannot be read as AnnData ({said}); write it anew with anndata.") from None
    return Cells(array, names, columns, taken)


def _on_disk(array: h5py.Dataset, path: Path) -> npt.NDArray[np.generic]:
    """Copy an array (n, d) to a file, block by block, and return it mapped."""
    piece = array.chunks[0] if array.chunks else 1
    rows = max(1, BLOCK // max(1, array.dtype.itemsize * array.shape[1]))
    rows = max(piece, rows - rows % piece) if piece * array.shape[1] * array.dtype.itemsize <= MAX_PIECE else rows
    with path.open("wb") as out:
        header = {"descr": np.lib.format.dtype_to_descr(array.dtype), "fortran_order": False, "shape": array.shape}
        np.lib.format.write_array_header_2_0(out, header)
        for start in range(0, len(array), rows):
            out.write(np.ascontiguousarray(array[start : start + rows]).data)
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _choose(path: Path, file: h5py.File, key: str | None) -> str:
    """Return the path, within the file, of the array to take."""
    embeddings = list(_own(file, EMBEDDING, h5py.Group)) if EMBEDDING in file else []
    if key is None:
        likely = [name for name in LIKELIEST if name in embeddings] or embeddings
        return f"{EMBEDDING}/{likely[0]}" if likely else "X"
    if key in ("X", *(f"{EMBEDDING}/{name}" for name in embeddings)):
        return key
    if key in embeddings:
        return f"{EMBEDDING}/{key}"
    there = ", ".join(("X", *(f"{EMBEDDING}/{name}" for name in embeddings[:5])))
    raise InputError(f"{path} has no array {key!r}; there is {there}.")


def _own(group: h5py.Group, name: str, kind: type) -> Any:
    """Return a member of the file itself; raise `ValueError` for one that lies elsewhere or is of another kind."""
    for part in name.split("/"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise TypeError(f"{name} is missing or leads elsewhere")
        group = group[part]
    if not isinstance(group, kind):
        raise TypeError(f"{name} is no {'array' if kind is h5py.Dataset else 'group'}")
    if isinstance(group, h5py.Dataset):
        if group.external or group.is_virtual:
            raise ValueError(f"{name} is kept outside the file")
        _require_bounded(group, name)
    return group


def _require_bounded(array: h5py.Dataset, name: str) -> None:
    """Raise `ValueError` for an array that is too large, or would unpack to far more than its file holds of it."""
    settings = array.id.get_create_plist()
    if any(settings.get_filter(i)[0] not in FILTERS for i in range(settings.get_nfilters())):
        raise ValueError(f"{name} is packed in a way that is not known")
    size = array.dtype.itemsize * array.size
    if size > MAX_BYTES:
        raise ValueError(f"{name} has more than {MAX_BYTES / 2**30:.0f} GiB")
    if size > UNSUSPECTED and size > MAX_GROWTH * array.id.get_storage_size():
        raise ValueError(f"{name} unpacks to more than {MAX_GROWTH} times what the file holds of it")
    if array.chunks and math.prod(array.chunks) * array.dtype.itemsize > MAX_PIECE:
        raise ValueError(f"{name} is packed in pieces of more than {MAX_PIECE / 2**20:.0f} MiB")


def _numbers(file: h5py.File, name: str) -> h5py.Dataset:
    """Return an array of the file that holds one row of numbers for each cell."""
    parent, _, last = name.rpartition("/")
    group = _own(file, parent, h5py.Group) if parent else file
    if isinstance(group.get(last, getlink=True), h5py.HardLink) and isinstance(group[last], h5py.Group):
        raise TypeError(f"{name} is sparse or a table; name a dense array of {EMBEDDING} as key")
    array = _own(file, name, h5py.Dataset)
    if array.dtype.kind not in "fiu" or array.ndim != 2:
        raise ValueError(f"{name} holds {array.dtype} of shape {array.shape}, not numbers of shape (n, d)")
    return array


def _known_of_cells(file: h5py.File, count: int) -> tuple[npt.NDArray[np.str_] | None, pd.DataFrame]:
    """Return names of the cells and what is known of each."""
    cells = _own(file, "obs", h5py.Group)
    index = str(cells.attrs.get("_index", "_index"))
    ordered = [str(name) for name in np.asarray(cells.attrs.get("column-order", np.array(list(cells)))).ravel()]
    columns, room = {}, Room()
    for name in ordered[:MAX_COLUMNS]:
        if name not in (index, "__categories") and (values := _column(cells, name, count, room)) is not None:
            columns[name] = values
    names = None
    if index in cells and (texts := _column(cells, index, count, room)) is not None:
        texts = texts.astype("str")
        longest = int(texts.str.len().max()) if count else 0
        room.take(4 * count * longest, index)  # as numpy keeps them
        names = texts.to_numpy(np.str_)
    return names, pd.DataFrame(columns, index=range(count))


class Room:
    """What is left of the bytes that all that is known of the cells may take."""

    def __init__(self) -> None:
        self.left = MAX_KNOWN

    def take(self, size: int, name: str) -> None:
        """Take some of it; raise `ValueError` where that is more than is left."""
        self.left -= size
        if self.left < 0:
            raise ValueError(f"what obs says of the cells, up to {name}, takes more than {MAX_KNOWN / 2**20:.0f} MiB")


def _column(cells: h5py.Group, name: str, count: int, room: Room) -> pd.Series | None:
    """Return a column of bool, numbers or text, or of categories as texts; None for another one."""
    if not isinstance(cells.get(name, getlink=True), h5py.HardLink):
        raise TypeError(f"obs/{name} is missing or leads elsewhere")
    if isinstance(cells[name], h5py.Group):
        if "codes" in cells[name]:
            return _categories(cells, name, count, room)
        values = pd.Series(_plain(cells, f"{name}/values", room, count)).convert_dtypes()
        return values.mask(np.asarray(_plain(cells, f"{name}/mask", room, count), bool))
    if cells[name].dtype.kind not in "biufSO":
        return None
    return pd.Series(_plain(cells, name, room, count))


def _categories(cells: h5py.Group, name: str, count: int, room: Room) -> pd.Series:
    """Return the text of each cell's category; None where it has none."""
    codes = pd.array(_plain(cells, f"{name}/codes", room, count), dtype="Int64").to_numpy(np.int64, na_value=-1)
    categories = pd.Series(_plain(cells, f"{name}/categories", room)).astype("str")
    known = (codes >= 0) & (codes < len(categories))
    lengths = categories.str.len().fillna(0).to_numpy(np.int64)
    room.take(int(lengths[codes[known]].sum()) + EACH_TEXT * count, name)
    return categories.reindex(codes).reset_index(drop=True).where(pd.Series(known), None)


def _plain(cells: h5py.Group, name: str, room: Room, count: int | None = None) -> Any:
    """Return one column of numbers or texts."""
    array = _own(cells, name, h5py.Dataset)
    if array.ndim != 1 or (count is not None and len(array) != count):
        raise ValueError(f"{array.name} has the shape {array.shape}, not one value for each vector")
    if array.dtype.kind in "biuf":
        room.take(8 * len(array), name)
        return np.asarray(array[()])
    room.take(EACH_TEXT * len(array), name)
    return list(_texts(array, room))


def _texts(array: h5py.Dataset, room: Room) -> Iterator[str]:
    if h5py.check_string_dtype(array.dtype) is None:
        raise ValueError(f"{array.name} holds {array.dtype}, neither numbers nor texts")
    if array.dtype.itemsize > 4 * LONGEST:
        raise ValueError(f"{array.name} holds texts of more than {LONGEST:,} characters")
    for start in range(0, len(array), TEXTS):
        for text in array[start : start + TEXTS]:
            if len(text) > 4 * LONGEST:
                raise ValueError(f"{array.name} holds a text of more than {LONGEST:,} characters")
            room.take(len(text), array.name)
            yield text.decode() if isinstance(text, bytes) else str(text)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    sys.exit(main(*sys.argv[1:]))
