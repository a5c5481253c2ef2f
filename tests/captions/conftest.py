"""What the tests of all captions read: the statistics of the tiny study and its vectors."""

from __future__ import annotations

import pytest

from core.statistics import Description


@pytest.fixture(scope="module")
def study(description: Description) -> Description:
    return description
