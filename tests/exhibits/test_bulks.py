"""The bulks of several studies side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.captions.studies import see_bulks, where_random_numbers_fall
from core.exhibits.studies import bulks
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors

RNG = np.random.default_rng(0)
BOARD = pd.DataFrame(
    {
        "strategy": ["reconstructions", "standard_normal"],
        "verdict": ["", "faces"],
        "faces": [0.95, 0.9],
        "faces_low": [0.94, 0.88],
        "faces_high": [0.96, 0.92],
    }
)


@pytest.fixture
def near_and_far(tmp_path: Path) -> list[Study]:
    vectors = RNG.standard_normal((300, 4))
    return [write_vectors(vectors + shift, tmp_path / name) for name, shift in (("near", 0.0), ("far", 9.0))]


def test_each_bulk_has_its_radius_its_origin_and_its_faces_of_the_prior(near_and_far: list[Study]) -> None:
    exhibit = bulks([(s, describe_study(s), board) for s, board in zip(near_and_far, (BOARD, None), strict=True)])
    near, far = exhibit.tables["Bulks"][1]().to_dict("records")
    assert near["mean_radius"] == pytest.approx(np.linalg.norm(near_and_far[0].latents, axis=1).mean(), rel=1e-3)
    assert (near["prior_faces"], near["decoder_faces"], near["verdict"]) == (0.9, 0.95, "faces")
    assert far["nearer_than_origin"] == 1
    assert np.isnan(far["prior_faces"])
    near_is = (
        f"its vectors are {near['mean_radius']:.3g} long, those of N(0, I) 2, and 90.0% (88.0% to 92.0%) of its "
        "pictures of N(0, I)"
    )
    assert f"Zero lies inside the cloud of near, and {near_is} are faces." in exhibit.caption
    assert exhibit.caption.endswith("those of N(0, I) 2.")  # and nothing of faces that nobody counted
    assert isinstance(exhibit.picture, pd.DataFrame)
    assert list(exhibit.picture["Random numbers fall"]) == ["all over its vectors", "beside its vectors"]
    assert list(exhibit.picture["Faces they make"]) == ["90.0%", "–"]
    assert list(exhibit.picture["Verdict"]) == ["faces", "not scored"]


@pytest.mark.parametrize(
    ("origin", "length", "words"),
    [
        (1.0, 16, "beside its vectors"),
        (0.5, 16, "all over its vectors"),
        (0.5, 48, "among them, 3.0 times too short"),
        (0.5, 8, "among them, 2.0 times too long"),
        (0.5, 0, "among them, too long"),
    ],
)
def test_random_numbers_fall_beside_among_or_all_over_the_vectors_of_a_study(
    origin: float, length: float, words: str
) -> None:
    row = pd.Series({"nearer_than_origin": origin, "mean_radius": length, "dimension": 256})
    assert where_random_numbers_fall(row) == words


@pytest.mark.parametrize(
    ("origins", "lengths", "words"),
    [
        ((0.0, 1.0), (16, 16), "Only the cloud of a lies around zero and is as wide as such numbers."),
        ((0.0, 0.1), (16, 160), "Only the cloud of a lies around zero and is as wide as such numbers."),
        ((0.0, 0.1), (16, 15), "All of these clouds lie around zero and are as wide as such numbers."),
        ((1.0, 1.0), (16, 15), "None of these clouds lies around zero and is as wide as such numbers."),
    ],
)
def test_it_is_said_whose_cloud_random_numbers_meet(
    origins: tuple[float, ...], lengths: tuple[float, ...], words: str
) -> None:
    table = pd.DataFrame({"study": ["a", "b"], "dimension": 256, "prior_faces": [0.598, np.nan]})
    table["autoencoder"] = ["convolutional", "onnx"]
    differ = "They hold the same data and differ in the autoencoder. "
    table = table.assign(nearer_than_origin=origins, mean_radius=lengths)
    faces = "Random numbers around zero make a face in 59.8% (a) of their pictures. "
    assert see_bulks(table) == differ + faces + words
    assert see_bulks(table.assign(prior_faces=np.nan)) == differ + words
    special = see_bulks(table.assign(autoencoder=["variational", "convolutional, batch normalisation"]))
    assert "autoencoder: a *variational* one is trained" in special
    assert "and *batch normalisation* rescales" in special
    assert "variational" not in see_bulks(table)
