"""Components, vectors and radii of a sample in numbers, and one line per sample."""

from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.space.sample import Sample, draw_reference, draw_sample
from core.statistics import Description, describe
from core.strategies import Cube, Data, Ellipsoid, Gaussian
from core.study import Study
from core.tables import component_table, radius_table, summary_table, to_csv, vector_table
from tests.helpers.ladder import AT_ONCE
from tests.helpers.odd_vectors import ODD, sample_of

SHAPE = ["mean", "standard_deviation", "skewness", "excess_kurtosis", "minimum", "maximum"]


def test_components_have_the_shape_that_scipy_finds(description: Description, latents: np.ndarray) -> None:
    table = component_table(description)
    assert list(table.columns) == ["component", *SHAPE]
    assert list(table["component"]) == list(range(16))
    np.testing.assert_allclose(table["mean"], latents.mean(axis=0))
    np.testing.assert_allclose(table["standard_deviation"], latents.std(axis=0, ddof=1))
    np.testing.assert_allclose(table["skewness"], stats.skew(latents), atol=1e-9)
    np.testing.assert_allclose(table["excess_kurtosis"], stats.kurtosis(latents), atol=1e-9)
    np.testing.assert_array_equal(table["minimum"], latents.min(axis=0))
    np.testing.assert_array_equal(table["maximum"], latents.max(axis=0))


def test_a_samples_components_stand_beside_those_of_the_study(description: Description, sample: Sample) -> None:
    table = component_table(description, sample)
    assert list(table.columns) == ["component", *SHAPE, *(f"sample_{name}" for name in SHAPE), "difference"]
    pd.testing.assert_frame_equal(table[["component", *SHAPE]], component_table(description))
    np.testing.assert_allclose(table["sample_mean"], sample.vectors.mean(axis=0, dtype=float))
    np.testing.assert_allclose(table["sample_maximum"], sample.vectors.max(axis=0))
    assert table["difference"].between(0, 1).all()


def test_the_difference_of_a_cube_is_larger_than_that_of_a_normal(tiny_study: Study, description: Description) -> None:
    cube, normal = (draw_sample(tiny_study, description, s, 2000, 0) for s in (Cube(5.0), Gaussian()))
    assert component_table(description, cube)["difference"].min() > 0.5
    assert component_table(description, normal)["difference"].max() < 0.3


def test_radii_stand_with_the_images_that_they_belong_to(
    tiny_study: Study, description: Description, latents: np.ndarray
) -> None:
    table = radius_table(description, tiny_study.rows["image"])
    assert list(table.columns) == ["image", "radius", "mahalanobis"]
    assert list(table["image"]) == list(tiny_study.rows["image"])
    np.testing.assert_allclose(table["radius"], np.linalg.norm(latents, axis=1), rtol=1e-6)
    np.testing.assert_allclose(table["mahalanobis"], description.axes.mahalanobis(latents), rtol=1e-6)


def test_radii_of_statistical_vectors_are_numbered(sample: Sample) -> None:
    table = radius_table(sample.description)
    assert list(table["vector"]) == list(range(200))
    np.testing.assert_array_equal(table["radius"], sample.description.radii)


def test_vectors_are_written_as_they_were_drawn(tiny_study: Study, description: Description, sample: Sample) -> None:
    table = vector_table(sample)
    assert list(table.columns) == ["vector", *(f"z_{j}" for j in range(16))]
    read = pd.read_csv(io.BytesIO(to_csv(table)))
    np.testing.assert_array_equal(read.iloc[:, 1:].to_numpy(np.float32), sample.vectors)
    reference = draw_reference(tiny_study, description, 10, 0)
    assert list(vector_table(reference)["image"]) == list(reference.images)


def test_the_summary_equals_direct_computation(tiny_study: Study, description: Description) -> None:
    samples = [draw_sample(tiny_study, description, s, 400, 2) for s in (Cube(0.5), Ellipsoid(8, 2.0), Data())]
    table = summary_table(description, samples)
    assert list(table["strategy"]) == ["cube", "ellipsoid", "data"]
    assert list(table["parameters"]) == ["scale=0.5", "components=8,k=2,cut=axes", ""]
    assert (table["count"] == 400).all()
    assert (table["seed"] == 2).all()
    edge = np.quantile(description.axes.mahalanobis(tiny_study.latents), 0.99)
    for row, sample in zip(table.itertuples(), samples, strict=True):
        lengths = np.linalg.norm(sample.vectors.astype(float), axis=1)
        distances = description.axes.mahalanobis(sample.vectors)
        assert row.radius_mean == pytest.approx(lengths.mean())
        assert row.radius_deviation == pytest.approx(lengths.std(ddof=1))
        assert row.mahalanobis_median == pytest.approx(np.median(distances))
        assert row.in_bulk == pytest.approx((distances <= edge).mean(), abs=1 / 400)


def test_the_summary_holds_theory_beside_the_sample(tiny_study: Study, description: Description) -> None:
    samples = [draw_sample(tiny_study, description, s(), 5000, 0) for s in AT_ONCE]
    table = summary_table(description, samples).set_index("strategy")
    unknown = ["copula", "local", "neighbours", "data"]
    known = table.drop(unknown)
    np.testing.assert_allclose(known["radius_mean_theory"], known["radius_mean"], rtol=0.03)
    np.testing.assert_allclose(known["radius_deviation_theory"], known["radius_deviation"], rtol=0.15)
    assert table.loc[unknown, ["radius_mean_theory", "radius_deviation_theory"]].isna().all(axis=None)
    half_width = samples[0].strategy.half_width_
    assert table.loc["cube", "radius_deviation_theory"] == pytest.approx(half_width / math.sqrt(15), rel=0.02)


def test_the_reference_lies_in_the_bulk_by_definition(tiny_study: Study, description: Description) -> None:
    reference = draw_reference(tiny_study, description, len(tiny_study), 0)
    assert summary_table(description, [reference])["in_bulk"][0] == pytest.approx(0.99, abs=1 / len(tiny_study))


def test_a_single_vector_has_no_deviation(tiny_study: Study, description: Description) -> None:
    table = summary_table(description, [draw_sample(tiny_study, description, Gaussian(), 1, 0)])
    assert math.isnan(table["radius_deviation"][0])
    assert math.isfinite(table["radius_mean"][0])


def test_cycle_errors_stand_in_the_summary_where_they_were_computed(
    tiny_study: Study, description: Description
) -> None:
    samples = [draw_sample(tiny_study, description, s, 5, 0) for s in (Cube(), Gaussian())]
    without, with_errors = (
        summary_table(description, samples),
        summary_table(description, samples, [np.array([0.4, 0.6]), np.array([0.25, 0.25, 0.25])]),
    )
    assert list(with_errors["cycle_error"]) == [0.5, 0.25]
    assert list(with_errors["cycle_count"]) == [2, 3]
    pd.testing.assert_frame_equal(with_errors.drop(columns=["cycle_error", "cycle_count"]), without)


def test_the_reference_stands_in_the_summary_under_its_own_name(tiny_study: Study, description: Description) -> None:
    samples = [draw_reference(tiny_study, description, 5, 0), draw_sample(tiny_study, description, Data(), 5, 0)]
    assert list(summary_table(description, samples)["strategy"]) == ["reference", "data"]


@pytest.mark.parametrize("kind", ODD)
def test_every_odd_study_has_tables_of_its_components_and_samples(kind: str) -> None:
    vectors = ODD[kind]
    described = describe(vectors)
    sample = sample_of(described, vectors)
    assert np.isfinite(component_table(described, sample).to_numpy(float)).all()
    assert len(radius_table(described)) == len(vectors)
    assert summary_table(described, [sample])["in_bulk"].between(0, 1).all()
