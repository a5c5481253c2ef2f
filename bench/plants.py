"""Studies of any size for measurements: local normals around bundled vectors, with a cluster of far rows among them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.neighbors import NearestNeighbors

from core.networks import network_files
from core.study import Study, open_study
from core.study.description import GROUP, LATENTS, ROWS, write_description

__all__ = ["FAR", "PLANTED", "plant"]

NEIGHBOURS, SPREAD = 20, 1.0
"""Vectors that each local law is made from, and the factor of its deviations."""

BLOCK, EACH = 65_536, 32
"""Vectors that are drawn, written and named at a time, and how many of them come from one law."""

PLANTED = 50
"""Rows of the far cluster, evenly spaced over the study."""

FAR = 12.0
"""Where they lie, in radii of the bulk."""

Singles = npt.NDArray[np.float32]


def plant(origin: Study, folder: Path, count: int, seed: int = 0) -> None:
    """Write a study of ``count`` vectors around those of another, with its decoder and attributes; memory stays small.

    Around a vector of the origin and its neighbours stands the normal law of their mean and covariance. Fifty rows,
    called ``planted-00`` and on, lie together far outside.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    base = np.asarray(origin.latents, np.float32)
    known = origin.rows[[name for name in origin.rows.columns if name != GROUP]]
    nearest = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(base)
    direction = rng.standard_normal(base.shape[1])
    far = direction / np.linalg.norm(direction) * FAR * np.linalg.norm(base, axis=1).mean()
    places = np.linspace(0, count - 1, PLANTED + 2).astype(np.intp)[1:-1]
    latents = np.lib.format.open_memmap(folder / LATENTS, "w+", np.float16, (count, base.shape[1]))
    writer = None
    for start, vectors, sources in _blocks(base, nearest, count, rng):
        end = start + len(vectors)
        names = [f"{row:09}.jpg" for row in range(start, end)]
        for number in np.flatnonzero((places >= start) & (places < end)):
            vectors[places[number] - start] = far + 0.1 * rng.standard_normal(base.shape[1])
            names[places[number] - start] = f"planted-{number:02}.jpg"
        latents[start:end] = vectors
        rows = known.iloc[sources].assign(image=names)
        table = pa.Table.from_pandas(rows, preserve_index=False)
        if writer is None:
            writer = pq.ParquetWriter(folder / ROWS, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
    latents.flush()
    if writer is not None:
        writer.close()
    if origin.config is not None:
        for name in network_files(origin.config):
            shutil.copyfile(origin.folder / name, folder / name)
    write_description(folder, f"{count:,} planted", origin.config, None, None)
    open_study(folder)


def _blocks(
    base: Singles, nearest: NearestNeighbors, count: int, rng: np.random.Generator
) -> Iterator[tuple[int, Singles, npt.NDArray[np.intp]]]:
    """Yield the number of the first row, vectors (m, d) and the rows of the origin that they were drawn around."""
    found = np.concatenate(
        [nearest.kneighbors(base[i : i + 2048], return_distance=False) for i in range(0, len(base), 2048)]
    )
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        centres = rng.integers(len(base), size=-(-size // EACH))
        around = base[found[centres]]
        mean = around.mean(axis=1, keepdims=True)
        weights = rng.standard_normal((len(centres), EACH, NEIGHBOURS), np.float32)
        weights *= np.float32(SPREAD / np.sqrt(NEIGHBOURS - 1))
        drawn = (mean + weights @ (around - mean)).reshape(-1, base.shape[1])
        order = rng.permutation(len(drawn))[:size]
        yield start, drawn[order], np.repeat(centres, EACH)[order]
