"""What all exhibits are made of in the tests: a small study of vectors alone, and samples of it."""

from __future__ import annotations

import numpy as np
import pytest

from core.exhibits.scene import Scene
from tests.helpers.scenes import scene_of, study_of


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Return a study titled "Cells" with a multivariate normal sample."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6)) + 1
    return scene_of(study_of(vectors, tmp_path_factory.mktemp("scene") / "plate7"))
