"""The heavier work behind the pages: correlations with their order, a path, a mixture.

The peer is the limit that the project sets itself; the floor is the part of each that no program can do without.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.mixture import GaussianMixture

from bench import Measurement, limited, median_seconds
from core.scores import cycle_errors
from core.space.ways import between
from core.statistics import Moments, cluster_order
from core.strategies import make_strategy
from core.study import open_study
from core.study.describing import describe_study
from core.study.fits import fit_strategy

__all__ = ["measure"]

STUDY = Path(__file__).parents[1] / "studies" / "celeba"
FRAMES = 15
REPETITIONS = 5


def measure() -> Iterator[Measurement]:
    """Yield correlations, path, fit and loading of a mixture, on the bundled study."""
    study = open_study(STUDY)
    latents = np.array(study.latents)
    values = latents.astype(np.float32)

    def correlations() -> None:
        cluster_order(Moments.of(latents).correlations)

    seconds = median_seconds({"zpoints": correlations, "floor": lambda: values.T @ values}, REPETITIONS)
    yield limited("correlations and their order", "s", seconds["zpoints"], 0.5, seconds["floor"])

    description, autoencoder = describe_study(study), study.load_autoencoder()

    def path() -> None:
        way = between(description, latents[0], latents[1], "arc", FRAMES)
        description.axes.mahalanobis(way.vectors)
        autoencoder.decode(way.vectors)
        cycle_errors(autoencoder, way.vectors, description.moments.widths)

    vectors = latents[:FRAMES].astype(np.float32)
    seconds = median_seconds({"zpoints": path, "floor": lambda: autoencoder.decode(vectors)}, REPETITIONS)
    yield limited(f"path of {FRAMES} frames", "s", seconds["zpoints"], 0.5, seconds["floor"])

    with tempfile.TemporaryDirectory() as folder:
        copy = open_study(shutil.copytree(STUDY, Path(folder) / "study", ignore=shutil.ignore_patterns("fits")))
        started = time.perf_counter()
        fit_strategy(copy, description, make_strategy("mixture"))
        fit = time.perf_counter() - started
        white = description.axes.project(latents) / np.sqrt(description.axes.shrunk_variances)
        started = time.perf_counter()
        GaussianMixture(10, max_iter=2, init_params="random", random_state=0, tol=1e300).fit(white)
        yield limited("mixture of 10, fitted", "s", fit, 60.0, time.perf_counter() - started)
        kept = next((copy.folder / "fits").glob("mixture*.npz"))
        works = {
            "zpoints": lambda: fit_strategy(copy, description, make_strategy("mixture")),
            "floor": kept.read_bytes,
        }
        seconds = median_seconds(works, REPETITIONS)
        yield limited("mixture of 10, kept", "s", seconds["zpoints"], 0.2, seconds["floor"])
