"""Reading images: their speed beside Pillow alone, and the memory of files that are made to take all of it."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from bench import Measurement, limited, median_seconds
from core.sources.images import open_images
from core.study import open_study

__all__ = ["measure"]

STUDY = Path(__file__).parents[1] / "studies" / "celeba"
COUNT, SIZE = 1000, 96
SIDE = 7999
SQUARE = (15, 35, 163, 183)
LIMIT = 8.0
BUDGET = 1500.0
WORK = """
import sys
from core.sources.images import open_images
if len(sys.argv) > 1:
    source = open_images(sys.argv[1])
    (batch,) = source.batches(source.names, 64)
    assert len(batch.names) == 8
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""
REFUSE = """
import sys
from core.errors import InputError
from core.sources.images import open_images
for path in sys.argv[1:]:
    try:
        source = open_images(path)
        assert not any(batch.names for batch in source.batches(source.names[:300], 16))
    except InputError as error:
        assert "unpacks to more" in str(error)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def measure() -> Iterator[Measurement]:
    """Yield the time of reading photographs, and the memory of reading eight images of 64 million pixels at once."""
    with tempfile.TemporaryDirectory() as folder:
        yield _speed(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        for i in range(8):
            Image.new("RGB", (SIDE, SIDE), (20 * i, 90, 200)).save(Path(folder) / f"{i}.png")
        least = _megabytes(WORK)
        yield limited("eight images of 7999×7999 pixels at once", "MB", _megabytes(WORK, folder), BUDGET, least)
    with tempfile.TemporaryDirectory() as folder:
        bombs = _bombs(Path(folder))
        yield limited("archives and tables made to fill it", "MB", _megabytes(REFUSE, *bombs), BUDGET, least)
        assert sorted(map(str, Path(folder).iterdir())) == sorted(bombs)


def _speed(folder: Path) -> Measurement:
    """Return the time of decoded faces packed as photographs of 178×218 pixels, beside Pillow's decoding alone."""
    study = open_study(STUDY)
    faces = study.load_autoencoder().decode(study.latents[:COUNT])
    for i, face in enumerate(faces):
        Image.fromarray(face).resize((178, 218)).save(folder / f"{i:06}.jpg", quality=90)
    source = open_images(folder)
    files = [path.read_bytes() for path in sorted(folder.iterdir())]

    def ours() -> None:
        for _ in source.batches(source.names, SIZE):
            pass

    def pillow(data: bytes) -> None:
        """Do what is at hand: Pillow's box filter, which averages whole pixels in place of areas."""
        Image.open(io.BytesIO(data)).crop(SQUARE).resize((SIZE, SIZE), Image.Resampling.BOX)

    def floor(data: bytes) -> None:
        Image.open(io.BytesIO(data)).load()

    works: dict[str, Callable[[], object]] = {
        "ours": ours,
        "pillow": partial(_all, pillow, files),
        "floor": partial(_all, floor, files),
    }
    cost, peer, least = (1000 * seconds / COUNT for seconds in median_seconds(works, 3).values())
    wanted = f"at most {LIMIT:g} × Pillow's box filter"
    return Measurement("reading and averaging a photograph", "ms", cost, peer, least, wanted, cost <= LIMIT * peer)


def _all(work: Callable[[bytes], None], files: Sequence[bytes]) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(work, files))


def _bombs(folder: Path) -> list[str]:
    """Write archives of 100,000 empty members, gigabytes of nothing behind one header, and a cell that is repeated."""
    with zipfile.ZipFile(folder / "empty.zip", "w") as archive, tarfile.open(folder / "empty.tar", "w") as tape:
        for i in range(100_000):
            archive.writestr(f"{i:06}.png", b"")
            tape.addfile(tarfile.TarInfo(f"{i:06}.png"))
    info = tarfile.TarInfo("a.png")
    info.size = 3 * 2**30
    packer = zlib.compressobj(wbits=31)
    head, block = (packer.compress(d) + packer.flush(zlib.Z_FULL_FLUSH) for d in (info.tobuf(), bytes(2**20)))
    (folder / "bomb.tar.gz").write_bytes(head + 3 * 2**10 * block)  # such blocks stand each for itself
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * 100, pa.int32()), pa.array([bytes(2**25)], pa.binary()))
    pq.write_table(pa.table({"image": cells}), folder / "cells.parquet", compression="zstd")
    return [str(path) for path in folder.iterdir()]


def _megabytes(work: str, *arguments: str) -> float:
    done = subprocess.run([sys.executable, "-c", work, *arguments], check=True, capture_output=True, text=True)
    return int(done.stdout) * 1024 / 1e6
