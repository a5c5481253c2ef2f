"""Latent vectors of a user: arrays of numpy and tables, looked at before they are believed.

Nothing in a file is ever executed or unpickled. Arrays in ``.npy`` files stay on the disk; what is packed is unpacked
only as far as its header promises.
"""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype

from core.errors import InputError
from core.sources.tables import SUFFIXES as TABLE_SUFFIXES
from core.sources.tables import read_table

__all__ = ["SUFFIXES", "Vectors", "open_vectors"]

SUFFIXES = frozenset({".npy", ".npz"}) | TABLE_SUFFIXES
"""Of files that hold vectors."""

NAMES = ("image", "name", "image_id", "id", "filename", "file", "index")
"""Columns that name the rows of a table, the likeliest first."""

ARRAYS = ("latents", "vectors", "embeddings", "z", "mu", "mean")
"""Arrays of an ``.npz`` file that are taken for vectors where it holds several, the likeliest first."""

MAX_DIMENSION = 65_536
"""Components of a vector, at most."""

MAX_PACKED = 4 * 2**30
"""Bytes of an array that is unpacked from an ``.npz`` file, at most."""

FEWEST = 1
"""Components of a vector, at least."""

DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    RuntimeError,
    SyntaxError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a cut off, altered or foreign file raises, depending on where it is damaged."""


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors as a file gives them.

    Attributes
    ----------
    path : Path
    array : float array (n, d)
        In the precision of the file; memory-mapped where the file allows it. Whether the numbers are finite is found
        where they are read, block by block.
    names : array of str (n,), optional
        Of the rows, where the file has a column of them.
    columns : DataFrame of n rows
        What else the file says of each row.
    """

    path: Path
    array: npt.NDArray[np.floating]
    names: npt.NDArray[np.str_] | None
    columns: pd.DataFrame

    def __len__(self) -> int:
        return len(self.array)

    def describe(self) -> str:
        """Return what was found, in one sentence."""
        count, dimension = self.array.shape
        named = "named" if self.names is not None else "numbered"
        also = f", and columns {', '.join(map(str, self.columns))}" if len(self.columns.columns) else ""
        return f"{count:,} vectors of {dimension:,} components in {self.array.dtype}, {named}{also}"


def open_vectors(path: str | Path) -> Vectors:
    """Open a file of latent vectors, one per row.

    A ``.npy`` or ``.npz`` file holds an array (n, d) of numbers. In a table all columns of decimal numbers are
    components, or one column of lists is; a column called ``image``, ``name`` or ``id`` names the rows, others are kept
    beside the vectors.

    Raises
    ------
    InputError
        If the file is missing, damaged, pickled, or holds no array of that shape; the sentence names the file.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"{path} does not exist or is no file; give a file of vectors.")
    if kind not in SUFFIXES:
        raise InputError(f"{path} is no file of vectors; give one in {', '.join(sorted(SUFFIXES))}.")
    if kind in TABLE_SUFFIXES:
        return _from_table(path, read_table(path))
    try:
        array = np.lib.format.open_memmap(path, "r") if kind == ".npy" else _unpacked(path)
    except InputError:
        raise
    except DAMAGE as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(f"{path} cannot be read as an array ({said}); save it anew with numpy.save.") from None
    return Vectors(path, _checked(path, array), None, pd.DataFrame(index=pd.RangeIndex(len(array))))


def _unpacked(path: Path) -> npt.NDArray[np.generic]:
    """Return the one array of vectors in an ``.npz`` file, unpacked no further than its header promises."""
    with zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}
        shapes = {name: _promised(archive, member) for name, member in members.items()}
        flat = [name for name, (shape, _) in shapes.items() if len(shape) == 2]
        wanted = next((name for name in ARRAYS if name in flat), flat[0] if len(flat) == 1 else None)
        if wanted is None:
            listed = ", ".join(f"{name} {shape}" for name, (shape, _) in list(shapes.items())[:5]) or "nothing"
            raise InputError(
                f"{path} holds {listed}, and no single array of shape (n, d); save the vectors as 'latents'."
            )
        shape, dtype = shapes[wanted]
        size = math.prod(shape) * dtype.itemsize
        if dtype.hasobject:
            raise ValueError("it holds Python objects, which are never unpacked")
        if size > MAX_PACKED:
            raise InputError(f"{path} unpacks to more than {MAX_PACKED / 2**30:.0f} GiB; save it as a .npy file.")
        with archive.open(members[wanted]) as member:
            data = member.read(size + 65_536)
    return np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)


def _promised(archive: zipfile.ZipFile, member: str) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """Return shape and type that the header of a packed array promises."""
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    return shape, dtype


def _checked(path: Path, array: npt.NDArray[np.generic]) -> npt.NDArray[np.floating]:
    """Return an array as vectors; raise `InputError` for another shape or type."""
    if array.ndim != 2 or not len(array) or not FEWEST <= array.shape[1] <= MAX_DIMENSION:
        raise InputError(
            f"{path} holds an array of shape {array.shape}; vectors have the shape (n, d), with one of them per row "
            f"and from {FEWEST} to {MAX_DIMENSION:,} components."
        )
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        return np.asanyarray(array) if array.dtype.isnative else np.asarray(array, array.dtype.newbyteorder("="))
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    raise InputError(f"{path} holds {array.dtype}; vectors are decimal numbers, float16, float32 or float64.")


def _from_table(path: Path, table: pd.DataFrame) -> Vectors:
    key = next((name for name in NAMES if name in table and not is_float_dtype(table[name])), None)
    names = None if key is None else table.pop(key).astype(str).to_numpy(np.str_)
    lists = [name for name in table.columns if _holds_lists(table[name])]
    if lists:
        array = _stacked(path, lists[0], table.pop(lists[0]))
    else:
        components = [name for name in table.columns if is_float_dtype(table[name])]
        if not components:  # whole numbers are components where there is nothing else
            components = [n for n in table.columns if is_integer_dtype(table[n]) and not is_bool_dtype(table[n])]
        if not components:
            raise InputError(f"{path} has no column of decimal numbers, which components of vectors are.")
        array = table[components].to_numpy()
        table = table.drop(columns=components)
    return Vectors(path, _checked(path, array), names, table.reset_index(drop=True))


def _holds_lists(column: pd.Series) -> bool:
    first = column.iloc[0]
    return isinstance(first, (np.ndarray, list))


def _stacked(path: Path, name: str, column: Iterable[object]) -> npt.NDArray[np.generic]:
    try:
        return np.stack([np.asarray(row, np.float64) for row in column])
    except (TypeError, ValueError):
        raise InputError(f"{path} has lists of different lengths or no numbers in {name!r}; export it anew.") from None
