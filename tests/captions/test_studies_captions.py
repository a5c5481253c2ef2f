"""Words about studies say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.captions.studies import about_errors, about_losses, about_reconstructions, about_two_studies
from core.statistics import (
    Description,
    describe,
    matched_half_width,
    shape,
)
from core.study import Study
from core.tables import comparison_table


def twins(study: Study, factor: float) -> pd.DataFrame:
    """Return the comparison of a study with one whose vectors are longer by a factor."""
    second = dataclasses.replace(study, name="longer", stored=study.latents.astype(np.float32) * factor)
    described = [(s, describe(s.latents)) for s in (study, second)]
    return comparison_table([(s, d, shape(s.latents, d.axes)) for s, d in described])


def test_two_studies_differ_by_their_scale_alone(tiny_study: Study, study: Description) -> None:
    text = about_two_studies(twins(tiny_study, 2.5))
    match = matched_half_width(study.mean_radius, 16)
    errors = tiny_study.rows.loc[tiny_study.rows["partition"] == "validation", "reconstruction_error"]
    assert text.startswith("Beside tiny, the radii of longer are 2.50 times as long")
    assert f"b* is {2.5 * match:.2f} ({match:.2f})" in text
    assert f"Mahalanobis distance {study.origin_distance:.1f} ({study.origin_distance:.1f})" in text
    assert f"the validation error {errors.mean():.5f} ({errors.mean():.5f})" in text
    assert text.endswith("In brackets: tiny.")


@pytest.mark.parametrize(("offset", "place"), [(0.0, "inside"), (40.0, "outside")])
def test_two_studies_have_the_origin_inside_or_outside(tiny_study: Study, offset: float, place: str) -> None:
    latents = np.random.default_rng(3).normal(offset, 1.0, (300, 16))
    study = dataclasses.replace(tiny_study, name="planted", stored=latents)
    described = describe(latents)
    row = (study, described, shape(latents, described.axes))
    text = about_two_studies(comparison_table([row, (dataclasses.replace(study, name="other"), *row[1:])]))
    assert f"{place} the bulk of other and {place} the bulk of planted" in text


def test_without_held_out_images_nothing_is_said_of_a_validation_error(tiny_study: Study) -> None:
    study = dataclasses.replace(tiny_study, rows=tiny_study.rows.assign(partition=""))
    text = about_two_studies(twins(study, 2.0))
    assert "validation" not in text
    assert "nan" not in text


def test_a_study_whose_vectors_are_all_zero_sets_no_scale(tiny_study: Study) -> None:
    study = dataclasses.replace(tiny_study, stored=np.zeros((300, 16)))
    text = about_two_studies(twins(study, 2.0))
    assert text == "All vectors of tiny lie in the origin: there is no scale to compare with."


@pytest.mark.parametrize(
    ("held_out", "words"),
    [
        ([0.3, 0.2, 0.1], "on images that were held out 0.10000, its smallest."),
        ([0.3, 0.1, 0.2], "0.20000, after a smallest one in epoch 2."),
        ([np.nan] * 3, "no images were held out."),
    ],
)
def test_a_training_that_was_better_before_is_told_so(held_out: list[float], words: str) -> None:
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": [0.3, 0.2, 0.15], "validation_loss": held_out})
    text = about_losses(history)
    assert " After 3 epochs the loss is 0.15000" in text
    assert text.endswith(words)


def test_what_a_study_does_not_know_is_said() -> None:
    assert about_losses(pd.DataFrame(columns=["epoch", "loss", "validation_loss"])).endswith("how it was trained.")
    rows = pd.DataFrame({"partition": ["", "", "train"], "reconstruction_error": [np.nan, 0.2, 0.1]})
    assert about_errors(rows).endswith("On average: no partition 0.20000, train 0.10000.")
    assert "does not know" in about_errors(rows.assign(reconstruction_error=np.nan))


def test_rows_of_reconstructions_have_their_errors() -> None:
    text = about_reconstructions([0.001, 0.002, 0.003, 0.004, 0.005], "hats 0.1")
    assert "0.0010, 0.0020, 0.0030, 0.0040, 0.0050, which 0%, 25%, 50%, 75%, 99% of all stay below." in text
    assert text.endswith("Largest mean errors: hats 0.1.")
