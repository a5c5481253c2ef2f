"""The words of the start page are true of the sampler at hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from core.captions.start import about_a_face, about_the_round_trip, how_it_is_drawn, why
from core.space.ladder import LADDER, find_rung
from core.space.sample import Sample, draw_sample
from core.statistics import Description, describe
from core.strategies import Data
from core.study import Study
from core.study.describing import describe_study


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
    assert why(planted(described, far), described).startswith("Their length is about right, and still 0 of 10 lie")
    assert why(planted(described, 9 * far), described).startswith("0 of 10 lie")
    half = np.concatenate([far[:5], np.tile(mean, (5, 1))])
    assert why(planted(described, half), described).startswith("5 of 10 lie")
    assert why(planted(described, half), described).endswith("the others lie farther out.")


def test_a_picture_is_as_unusual_as_its_distance(described: Description) -> None:
    assert about_a_face(np.median(described.distances), described).startswith("50% of the vectors of CelebA")
    assert about_a_face(described.distances.max(), described) == "No vector of CelebA is as far from their middle."
    named = dataclasses.replace(described, title="Cells")
    assert "Cells" in about_a_face(0.0, named)
