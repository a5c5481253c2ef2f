"""A ``.keras`` file, read without Keras: the archive's configuration and the numbers of its HDF5 file, nothing else.

Run in a process of its own (see :mod:`core.networks.apart`), because the HDF5 library is written in C.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import safetensors.numpy

from core.errors import InputError
from core.networks.apart import run_apart, serve
from core.networks.keras_config import checked_config

__all__ = ["read_archive"]

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
"""Members of the archive."""

MAX_CONFIG, MAX_FILE = 8 * 2**20, 2**30
"""Bytes of the members; the file of the weights may hold the state of an optimizer, too, which is not read."""

PIECE = 2**20
"""Bytes that are unpacked at a time."""

MAX_WEIGHTS = 400 * 10**6
"""Bytes of the weights: a hundred million of them in float32."""

DEEPEST, MOST = 32, 20_000
"""Of the groups in the HDF5 file: how far they may be nested, and how many objects there may be."""

FILTERS = frozenset({1, 2, 3})
"""Of HDF5, that come with the library: deflate, shuffle, fletcher32; others would be loaded as code."""

PASSED_OVER = frozenset({"optimizer", "seed_generator"})

REMEDY = "save the model anew with model.save of Keras 3"


def read_archive(path: Path, folder: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return the checked configuration and the weights of a ``.keras`` file, by their paths in its HDF5 file.

    Parameters
    ----------
    path : Path
    folder : Path
        For what lies on the disk meanwhile.

    Raises
    ------
    InputError
        If the file is no such archive, is damaged or too large, or holds anything that is code.
    """
    weights = folder / "weights.safetensors"
    request = {"path": str(path), "weights": str(weights)}
    config = run_apart("core.networks.keras_archive", request, path, REMEDY)
    arrays = safetensors.numpy.load_file(weights)
    weights.unlink()
    return config, arrays


def _work(request: dict[str, Any]) -> dict[str, Any]:
    path, weights = Path(request["path"]), Path(request["weights"])
    hdf5 = weights.with_suffix(".h5")
    try:
        config = _unpack(path, hdf5)
        weights.write_bytes(safetensors.numpy.save(_sound_arrays(path, hdf5)))
    finally:
        hdf5.unlink(missing_ok=True)
    return config


def _unpack(path: Path, hdf5: Path) -> dict[str, Any]:
    """Return the checked configuration of an archive, and put the file of its weights on the disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            with _member(path, archive, CONFIG, MAX_CONFIG) as file:
                text = file.read(MAX_CONFIG + 1)
            config = checked_config(json.loads(text), path)
            with _member(path, archive, WEIGHTS, MAX_FILE) as file, hdf5.open("wb") as out:
                _copy(path, file, out)
    except InputError:
        raise
    except (OSError, ValueError, RuntimeError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise _unreadable(path, error) from None
    return config


def _sound_arrays(path: Path, hdf5: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a file, or say in a sentence that HDF5 finds it damaged, in one of the many ways it has."""
    try:
        return _arrays(path, hdf5)
    except InputError:
        raise
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> InputError:
    said = " ".join(str(error).split())[:160].rstrip(".")
    return InputError(f"{path} cannot be read as a .keras file ({said}); {REMEDY}.")


def _member(path: Path, archive: zipfile.ZipFile, name: str, most: int) -> IO[bytes]:
    if name not in archive.namelist():
        raise InputError(f"{path} holds no {name}, so it is no .keras file; {REMEDY}.")
    if archive.getinfo(name).file_size > most:
        raise InputError(f"{path} unpacks to more than {most / 2**20:,.0f} MiB in {name}; {REMEDY}.")
    return archive.open(name)


def _copy(path: Path, file: IO[bytes], out: IO[bytes]) -> None:
    """Unpack a member, no further than it may reach: a bomb lies about its size."""
    total = 0
    while piece := file.read(PIECE):
        total += len(piece)
        if total > MAX_FILE:
            raise InputError(f"{path} unpacks to more than {MAX_FILE / 2**20:,.0f} MiB; {REMEDY}.")
        out.write(piece)


def _arrays(path: Path, hdf5: Path) -> dict[str, npt.NDArray[Any]]:
    import h5py

    arrays, total = {}, 0
    with h5py.File(hdf5, "r") as file:
        for count, (name, dataset) in enumerate(_datasets(path, file, "", 0)):
            _require_plain(path, name, dataset)
            total += dataset.size * max(4, dataset.dtype.itemsize)
            if total > MAX_WEIGHTS or count >= MOST:
                raise InputError(f"{path} holds more than {MAX_WEIGHTS // 4:,} weights; give a smaller model.")
            arrays[name] = np.ascontiguousarray(dataset[()])
    if wrong := next((n for n, a in arrays.items() if not np.isfinite(a).all()), None):
        raise InputError(f"{path} holds NaN or infinity in {wrong}; train it again, or restore it.")
    return arrays


def _datasets(path: Path, group: Any, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the arrays below a group by their paths; links to elsewhere are refused before they are followed."""
    import h5py

    if depth > DEEPEST or len(group) > MOST:
        raise InputError(f"{path} nests its weights too deeply; {REMEDY}.")
    for name in group:
        if name in PASSED_OVER:
            continue
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise InputError(f"{path} holds a link to elsewhere in its weights ({name[:60]!r}); {REMEDY}.")
        found = group[name]
        if isinstance(found, h5py.Group):
            yield from _datasets(path, found, f"{prefix}{name}/", depth + 1)
        elif isinstance(found, h5py.Dataset):
            yield f"{prefix}{name}", found


def _require_plain(path: Path, name: str, dataset: Any) -> None:
    """Raise `InputError` unless an array consists of numbers that lie in the file itself."""
    settings = dataset.id.get_create_plist()
    if dataset.external or dataset.is_virtual:
        raise InputError(f"{path} keeps {name} in another file; {REMEDY}.")
    if any(settings.get_filter(i)[0] not in FILTERS for i in range(settings.get_nfilters())):
        raise InputError(f"{path} packs {name} in a way that is not known; {REMEDY}.")
    if dataset.dtype.kind not in "fiu" or dataset.dtype.itemsize > 8 or dataset.ndim > 6 or not dataset.dtype.isnative:
        raise InputError(f"{path} holds {dataset.dtype} in {name}, which are no weights; {REMEDY}.")


if __name__ == "__main__":
    serve(_work)
