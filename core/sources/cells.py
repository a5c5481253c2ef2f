"""Vectors in AnnData files (``.h5ad``), the format of single-cell studies.

The HDF5 library follows a damaged file into endless loops and forbidden memory. So :mod:`core.sources.hdf5` reads the
file in a process of its own, which may end without more harm than a sentence.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError

__all__ = ["ARRAY", "NAMES", "READ", "REFUSED", "ROWS", "SUFFIX", "Cells", "read_cells"]

SUFFIX = ".h5ad"

READER = (sys.executable, "-m", "core.sources.hdf5")
"""The command that reads a file."""

ARRAY, ROWS = "array.npy", "rows.parquet"
"""What it leaves: the vectors, and a column of names, if there are any, with what is known of each."""

NAMES = "its own name"

READ, REFUSED = 0, 2
"""How it ends."""

ROOT = Path(__file__).parents[2]
"""Where that module is found."""

FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Environment of the reader: no memory is set aside that its limit would count."""

SECONDS, BYTES_PER_SECOND = 30.0, 20e6
"""How long it may take: some time to begin with, and a file that is read as slowly as that."""


class Cells(NamedTuple):
    """What an AnnData file says of its cells: vectors (n, d), mapped, names, columns, and where the vectors stood."""

    array: npt.NDArray[np.generic]
    names: npt.NDArray[np.str_] | None
    columns: pd.DataFrame
    taken: str


def read_cells(path: Path, key: str | None = None) -> Cells:
    """Read vectors, which stay on the disk, and what is known of each cell.

    Parameters
    ----------
    path : Path
    key : str, optional
        ``X``, ``obsm/X_pca`` or ``X_pca``. By default the likeliest embedding, or ``X`` where there is none.

    Raises
    ------
    InputError
        If the file is damaged, has no such array, leads out of itself, or its vectors are sparse or too many; the
        sentence names the file.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Windows keeps what is mapped
        said = _read_apart(path, key, folder)
        array = np.load(Path(folder) / ARRAY, mmap_mode="r", allow_pickle=False)
        columns = pd.read_parquet(Path(folder) / ROWS)
    names = columns.pop(NAMES).to_numpy(np.str_) if NAMES in columns else None
    if not len(columns.columns):
        columns = pd.DataFrame(index=range(len(array)))
    return Cells(array, names, columns, said)


def _read_apart(path: Path, key: str | None, folder: str) -> str:
    """Let another process read a file and leave its arrays in a folder; return which array it took."""
    patience = SECONDS + path.stat().st_size / BYTES_PER_SECOND
    command = [*READER, str(path.absolute()), key or "", folder]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=ROOT,
            env=os.environ | FRUGAL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _damaged(path) from None
    if done.returncode == REFUSED:
        raise InputError(done.stderr.strip())
    if done.returncode != READ:
        raise _damaged(path)
    return done.stdout.strip()


def _damaged(path: Path) -> InputError:
    return InputError(f"{path} is damaged so that it cannot be read as AnnData; write it anew with anndata.")
