"""A cluster of this machine beside one process: ``python -m bench.cluster [--images N] [--vectors N] [--in FOLDER]``.

Encodes decoded faces from a zip of JPEGs, and describes planted vectors, with as many threads on both sides; prints
seconds of the clock and of the processors, their ratios, and whether the same bytes came out.
"""

from __future__ import annotations

import argparse
import io
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from bench.plants import plant
from core.study import open_study

__all__ = ["main"]

ORIGIN = Path("studies/celeba")

SIZE = (178, 218)
"""Of CelebA's aligned images, in pixels."""


def main() -> None:
    """Measure both works on both sides."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--vectors", type=int, default=2_000_000)
    parser.add_argument("--in", dest="place", type=Path, help="folder for both (a temporary one, removed at the end)")
    options = parser.parse_args()
    print(f"{'work':24} {'side':10} {'wall s':>8} {'cpu s':>8}")
    with tempfile.TemporaryDirectory(dir=options.place) as folder:
        place = Path(folder)
        if options.images:
            write_faces(place / "faces.zip", options.images)
            words = [
                "encode",
                "--study",
                str(ORIGIN),
                "--images",
                str(place / "faces.zip"),
                "--out",
                str(place / "out"),
            ]
            _beside(f"encode {options.images:,}", words, place / "out")
        if options.vectors:
            plant(open_study(ORIGIN), place / "planted", options.vectors)
            words = ["describe", "--study", str(place / "planted")]
            _beside(f"describe {options.vectors:,}", words, place / "planted" / "summary")


def write_faces(path: Path, count: int) -> None:
    """Write a zip of JPEGs of CelebA's size: the bundled vectors decoded, again and again."""
    study = open_study(ORIGIN)
    autoencoder, vectors = study.load_autoencoder(), study.latents
    with zipfile.ZipFile(path, "w") as archive:
        for start in range(0, count, 256):
            rows = np.arange(start, min(start + 256, count)) % len(vectors)
            for row, pixels in enumerate(autoencoder.decode(np.asarray(vectors[rows], np.float32)), start):
                buffer = io.BytesIO()
                Image.fromarray(pixels).resize(SIZE).save(buffer, "JPEG", quality=90)
                archive.writestr(f"{row:06}.jpg", buffer.getvalue())


def _beside(name: str, words: list[str], out: Path) -> None:
    costs, found = {}, []
    for side, more in {"process": [], "cluster": ["--scheduler", "local"]}.items():
        before, start = _children(), time.perf_counter()
        subprocess.run([sys.executable, "-m", "core", *words, *more], check=True, capture_output=True)
        costs[side] = time.perf_counter() - start, _children() - before
        print(f"{name:24} {side:10} {costs[side][0]:8.1f} {costs[side][1]:8.1f}", flush=True)
        found.append({path.name: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()})
        shutil.rmtree(out)
    wall, cpu = (one / other for one, other in zip(*costs.values(), strict=True))
    same = "the same bytes" if found[0] == found[1] else "OTHER BYTES"
    print(f"{name:24} the cluster has {wall:.2f} × the speed by the clock, {cpu:.2f} × by the processors; {same}")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
