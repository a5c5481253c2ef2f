"""Words about the bulk say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.captions.bulk import about_spectrum, about_the_bulk, about_the_cloud
from core.space.sample import draw_sample
from core.statistics import Description, describe
from core.strategies import make_strategy
from core.study import Study
from tests.helpers.bulks import NORMAL
from tests.helpers.odd_vectors import sample_of


def test_ninety_percent_of_the_variance_are_held_by_so_many_axes() -> None:
    values = np.diag([30.0, 20.0, 10.0, 1.0]) @ np.random.default_rng(0).normal(size=(4, 5000))
    share = np.cumsum(np.sort(np.linalg.eigvalsh(np.cov(values)))[::-1]) / np.trace(np.cov(values))
    study = describe(values.T)
    text = about_spectrum(study, {"Cube": study.axes.variances})
    assert share[1] > 0.9 > share[0]
    assert "The first 4 of 4 axes hold 100% of the variance of the data, 2 hold 90 %." in text


def test_the_cloud_names_its_sample() -> None:
    text = about_the_cloud("Cube", 16, coloured=True)
    assert "Cube can be shown over the coloured vectors" in text
    assert f"3σ hold {100 * stats.chi.cdf(3, 3):.0f} % of a normal" in text


@pytest.mark.parametrize(("shift", "words"), [(0.0, "inside"), (3.0, "as there"), (9.0, "outside")])
def test_the_place_of_the_origin_is_compared_with_the_series(shift: float, words: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(4000, 3))
    vectors[:, 0] += shift
    assert words in about_the_bulk(describe(vectors), sample_of(describe(vectors), vectors))


def test_a_multivariate_normal_lies_in_the_bulk_and_a_far_cube_does_not() -> None:
    study = describe(NORMAL, title="Cells")
    assert "it is inside the bulk" in about_the_bulk(study, sample_of(study, NORMAL, "mvn", 500))
    moved = describe(NORMAL + 100, title="Cells")
    assert "it is outside the bulk" in about_the_bulk(moved, sample_of(moved, NORMAL + 100, "cube", 500))


@pytest.mark.parametrize(("key", "blind"), [("mvn", False), ("gaussian", True)])
def test_only_independent_components_miss_the_axes(key: str, blind: bool) -> None:
    study = describe(NORMAL)
    along = study.axes.variances_of(sample_of(study, NORMAL, key, 2000).description.moments.covariance)
    assert ("too little along the long axes" in about_spectrum(study, {key: along})) is blind


def test_the_place_of_the_bulk_is_that_of_its_moments(tiny_study: Study, study: Description) -> None:
    text = about_the_bulk(study, draw_sample(tiny_study, study, make_strategy("mvn"), 200, 0))
    assert f"{np.linalg.norm(study.moments.mean):.1f} from the origin" in text
    beyond = (study.distances < study.origin_distance).mean()
    assert f"farther out than {beyond:.1%} of the vectors" in text


@pytest.mark.parametrize(
    ("factor", "words"), [(0.5, "narrower throughout"), (1.0, "others 100%."), (2.0, "wider throughout")]
)
def test_a_sample_that_is_narrower_or_wider_is_called_so(factor: float, words: str) -> None:
    study = describe(NORMAL)
    assert words in about_spectrum(study, {"Cube": factor * study.axes.variances})


def test_a_single_axis_holds_everything() -> None:
    study = describe(NORMAL[:, :1])
    text = about_spectrum(study, {"Cube": 0.87 * study.axes.variances})
    assert text == "The only axis holds all of the variance of the data; Cube has 87% of that."
