"""Principal axes are those of scikit-learn, Mahalanobis distances those of scipy with the shrunk covariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA

from core.errors import InputError
from core.statistics import Moments, PrincipalAxes, principal_axes
from core.statistics.blocks import BLOCK


def axes_of(array: np.ndarray) -> PrincipalAxes:
    return principal_axes(Moments.of(array))


def bulk(count: int, dimension: int, seed: int = 0, narrowest: float = 0.03) -> np.ndarray:
    """An inclined, off-centre normal bulk with widths from 3 down to the narrowest."""
    rng = np.random.default_rng(seed)
    mixing = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0] * np.geomspace(3, narrowest, dimension)
    return rng.normal(size=(count, dimension)) @ mixing.T + rng.normal(size=dimension)


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    return bulk(BLOCK + 900, 20)


@pytest.fixture(scope="module")
def axes(latents: np.ndarray) -> PrincipalAxes:
    return axes_of(latents)


def test_axes_are_orthonormal(axes: PrincipalAxes) -> None:
    np.testing.assert_allclose(axes.axes @ axes.axes.T, np.eye(20), atol=1e-12)


def test_variances_fall_and_equal_those_of_scikit_learn(axes: PrincipalAxes, latents: np.ndarray) -> None:
    fitted = PCA(svd_solver="full").fit(latents)
    np.testing.assert_allclose(axes.variances, fitted.explained_variance_, rtol=1e-9)
    np.testing.assert_allclose(axes.cumulative_share, np.cumsum(fitted.explained_variance_ratio_), rtol=1e-9)
    np.testing.assert_allclose(np.abs(np.sum(axes.axes * fitted.components_, axis=1)), 1, rtol=1e-6)
    assert (np.diff(axes.variances) <= 0).all()


def test_the_largest_entry_of_each_axis_is_positive(axes: PrincipalAxes) -> None:
    largest = np.abs(axes.axes).argmax(axis=1)
    assert (axes.axes[np.arange(20), largest] > 0).all()


def test_the_same_bulk_gives_the_same_signs_in_any_order_of_its_vectors(axes: PrincipalAxes) -> None:
    shuffled = np.random.default_rng(9).permutation(bulk(BLOCK + 900, 20))
    np.testing.assert_allclose(axes_of(shuffled).axes, axes.axes, atol=1e-8)


def test_mirroring_the_bulk_at_its_mean_leaves_the_axes(axes: PrincipalAxes, latents: np.ndarray) -> None:
    np.testing.assert_allclose(axes_of(2 * axes.mean - latents).axes, axes.axes, atol=1e-8)


def test_coordinates_along_the_axes_are_centred_and_uncorrelated(axes: PrincipalAxes, latents: np.ndarray) -> None:
    coordinates = axes.project(latents)
    np.testing.assert_allclose(coordinates.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.cov(coordinates, rowvar=False), np.diag(axes.variances), atol=1e-10)


def test_restoring_all_coordinates_gives_the_vectors_back(axes: PrincipalAxes, latents: np.ndarray) -> None:
    np.testing.assert_allclose(axes.restore(axes.project(latents)), latents, atol=1e-12)


def test_variances_of_another_bulk_along_the_axes_are_those_of_its_coordinates(axes: PrincipalAxes) -> None:
    other = bulk(3000, 20, seed=5)
    variances = axes.variances_of(Moments.of(other).covariance)
    np.testing.assert_allclose(variances, axes.project(other).var(axis=0, ddof=1), rtol=1e-9)
    assert variances.sum() == pytest.approx(other.var(axis=0, ddof=1).sum())


def test_axes_and_components_can_be_mixed_as_directions(axes: PrincipalAxes, latents: np.ndarray) -> None:
    along = axes.along(latents, [("axis", 3), ("component", 0), ("axis", 0), ("component", 19)])
    coordinates = axes.project(latents)
    expected = np.column_stack([coordinates[:, 3], latents[:, 0], coordinates[:, 0], latents[:, 19]])
    np.testing.assert_allclose(along, expected, atol=1e-12)


def test_a_basis_of_directions_holds_axes_and_unit_vectors_in_the_order_asked_for(axes: PrincipalAxes) -> None:
    directions = [("component", 4), ("axis", 2), ("axis", 0), ("component", 0)]
    unit = np.eye(20)
    np.testing.assert_array_equal(axes.basis(directions), [unit[4], axes.axes[2], axes.axes[0], unit[0]])
    np.testing.assert_allclose(np.linalg.norm(axes.basis(directions), axis=1), 1)


def test_coordinates_along_directions_are_inner_products_with_their_basis(
    axes: PrincipalAxes, latents: np.ndarray
) -> None:
    directions = [("axis", 1), ("component", 7), ("axis", 19)]
    one, other = axes.along(latents[:1], directions), axes.along(latents[1:2], directions)
    np.testing.assert_allclose(other - one, (latents[1:2] - latents[:1]) @ axes.basis(directions).T, atol=1e-12)
    covariance = axes.basis(directions) @ Moments.of(latents).covariance @ axes.basis(directions).T
    np.testing.assert_allclose(np.cov(axes.along(latents, directions), rowvar=False), covariance, atol=1e-10)


@pytest.mark.parametrize("count", [1, 7, 19, 20])
def test_the_first_axes_lose_exactly_the_variance_of_the_others(
    axes: PrincipalAxes, latents: np.ndarray, count: int
) -> None:
    coordinates = axes.project(latents, count)
    assert coordinates.shape == (len(latents), count)
    rest = np.square(latents - axes.restore(coordinates)).sum() / (len(latents) - 1)
    assert rest == pytest.approx(axes.variances[count:].sum(), rel=1e-9, abs=1e-12)


def test_distances_are_scipys_with_the_shrunk_covariance() -> None:
    array = bulk(120, 40)
    axes, estimate = axes_of(array), LedoitWolf().fit(array)
    biased = len(array) / (len(array) - 1)
    assert axes.shrinkage == pytest.approx(estimate.shrinkage_, rel=1e-8)
    assert axes.shrinkage > 0.001
    other = bulk(50, 40, seed=1)
    expected = cdist(other, axes.mean[None], "mahalanobis", VI=np.linalg.inv(estimate.covariance_ * biased))
    np.testing.assert_allclose(axes.mahalanobis(other), expected[:, 0], rtol=1e-6)


def test_the_squared_distances_of_the_bulk_itself_average_to_its_dimension() -> None:
    array = bulk(4000, 10)
    exact = replace(axes_of(array), shrinkage=0.0)
    mean_square = np.square(exact.mahalanobis(array)).sum() / (len(array) - 1)
    assert mean_square == pytest.approx(10, rel=1e-10)


def test_the_mean_is_at_distance_zero(axes: PrincipalAxes) -> None:
    assert axes.mahalanobis(axes.mean[None])[0] == 0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-50, 50))
def test_rotating_scaling_and_moving_a_bulk_leaves_all_distances(seed: int, scale: float, shift: float) -> None:
    array = bulk(60, 5, seed)
    rotation = stats.ortho_group.rvs(5, random_state=seed)
    moved = scale * array @ rotation + shift
    np.testing.assert_allclose(axes_of(moved).mahalanobis(moved), axes_of(array).mahalanobis(array), rtol=1e-6)


def test_distances_of_a_normal_bulk_in_256_dimensions_have_the_quantiles_of_the_series() -> None:
    axes = axes_of(array := bulk(20_000, 256))
    distances = replace(axes, shrinkage=0.0).mahalanobis(array)
    series = {0.5: 15.98, 0.8: 16.58, 0.95: 17.16, 0.9973: 17.99}
    np.testing.assert_allclose(stats.chi(256).ppf(list(series)), list(series.values()), atol=0.006)
    np.testing.assert_allclose(np.quantile(distances, list(series)), list(series.values()), atol=0.06)


def test_shrinking_brings_the_distances_of_a_nearly_flat_bulk_down_and_many_vectors_bring_them_back() -> None:
    medians = []
    for count in (1500, 6000, 24_000):
        array = bulk(count, 128, narrowest=0.05)
        axes = axes_of(array)
        medians.append(np.median(axes.mahalanobis(array)))
        assert axes.shrunk_variances[-1] > 1.2 * axes.variances[-1]
    assert medians[0] < medians[1] < medians[2] < stats.chi(128).median()


def test_three_sigma_in_256_dimensions_holds_nothing_and_the_share_within_five_is_known() -> None:
    distances = axes_of(array := bulk(10_000, 256, narrowest=1)).mahalanobis(array)
    assert distances.min() > 12
    assert stats.chi2(256).logcdf(25) / np.log(10) == pytest.approx(np.log10(3e-81), abs=0.1)


@pytest.mark.parametrize(("distance", "share"), [(1, 0.393), (2, 0.865), (3, 0.989), (4, 0.9997)])
def test_the_share_of_a_pair_within_its_ellipse_is_that_of_the_series(distance: float, share: float) -> None:
    array = bulk(200_000, 2, narrowest=1)
    assert (axes_of(array).mahalanobis(array) <= distance).mean() == pytest.approx(share, abs=0.003)


def test_distances_stay_finite_where_the_bulk_is_flat() -> None:
    array = bulk(100, 6)
    array[:, 5] = array[:, 0]
    flat = replace(axes_of(array), shrinkage=0.0)
    assert flat.variances[-1] < 1e-12 * flat.variances[0]
    assert np.isfinite(flat.mahalanobis(array)).all()
    assert flat.shrunk_variances.min() == pytest.approx(1e-12 * flat.variances[0])


def test_fewer_vectors_than_components_leave_finite_distances_by_shrinking() -> None:
    array = bulk(30, 100)
    axes = axes_of(array)
    assert (axes.variances >= 0).all()
    assert axes.variances[29:].max() < 1e-10 * axes.variances[0]
    assert axes.shrinkage > 0
    distances = axes.mahalanobis(bulk(10, 100, seed=1))
    assert np.isfinite(distances).all()
    assert distances.max() < 1e3


def test_shrinking_keeps_the_total_variance_and_narrows_its_range() -> None:
    axes = axes_of(bulk(60, 40))
    assert axes.shrunk_variances.sum() == pytest.approx(axes.variances.sum())
    assert axes.shrunk_variances.min() > axes.variances.min()
    assert axes.shrunk_variances.max() < axes.variances.max()


def test_a_single_vector_has_axes_without_length() -> None:
    axes = axes_of(np.array([[1.0, 2.0, 3.0]]))
    np.testing.assert_array_equal(axes.variances, np.zeros(3))
    np.testing.assert_array_equal(axes.cumulative_share, np.ones(3))
    np.testing.assert_allclose(axes.axes @ axes.axes.T, np.eye(3), atol=1e-12)
    assert axes.mahalanobis([[1.0, 2.0, 3.0]])[0] == 0


def test_vectors_of_another_dimension_are_refused(axes: PrincipalAxes) -> None:
    wrong = np.zeros((2, 3))
    for work in (axes.project, axes.mahalanobis, lambda vectors: axes.along(vectors, [("axis", 0)])):
        with pytest.raises(InputError, match=r"^The vectors have 3 components, 20 are expected\.$"):
            work(wrong)
