"""Many vectors summarised in one pass: the same numbers as from all of them at once, or within what is stated."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.statistics import Description, describe, description, largest_coordinates, shape
from core.statistics.axes import principal_axes
from core.statistics.lattice import Lattice
from core.statistics.moments import Moments
from core.statistics.outermost import Outermost, shares_kept
from core.statistics.summary import Frame, Spans, Summary, ordered_counts, ordered_quantiles, summarise

SHARES = np.array([0.0, 1e-3, 0.05, 0.3, 0.5, 0.77, 0.99, 1.0])


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Skewed, heavy-tailed, few-valued and constant components, and a cluster far out."""
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=20_000), rng.gamma(0.5, size=20_000), 3 + rng.standard_t(2, size=20_000)]
    parts += [rng.integers(3, size=20_000), np.full(20_000, 7.0)]
    array = np.stack(parts, axis=1)
    array[100:105, :4] += 500
    return array.astype(np.float32)


@pytest.fixture(scope="module")
def both(vectors: np.ndarray) -> tuple[Description, Description]:
    exact = describe(vectors)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(description, "EXACT", 1000)
        return exact, describe(vectors)


def summary_of(described: Description) -> Summary:
    assert described.summary is not None
    return described.summary


def test_beyond_a_size_vectors_are_summarised_with_the_same_numbers(both: tuple[Description, Description]) -> None:
    exact, many = both
    assert exact.summary is None
    assert len(many) == len(exact) == 20_000
    np.testing.assert_array_equal(many.moments.scatter, exact.moments.scatter)
    np.testing.assert_array_equal(many.histograms.counts, exact.histograms.counts)
    np.testing.assert_allclose(many.radii, exact.radii, rtol=1e-6)
    np.testing.assert_allclose(many.distances, exact.distances, rtol=1e-5)
    assert many.mean_radius == pytest.approx(exact.mean_radius, rel=1e-6)
    assert many.radius_deviation == pytest.approx(exact.radius_deviation, rel=1e-6)
    np.testing.assert_allclose(many.radius_quantiles(SHARES), exact.radius_quantiles(SHARES), rtol=1e-6)
    np.testing.assert_allclose(many.distance_quantiles(SHARES), exact.distance_quantiles(SHARES), rtol=1e-5)


def test_shapes_and_cuts_are_those_of_all_vectors(vectors: np.ndarray, both: tuple[Description, Description]) -> None:
    many, axes = summary_of(both[1]), both[0].axes
    skewness, kurtosis = many.axis_shape(axes, len(vectors))
    known = shape(vectors, axes)
    varying = axes.variances > 1e-9
    np.testing.assert_allclose(skewness[varying], known.skewness[varying], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(kurtosis[varying], known.excess_kurtosis[varying], rtol=1e-6, atol=1e-9)
    largest = largest_coordinates(vectors, axes)
    kept = [shares_kept(largest, k) for k in (0.5, 1.0, 2.25, 5.0, 30.0)]
    assert [shares_kept(many.outermost, k) for k in (0.5, 1.0, 2.25, 5.0, 30.0)] == kept
    assert 0 < kept[1][1] <= kept[1][0] < kept[3][0] < 1


def test_quantiles_lie_within_the_stated_error_in_rank_or_else_in_value(
    vectors: np.ndarray, both: tuple[Description, Description]
) -> None:
    lattice = summary_of(both[1]).lattice
    found = lattice.quantiles(SHARES)
    for j in range(4):
        ordered = np.sort(vectors[:, j].astype(float))
        ranks = [np.searchsorted(ordered, found[j], side) / len(ordered) for side in ("left", "right")]
        wrong = np.maximum(np.maximum(ranks[0] - SHARES, SHARES - ranks[1]), 0.0)
        assert (wrong <= lattice.rank_error[j] + 1e-9).all()
    assert (lattice.rank_error[:1] < 0.005).all()  # of a normal component
    values = np.sort(vectors[:, 3])[(SHARES * (len(vectors) - 1)).astype(int)]
    assert np.abs(found[3] - values).max() <= lattice.value_error[3]
    np.testing.assert_array_equal(found[4], 7.0)


def test_the_planted_cluster_is_counted_exactly(both: tuple[Description, Description]) -> None:
    lattice = summary_of(both[1]).lattice
    assert 1 - lattice.shares(0, 100.0) == pytest.approx(5 / 20_000)
    assert lattice.shares(0, 1e9) == 1
    assert lattice.shares(0, -1e9) == 0
    exact, many = (one.count_beyond(40.0) for one in both)
    assert exact == many >= 5


def test_shares_and_quantiles_undo_each_other(both: tuple[Description, Description]) -> None:
    lattice, inner = summary_of(both[1]).lattice, np.linspace(0.01, 0.99, 37)
    np.testing.assert_allclose(lattice.shares(1, lattice.quantiles(inner)[1]), inner, atol=1e-9)


def test_parts_merge_to_the_whole(vectors: np.ndarray, both: tuple[Description, Description]) -> None:
    moments = Moments.of(vectors)
    axes = principal_axes(moments)
    frame = Frame.of(vectors, moments, axes)
    whole = summarise(Spans(vectors), frame)[0]
    part, lattice = whole.lattice, whole.lattice
    halves = [
        lattice.with_counts(lattice.counts_of(half.astype(np.float64))) for half in (vectors[:7000], vectors[7000:])
    ]
    np.testing.assert_array_equal(halves[0].merge(halves[1]).counts, part.counts)
    twice = whole.merge(whole)
    assert twice.lattice.total == 40_000
    np.testing.assert_array_equal(twice.axis_third, 2 * whole.axis_third)
    assert shares_kept(twice.outermost, 2) == shares_kept(whole.outermost, 2)
    assert (np.diff(twice.ordered_radii) >= 0).all()
    again = summarise(Spans(vectors), frame)[0]
    for field in fields(Summary):
        if field.name not in ("lattice", "outermost"):
            np.testing.assert_array_equal(getattr(again, field.name), getattr(whole, field.name))


def test_lattices_of_another_reach_merge_and_of_another_centre_do_not() -> None:
    ones = np.ones(1)
    narrow, wide = (Lattice.empty(0 * ones, ones, -end * ones, end * ones) for end in (1.0, 900.0))
    counted = [
        one.with_counts(one.counts_of(np.array([[-1.0], [0.25], [end]]))) for one, end in ((narrow, 0.9), (wide, 899))
    ]
    merged = counted[0].merge(counted[1])
    assert merged.total == 6
    np.testing.assert_array_equal(merged.counts, counted[1].merge(counted[0]).counts)
    assert merged.low[0] == -900
    with pytest.raises(InputError, match="different buckets"):
        narrow.merge(Lattice.empty(ones, ones, -ones, ones))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60))
def test_every_value_is_counted_once_wherever_it_lies(values: list[float]) -> None:
    column = np.array(values)[:, None]
    low, high = column.min(axis=0), column.max(axis=0)
    lattice = Lattice.empty(np.zeros(1), np.full(1, 1e-3), low, high)
    counted = lattice.with_counts(lattice.counts_of(column))
    assert counted.total == len(values)
    ends = counted.quantiles([0.0, 1.0])[0]
    assert tuple(ends) == (low[0], high[0])


def test_ordered_quantiles_are_numpys() -> None:
    values = np.sort(np.random.default_rng(1).normal(size=101)).astype(np.float32)
    np.testing.assert_allclose(ordered_quantiles(values, SHARES), np.quantile(values.astype(float), SHARES), rtol=1e-12)


def test_nothing_lies_in_cuts_of_no_vectors() -> None:
    assert Outermost.none().counts.sum() == 0


@settings(deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40),
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(1e300), st.just(-1e300)), min_size=1, max_size=10),
)
def test_values_in_order_are_counted_as_if_they_were_as_precise_as_the_bounds(
    values: list[float], bounds: list[float]
) -> None:
    ordered = np.sort(np.array(values, np.float32))
    bounds += [*map(float, ordered), *np.nextafter(ordered.astype(float), np.inf).tolist()]
    below = [(ordered.astype(float) < bound).sum() for bound in bounds]
    within = [(ordered.astype(float) <= bound).sum() for bound in bounds]
    assert ordered_counts(ordered, bounds).tolist() == below
    assert ordered_counts(ordered, bounds, within=True).tolist() == within


def test_shares_are_counted_over_all_vectors_of_either_size(both: tuple[Description, Description]) -> None:
    exact, many = both
    for share in (0.0, 0.3, 0.99, 1.0):
        distance, radius = float(exact.distance_quantiles(share)) + 1e-3, float(exact.radius_quantiles(share)) + 1e-3
        assert many.share_beyond(distance) == exact.share_beyond(distance) == (exact.distances > distance).mean()
        assert many.share_within(distance) == exact.share_within(distance) == (exact.distances < distance).mean()
        assert many.share_longer(radius) == exact.share_longer(radius) == (exact.radii > radius).mean()
