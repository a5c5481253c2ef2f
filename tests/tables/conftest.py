"""What the tests of all tables read: the statistics of the tiny study, its vectors, a sample."""

from __future__ import annotations

import pytest

from core.space.sample import Sample, draw_sample
from core.statistics import Description
from core.strategies import MultivariateNormal
from core.study import Study


@pytest.fixture(scope="module")
def sample(tiny_study: Study, description: Description) -> Sample:
    return draw_sample(tiny_study, description, MultivariateNormal(), 200, 1)
