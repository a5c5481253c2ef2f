"""What the tests of all tables read: the statistics of the tiny study, its vectors, a sample."""

from __future__ import annotations

import numpy as np
import pytest

from core.space.sample import Sample, draw_sample
from core.statistics import Description
from core.strategies import MultivariateNormal
from core.study import Study
from core.study.describing import describe_study


@pytest.fixture(scope="module")
def description(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


@pytest.fixture(scope="module")
def latents(tiny_study: Study) -> np.ndarray:
    return tiny_study.latents.astype(np.float64)


@pytest.fixture(scope="module")
def sample(tiny_study: Study, description: Description) -> Sample:
    return draw_sample(tiny_study, description, MultivariateNormal(), 200, 1)
