"""A study in numbers: its training, its attributes, and what another study has instead."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.statistics import Description, Shape, describe, shape
from core.study import Study
from core.study.columns import columns_of
from core.tables import attribute_table, comparison_table, hardest_attributes, history_table
from tests.helpers.odd_vectors import ODD


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


def test_attributes_have_the_share_and_the_error_of_their_images(tiny_study: Study) -> None:
    table = attribute_table(tiny_study.rows, tiny_study.columns).set_index("attribute")
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
    table = attribute_table(labelled, columns_of(labelled))
    np.testing.assert_allclose(table["share"].to_numpy(float), [2 / 3, 1 / 3, 0])
    np.testing.assert_allclose(table["reconstruction_error"].to_numpy(float), [0.3, 0.1, np.nan], rtol=1e-6)


def test_the_hardest_attributes_are_named_in_words_with_their_errors(labelled: pd.DataFrame) -> None:
    attributes = columns_of(labelled)
    assert hardest_attributes(attribute_table(labelled, attributes), attributes) == "wearing hat 0.3000, bald 0.1000"
    assert hardest_attributes(attribute_table(labelled, attributes), attributes, 1) == "wearing hat 0.3000"
    assert hardest_attributes(attribute_table(labelled, []), []) == ""
    unlabelled = labelled.assign(**{column.name: pd.array([None] * 4, "boolean") for column in attributes})
    assert hardest_attributes(attribute_table(unlabelled, attributes), attributes) == ""


def measured(study: Study, name: str, latents: np.ndarray) -> tuple[Study, Description, Shape]:
    """Return a study of other vectors, its rows as far as they go, with its statistics."""
    described = describe(latents)
    other = dataclasses.replace(study, name=name, stored=latents, rows=study.rows[: len(latents)])
    return other, described, shape(latents, described.axes)


def test_two_studies_are_compared_in_numbers_that_numpy_and_scipy_find(tiny_study: Study, latents: np.ndarray) -> None:
    table = comparison_table([measured(tiny_study, "one", latents), measured(tiny_study, "two", 3 * latents)])
    assert list(table.columns) == ["measure", "one", "two"]
    one, two = (table.set_index("measure")[name].astype(float) for name in ("one", "two"))
    lengths, widths = np.linalg.norm(latents, axis=1), latents.std(axis=0, ddof=1)
    values, axes = np.linalg.eigh(np.cov(latents, rowvar=False))
    correlations = np.abs(np.corrcoef(latents, rowvar=False))[np.triu_indices(16, 1)]
    along = (latents - latents.mean(axis=0)) @ axes
    expected = {
        "images": 300,
        "mean radius": lengths.mean(),
        "standard deviation of the radius / mean": lengths.std(ddof=1) / lengths.mean(),
        "matched half-width b*": lengths.mean() * np.sqrt(3 / 16),
        "root mean square width σ": np.sqrt((widths**2).mean()),
        "widest / narrowest component": widths.max() / widths.min(),
        "centre from the origin": np.linalg.norm(latents.mean(axis=0)),
        "components whose |μ| exceeds σ": (np.abs(latents.mean(axis=0)) > widths).sum(),
        "variance in 10 principal axes": values[6:].sum() / values.sum(),
        "variance in 50 principal axes": 1.0,
        "effective dimension (Σλ)² / Σλ²": values.sum() ** 2 / (values**2).sum(),
        "smallest / largest eigenvalue": values[0] / values[-1],
        "mean |correlation|": correlations.mean(),
        "largest |correlation|": correlations.max(),
        "mean |skewness| of components": np.abs(stats.skew(latents)).mean(),
        "mean excess kurtosis of components": stats.kurtosis(latents).mean(),
        "mean |skewness| of principal axes": np.abs(stats.skew(along)).mean(),
        "mean excess kurtosis of principal axes": stats.kurtosis(along).mean(),
        "mean Shapiro-Wilk W of principal axes": np.mean([stats.shapiro(column).statistic for column in along.T]),
    }
    for measure, value in expected.items():
        assert one[measure] == pytest.approx(value, rel=1e-6), measure
    scales = {"mean radius", "matched half-width b*", "root mean square width σ", "centre from the origin"}
    for measure in one.index:
        assert two[measure] == pytest.approx((3 if measure in scales else 1) * one[measure], rel=1e-6), measure
    errors = tiny_study.rows.groupby("partition")["reconstruction_error"].mean()
    assert [one["training error"], one["validation error"]] == pytest.approx([errors["train"], errors["validation"]])


def test_a_study_without_partitions_has_neither_error(tiny_study: Study, latents: np.ndarray) -> None:
    study = dataclasses.replace(tiny_study, rows=tiny_study.rows.assign(partition=""))
    table = comparison_table([measured(study, "one", latents)]).set_index("measure")["one"]
    assert math.isnan(table["training error"])
    assert math.isnan(table["validation error"])


@pytest.mark.parametrize("kind", ODD)
def test_every_odd_study_can_be_compared(tiny_study: Study, kind: str) -> None:
    table = comparison_table([measured(tiny_study, "odd", ODD[kind])]).set_index("measure")["odd"].astype(float)
    assert table["images"] == len(ODD[kind])
    unknown = set(table.index[table.isna()]) - {"training error", "validation error"}
    of_many = {"standard deviation of the radius / mean"} if len(ODD[kind]) == 1 else set()
    assert unknown == of_many | (unknown & {"mean Shapiro-Wilk W of principal axes"})
    assert bool(unknown) == (len(ODD[kind]) < 3 or kind.startswith("nothing"))
