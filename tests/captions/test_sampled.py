"""What is said where a sample stands for all vectors."""

from __future__ import annotations

import numpy as np
import pytest

from core.captions.sampled import about_the_sample
from core.statistics import describe, description


def test_a_sample_is_named_and_what_lies_far_out_is_counted_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(0).normal(size=(4000, 5))
    vectors[:7] += 60
    whole = describe(vectors)
    assert about_the_sample(4000, whole) == ""
    monkeypatch.setattr(description, "EXACT", 1000)
    for described in (whole, describe(vectors)):
        text = about_the_sample(300, described)
        assert "a uniform sample, 300 of the 4,000 vectors" in text
        assert "Of all, 7 lie beyond" in text
