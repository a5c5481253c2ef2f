"""A cluster of this machine beside one process: ``python -m bench.cluster [--images N] [--vectors N] [--kills N]``.

Encodes decoded faces from a zip of JPEGs, and describes planted vectors, with as many threads on both sides; prints
seconds of the clock and of the processors, their ratios, and whether the same bytes came out. With ``--kills`` the same
is done once more by a scheduler and two workers that are started from the shell: so many workers are killed (SIGKILL)
on the way, then the scheduler, and the same command is given again (see :mod:`bench.deaths`).
"""

from __future__ import annotations

import argparse
import io
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from bench.deaths import survive
from bench.plants import plant
from core.statistics.blocks import SPAN
from core.study import open_study
from core.study.workplace import BATCH, place_of_work

__all__ = ["main"]

ORIGIN = Path("studies/celeba")

COMMAND = (sys.executable, "-m", "core")

SIZE = (178, 218)
"""Of CelebA's aligned images, in pixels."""


def main() -> None:
    """Measure both works on both sides."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--vectors", type=int, default=2_000_000)
    parser.add_argument("--kills", type=int, default=0, help="workers that are killed before the scheduler is (none)")
    parser.add_argument("--in", dest="place", type=Path, help="folder for both (a temporary one, removed at the end)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends, too
    print(f"{'work':24} {'side':10} {'wall s':>8} {'cpu s':>8}")
    with tempfile.TemporaryDirectory(dir=options.place) as folder:
        place = Path(folder)
        if options.images:
            write_faces(place / "faces.zip", options.images)
            out, images = place / "out", str(place / "faces.zip")
            words = ["encode", "--study", str(ORIGIN), "--images", images, "--out", str(out)]
            name = f"encode {options.images:,}"
            made = _beside(name, words, out)
            if options.kills:
                work, blocks = place_of_work(out, "encoding"), -(-options.images // BATCH)
                _outlive(name, words, out, made, lambda: work.glob("block-*.npz"), blocks, options.kills)
        if options.vectors:
            plant(open_study(ORIGIN), place / "planted", options.vectors)
            words, out = ["describe", "--study", str(place / "planted")], place / "planted" / "summary"
            name = f"describe {options.vectors:,}"
            made = _beside(name, words, out)
            if options.kills:
                work, blocks = place_of_work(out, "parts"), 2 * -(-options.vectors // SPAN)
                found = ("moments-*.npz", "part-*.npz")
                _outlive(name, words, out, made, lambda: chain(*map(work.glob, found)), blocks, options.kills)


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


def _beside(name: str, words: list[str], out: Path) -> dict[str, bytes]:
    """Measure both sides; return what one process wrote."""
    costs, found = {}, []
    for side, more in {"process": [], "cluster": ["--scheduler", "local"]}.items():
        before, start = _children(), time.perf_counter()
        subprocess.run([*COMMAND, *words, *more], check=True, capture_output=True)
        costs[side] = time.perf_counter() - start, _children() - before
        print(f"{name:24} {side:10} {costs[side][0]:8.1f} {costs[side][1]:8.1f}", flush=True)
        found.append(_taken(out))
    wall, cpu = (one / other for one, other in zip(*costs.values(), strict=True))
    print(
        f"{name:24} the cluster has {wall:.2f} × the speed by the clock, {cpu:.2f} × by the processors; "
        f"{_same(*found)}",
        flush=True,
    )
    return found[0]


def _outlive(
    name: str,
    words: list[str],
    out: Path,
    made: dict[str, bytes],
    blocks: Callable[[], Iterator[Path]],
    total: int,
    kills: int,
) -> None:
    """Let workers and the scheduler die on the way, and say what became of it."""
    outlived = survive([*COMMAND, *words], blocks, total, kills)
    print(f"{name:24} {outlived.workers} workers and the scheduler killed: {outlived.said}")
    print(
        f"{name:24} {outlived.kept} of {outlived.blocks} blocks were kept, {outlived.again} of them done again; "
        f"{outlived.seconds:.1f} s; {_same(made, _taken(out))}",
        flush=True,
    )


def _taken(out: Path) -> dict[str, bytes]:
    """Return the files of a folder, and remove it."""
    found = {path.name: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    shutil.rmtree(out)
    return found


def _same(one: dict[str, bytes], other: dict[str, bytes]) -> str:
    return "the same bytes" if one == other else "OTHER BYTES"


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
