"""``python -m bench.faults fuzz [READER] [SECONDS] [SEED]`` damages files of others; each is read or refused.

Small sound files of each format are written once; each case damages one of them, in one to three of several ways, and
reads it as the program does. Only `InputError` with one sentence may come out. What the program reads in a child
process (AnnData, Keras, ONNX) is read in a child here, too, whose crash or end by its limits is counted as *ended*, for
the program makes a sentence of it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import shutil
import sys
import tarfile
import tempfile
import time
import traceback
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd
from onnx import TensorProto, helper, numpy_helper, save
from PIL import Image

from core.errors import InputError
from core.networks import apart, keras_archive, onnx_trial
from core.networks.runtime import import_onnxruntime
from core.sources import hdf5
from core.sources.images import open_images
from core.sources.labels import read_attributes, read_partitions
from core.sources.tables import read_table
from core.sources.vectors import open_vectors
from core.study.archive import export_study, install_export
from core.study.writing import write_vectors

__all__ = ["READERS", "Reader", "fuzz", "run_fuzz"]

SIDE, COUNT, DIMENSION = 12, 20, 3

MEMORY = 6 * 2**30
"""Bytes of address space of what is read in this process."""

SHOWN = 5
"""Faults of a reader that are printed."""

CHILD_SECONDS = 10
"""Of processor time that a child has."""

WORDS = (b"NaN", b"inf", b"-1e999", b"\0", b"\xff\xfe", b'"', b",,", b"\n\n", b"../", b"9" * 400, b"=1+1", b"<b>")
"""Pieces that a parser may stumble over."""


@dataclass(frozen=True)
class Reader:
    """How files of one kind are made and read; ``apart`` where the program reads them in a child."""

    name: str
    write: Callable[[Path], Sequence[Path]]
    read: Callable[[Path], object]
    apart: bool = False


def fuzz(reader: Reader, seconds: float, seed: int, say: Callable[[str], None] = print) -> Counter[str]:
    """Return how many damaged files were ``read``, ``refused``, have ``ended`` their child, or are a ``fault``."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(place)
        (folder / "sound").mkdir()
        work = _read_apart if reader.apart else _read_here
        sound = [(path.name, path.read_bytes()) for path in reader.write(folder / "sound")]
        for name, data in sound:
            found, said = work(reader, _case(folder, name, data))
            if found != "read":
                raise RuntimeError(f"{name} of {reader.name} is sound, and yet {found}. {said}")
        end, number = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            rng = np.random.default_rng((seed, zlib.crc32(reader.name.encode()), number))
            name, data = sound[rng.integers(len(sound))]
            outcome, said = work(reader, _case(folder, name, _damaged(data, rng)))
            outcomes[outcome] += 1
            if outcome == "fault" and outcomes["fault"] <= SHOWN:
                say(f"{reader.name}, case {number} of seed {seed}, {name}\n{said}")
            number += 1
    return outcomes


def _case(folder: Path, name: str, data: bytes) -> Path:
    """Return a file alone in an empty folder."""
    shutil.rmtree(folder / "case", ignore_errors=True)
    (folder / "case").mkdir()
    (folder / "case" / name).write_bytes(data)
    return folder / "case" / name


def _read_here(reader: Reader, path: Path) -> tuple[str, str]:
    """Return how the reading of a file ends, and what is to be said of a fault."""
    try:
        reader.read(path)
    except InputError as error:
        if "\n" in str(error) or not str(error).endswith("."):
            return "fault", f"This is no sentence: {error}"
        return "refused", str(error)
    except Exception:  # noqa: BLE001
        return "fault", traceback.format_exc()
    return "read", ""


def _read_apart(reader: Reader, path: Path) -> tuple[str, str]:
    """Return the same of a reading in a child of this process."""
    told = path.with_name("told")
    child = os.fork()
    if not child:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
            room = _held() + apart.MEMORY
            resource.setrlimit(resource.RLIMIT_DATA, (room, room))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            told.write_text(json.dumps(_read_here(reader, path)))
        finally:
            os._exit(0)  # whatever ended it has said nothing
    os.waitpid(child, 0)
    if not told.exists() or not told.stat().st_size:
        return "ended", ""
    outcome, said = json.loads(told.read_text())
    return ("ended", "") if "MemoryError" in said else (outcome, said)


def _held() -> int:
    """Return the bytes of data that this process has already, which a child begins with."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData")) * 1024


def _damaged(data: bytes, rng: np.random.Generator) -> bytes:
    if data[:2] == b"PK" and rng.integers(2):
        return _inside(data, rng)
    for _ in range(rng.integers(1, 4)):
        data = _WAYS[rng.integers(len(_WAYS))](bytearray(data), rng)
    return data


def _flip(data: bytearray, rng: np.random.Generator) -> bytes:
    for place in rng.integers(len(data), size=rng.integers(1, 9)) if data else ():
        data[place] ^= 1 << int(rng.integers(8))
    return bytes(data)


def _ends(data: bytearray, rng: np.random.Generator) -> bytes:
    """Overwrite bytes where most formats keep their lengths: near the beginning and the end."""
    places = [p for p in range(len(data)) if p < 200 or p >= len(data) - 600]
    for place in rng.choice(places, size=rng.integers(1, 5)) if places else ():
        data[place] = int(rng.integers(256))
    return bytes(data)


def _cut(data: bytearray, rng: np.random.Generator) -> bytes:
    return bytes(data[: rng.integers(len(data) + 1)])


def _splice(data: bytearray, rng: np.random.Generator) -> bytes:
    """Let a piece stand in the place of another."""
    start, to = (int(rng.integers(len(data) + 1)) for _ in range(2))
    length = int(rng.integers(1, 64))
    return bytes(data[:to] + data[start : start + length] + data[to + length * int(rng.integers(2)) :])


def _word(data: bytearray, rng: np.random.Generator) -> bytes:
    place, word = int(rng.integers(len(data) + 1)), WORDS[rng.integers(len(WORDS))]
    return bytes(data[:place] + word + data[place + len(word) * int(rng.integers(2)) :])


def _blank(data: bytearray, rng: np.random.Generator) -> bytes:
    place, length = int(rng.integers(len(data) + 1)), int(rng.integers(1, 64))
    piece = data[place : place + length]
    return bytes(data[:place] + bytes([int(rng.choice([0, 255]))]) * len(piece) + data[place + length :])


def _inside(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage a member of a zip, and pack it again so that no checksum gives the damage away."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info: archive.read(info) for info in archive.infolist()}
    except (OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return data
    chosen, packed = int(rng.integers(max(1, len(members)))), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, (info, member) in enumerate(members.items()):
            archive.writestr(info, _damaged(member, rng) if number == chosen else member)
    return packed.getvalue()


_WAYS = (_flip, _flip, _ends, _cut, _splice, _word, _blank)


def _pictures() -> dict[str, bytes]:
    rng, files = np.random.default_rng(0), {}
    for number, kind in enumerate(("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")):
        file = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)).save(file, kind)
        files[f"a/{number}.{kind.lower()}"] = file.getvalue()
    return files


def _archives(folder: Path) -> list[Path]:
    files = _pictures()
    paths = [folder / name for name in ("a.zip", "b.zip", "a.tar", "a.tar.gz", "a.parquet")]
    for path, kind in zip(paths[:2], (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), strict=True):
        with zipfile.ZipFile(path, "w", kind) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    for path, mode in ((paths[2], "w"), (paths[3], "w:gz")):
        with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    cells = [{"bytes": data, "path": name} for name, data in files.items()]
    pd.DataFrame({"image": cells, "label": range(len(cells))}).to_parquet(paths[4])
    return paths


def _read_images(path: Path) -> None:
    source = open_images(path)
    for batch in source.batches(source.names, 8):
        assert len(batch.names) == len(batch.pixels)


def _values() -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).normal(size=(COUNT, DIMENSION)).astype(np.float32)


def _frame() -> pd.DataFrame:
    frame = pd.DataFrame(_values(), columns=[f"z_{i}" for i in range(DIMENSION)])
    return frame.assign(image=[f"{i}.png" for i in range(COUNT)], age=range(COUNT), won=[True, False] * (COUNT // 2))


def _vectors(folder: Path) -> list[Path]:
    np.save(folder / "z.npy", _values())
    np.savez(folder / "z.npz", latents=_values())
    np.savez_compressed(folder / "packed.npz", latents=_values())
    _frame().to_csv(folder / "z.csv", index=False)
    _frame().to_csv(folder / "z.tsv", index=False, sep="\t")
    _frame().to_parquet(folder / "z.parquet")
    pd.DataFrame({"z": list(_values()), "name": [f"{i}" for i in range(COUNT)]}).to_parquet(folder / "lists.parquet")
    return sorted(folder.iterdir())


def _read_vectors(path: Path) -> None:
    found = open_vectors(path)
    assert found.array.ndim == 2
    assert found.describe()
    write_vectors(found.array, path.with_name("study"), found.columns)


def _tables(folder: Path) -> list[Path]:
    _frame().to_csv(folder / "t.csv", index=False)
    _frame().to_parquet(folder / "t.parquet")
    lines = [["image_id", "Smiling", "Male"], *([f"{i:06}.jpg", "1", "-1"] for i in range(COUNT))]
    with (folder / "attributes.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    listed = [str(COUNT), " ".join(lines[0][1:]), *(" ".join(line) for line in lines[1:])]
    (folder / "attributes.txt").write_text("\n".join(listed) + "\n")
    (folder / "partitions.txt").write_text("".join(f"{i:06}.jpg {i % 3}\n" for i in range(COUNT)))
    return sorted(folder.iterdir())


def _read_table(path: Path) -> None:
    reader = {"attributes": read_attributes, "partitions": read_partitions}.get(path.stem, read_table)
    reader(path)


def _cells(folder: Path) -> list[Path]:
    path = folder / "z.h5ad"
    with h5py.File(path, "w") as file:
        file["X"] = _values()
        file["obsm/X_pca"] = _values()
        file["obs/age"] = np.arange(COUNT)
        file["obs/_index"] = [f"cell {i}" for i in range(COUNT)]
        file["obs"].attrs["_index"] = "_index"
        file["obs/kind/codes"] = np.arange(COUNT) % 2
        file["obs/kind/categories"] = ["a", "b"]
        file["obs/kind"].attrs["encoding-type"] = "categorical"
    return [path]


def _keras(folder: Path) -> list[Path]:
    def layer(name: str, config: dict[str, object], module: str = "keras.layers") -> dict[str, object]:
        return {"module": module, "class_name": name, "config": config, "registered_name": None}

    start = layer("InputLayer", {"batch_shape": [None, 8], "dtype": "float32", "name": "x"})
    dense = layer("Dense", {"name": "dense", "units": 4, "activation": "relu"})
    model = layer("Sequential", {"name": "model", "layers": [start, dense]}, "keras")
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        file["layers/dense/vars/0"] = np.ones((8, 4), np.float32)
        file["layers/dense/vars/1"] = np.zeros(4, np.float32)
    paths = [folder / "stored.keras", folder / "packed.keras"]
    for path, kind in zip(paths, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), strict=True):
        with zipfile.ZipFile(path, "w", kind) as archive:
            archive.writestr("metadata.json", "{}")
            archive.writestr("config.json", json.dumps(model))
            archive.writestr("model.weights.h5", weights.getvalue())
    return paths


def _read_keras(path: Path) -> None:
    keras_archive._work({"path": str(path), "weights": str(path.with_name("w.safetensors"))})


def _onnx(folder: Path) -> list[Path]:
    path = folder / "encoder.onnx"
    matrix = np.random.default_rng(0).normal(size=(SIDE * SIDE, DIMENSION)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["image"], ["flat"]), helper.make_node("MatMul", ["flat", "matrix"], ["z"])],
        "encoder",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", DIMENSION])],
        [numpy_helper.from_array(matrix, "matrix")],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)
    return [path]


def _read_onnx(path: Path) -> None:
    import_onnxruntime()  # once, before there are children
    onnx_trial._work({"path": str(path), "size": None, "out": str(path.with_name("out"))})


def _exports(folder: Path) -> list[Path]:
    write_vectors(_values(), folder / "study", _frame()[["image", "age", "won"]])
    export_study(folder / "study", folder / "study.zip")
    return [folder / "study.zip"]


def _read_export(path: Path) -> None:
    study = path.with_name("again")
    try:
        install_export(path, study)
    except InputError:
        assert not study.exists(), "A refused export has left something."
        raise


READERS = (
    Reader("images", _archives, _read_images),
    Reader("vectors", _vectors, _read_vectors),
    Reader("tables", _tables, _read_table),
    Reader("cells", _cells, lambda path: hdf5.read(path, path.parent), apart=True),
    Reader("keras", _keras, _read_keras, apart=True),
    Reader("onnx", _onnx, _read_onnx, apart=True),
    Reader("exports", _exports, _read_export),
)
"""The readers of foreign files; a study's own folder is damaged by `bench.faults` itself."""


def run_fuzz(name: str = "", seconds: str = "60", seed: str = "0") -> int:
    """Fuzz one reader, or all of them in turn; print the counts; return the exit status."""
    readers = [reader for reader in READERS if name in ("", reader.name)]
    if not readers:
        print(f"There is no reader {name!r}; choose from {', '.join(r.name for r in READERS)}.", file=sys.stderr)
        return 2
    faults = 0
    for reader in readers:
        if not reader.apart and len(readers) == 1:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
        outcomes = fuzz(reader, float(seconds), int(seed))
        faults += outcomes["fault"]
        print(f"{reader.name}: {json.dumps(outcomes, sort_keys=True)}")
    return 1 if faults else 0
