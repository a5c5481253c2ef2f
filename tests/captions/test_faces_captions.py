"""Words about faces say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.captions.faces import (
    about_a_face,
    about_a_wall,
    about_faces,
    about_neighbours,
    about_unusual_components,
    cycle_in_words,
    see_faces,
    verdict_on_cycles,
    verdict_on_distances,
    verdict_on_radii,
)
from core.space.sample import Sample, draw_reference, draw_sample
from core.statistics import Description, describe
from core.strategies import make_strategy
from core.study import Study
from tests.helpers.bulks import HEAVY, NORMAL
from tests.helpers.odd_vectors import sample_of


def test_the_share_inside_the_bulk_is_that_within_99_percent_of_the_data(tiny_study: Study, study: Description) -> None:
    sample = draw_sample(tiny_study, study, make_strategy("cube", {"scale": 5.0}), 200, 0)
    assert "Of the sample 0% lie within" in about_faces(0.1, 0.3, sample, study)
    assert "3.0 times that of CelebA" in about_faces(0.1, 0.3, sample, study)


@pytest.mark.parametrize(
    ("key", "parameters", "words"),
    [
        ("mvn", {}, "lies where the encoder puts images"),
        ("interval", {"k": 0.8}, "keeps close to its middle"),  # decodes to the mean image, not to none
        ("gaussian", {}, "decode to distorted images"),
        ("cube", {"scale": 3.0}, "distorted images, whatever their length"),
    ],
)
def test_what_a_sample_decodes_to_is_told_by_where_it_lies(key: str, parameters: dict[str, float], words: str) -> None:
    correlated = NORMAL @ np.diag([6.0, *[0.05] * 11]) @ np.linalg.qr(np.random.default_rng(5).normal(size=(12, 12)))[0]
    study = describe(correlated + 9)
    strategy = make_strategy(key, parameters).fit(correlated + 9, study)
    drawn = strategy.sample(500, np.random.default_rng(0))
    sample = sample_of(study, correlated + 9)
    drawn_by = type(sample)(strategy, 0, drawn, describe(drawn, study))
    assert words in see_faces(study, drawn_by, (0.1, 0.3))
    text = about_faces(0.1, 0.3, drawn_by, study)
    away = np.sqrt(np.square(drawn - study.moments.mean).sum(axis=1).mean() / np.trace(study.moments.covariance))
    assert f"{away:.2f} times as far from the centre" in text


def test_vectors_that_crowd_within_the_bulk_are_not_said_to_decode_as_images_do() -> None:
    study = describe(NORMAL + 9)
    drawn = 0.1 * NORMAL[:300] + 9
    crowd = Sample(make_strategy("mvn"), 0, drawn, describe(drawn, study))
    text = see_faces(study, crowd, (0.1, 0.1))
    assert text.startswith("Of Multivariate normal 100% lie where 99 % of the data lie. Decoded and encoded again")
    assert "moves 1.0 times as far as one of the data" in text
    assert "0.10 times as far from their own middle" in text
    assert "decode to clear ones" not in text


def test_walls_say_how_many_of_how_many_they_show(tiny_study: Study, study: Description) -> None:
    reference = draw_reference(tiny_study, study, 100, 0)
    sample = draw_sample(tiny_study, study, make_strategy("mvn"), 100, 0)
    assert about_a_wall(24, reference, "Cells") == "The first 24 of 100 vectors of Cells, decoded."
    assert about_a_wall(24, sample, "Cells") == "The first 24 of 100 vectors of Multivariate normal, decoded."


def test_single_faces_are_told_with_their_numbers() -> None:
    assert "vector is 18.90 long and lies 15.2 spreads from the middle of Cells" in about_a_face(18.9, 15.2, "Cells")
    unusual = pd.DataFrame({"component": [7, 2], "value": [3.0, 1.0], "deviation": [-3.21, 2.0]})
    assert "z_7: -3.2 σ from its mean" in about_unusual_components(unusual)
    assert about_neighbours([1.23, 4.0], "Cells").startswith(
        "The nearest vectors of Cells, decoded. They are 1.2, 4.0 away in a straight line, not in spreads"
    )


def test_a_cycle_error_is_a_number_or_the_reason_why_there_is_none(study: Description) -> None:
    assert cycle_in_words(np.array([0.5, 1.5]), study) == "1.000"
    assert cycle_in_words(np.full(2, np.nan), study) == "no encoder"
    assert cycle_in_words(np.full(2, np.nan), describe(np.ones((1, 4)))) == "no scale"


def test_without_an_encoder_or_a_width_no_number_is_told_that_is_none(study: Description, tiny_study: Study) -> None:
    sample = draw_sample(tiny_study, study, make_strategy("cube", {}), 20, 0)
    text = about_faces(np.nan, np.nan, sample, study, (np.nan, sample))
    assert text.startswith("Of the sample")
    assert "nan" not in text + see_faces(study, sample, (np.nan, np.nan))
    one = describe(np.ones((1, 4)))
    assert about_faces(np.nan, np.nan, sample_of(one, np.ones((1, 4))), one).endswith("by where it lies.")
    assert see_faces(one, sample_of(one, np.ones((1, 4))), (0.1, 0.1)) == ""


def test_numbers_of_a_side_are_judged_in_words_by_those_of_the_data() -> None:
    study = describe(HEAVY)
    radii, distances = study.radii, study.distances
    assert verdict_on_radii(radii, radii) == ("like the data", True)
    assert verdict_on_radii(2 * radii, radii) == ("too long", False)
    assert verdict_on_radii(radii / 2, radii) == ("too short", False)
    assert verdict_on_radii(np.full(9, radii.mean()), radii) == ("too alike", False)
    assert verdict_on_distances(distances, distances) == ("like the data", True)
    assert verdict_on_distances(3 * distances, distances) == ("3.0 × the data's", False)
    assert verdict_on_distances(distances / 2, distances) == ("0.5 × the data's", False)
    usual = np.array([0.1, 0.3])
    assert verdict_on_cycles(usual, usual) == ("like the data", True)
    assert verdict_on_cycles(3 * usual, usual) == ("3.0 × the data's", False)


def test_what_has_no_scale_is_not_judged() -> None:
    some, zeros, none = np.ones(2), np.zeros(2), np.full(2, np.nan)
    assert verdict_on_radii(some, zeros) is None
    assert verdict_on_distances(some, zeros) is None
    for mine, usual in ((none, some), (some, none), (some, zeros)):
        assert verdict_on_cycles(mine, usual) is None
