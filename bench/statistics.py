"""Statistics of as many vectors as CelebA has, beside numpy and scikit-learn one after the other."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA

from bench import Measurement, median_seconds
from core.statistics import Histograms, Moments, describe, principal_axes, radii
from core.statistics.blocks import map_blocks

__all__ = ["measure"]

COUNT, DIMENSION = 202_599, 256
"""CelebA's images, and the components of the bundled study."""

FASTER, MEMORY = 3.0, 300.0
"""What is required: times faster than the peers, and megabytes beyond the input."""

REPETITIONS = 3
BINS = 100

Latents = npt.NDArray[np.float16]


def measure() -> Iterator[Measurement]:
    """Yield speed and memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "latents.npy"
        _write_latents(path)
        works = {
            "zpoints": lambda: _zpoints(_open(path)),
            "peer": lambda: _peer(_open(path)),
            "floor": lambda: _floor(_open(path)),
        }
        seconds = median_seconds(works, REPETITIONS)
        ratio = seconds["peer"] / seconds["zpoints"]
        name = f"statistics of {COUNT:,} × {DIMENSION}"
        yield Measurement(name, "s", **seconds, requirement=f"{FASTER:g}× faster", met=ratio >= FASTER)
        if Path("/proc/self/clear_refs").exists():
            used = {work: _megabytes_in_fresh_process(path, work) for work in works}
            met = used["zpoints"] <= MEMORY
            yield Measurement("  memory beyond the input", "MB", **used, requirement=f"≤ {MEMORY:g} MB", met=met)


def _write_latents(path: Path) -> None:
    """Write correlated, off-centre normal vectors as float16, like the latent vectors of a study."""
    rng = np.random.default_rng(0)
    mixing = rng.standard_normal((DIMENSION, DIMENSION), np.float32) * np.geomspace(0.3, 0.01, DIMENSION)[:, None]
    latents = np.lib.format.open_memmap(path, "w+", np.float16, (COUNT, DIMENSION))
    for start in range(0, COUNT, 20_000):
        rows = len(latents[start : start + 20_000])
        latents[start : start + rows] = rng.standard_normal((rows, DIMENSION), np.float32) @ mixing + 0.3
    latents.flush()


def _open(path: Path) -> Latents:
    latents: Latents = np.load(path, mmap_mode="r")
    return latents


def _zpoints(latents: Latents) -> None:
    moments = Moments.of(latents)
    principal_axes(moments)
    Histograms.of(latents, moments.mean, moments.widths, moments.minimum, moments.maximum)
    radii(latents)


def _peer(latents: Latents) -> None:
    """Do the same as a notebook does it, in float32, where these functions are fastest."""
    single = latents.astype(np.float32)
    np.cov(single, rowvar=False)
    for component in single.T:
        np.histogram(component, BINS)
    PCA().fit(single)
    np.linalg.norm(single, axis=1)


def _floor(latents: Latents) -> None:
    """Read the vectors once, widen them to float64 and multiply, on all cores: any covariance needs that."""
    sum(map_blocks(lambda block: block.T @ block, latents), start=np.zeros((DIMENSION, DIMENSION)))


def _megabytes_in_fresh_process(path: Path, work: str) -> float:
    command = [sys.executable, "-m", "bench.statistics", str(path), work]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _peak_megabytes(path: Path, work: str) -> float:
    """Return by how much the resident memory of this process rises at most while it works.

    The libraries are loaded and all pages of the mapped file are resident before, so that neither counts; the kernel's
    high-water mark is set back then. Of zpoints the whole of ``describe`` is measured, the distances included.
    """
    latents = _open(path)
    latents.sum(dtype=np.float64)
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    works: dict[str, Callable[[Latents], object]] = {"zpoints": describe, "peer": _peer, "floor": _floor}
    works[work](latents)
    return (_status("VmHWM") - before) / 1e6


def _status(field: str) -> int:
    """Return a field of the kernel's account of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith(f"{field}:")))


if __name__ == "__main__":
    print(_peak_megabytes(Path(sys.argv[1]), sys.argv[2]))
