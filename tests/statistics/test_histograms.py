"""Histograms of all components on a common grid: they count like numpy, merge exactly and compare fairly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import InputError
from core.statistics import Histograms, Moments
from core.statistics.blocks import BLOCK
from core.statistics.histograms import BINS_PER_WIDTH, LIMIT

CENTRE, WIDTH = np.array([0.3, -7.0, 0.0]), np.array([1.0, 0.25, 40.0])
"""A reference to count against."""

FEW = st.integers(1, 30).flatmap(
    lambda n: arrays(np.float64, (n, 3), elements=st.floats(-60, 60, width=16, allow_subnormal=False))
)
"""A few vectors of three components, in and far out of the reference's range."""


def count(array: np.ndarray, centre: np.ndarray = CENTRE, width: np.ndarray = WIDTH) -> Histograms:
    return Histograms.of(array, centre, width, array.min(axis=0), array.max(axis=0))


def own(array: np.ndarray) -> Histograms:
    moments = Moments.of(array)
    return Histograms.of(array, moments.mean, moments.widths, moments.minimum, moments.maximum)


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    rng = np.random.default_rng(5)
    return (rng.standard_t(4, (2 * BLOCK + 123, 6)) * [0.01, 1, 1, 3, 50, 700] + rng.normal(size=6) * 9).astype("f4")


def test_counts_equal_those_of_numpy_on_the_same_edges(latents: np.ndarray) -> None:
    histograms = own(latents)
    for j in range(latents.shape[1]):
        expected, _ = np.histogram(latents[:, j].astype(np.float64), histograms.edges(j))
        np.testing.assert_array_equal(histograms.counts[j], expected)


def test_every_vector_is_counted_once_in_each_component(latents: np.ndarray) -> None:
    np.testing.assert_array_equal(own(latents).counts.sum(axis=1), np.full(6, len(latents)))


@settings(deadline=None)
@given(FEW)
def test_no_vector_is_lost_however_far_it_lies_from_the_reference(array: np.ndarray) -> None:
    histograms = count(array)
    assert (histograms.counts.sum(axis=1) == len(array)).all()
    assert (histograms.counts >= 0).all()
    assert histograms.counts.shape[1] <= 2 * LIMIT * BINS_PER_WIDTH + 1


def test_edges_are_eighths_of_the_width_and_one_of_them_is_the_mean(latents: np.ndarray) -> None:
    moments, histograms = Moments.of(latents), own(latents)
    for j in range(latents.shape[1]):
        edges = histograms.edges(j)
        assert len(edges) == histograms.counts.shape[1] + 1
        np.testing.assert_allclose(np.diff(edges), moments.widths[j] / 8, rtol=1e-6)
        assert edges[-histograms.first] == moments.mean[j]


def test_the_density_has_the_area_one_and_numpys_height(latents: np.ndarray) -> None:
    histograms = own(latents)
    for j in range(latents.shape[1]):
        edges, density = histograms.edges(j), histograms.density(j)
        assert (density * np.diff(edges)).sum() == pytest.approx(1)
        expected, _ = np.histogram(latents[:, j].astype(np.float64), edges, density=True)
        np.testing.assert_allclose(density, expected, rtol=1e-6)


def test_a_normal_component_has_its_bell_in_latent_units() -> None:
    array = np.random.default_rng(0).normal(3.0, 0.2, (200_000, 1))
    histograms = own(array)
    peak = histograms.density(0)[-histograms.first - 1 : -histograms.first + 1].mean()
    assert peak == pytest.approx(1 / (0.2 * np.sqrt(2 * np.pi)), rel=0.02)


def test_outliers_beyond_the_limit_land_in_the_outermost_bins() -> None:
    array = np.zeros((10, 2))
    array[0] = [1e9, -1e9]
    array[1] = [LIMIT + 1, -LIMIT - 1]
    histograms = count(array, np.zeros(2), np.ones(2))
    assert histograms.first == -LIMIT * BINS_PER_WIDTH
    assert histograms.counts.shape == (2, 2 * LIMIT * BINS_PER_WIDTH + 1)
    assert histograms.counts[0, -1] == histograms.counts[1, 0] == 2
    assert histograms.counts[0, -histograms.first] == 8


def test_a_constant_component_is_counted_in_one_bin_of_an_eighth() -> None:
    array = np.random.default_rng(0).normal(size=(1000, 2))
    array[:, 1] = 0.1
    histograms = own(array)
    assert histograms.width[1] == 1
    assert histograms.counts[1, -histograms.first] == 1000
    assert np.count_nonzero(histograms.counts[1]) == 1
    assert np.diff(histograms.edges(1)) == pytest.approx(1 / 8)


def test_a_single_vector_fills_one_bin_of_each_component() -> None:
    assert own(np.array([[3.0, -4.0]])).counts.tolist() == [[1], [1]]


def test_a_memory_mapped_file_gives_what_its_array_gives(latents: np.ndarray, tmp_path: Path) -> None:
    half = latents.astype(np.float16)
    np.save(tmp_path / "latents.npy", half)
    one, other = own(np.load(tmp_path / "latents.npy", mmap_mode="r")), own(half)
    assert one.first == other.first
    np.testing.assert_array_equal(one.counts, other.counts)


@settings(deadline=None)
@given(FEW, st.data())
def test_merging_two_parts_gives_the_whole(array: np.ndarray, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(array)))
    whole, first, rest = count(array), count(array[:cut]), array[cut:]
    merged = first.merge(count(rest)) if len(rest) else first
    assert merged.first == whole.first
    np.testing.assert_array_equal(merged.counts, whole.counts)


@settings(deadline=None)
@given(FEW, FEW)
def test_the_order_of_merging_does_not_matter(a: np.ndarray, b: np.ndarray) -> None:
    one, other = count(a).merge(count(b)), count(b).merge(count(a))
    assert one.first == other.first
    np.testing.assert_array_equal(one.counts, other.counts)


@pytest.mark.parametrize(("centre", "width"), [(CENTRE + 1, WIDTH), (CENTRE, WIDTH * 2)])
def test_histograms_of_other_bins_are_not_merged(centre: np.ndarray, width: np.ndarray) -> None:
    array = np.zeros((2, 3))
    with pytest.raises(InputError, match=r"^The histograms have different bins; .*\.$"):
        count(array).merge(count(array, centre, width))


def test_another_number_of_components_is_refused() -> None:
    with pytest.raises(InputError, match=r"^The vectors have 2 components, 3 are expected\.$"):
        count(np.zeros((5, 2)), CENTRE, WIDTH)


@settings(deadline=None)
@given(FEW, FEW, FEW)
def test_the_overlap_distance_is_a_distance_from_zero_to_one(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    x, y, z = count(a), count(b), count(c)
    np.testing.assert_array_equal(x.overlap_distance(x), np.zeros(3))
    between = x.overlap_distance(y)
    assert ((between >= 0) & (between <= 1 + 1e-12)).all()
    np.testing.assert_allclose(between, y.overlap_distance(x), atol=1e-12)
    assert (between <= x.overlap_distance(z) + z.overlap_distance(y) + 1e-12).all()


@settings(deadline=None)
@given(FEW, st.integers(2, 4))
def test_the_overlap_distance_does_not_depend_on_the_number_of_vectors(array: np.ndarray, times: int) -> None:
    np.testing.assert_allclose(count(array).overlap_distance(count(np.tile(array, (times, 1)))), 0, atol=1e-12)


def test_disjoint_sets_have_the_overlap_distance_one_and_half_common_ones_a_half() -> None:
    array = np.zeros((8, 3))
    apart, half = array.copy(), array.copy()
    apart[:, 1] = 5
    half[:4, 1] = 5
    np.testing.assert_array_equal(count(array).overlap_distance(count(apart)), [0, 1, 0])
    np.testing.assert_array_equal(count(array).overlap_distance(count(half)), [0, 0.5, 0])


def test_the_overlap_distance_is_half_the_area_between_the_densities(latents: np.ndarray) -> None:
    moments, study = Moments.of(latents), own(latents)
    other = np.random.default_rng(1).normal(moments.mean, moments.widths, (5000, 6))
    sample = Histograms.of(other, moments.mean, moments.widths, other.min(axis=0), other.max(axis=0))
    for j, distance in enumerate(study.overlap_distance(sample)):
        edges = study.merge(sample).edges(j)
        p, q = (np.histogram(x[:, j].astype(np.float64), edges, density=True)[0] for x in (latents, other))
        assert distance == pytest.approx((np.abs(p - q) * np.diff(edges)).sum() / 2, abs=1e-6)
