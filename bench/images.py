"""Reading images: their speed beside Pillow alone, and the memory of eight that are made to take all of it."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

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
WORK = """
import sys
from core.sources.images import open_images
if len(sys.argv) > 1:
    source = open_images(sys.argv[1])
    (batch,) = source.batches(source.names, 64)
    assert len(batch.names) == 8
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def measure() -> Iterator[Measurement]:
    """Yield the time of reading photographs, and the memory of reading eight images of 64 million pixels at once."""
    with tempfile.TemporaryDirectory() as folder:
        yield _speed(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        for i in range(8):
            Image.new("RGB", (SIDE, SIDE), (20 * i, 90, 200)).save(Path(folder) / f"{i}.png")
        yield limited("eight images of 7999×7999 pixels at once", "MB", _megabytes(folder), 1500.0, _megabytes())


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


def _megabytes(*arguments: str) -> float:
    done = subprocess.run([sys.executable, "-c", WORK, *arguments], check=True, capture_output=True, text=True)
    return int(done.stdout) * 1024 / 1e6
