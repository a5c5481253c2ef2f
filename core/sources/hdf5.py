"""The reader of AnnData files as plain HDF5, which runs in a process of its own: ``python -m core.sources.hdf5``.

The HDF5 library follows a damaged file into endless loops and forbidden memory; so it is let near one where that ends
nothing but the process. :mod:`core.sources.cells` starts it and reads what it leaves.

Nothing is followed out of the file: links, external storage and virtual arrays are refused, and so are arrays larger
than :data:`MAX_BYTES`. Objects are never unpickled; the format has none.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError

__all__ = ["ARRAY", "NAMES", "READ", "REFUSED", "ROWS", "Cells", "main", "read"]

ARRAY, ROWS = "array.npy", "rows.parquet"
"""What the process leaves: the vectors, and a column of names, if there are any, with what is known of each."""

NAMES = "its own name"

READ, REFUSED = 0, 2
"""How the process ends."""

MEMORY = 16 * 2**30
"""Bytes of addresses that the process may use."""

MAX_BYTES = 4 * 2**30
"""Of an array, at most."""

MAX_TEXTS = 256 * 2**20
"""Bytes of texts that are read at a time, at most: each could be as long as the file."""

MAX_COLUMNS = 1000
"""Columns of ``obs`` that are read, at most."""

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


class Cells(NamedTuple):
    """What an AnnData file says of its cells: vectors (n, d), names, columns, and where the vectors stood."""

    array: npt.NDArray[np.generic]
    names: npt.NDArray[np.str_] | None
    columns: pd.DataFrame
    taken: str


def main(path: str, key: str, folder: str) -> int:
    """Read a file and leave what it holds in a folder; print what was taken, or why nothing was.

    An empty ``key`` stands for none.
    """
    try:
        cells = read(Path(path), key or None)
    except InputError as error:
        print(error, file=sys.stderr)
        return REFUSED
    np.save(Path(folder) / ARRAY, cells.array)
    rows = cells.columns if cells.names is None else cells.columns.assign(**{NAMES: cells.names})
    rows.to_parquet(Path(folder) / ROWS)
    print(cells.taken)
    return READ


def read(path: Path, key: str | None = None) -> Cells:
    """Do the work of :func:`core.sources.cells.read_cells`."""
    try:
        with h5py.File(path, "r") as file:
            taken = _choose(path, file, key)
            array = _numbers(file, taken)
            names, columns = _known_of_cells(file, len(array)) if "obs" in file else (None, pd.DataFrame())
    except InputError:
        raise
    except DAMAGE as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(f"{path} cannot be read as AnnData ({said}); write it anew with anndata.") from None
    return Cells(array, names, columns, taken)


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
        if group.dtype.itemsize * group.size > MAX_BYTES:
            raise ValueError(f"{name} has more than {MAX_BYTES / 2**30:.0f} GiB")
    return group


def _numbers(file: h5py.File, name: str) -> npt.NDArray[np.generic]:
    parent, _, last = name.rpartition("/")
    group = _own(file, parent, h5py.Group) if parent else file
    if isinstance(group.get(last, getlink=True), h5py.HardLink) and isinstance(group[last], h5py.Group):
        raise TypeError(f"{name} is sparse or a table; name a dense array of {EMBEDDING} as key")
    array = _own(file, name, h5py.Dataset)
    if array.dtype.kind not in "fiu" or array.ndim != 2:
        raise ValueError(f"{name} holds {array.dtype} of shape {array.shape}, not numbers of shape (n, d)")
    return np.asarray(array[()])


def _known_of_cells(file: h5py.File, count: int) -> tuple[npt.NDArray[np.str_] | None, pd.DataFrame]:
    """Return names of the cells and what is known of each."""
    cells = _own(file, "obs", h5py.Group)
    index = str(cells.attrs.get("_index", "_index"))
    ordered = [str(name) for name in np.asarray(cells.attrs.get("column-order", np.array(list(cells)))).ravel()]
    columns = {}
    for name in ordered[:MAX_COLUMNS]:
        if name not in (index, "__categories") and (values := _column(cells, name, count)) is not None:
            columns[name] = values
    names = None
    if index in cells and (texts := _column(cells, index, count)) is not None:
        names = texts.astype("str").to_numpy(np.str_)
    return names, pd.DataFrame(columns, index=range(count))


def _column(cells: h5py.Group, name: str, count: int) -> pd.Series | None:
    """Return a column of bool, numbers or text, or of categories as texts; None for another one."""
    if not isinstance(cells.get(name, getlink=True), h5py.HardLink):
        raise TypeError(f"obs/{name} is missing or leads elsewhere")
    if isinstance(cells[name], h5py.Group):
        if "codes" in cells[name]:
            codes = pd.array(_plain(_own(cells, f"{name}/codes", h5py.Dataset), count), dtype="Int64")
            categories = pd.Series(_plain(_own(cells, f"{name}/categories", h5py.Dataset)))
            known = (codes >= 0) & (codes < len(categories))
            texts = categories.astype("str").reindex(codes.to_numpy(np.int64))
            return texts.reset_index(drop=True).where(pd.Series(known).astype(bool), None)
        values = pd.Series(_plain(_own(cells, f"{name}/values", h5py.Dataset), count)).convert_dtypes()
        return values.mask(np.asarray(_plain(_own(cells, f"{name}/mask", h5py.Dataset), count), bool))
    if cells[name].dtype.kind not in "biufSO":
        return None
    return pd.Series(_plain(_own(cells, name, h5py.Dataset), count))


def _plain(array: h5py.Dataset, count: int | None = None) -> Any:
    """Return one column of numbers or texts."""
    if array.ndim != 1 or (count is not None and len(array) != count):
        raise ValueError(f"{array.name} has the shape {array.shape}, not one value for each vector")
    if array.dtype.kind in "biuf":
        return np.asarray(array[()])
    return list(_texts(array))


def _texts(array: h5py.Dataset) -> Iterator[str]:
    if h5py.check_string_dtype(array.dtype) is None:
        raise ValueError(f"{array.name} holds {array.dtype}, neither numbers nor texts")
    size = max(1, array.file.id.get_filesize())
    block = int(np.clip(MAX_TEXTS // size, 1, 65_536))
    for start in range(0, len(array), block):
        for text in array[start : start + block]:
            yield text.decode() if isinstance(text, bytes) else str(text)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.exit(main(*sys.argv[1:]))
