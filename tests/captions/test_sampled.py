"""What is said where a sample stands for all vectors."""

from __future__ import annotations

import numpy as np
import pytest

from core.captions.sampled import about_the_sample, about_the_search
from core.space.inspection import LIKE
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


def test_it_is_said_among_which_vectors_the_nearest_were_looked_for() -> None:
    assert about_the_search(10**7, None).startswith("All 10,000,000 vectors were read")
    some = about_the_search(10**7, None, 40_000, sure=False)
    assert f"a uniform sample of 40,000 vectors and the {LIKE:,} that are most alike in length" in some
    assert "of all 10,000,000, others may be nearer" in some
    sure = about_the_search(10**7, None, 40_000, sure=True)
    assert sure.startswith("None of the 10,000,000 vectors is nearer")
