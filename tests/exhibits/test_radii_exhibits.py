"""Exhibits join a picture with words that name the same data."""

from __future__ import annotations

import numpy as np
import pytest

from core.exhibits.radii import cubes, distances, radii
from core.statistics import describe
from tests.helpers.odd_vectors import sample_of


@pytest.mark.parametrize("make", [radii, cubes, distances])
def test_picture_caption_and_alternative_text_name_the_data(make) -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 6))
    study = describe(vectors, title="Cells")
    shown = make(study, sample_of(study, vectors, "cube"))
    for words in (shown.picture.to_json(), shown.caption, shown.alt):
        assert "Cells" in words
