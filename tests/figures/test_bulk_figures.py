"""The shape of the bulk: spectra, ellipsoids and the cloud in three directions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.figures import bulk, theme
from core.space.colouring import ERROR, Colouring, colour_by
from core.statistics import Description
from core.study import Study
from core.study.columns import MOST_CATEGORIES, Kind
from core.study.describing import describe_study
from tests.helpers.dotted import dots_of

LABELS = ["principal axis 1", "principal axis 2", "component z<sub>5</sub>"]
MEAN = np.array([1.0, -2.0, 3.0])
COVARIANCE = np.array([[4.0, 1.0, 0.5], [1.0, 2.0, -0.3], [0.5, -0.3, 1.0]])


@pytest.fixture(scope="module")
def study(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return np.random.default_rng(9).multivariate_normal(MEAN, COVARIANCE, 500)


def xyz(trace) -> np.ndarray:
    return np.column_stack([trace.x, trace.y, trace.z])


def test_a_spectrum_ends_at_all_of_the_variance(study: Description) -> None:
    chart = bulk.spectrum(study, {"Nothing": np.zeros(study.dimension)})
    assert chart.data[2].y[-1] == pytest.approx(1)
    assert not np.any(chart.data[3].y)


def test_a_spectrum_is_that_of_the_covariance(tiny_study: Study, study: Description) -> None:
    values = np.linalg.eigvalsh(np.cov(tiny_study.latents.astype(np.float64), rowvar=False))[::-1]
    chart = bulk.spectrum(study, {"Twice": 2 * study.axes.variances})
    np.testing.assert_allclose(chart.data[0].y, values)
    np.testing.assert_allclose(dots_of(chart.data[1]).y, 2 * values)
    np.testing.assert_allclose(chart.data[3].y, np.cumsum(values) / values.sum())


def test_a_flat_axis_of_a_sample_is_left_out_of_the_logarithm(study: Description) -> None:
    along = study.axes.variances.copy()
    along[-1] = 0.0
    chart = bulk.spectrum(study, {"Flat": along})
    shown = dots_of(chart.data[1]).y
    assert np.isnan(shown[-1])
    assert np.isfinite(shown[:-1]).all()


@pytest.mark.parametrize("distance", [1.0, 2.5])
def test_an_ellipsoid_lies_at_its_mahalanobis_distance(distance: float) -> None:
    lines = bulk.ellipsoid(MEAN, COVARIANCE, distance)
    lines = lines[np.isfinite(lines).all(axis=1)]
    whiten = np.linalg.inv(np.linalg.cholesky(COVARIANCE))
    np.testing.assert_allclose(np.linalg.norm((lines - MEAN) @ whiten.T, axis=1), distance)


def test_an_ellipsoid_reaches_as_far_as_its_law_in_every_direction() -> None:
    lines = bulk.ellipsoid(MEAN, COVARIANCE, 3.0) - MEAN
    for direction in np.random.default_rng(1).normal(size=(20, 3)):
        reach = 3 * np.sqrt(direction @ COVARIANCE @ direction)
        assert 0.85 * reach < np.nanmax(lines @ direction) <= reach + 1e-9


def test_an_ellipsoid_of_a_plane_is_flat() -> None:
    lines = bulk.ellipsoid(np.zeros(3), np.diag([4.0, 1.0, 0.0]), 2.0)
    assert not np.nan_to_num(lines[:, 2]).any()


def test_a_cloud_shows_its_points_its_sample_and_five_ellipsoids(points: np.ndarray) -> None:
    chart = bulk.cloud(points, {"Cube": points[:50] + 1}, LABELS, (MEAN, COVARIANCE))
    celeba, sample, *shells = chart.data
    np.testing.assert_array_equal(xyz(celeba), points.astype(np.float32))
    np.testing.assert_array_equal(xyz(sample), (points[:50] + 1).astype(np.float32))
    assert (celeba.name, sample.name, sample.visible) == ("the data", "Cube", True)
    assert (celeba.marker.color, sample.marker.color) == (theme.DATA, theme.SAMPLE)
    assert [shell.visible for shell in shells] == [True, True, True, "legendonly", "legendonly"]
    for level, shell in enumerate(shells, 1):
        np.testing.assert_allclose(xyz(shell), bulk.ellipsoid(MEAN, COVARIANCE, level))
        assert shell.name.startswith(f"{level}σ: ")
    shares = [float(shell.name.split()[1].rstrip("%")) for shell in shells]
    whiten = np.linalg.inv(np.linalg.cholesky(COVARIANCE))
    draws = np.random.default_rng(2).multivariate_normal(MEAN, COVARIANCE, 100_000)
    lengths = np.linalg.norm((draws - MEAN) @ whiten.T, axis=1)
    scale = 100 if shares[0] > 1 else 1
    assert [share / scale for share in shares] == pytest.approx([(lengths < k).mean() for k in range(1, 6)], abs=0.01)
    assert stats.chi.cdf(1, 3) == pytest.approx(shares[0] / scale, abs=1e-3)
    scene = chart.layout.scene
    assert [scene.xaxis.title.text, scene.yaxis.title.text, scene.zaxis.title.text] == LABELS
    assert scene.aspectmode == "data"


def yes_or_no(label: str, values: np.ndarray) -> Colouring:
    return Colouring(label, Kind.BOOL, values.astype(float), (f"not {label}", label))


def test_vectors_with_an_attribute_are_marked(points: np.ndarray) -> None:
    having = points[:, 0] > 2
    chart = bulk.cloud(points, {"Cube": points[:5]}, LABELS, (MEAN, COVARIANCE), yes_or_no("Wearing Hat", having))
    without, marked, sample = chart.data[:3]
    np.testing.assert_array_equal(xyz(without), points[~having].astype(np.float32))
    np.testing.assert_array_equal(xyz(marked), points[having].astype(np.float32))
    assert (without.name, marked.name) == ("the data, not Wearing Hat", "the data, Wearing Hat")
    assert (without.marker.color, marked.marker.color) == (theme.DATA, theme.MARKED)
    assert sample.visible == "legendonly"


def test_an_attribute_that_nobody_has_marks_nobody(points: np.ndarray) -> None:
    chart = bulk.cloud(points, {"Cube": points[:5]}, LABELS, (MEAN, COVARIANCE), yes_or_no("Bald", np.zeros(500, bool)))
    assert (len(chart.data[0].x), len(chart.data[1].x)) == (500, 0)


def test_vectors_are_coloured_by_a_number_whose_outliers_do_not_take_the_scale(points: np.ndarray) -> None:
    values = np.append(np.linspace(0, 1, 499), 100.0).astype(np.float32)
    chart = bulk.cloud(
        points, {"Cube": points[:5]}, LABELS, (MEAN, COVARIANCE), Colouring("reconstruction error", Kind.NUMBER, values)
    )
    celeba, sample = chart.data[:2]
    np.testing.assert_array_equal(celeba.marker.color, values)
    assert celeba.marker.cmax == pytest.approx(np.quantile(values, 0.99))
    assert celeba.marker.colorbar.title.text == "reconstruction error"
    assert sample.visible == "legendonly"


@pytest.mark.parametrize("column", ["Smiling", ERROR])
def test_what_colours_a_cloud_comes_from_the_rows_of_a_study(tiny_study: Study, column: str) -> None:
    points = tiny_study.latents[:, :3].astype(np.float64)
    moments = points.mean(axis=0), np.cov(points, rowvar=False)
    colour = colour_by(tiny_study, describe_study(tiny_study), column)
    chart = bulk.cloud(points, {"Cube": points[:5]}, LABELS, moments, colour)
    counts = [len(trace.x) for trace in chart.data if trace.name.startswith("the data")]
    smiling = int(tiny_study.rows["Smiling"].sum())
    assert counts == ([300 - smiling, smiling] if column == "Smiling" else [300])


def test_each_category_has_a_look_of_its_own_and_what_is_not_known_is_grey(points: np.ndarray) -> None:
    names = tuple(f"kind {i}" for i in range(MOST_CATEGORIES))
    values = np.where(np.arange(500) < 480, np.arange(500) % len(names), np.nan)
    chart = bulk.cloud(
        points, {"Cube": points[:5]}, LABELS, (MEAN, COVARIANCE), Colouring("kind", Kind.CATEGORY, values, names)
    )
    looks = [(t.marker.color, t.marker.symbol) for t in chart.data if t.name.startswith("the data, kind")]
    assert len(set(looks)) == len(names) + 1
    assert looks[-1][0] == theme.NEUTRAL
    assert theme.SAMPLE not in [colour for colour, _ in looks]
    assert sum(len(t.x) for t in chart.data if t.name.startswith("the data")) == 500
