"""The words of the start page are true of the sampler at hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from core.captions.start import about_a_face, about_lengths, about_the_round_trip, how_it_is_drawn, why
from core.space.ladder import LADDER, find_rung
from core.space.sample import Sample, draw_sample
from core.statistics import Description, describe
from core.strategies import Data
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors


@pytest.fixture(scope="module")
def described(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


def planted(described: Description, vectors: np.ndarray) -> Sample:
    return Sample(Data(), 0, vectors.astype(np.float32), describe(vectors, described))


def test_every_step_says_how_it_draws(tiny_study: Study) -> None:
    said = [how_it_is_drawn(rung, tiny_study) for rung in LADDER]
    assert len(set(said)) == len(LADDER)
    assert said[0].startswith(f"Each of the {tiny_study.dimension} numbers")
    assert all(text.endswith(".") for text in said)
    assert f"**{tiny_study.dimension} numbers**" in about_the_round_trip(tiny_study)


def test_a_length_is_told_of_one_number_and_of_many() -> None:
    assert about_lengths(1).startswith(
        "The length of a list of numbers is how large it is. Good is an orange curve as wide"
    )
    assert "how large all 256 are together (the root of the sum of their squares)" in about_lengths(256)


def test_knowing_more_of_the_data_hits_their_place_more_often(tiny_study: Study, described: Description) -> None:
    edge = np.quantile(described.distances, 0.99)
    keys = ("nothing", "spread", "dependence")
    samples = [draw_sample(tiny_study, described, find_rung(key).recipe.make(), 300, 0) for key in keys]
    inside = [int((sample.description.distances <= edge).sum()) for sample in samples]
    assert inside == sorted(inside)
    for sample, count in zip(samples, inside, strict=True):
        assert f"{count:,} of 300 lie where the vectors of CelebA lie" in why(sample, described)


def test_who_misses_the_place_at_the_right_length_is_told_so(described: Description) -> None:
    mean, axis = described.moments.mean, described.axes.axes[-1]
    direction = axis - (axis @ mean) / (mean @ mean) * mean
    far = np.tile(described.mean_radius * direction / np.linalg.norm(direction), (10, 1))
    assert why(planted(described, far), described).startswith(
        "On average their length is not far off, and still 0 of 10 lie"
    )
    assert why(planted(described, 9 * far), described).startswith("0 of 10 lie")
    half = np.concatenate([far[:5], np.tile(mean, (5, 1))])
    assert why(planted(described, half), described).startswith("5 of 10 lie")
    assert why(planted(described, half), described).endswith("the others lie farther out.")


def test_without_a_decoder_nothing_is_said_of_one(tmp_path: Path, described: Description) -> None:
    study = write_vectors(np.random.default_rng(0).normal(size=(30, 1)), tmp_path / "cells", title="*Cells*")
    said = about_the_round_trip(study)
    assert "**1 number**" in said
    assert "*Cells*" not in said  # nobody's markup
    assert "cannot be shown; but where they lie can." in said
    cells = describe_study(study)
    near, far = planted(cells, study.latents), planted(cells, study.latents + 99)
    assert why(near, cells, decodes=False).startswith("29 of 30 lie where")
    assert why(far, cells, decodes=False).startswith("0 of 30 lie where")
    assert not any("decoder" in why(sample, cells, decodes=False) for sample in (near, far))
    assert all("decoder" in why(sample, cells) for sample in (near, far))


def test_vectors_that_crowd_in_one_spot_are_not_praised_alone(described: Description) -> None:
    mean = described.moments.mean
    crowd = mean + 1e-3 * np.random.default_rng(0).normal(size=(10, len(mean)))
    assert "but all close to each other" in why(planted(described, crowd), described)


def test_a_picture_is_as_unusual_as_its_distance(described: Description) -> None:
    assert about_a_face(np.median(described.distances), described).startswith("50% of the vectors of CelebA")
    assert about_a_face(described.distances.max(), described) == "No vector of CelebA is as far from their middle."
    named = dataclasses.replace(described, title="Cells")
    assert "Cells" in about_a_face(0.0, named)
