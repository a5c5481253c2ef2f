"""What the tests of all captions read: the statistics of the tiny study and its vectors."""

from __future__ import annotations

import numpy as np
import pytest

from core.statistics import Description
from core.study import Study
from core.study.describing import describe_study


@pytest.fixture(scope="module")
def study(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


@pytest.fixture(scope="module")
def latents(tiny_study: Study) -> np.ndarray:
    return tiny_study.latents.astype(np.float64)
