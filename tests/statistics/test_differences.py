"""Intervals of differences hold as often as they say, and agree with published numbers."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from core.statistics.differences import mean_differences, share_differences

RNG = np.random.default_rng(0)


def test_welch_agrees_with_scipy() -> None:
    a, b = RNG.normal(1, 2, 30), RNG.normal(0, 5, 12)
    known = scipy.stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.99)
    found = mean_differences(
        (30, 12),
        (np.array([a.mean()]), np.array([b.mean()])),
        (np.array([a.var(ddof=1)]), np.array([b.var(ddof=1)])),
        0.01,
    )
    unit = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    assert found.low[0] * unit == pytest.approx(known.low)
    assert found.high[0] * unit == pytest.approx(known.high)
    assert found.effect[0] * unit == pytest.approx(a.mean() - b.mean())


@pytest.mark.parametrize(
    ("hits", "counts", "low", "high"),
    [  # examples (a), (c) and (h) of Newcombe 1998, table II, method 10
        ((56, 48), (70, 80), 0.0524, 0.3339),
        ((6, 2), (7, 7), 0.0582, 0.8062),
        ((10, 0), (10, 10), 0.6075, 1.0),
    ],
)
def test_differences_of_shares_are_newcombes(
    hits: tuple[int, int], counts: tuple[int, int], low: float, high: float
) -> None:
    found = share_differences(counts, (np.array([hits[0]]), np.array([hits[1]])), 0.05)
    a, b = found.one[0], found.other[0]
    unit = np.sqrt((a * (1 - a) + b * (1 - b)) / 2)
    if unit > 0:
        assert found.low[0] * unit == pytest.approx(low, abs=6e-5)
        assert found.high[0] * unit == pytest.approx(high, abs=6e-5)
    else:
        assert (found.low[0], found.high[0]) == (np.inf, np.inf)


def test_what_does_not_vary_differs_without_doubt_or_not_at_all() -> None:
    zero = np.zeros(2)
    found = mean_differences((5, 5), (np.array([1.0, 2.0]), np.array([3.0, 2.0])), (zero, zero), 0.05)
    assert list(found.effect) == [-np.inf, 0.0]
    assert list(found.high) == [-np.inf, 0.0]


def test_intervals_miss_as_often_as_they_say() -> None:
    a, b = RNG.normal(0, 3, (4000, 15)), RNG.normal(0, 1, (4000, 40))
    means = mean_differences(
        (15, 40), (a.mean(axis=1), b.mean(axis=1)), (a.var(axis=1, ddof=1), b.var(axis=1, ddof=1)), 0.05
    )
    assert ((means.low > 0) | (means.high < 0)).mean() == pytest.approx(0.05, abs=0.012)
    x, y = RNG.binomial(50, 0.2, 4000), RNG.binomial(200, 0.2, 4000)
    shares = share_differences((50, 200), (x, y), 0.05)
    assert ((shares.low > 0) | (shares.high < 0)).mean() == pytest.approx(0.05, abs=0.015)
