"""Two studies laid over each other: what has no common scale is drawn in units of its own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from core.figures import studies, theme
from core.figures.studies import Named
from core.statistics import describe
from tests.helpers.odd_vectors import ODD


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rng = np.random.default_rng(21)
    return rng.normal(size=(600, 5)) @ rng.normal(size=(5, 5)) + 1


@pytest.fixture(scope="module")
def pair(vectors: np.ndarray) -> tuple[Named, Named]:
    """Return two studies, the second seven times as large and its components in the opposite order."""
    return ("first", describe(vectors)), ("second", describe(7 * vectors[:, ::-1]))


def traces(chart, name: str) -> list:
    return [trace for trace in chart.data if trace.name == name]


def test_radii_of_studies_of_another_scale_coincide(pair: tuple[Named, Named]) -> None:
    chart = studies.overlay_radii(*pair)
    (radius, distance), (other_radius, other_distance) = (traces(chart, name) for name in ("first", "second"))
    for mine, other in ((radius, other_radius), (distance, other_distance)):
        np.testing.assert_allclose(mine.x, other.x, rtol=1e-6)
        assert np.sum(np.diff(mine.x) * np.asarray(mine.y)[:-1]) == pytest.approx(1)
    mean = np.sum(np.diff(radius.x) * np.asarray(radius.y)[:-1] * (radius.x[1:] + radius.x[:-1]) / 2)
    assert mean == pytest.approx(1, abs=0.02)
    assert (radius.line.color, other_radius.line.color) == (theme.DATA, theme.SECOND)
    law = traces(chart, "a normal bulk")[0]
    assert integrate.trapezoid(law.y, law.x) == pytest.approx(1, abs=0.01)
    origins = [line.x0 for line in chart.layout.shapes]
    assert origins == pytest.approx([described.origin_distance for _, described in pair])
    assert len(traces(chart, "distance of the origin")) == 1


def test_components_are_sorted_and_in_units_of_the_width(vectors: np.ndarray, pair: tuple[Named, Named]) -> None:
    chart = studies.overlay_components(*pair)
    (mean, width), (other_mean, other_width) = (traces(chart, name) for name in ("first", "second"))
    unit = np.sqrt(vectors.var(axis=0, ddof=1).mean())
    np.testing.assert_allclose(mean.y, sorted(np.abs(vectors.mean(axis=0)) / unit, reverse=True))
    np.testing.assert_allclose(width.y, sorted(vectors.std(axis=0, ddof=1) / unit, reverse=True))
    np.testing.assert_allclose(other_mean.y, mean.y)
    np.testing.assert_allclose(other_width.y, width.y)
    assert list(mean.x) == [1, 2, 3, 4, 5]
    assert (mean.showlegend, width.showlegend) == (True, False)


def test_spectra_are_shares_of_the_variance(vectors: np.ndarray, pair: tuple[Named, Named]) -> None:
    chart = studies.overlay_spectra(*pair)
    (share, cumulative), (other, _) = (traces(chart, name) for name in ("first", "second"))
    values = np.linalg.eigvalsh(np.cov(vectors, rowvar=False))[::-1]
    np.testing.assert_allclose(share.y, values / values.sum())
    np.testing.assert_allclose(cumulative.y, np.cumsum(values) / values.sum())
    np.testing.assert_allclose(other.y, share.y)
    assert cumulative.y[-1] == pytest.approx(1)


@pytest.mark.parametrize("kind", ODD)
def test_every_odd_study_can_be_laid_beside_another(kind: str, pair: tuple[Named, Named]) -> None:
    odd = ("odd", describe(ODD[kind]))
    for overlay in (studies.overlay_radii, studies.overlay_components, studies.overlay_spectra):
        for chart in (overlay(odd, pair[0]), overlay(pair[0], odd)):
            assert len(traces(chart, "odd")) == len(traces(chart, "first")) == 2
            assert chart.to_json()
