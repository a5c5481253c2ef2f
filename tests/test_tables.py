"""Tables hold the numbers of the figures in full, and their CSV files open anywhere."""

from __future__ import annotations

import dataclasses
import io
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.sampling import Sample, draw_reference, draw_sample
from core.statistics import Description, describe, describe_study
from core.strategies import STRATEGIES, CelebA, Cube, Ellipsoid, Gaussian, MultivariateNormal
from core.study import Study
from core.tables import (
    attribute_table,
    axis_table,
    component_table,
    correlation_table,
    hardest_attributes,
    history_table,
    radius_table,
    summary_table,
    to_csv,
    vector_table,
)

SHAPE = ["mean", "standard_deviation", "skewness", "excess_kurtosis", "minimum", "maximum"]


@pytest.fixture(scope="module")
def description(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


@pytest.fixture(scope="module")
def latents(tiny_study: Study) -> np.ndarray:
    return tiny_study.latents.astype(np.float64)


@pytest.fixture(scope="module")
def sample(tiny_study: Study, description: Description) -> Sample:
    return draw_sample(tiny_study, description, MultivariateNormal(), 200, 1)


@pytest.fixture(scope="module")
def tables(tiny_study: Study, description: Description, sample: Sample) -> dict[str, pd.DataFrame]:
    """Every table, in each of its forms."""
    reference = draw_reference(tiny_study, description, 30, 0)
    samples = [draw_sample(tiny_study, description, s(), 50, 0) for s in STRATEGIES]
    return {
        "components": component_table(description),
        "components of a sample": component_table(description, sample),
        "correlations": correlation_table(description.moments),
        "correlations of a sample": correlation_table(description.moments, sample.description.moments),
        "radii": radius_table(description, tiny_study.rows["image"]),
        "radii of a sample": radius_table(sample.description),
        "axes": axis_table(description),
        "vectors": vector_table(sample),
        "vectors of images": vector_table(reference),
        "summary": summary_table(description, samples),
        "history": history_table(tiny_study),
        "attributes": attribute_table(tiny_study.rows, tiny_study.attributes),
    }


def test_every_csv_opens_without_options_and_holds_every_digit(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        read = pd.read_csv(io.BytesIO(to_csv(table)))
        assert read.shape == table.shape, name
        assert list(read.columns) == list(table.columns), name
        for column in table:
            values = table[column].to_numpy()
            if pd.api.types.is_numeric_dtype(table[column]):
                np.testing.assert_array_equal(read[column].to_numpy().astype(values.dtype), values, err_msg=name)
            else:
                assert list(read[column].fillna("")) == list(values), name


def test_a_csv_has_one_header_row_then_one_row_per_line(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        lines = to_csv(table).decode("utf-8").splitlines()
        assert len(lines) == len(table) + 1, name
        assert lines[0] == ",".join(table.columns), name


def test_columns_are_unique_and_need_no_quoting(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        assert table.columns.is_unique, name
        assert all(str(c).replace("_", "").isalnum() and str(c) == str(c).lower() for c in table.columns), name


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


def test_each_pair_of_components_has_one_pearson_coefficient(
    description: Description, sample: Sample, latents: np.ndarray
) -> None:
    table = correlation_table(description.moments, sample.description.moments)
    assert len(table) == 16 * 15 / 2
    assert (table["component"] < table["other"]).all()
    assert not table.duplicated(["component", "other"]).any()
    one, other = (np.corrcoef(x, rowvar=False) for x in (latents, sample.vectors.astype(float)))
    pairs = table["component"].to_numpy(), table["other"].to_numpy()
    np.testing.assert_allclose(table["pearson"], one[pairs], atol=1e-12)
    np.testing.assert_allclose(table["sample_pearson"], other[pairs], atol=1e-12)
    pd.testing.assert_frame_equal(table.iloc[:, :3], correlation_table(description.moments))


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


def test_axes_stand_with_their_share_and_their_entries(description: Description) -> None:
    table = axis_table(description)
    assert list(table["axis"]) == list(range(1, 17))
    assert table["share"].sum() == pytest.approx(1)
    np.testing.assert_allclose(table["share"].cumsum(), table["cumulative_share"])
    entries = table[[f"z_{j}" for j in range(16)]].to_numpy()
    np.testing.assert_allclose(entries @ entries.T, np.eye(16), atol=1e-9)
    np.testing.assert_allclose(table["mean_along"] @ entries, description.moments.mean, atol=1e-9)


def test_axes_of_vectors_that_are_all_the_same_have_no_share() -> None:
    table = axis_table(describe(np.full((5, 3), 2.0)))
    assert (table["share"] == 0).all()
    assert np.isfinite(table.to_numpy(float)).all()


def test_vectors_are_written_as_they_were_drawn(tiny_study: Study, description: Description, sample: Sample) -> None:
    table = vector_table(sample)
    assert list(table.columns) == ["vector", *(f"z_{j}" for j in range(16))]
    read = pd.read_csv(io.BytesIO(to_csv(table)))
    np.testing.assert_array_equal(read.iloc[:, 1:].to_numpy(np.float32), sample.vectors)
    reference = draw_reference(tiny_study, description, 10, 0)
    assert list(vector_table(reference)["image"]) == list(reference.images)


def test_the_summary_equals_direct_computation(tiny_study: Study, description: Description) -> None:
    samples = [draw_sample(tiny_study, description, s, 400, 2) for s in (Cube(0.5), Ellipsoid(8, 2.0), CelebA())]
    table = summary_table(description, samples)
    assert list(table["strategy"]) == ["cube", "ellipsoid", "celeba"]
    assert list(table["parameters"]) == ["scale=0.5", "components=8,k=2", ""]
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
    samples = [draw_sample(tiny_study, description, s(), 5000, 0) for s in STRATEGIES]
    table = summary_table(description, samples).set_index("strategy")
    known = table.drop("celeba")
    np.testing.assert_allclose(known["radius_mean_theory"], known["radius_mean"], rtol=0.03)
    np.testing.assert_allclose(known["radius_deviation_theory"], known["radius_deviation"], rtol=0.15)
    assert table.loc["celeba", ["radius_mean_theory", "radius_deviation_theory"]].isna().all()
    half_width = samples[0].strategy.half_width_
    assert table.loc["cube", "radius_deviation_theory"] == pytest.approx(half_width / math.sqrt(15), rel=0.02)


def test_the_reference_lies_in_the_bulk_by_definition(tiny_study: Study, description: Description) -> None:
    reference = draw_reference(tiny_study, description, len(tiny_study), 0)
    assert summary_table(description, [reference])["in_bulk"][0] == pytest.approx(0.99, abs=1 / len(tiny_study))


def test_a_single_vector_has_no_deviation(tiny_study: Study, description: Description) -> None:
    table = summary_table(description, [draw_sample(tiny_study, description, Gaussian(), 1, 0)])
    assert math.isnan(table["radius_deviation"][0])
    assert math.isfinite(table["radius_mean"][0])


def test_the_history_has_one_row_per_epoch(tiny_study: Study) -> None:
    table = history_table(tiny_study)
    history = tiny_study.training.history
    assert list(table.columns) == ["epoch", "loss", "validation_loss", "seconds"]
    assert list(table["epoch"]) == list(range(1, len(history) + 1))
    assert list(table["loss"]) == [e.loss for e in history]
    assert table["loss"].iloc[-1] < table["loss"].iloc[0]


def test_a_study_without_a_history_has_an_empty_one(tiny_study: Study) -> None:
    training = dataclasses.replace(tiny_study.training, history=())
    table = history_table(dataclasses.replace(tiny_study, training=training))
    assert list(table.columns) == ["epoch", "loss", "validation_loss", "seconds"]
    assert table.empty


def test_cycle_errors_stand_in_the_summary_where_they_were_computed(
    tiny_study: Study, description: Description
) -> None:
    samples = [draw_sample(tiny_study, description, s, 5, 0) for s in (Cube(), Gaussian())]
    without, with_errors = summary_table(description, samples), summary_table(description, samples, [0.5, 0.25])
    assert list(with_errors["cycle_error"]) == [0.5, 0.25]
    pd.testing.assert_frame_equal(with_errors.drop(columns="cycle_error"), without)


def test_the_reference_stands_in_the_summary_under_its_own_name(tiny_study: Study, description: Description) -> None:
    samples = [draw_reference(tiny_study, description, 5, 0), draw_sample(tiny_study, description, CelebA(), 5, 0)]
    assert list(summary_table(description, samples)["strategy"]) == ["reference", "celeba"]


def test_attributes_have_the_share_and_the_error_of_their_images(tiny_study: Study) -> None:
    table = attribute_table(tiny_study.rows, tiny_study.attributes).set_index("attribute")
    assert list(table.index) == list(tiny_study.attributes)
    smiling = tiny_study.rows[tiny_study.rows["Smiling"].to_numpy(bool)]
    assert table.loc["Smiling", "share"] == pytest.approx(len(smiling) / len(tiny_study))
    assert table.loc["Smiling", "reconstruction_error"] == pytest.approx(smiling["reconstruction_error"].mean())


@pytest.fixture
def labelled() -> pd.DataFrame:
    """Four images, one of them without labels."""
    return pd.DataFrame(
        {
            "image": ["1.jpg", "2.jpg", "3.jpg", "4.jpg"],
            "partition": "",
            "reconstruction_error": np.float32([0.1, 0.2, 0.4, 0.9]),
            "Wearing_Hat": pd.array([False, True, True, None], "boolean"),
            "Bald": pd.array([True, False, False, None], "boolean"),
            "Mustache": pd.array([False, False, False, None], "boolean"),
        }
    )


def test_images_without_labels_count_for_no_attribute(labelled: pd.DataFrame) -> None:
    table = attribute_table(labelled, ["Wearing_Hat", "Bald", "Mustache"])
    np.testing.assert_allclose(table["share"].to_numpy(float), [2 / 3, 1 / 3, 0])
    np.testing.assert_allclose(table["reconstruction_error"].to_numpy(float), [0.3, 0.1, np.nan], rtol=1e-6)


def test_the_hardest_attributes_are_named_in_words_with_their_errors(labelled: pd.DataFrame) -> None:
    attributes = ["Wearing_Hat", "Bald", "Mustache"]
    assert hardest_attributes(labelled, attributes) == "wearing hat 0.3000, bald 0.1000"
    assert hardest_attributes(labelled, attributes, 1) == "wearing hat 0.3000"
    assert hardest_attributes(labelled, []) == ""
    unlabelled = labelled.assign(**{name: pd.array([None] * 4, "boolean") for name in attributes})
    assert hardest_attributes(unlabelled, attributes) == ""


def test_names_in_other_alphabets_and_with_commas_survive_the_csv(description: Description) -> None:
    names = [f"Gesicht ä, {i}.jpg" for i in range(len(description.radii) - 1)] + ['a "quoted" 顔.png']
    read = pd.read_csv(io.BytesIO(to_csv(radius_table(description, pd.Series(names)))))
    assert list(read["image"]) == names
