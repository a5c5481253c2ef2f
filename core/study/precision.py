"""In which precision vectors are kept: float16 where that loses next to nothing, else as they came."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.parted import parts_of
from core.storage import appending
from core.study.files import vector_files
from core.study.vectors import BLOCK, LARGEST, Vectors

__all__ = ["HARMLESS", "keep_vectors", "rounding_loss"]

HARMLESS = 1e-3
"""Loss in units of σ, in the worst component, below which vectors are rounded to float16."""


def rounding_loss(vectors: Vectors) -> npt.NDArray[np.float64]:
    r"""Return what rounding to float16 costs in each component.

    .. math:: \sqrt{\langle (z_j - \mathrm{float16}(z_j))^2 \rangle} \, / \, \sigma_j

    Parameters
    ----------
    vectors : float array (n, d)
        May be memory-mapped; it is read in blocks.

    Returns
    -------
    float array (d,)
        0 where a component is kept exactly, infinite where it is constant and is not.
    """
    shift = np.asarray(vectors[0], np.float64)  # so that a far mean does not drown the spread
    lost, first, second = np.zeros((3, vectors.shape[1]))
    for start in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[start : start + BLOCK], np.float64)
        with np.errstate(over="ignore"):  # what float16 cannot hold is lost without bound
            lost += np.square(block - block.astype(np.float16)).sum(axis=0)
        first += (block - shift).sum(axis=0)
        second += np.square(block - shift).sum(axis=0)
    count = len(vectors)
    variances = np.maximum(second / count - np.square(first / count), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(lost > 0, np.sqrt(lost / count / variances), 0.0)


def keep_vectors(vectors: Vectors, path: Path) -> float | None:
    """Write vectors to a new ``.npy`` file and return what that cost in units of σ, in the worst component.

    Those that lie in several parts stay in as many files, in the folder of that name without its suffix.

    They are rounded to float16 where that costs less than `HARMLESS`, and written as they came where it costs more;
    float16 is written as it came, at a cost that nobody measured: None.

    Raises
    ------
    InputError
        If there are none, or a component is not finite or beyond `LARGEST`.
    """
    if vectors.ndim != 2 or not vectors.size or vectors.dtype not in (np.float16, np.float32, np.float64):
        raise InputError(
            f"The vectors are {vectors.dtype} of shape {vectors.shape}, not float16, float32 or float64 of shape "
            "(n, d); give one row for each vector."
        )
    for start in range(0, len(vectors), BLOCK):
        with np.errstate(invalid="ignore"):  # of a signalling NaN
            sound = (np.abs(np.asarray(vectors[start : start + BLOCK], np.float64)) <= LARGEST).all(axis=1)
        if not sound.all():
            row = start + int(np.argmin(sound))
            raise InputError(
                f"Vector {row} holds NaN, infinity or a number beyond a million; mend it, or train with a lower "
                "learning rate."
            )
    loss = None if vectors.dtype == np.float16 else float(rounding_loss(vectors).max())
    harmless = loss is not None and loss < HARMLESS
    parts = parts_of(vectors)
    targets = [path] if parts is None else [path.parent / name for name in vector_files(len(parts))]
    for part, target in zip(parts or (vectors,), targets, strict=True):
        target.parent.mkdir(exist_ok=True)
        with appending(target, np.float16 if harmless else vectors.dtype, vectors.shape[1:]) as append:
            for start in range(0, len(part), BLOCK):
                append(part[start : start + BLOCK])
    return loss if harmless else None
