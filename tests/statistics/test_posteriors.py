"""Posteriors: what their codes keep, what one draws from them, which components tell nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.statistics import Posteriors, log_variance_codes
from core.statistics.posteriors import BLOCK, STEP

RNG = np.random.default_rng(0)


def posteriors(count: int, log_variance: float = 0.0) -> Posteriors:
    means = RNG.standard_normal((count, 3)).astype(np.float32)
    return Posteriors(means, log_variance_codes(np.full((count, 3), log_variance)))


@given(st.floats(-12, 3.9))
def test_a_spread_is_kept_within_half_a_step(log_variance: float) -> None:
    law = Posteriors(np.zeros((1, 1), np.float32), log_variance_codes(np.array([[log_variance]])))
    kept = float(law.spreads(slice(None))[0, 0])
    assert kept == pytest.approx(np.exp(log_variance / 2), rel=np.expm1(STEP / 4) * 1.001)


def test_log_variances_beyond_the_codes_are_cut_off() -> None:
    assert log_variance_codes(np.array([-np.inf, -99.0, 99.0])).tolist() == [0, 0, 255]


def test_a_vector_drawn_has_the_mean_and_the_spread_of_its_law() -> None:
    law = posteriors(1, np.log(0.25))
    drawn = law.draw(np.zeros(20_000, np.intp), np.random.default_rng(1))
    np.testing.assert_allclose(drawn.mean(axis=0), law.means[0], atol=0.02)
    np.testing.assert_allclose(drawn.std(axis=0), 0.5, rtol=0.02)


def test_the_sample_of_the_aggregate_is_always_the_same_and_has_the_variance_of_both() -> None:
    law = posteriors(3 * BLOCK // 2, np.log(0.5))
    first, again = law.one_of_each(), law.one_of_each()
    assert np.array_equal(first, again)
    assert first.dtype == np.float32
    np.testing.assert_allclose(first.var(axis=0), law.means.var(axis=0) + 0.5, rtol=0.05)
    longer = Posteriors(law.means[:BLOCK], law.codes[:BLOCK]).one_of_each()
    assert np.array_equal(longer, first[:BLOCK])  # a block does not depend on what follows
    noise = (first - law.means) / np.sqrt(0.5)
    assert not np.array_equal(noise[: BLOCK // 2], noise[BLOCK:])  # and its noise is its own


def test_a_component_whose_means_do_not_vary_has_collapsed() -> None:
    means = RNG.standard_normal((500, 4)) * [1.0, 0.09, 0.11, 0.0] + [0, 0, 0, 1e4]
    law = Posteriors(means, log_variance_codes(np.zeros((500, 4))))
    assert law.collapsed.tolist() == [False, True, False, True]  # 0.09² is 0.8 % of the variance, 0.11² 1.2 %
    exact = Posteriors(means, log_variance_codes(np.full((500, 4), -12.0)))
    assert exact.collapsed.tolist() == [False, False, False, True]


def test_some_rows_can_be_taken() -> None:
    law = posteriors(10)
    part = law.take(np.arange(10) % 2 == 0)
    assert len(part) == 5
    assert np.array_equal(part.means, law.means[::2])
