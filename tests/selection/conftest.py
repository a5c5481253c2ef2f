"""A small study in which everything that a rule can ask for is known of some vectors and unknown of others."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.statistics import Description
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors

COUNT, DIMENSION = 240, 6


def known_study(folder: Path, seed: int = 0) -> Study:
    """Return a study of vectors with an attribute of each kind, each unknown of some, and errors of most."""
    rng = np.random.default_rng(seed)
    won = pd.array(np.where(rng.random(COUNT) < 0.1, None, rng.random(COUNT) < 0.4), "boolean")
    rows = pd.DataFrame({
        "image": [f"picture {i}.jpg" for i in range(COUNT)],
        "reconstruction_error": np.where(rng.random(COUNT) < 0.1, np.nan, rng.random(COUNT)).astype(np.float32),
        "won": won,
        "radius": pd.array(rng.random(COUNT) < 0.5, "boolean"),  # named as a quantity is
        "the suit": pd.Series(rng.choice(["red", "no", 'a "b"', None], COUNT), dtype="str"),
        "age": np.where(rng.random(COUNT) < 0.1, np.nan, rng.integers(1, 90, COUNT)),
    })  # fmt: skip
    return write_vectors(rng.normal(size=(COUNT, DIMENSION)).astype(np.float16), folder, rows)


@pytest.fixture(scope="module")
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return such a study, one for each file of tests."""
    name = f"known{zlib.crc32(request.module.__name__.encode())}"
    return known_study(tmp_path_factory.mktemp("known") / name)


@pytest.fixture(scope="module")
def description(study: Study) -> Description:
    """Return its statistics."""
    return describe_study(study)
