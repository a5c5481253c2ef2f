"""The vectors of a study, in a file or in parts: mapped, read without trust, looked at in a few places."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.parted import Parted
from core.study.files import LATENTS, PARTS, PIECE, sampled_offsets, vector_files

__all__ = ["LARGEST", "PRECISIONS", "Vectors", "check_numbers", "open_codes", "open_latents", "open_vectors"]

Vectors = npt.NDArray[Any]
"""Latent vectors (n, d) in float16, float32 or float64."""

PRECISIONS: dict[str, np.dtype[Any]] = {
    "<f2": np.dtype(np.float16),
    "<f4": np.dtype(np.float32),
    "<f8": np.dtype(np.float64),
}
"""Types that vectors may have, by their name in a header."""

LARGEST = 1e6
"""Largest component in absolute value: the fourth power of a radius stays within float32."""

BLOCK = 16_384
"""Vectors per block when all of them are looked at."""

MAX_HEADER = 4096

HEADER = re.compile(
    r"\{'descr': (?P<type>'[^']{1,20}'|\[.{0,2000}\]), 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>[\d, ]{0,60})\), \} *\n"
)
"""What numpy writes. Evaluating it as Python would let a damaged one end in any exception."""


def open_vectors(path: Path) -> Vectors:
    """Map a file of vectors from the disk, read-only.

    Raises
    ------
    InputError
        If it is no ``.npy`` file of at least one vector in a known precision, or not as long as its header says.
    """
    return _open(path, PRECISIONS, "float16, float32 or float64")


def open_latents(folder: Path) -> Vectors:
    """Map the vectors of a study's folder, from ``latents.npy`` or from the parts in the folder ``latents``.

    Raises
    ------
    InputError
        If they cannot be read, as :func:`open_vectors` has it, or the parts differ in width or precision.
    """
    places = folder / PARTS
    if not places.is_dir():
        return open_vectors(folder / LATENTS)
    count = sum(1 for entry in places.iterdir() if not entry.name.startswith("."))
    parts = [open_vectors(folder / name) for name in vector_files(count)]
    if len({(part.shape[1], part.dtype) for part in parts}) > 1:
        raise InputError(f"The parts in {places} differ in width or precision; restore them from the study's source.")
    whole: Any = Parted(parts)
    return whole  # type: ignore[no-any-return]


def open_codes(path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Map the codes of log variances from the disk, read-only; raise `InputError` if they are not of that shape."""
    codes = _open(path, {"|u1": np.dtype(np.uint8)}, "uint8")
    if codes.shape != shape:
        raise InputError(
            f"{path} has the shape {codes.shape}, {LATENTS} has {shape}; restore both from the study's source."
        )
    return codes


def _open(path: Path, types: dict[str, np.dtype[Any]], expected: str) -> Vectors:
    try:
        with path.open("rb") as file:
            start = file.read(12 + MAX_HEADER)
    except OSError as error:
        raise _unreadable(path, error.strerror) from None
    header, offset = _header(path, start)
    shape = tuple(int(part) for part in header["shape"].split(",") if part.strip())
    dtype = types.get(header["type"].strip("'"))
    if dtype is None or len(shape) != 2 or header["fortran"] == "True" or not all(shape):
        raise InputError(
            f"{path} holds {header['type']} of shape {shape}, not {expected} of shape (n, d) row by row; make the "
            "study anew."
        )
    length = offset + shape[0] * shape[1] * dtype.itemsize
    if path.stat().st_size != length:
        raise _unreadable(path, f"it has {path.stat().st_size:,} bytes, its header asks for {length:,}")
    latents: Vectors = np.memmap(path, dtype, "r", offset, shape)
    return latents


def check_numbers(path: Path, latents: Vectors, whole: bool = False) -> None:
    """Raise `InputError` if a component is not finite or beyond `LARGEST`; the sentence names the row.

    A few blocks are looked at, spread over the file, or all of it.
    """
    rows = BLOCK if whole else max(1, PIECE // (latents.shape[1] * latents.itemsize))
    starts = range(0, len(latents), rows) if whole else sampled_offsets(len(latents), rows)
    limit = latents.dtype.type(min(LARGEST, float(np.finfo(latents.dtype).max)))
    for start in starts:
        block = latents[start : start + rows]
        with np.errstate(invalid="ignore"):  # of a signalling NaN
            sound = (np.abs(block) <= limit).all(axis=1)  # not so of NaN
        if not sound.all():
            bad = int(np.argmin(sound))
            what = "a number beyond a million" if np.isfinite(block[bad]).all() else "NaN or infinity"
            raise InputError(f"{path} holds {what} in row {start + bad}; make the study anew.")


def _header(path: Path, start: bytes) -> tuple[dict[str, str], int]:
    """Return the fields of a header and where the numbers begin."""
    if start[:6] != b"\x93NUMPY" or start[6:8] not in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
        raise _unreadable(path, "it does not begin as .npy files do")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(start[8 : 8 + width], "little")
    text = start[8 + width : 8 + width + length].decode("latin1")
    fields = HEADER.fullmatch(text)
    if length > MAX_HEADER or len(text) < length or fields is None:
        raise _unreadable(path, "its header is damaged")
    return fields.groupdict(), 8 + width + length


def _unreadable(path: Path, reason: object) -> InputError:
    return InputError(f"{path} cannot be read as an array ({reason}); restore it from the study's source.")
