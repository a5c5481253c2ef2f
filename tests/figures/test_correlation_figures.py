"""Pearson matrices and the distribution of their coefficients."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from core.figures import correlations, theme
from core.statistics import Moments, cluster_order, describe
from tests.helpers.odd_vectors import ODD, sample_of


def matrix(dimension: int, seed: int) -> np.ndarray:
    return np.corrcoef(np.random.default_rng(seed).normal(size=(dimension, 50)))


def test_a_matrix_stands_in_the_given_order() -> None:
    study = matrix(6, 0)
    order = np.array([3, 0, 5, 1, 4, 2])
    chart = correlations.coefficient_matrix(study, order, "CelebA")
    (drawn,) = chart.data
    assert list(drawn.x) == list(drawn.y) == ["z3", "z0", "z5", "z1", "z4", "z2"]
    for i, row in enumerate(order):
        for j, column in enumerate(order):
            assert drawn.z[i][j] == pytest.approx(study[row, column])
    assert chart.layout.title.text == "CelebA"
    assert (drawn.zmin, drawn.zmax) == (-correlations.LIMIT, correlations.LIMIT)


def test_of_many_components_the_first_512_in_the_order_are_drawn() -> None:
    study = matrix(600, 2)
    (drawn,) = correlations.coefficient_matrix(study, np.arange(600)[::-1], "CelebA").data
    assert np.shape(drawn.z) == (512, 512)
    assert (drawn.x[0], drawn.x[-1]) == ("z599", "z88")
    np.testing.assert_allclose(drawn.z, study[:87:-1, :87:-1].astype(np.float32))


def test_coefficients_are_densities_of_all_pairs() -> None:
    rng = np.random.default_rng(3)
    mine, theirs = rng.normal(size=(400, 20)) @ rng.normal(size=(20, 20)), rng.normal(size=(100, 20))
    study, sample = describe(mine), Moments.of(theirs)
    chart = correlations.coefficient_histogram(study, {"Cube": sample})
    celeba, cube, law = chart.data
    for trace, values in ((celeba, mine), (cube, theirs)):
        coefficients = np.corrcoef(values, rowvar=False)[np.triu_indices(20, 1)]
        assert np.sum(np.diff(trace.x) * np.asarray(trace.y)[:-1]) == pytest.approx(1)
        share = (np.abs(coefficients) < 0.1).mean()
        centres = (trace.x[1:] + trace.x[:-1]) / 2
        assert np.sum(np.asarray(trace.y)[:-1][np.abs(centres) < 0.1]) * 0.02 == pytest.approx(share, abs=1e-9)
    assert (celeba.name, cube.name) == ("the data, 400 vectors", "Cube, 100 vectors")
    assert (celeba.line.color, cube.line.color) == (theme.DATA, theme.SAMPLE)
    assert law.name == "independent components, 100 vectors"
    assert integrate.trapezoid(law.y, law.x) == pytest.approx(1, abs=0.01)
    assert np.sqrt(integrate.trapezoid(np.square(law.x) * law.y, law.x)) == pytest.approx(1 / np.sqrt(99), rel=0.01)
    assert chart.layout.xaxis.range[1] == pytest.approx(
        1.1 * np.abs(study.moments.correlations - np.eye(20)).max(), rel=0.1
    )


def test_perfectly_correlated_components_fall_into_the_last_bins() -> None:
    line = np.linspace(-1, 1, 30)
    study = describe(np.column_stack([line, 2 * line, -line]))
    chart = correlations.coefficient_histogram(study, {"Cube": study.moments})
    assert np.sum(np.diff(chart.data[0].x) * np.asarray(chart.data[0].y)[:-1]) == pytest.approx(1)


def test_the_range_is_never_narrower_than_a_fifth() -> None:
    study = describe(np.random.default_rng(4).normal(size=(20_000, 3)))
    assert correlations.coefficient_histogram(study, {"Cube": study.moments}).layout.xaxis.range == (-0.2, 0.2)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("count", [20, 1])
def test_every_odd_study_has_matrices_and_coefficients(kind: str, count: int) -> None:
    study = describe(ODD[kind])
    mine, theirs = study.moments, sample_of(study, ODD[kind], count=count).description.moments
    order = cluster_order(mine.correlations)
    for coefficients in (mine.correlations, theirs.correlations):
        assert np.isfinite(correlations.coefficient_matrix(coefficients, order, "Cube").data[0].z).all()
    for trace in correlations.coefficient_histogram(study, {"Cube": theirs}).data[:2]:
        assert np.isfinite(trace.y).all()
