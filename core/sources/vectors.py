"""Latent vectors of a user: arrays of numpy and tables, looked at before they are believed.

Nothing in a file is ever executed or unpickled. Arrays stay on the disk; what is packed is unpacked there, only as far
as its header promises.
"""

from __future__ import annotations

import math
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.parted import parts_of
from core.sources import cells
from core.sources.components import take_components, take_names
from core.sources.parts import is_parted, open_parts
from core.sources.tables import SUFFIXES as TABLE_SUFFIXES
from core.sources.tables import read_table

__all__ = ["READERS", "SUFFIXES", "Vectors", "checked", "open_vectors"]

ARRAYS = ("latents", "vectors", "embeddings", "z", "mu", "mean")
"""Arrays of an ``.npz`` file that are taken for vectors where it holds several, the likeliest first."""

MAX_DIMENSION = 65_536
"""Components of a vector, at most."""

MAX_PACKED = 4 * 2**30
"""Bytes of an array that is unpacked from an ``.npz`` file, at most."""

MAX_GROWTH, UNSUSPECTED = 50, 2**28
"""How many times its packed size an array may have, and the bytes up to which nobody asks."""

PIECE, MAX_HEADER = 2**20, 2**16
"""Bytes that are unpacked at a time, and what comes before an array, at most."""

MAX_CONVERTED = 2**30
"""Bytes that whole numbers may take as the decimal numbers that they become, in memory."""

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
    taken : str
        Which array or columns of the file the vectors are; empty where it holds nothing else.
    """

    path: Path
    array: npt.NDArray[np.floating]
    names: npt.NDArray[np.str_] | None
    columns: pd.DataFrame
    taken: str = ""

    def __len__(self) -> int:
        return len(self.array)

    def describe(self) -> str:
        """Return what was found, in one sentence."""
        count, dimension = self.array.shape
        named = "named" if self.names is not None else "numbered"
        also = f", and columns {', '.join(map(str, self.columns))}" if len(self.columns.columns) else ""
        taken = f" (from {self.taken})" if self.taken else ""
        return f"{count:,} vectors of {dimension:,} components in {self.array.dtype}{taken}, {named}{also}"


def open_vectors(path: str | Path, key: str | None = None) -> Vectors:
    """Open a file of latent vectors, one per row.

    A ``.npy`` or ``.npz`` file holds an array (n, d) of numbers. In a table, columns that are numbered (``z_0``,
    ``z_1`` and so on) are components, or one column of lists is, or else all columns of decimal numbers; a column
    called ``image``, ``name`` or ``id`` names the rows, others are kept beside the vectors. In an AnnData file the
    vectors are an embedding (``obsm``) or else ``X``. A folder of parts, ``part-00000.npy`` and on, is one array.

    Parameters
    ----------
    path : path
    key : str, optional
        What to take where the file holds several: an array of a ``.npz`` file; a column of lists, the beginning of
        numbered columns, or columns parted by commas of a table; ``X`` or an embedding of an AnnData file.

    Raises
    ------
    InputError
        If the file is missing, damaged, pickled, has no such key, or holds no array of that shape; the sentence names
        the file.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if is_parted(path):
        return _from_parts(path, key)
    if not path.is_file():
        raise InputError(f"{path} does not exist or is no file; give a file of vectors.")
    if kind not in SUFFIXES:
        raise InputError(f"{path} is no file of vectors; give one in {', '.join(sorted(SUFFIXES))}.")
    return READERS[kind](path, key)


def _from_array(path: Path, key: str | None) -> Vectors:
    packed = path.suffix.lower() == ".npz"
    if not packed and key is not None:
        raise InputError(f"{path} holds one array without a name, so leave {key!r} out as its key.")
    try:
        array, taken = _unpacked(path, key) if packed else (np.lib.format.open_memmap(path, "r"), "")
    except InputError:
        raise
    except DAMAGE as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(f"{path} cannot be read as an array ({said}); save it anew with numpy.save.") from None
    sound = checked(path, array)
    return Vectors(path, sound, None, pd.DataFrame(index=pd.RangeIndex(len(sound))), taken)


def _from_parts(path: Path, key: str | None) -> Vectors:
    if key is not None:
        raise InputError(f"{path} holds one array in parts, without names, so leave {key!r} out as its key.")
    array: Any = open_parts(path)
    sound = checked(path, array)
    return Vectors(path, sound, None, pd.DataFrame(index=pd.RangeIndex(len(sound))), f"{len(array.parts):,} parts")


def _from_cells(path: Path, key: str | None) -> Vectors:
    found = cells.read_cells(path, key)
    return Vectors(path, checked(path, found.array), found.names, found.columns, found.taken)


def _unpacked(path: Path, key: str | None) -> tuple[npt.NDArray[np.generic], str]:
    """Return an array of an ``.npz`` file, unpacked no further than its header promises, and which it is."""
    with zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}
        shapes = {name: _promised(archive, member) for name, member in members.items()}
        flat = [name for name, (shape, _) in shapes.items() if len(shape) == 2]
        wanted = key if key in shapes else None
        if key is None:
            wanted = next((name for name in ARRAYS if name in flat), flat[0] if len(flat) == 1 else None)
        if wanted is None:
            listed = ", ".join(f"{name} {shape}" for name, (shape, _) in list(shapes.items())[:5]) or "nothing"
            lacks = f"no array {key!r}" if key is not None else "no single array of shape (n, d)"
            raise InputError(f"{path} holds {listed}, and {lacks}; name one as key, or save the vectors as 'latents'.")
        shape, dtype = shapes[wanted]
        size = math.prod(shape) * dtype.itemsize
        if dtype.hasobject:
            raise ValueError(f"{wanted} holds Python objects, which are never unpacked")
        if size > MAX_PACKED:
            raise InputError(f"{path} unpacks to more than {MAX_PACKED / 2**30:.0f} GiB; save it as a .npy file.")
        packed = min(archive.getinfo(members[wanted]).compress_size, path.stat().st_size)
        if size > UNSUSPECTED and size > MAX_GROWTH * packed:
            raise InputError(
                f"{path} unpacks to more than {MAX_GROWTH} times its size, as no vectors do; save them as a .npy file."
            )
        with archive.open(members[wanted]) as member:
            array = _unpacked_to_disk(member, size)
    return array, f"the array {wanted}" if len(shapes) > 1 else ""


def _unpacked_to_disk(member: IO[bytes], size: int) -> npt.NDArray[np.generic]:
    """Return an array of so many bytes, mapped from a file that goes with it; what follows it is not unpacked."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Windows keeps what is mapped
        file, left = Path(folder) / "array.npy", size + MAX_HEADER
        with file.open("wb") as out:
            while left > 0 and (piece := member.read(min(left, PIECE))):
                out.write(piece)
                left -= len(piece)
        return np.lib.format.open_memmap(file, "r")


def _promised(archive: zipfile.ZipFile, member: str) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """Return shape and type that the header of a packed array promises."""
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    return shape, dtype


def checked(path: Path, array: npt.NDArray[np.generic]) -> npt.NDArray[np.floating]:
    """Return an array as vectors; raise `InputError` for another shape or type."""
    if array.ndim != 2 or not len(array) or not FEWEST <= array.shape[1] <= MAX_DIMENSION:
        raise InputError(
            f"{path} holds an array of shape {array.shape}; vectors have the shape (n, d), with one of them per row "
            f"and from {FEWEST} to {MAX_DIMENSION:,} components."
        )
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        if parts_of(array) is not None:
            return array  # type: ignore[return-value]
        return np.asanyarray(array) if array.dtype.isnative else np.asarray(array, array.dtype.newbyteorder("="))
    if array.dtype.kind in "iu":
        if array.size * 8 > MAX_CONVERTED:
            raise InputError(f"{path} holds {array.dtype}, too many to be converted; save them as float32.")
        return array.astype(np.float64)
    raise InputError(f"{path} holds {array.dtype}; vectors are decimal numbers, float16, float32 or float64.")


def _from_table(path: Path, key: str | None) -> Vectors:
    names, table = take_names(read_table(path))
    array, table, taken = take_components(path, table, key)
    return Vectors(path, checked(path, array), names, table.reset_index(drop=True), taken)


READERS: dict[str, Callable[[Path, str | None], Vectors]] = {
    ".npy": _from_array,
    ".npz": _from_array,
    cells.SUFFIX: _from_cells,
    **dict.fromkeys(TABLE_SUFFIXES, _from_table),
}
"""What reads a file of vectors, by its suffix: given the file and what to take of it."""

SUFFIXES = READERS.keys()
"""Of files that hold vectors."""
