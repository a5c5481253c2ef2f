"""Every page for every study: vectors alone, however few and of however many components, with and without pictures."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.study import Study, open_study
from core.study.pictures import match_pictures
from core.study.writing import write_vectors
from tests.conftest import jpeg, made_once
from tests.pages.conftest import Open
from tests.pages.test_pages import TITLES

pytestmark = pytest.mark.slow

_RNG = np.random.default_rng(8)

ALONE: dict[str, np.ndarray] = {
    "one_number": _RNG.normal(size=(1, 1)),
    "two_of_one": _RNG.normal(size=(2, 1)),
    "three_of_two": _RNG.normal(size=(3, 2)),
    "ten_of_many": _RNG.normal(size=(10, 256)),
    "one_of_a_thousand": _RNG.normal(size=(1, 1024)),
    "constant": np.where([False, True, False, False], 3.3, _RNG.normal(size=(40, 4))),
    "zeros": np.zeros((30, 3)),
}
"""Vectors without names, attributes, pictures or a decoder, by what is odd about them."""

MANY = 60
CARDS = ["#0072B2", "#D55E00", "#009E73"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        folder.mkdir()
        for name, vectors in ALONE.items():
            write_vectors(vectors, folder / name)

    return made_once(tmp_path_factory, "alone", make)


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study with pictures in a zip, one of them missing, and an attribute of each kind."""

    def make(folder: Path) -> None:
        folder.mkdir()
        with zipfile.ZipFile(folder / "cards.zip", "w") as archive:
            for i in range(MANY - 1):
                archive.writestr(f"cards/c{i}.jpg", jpeg(Image.new("RGB", (40, 50), CARDS[i % 3])))
        vectors = np.random.default_rng(0).normal(size=(MANY, 5))
        rows = pd.DataFrame({
            "image": [f"c{i}" for i in range(MANY)], "suit": np.array(["<b>red", "*2*", "$x$"])[np.arange(MANY) % 3],
            "size_in_mm": vectors[:, 0] * 2, "won": vectors[:, 1] > 0,
        })  # fmt: skip
        rows, place, _ = match_pictures(rows, folder / "cards.zip")
        write_vectors(vectors, folder / "cards", rows, title="<i>Cards</i>", pictures=place)

    return open_study(made_once(tmp_path_factory, "pictured", make) / "cards")


@pytest.mark.parametrize("page", TITLES)
@pytest.mark.parametrize("name", ALONE)
def test_every_page_is_drawn_or_says_what_it_lacks(door: Open, alone: Path, name: str, page: str) -> None:
    choices = {} if page == "studies" else {"vectors": 24}
    app = door(page, study=alone / name, **choices)
    assert not app.exception
    assert not app.warning
    wrong = [error.value for error in app.error if "has no extent" not in error.value]  # of a plane without any
    assert not wrong
    said = [note.value for note in app.info]
    assert all(note.endswith(".") and "; " in note for note in said)  # what it lacks; what to do
    if page in ("faces", "playground", "paths", "studies") and not app.error:
        assert said


@pytest.mark.parametrize("page", TITLES)
def test_every_page_of_a_study_with_pictures_is_drawn(door: Open, pictured: Study, page: str) -> None:
    app = door(page, study=pictured.folder)
    assert not app.exception
    assert not app.error
    assert not app.warning
    labels = [widget.label for widget in (*app.number_input, *app.toggle)]
    assert not [text for text in (*labels, *(h.value for h in (*app.title, *app.header))) if "face" in text.lower()]
    assert not [text.value for text in (*app.markdown, *app.caption, *app.header) if "<i>" in text.value]


def test_pictures_stand_for_faces_and_say_so(door: Open, pictured: Study) -> None:
    app = door("faces", study=pictured.folder, strategy="mvn", vectors=24)
    headings = [text.value for text in app.markdown]
    assert "## :blue[‹i›Cards‹/i›, as given]" in headings
    assert "## :orange[Multivariate normal: nearest pictures]" in headings
    captions = [caption.value for caption in app.caption]
    assert any("the given picture of the nearest vector" in caption for caption in captions)
    assert not [metric for metric in app.metric if metric.label == "Cycle error"]


@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ("won", "labelled *won* less the mean of the others"),
        ("suit", "less the mean of those with"),
        ("size_in_mm", "for one standard deviation of it"),
    ],
)
def test_a_path_follows_an_attribute_of_any_kind(door: Open, pictured: Study, attribute: str, words: str) -> None:
    app = door("paths", study=pictured.folder, way="attribute", attribute=attribute)
    assert not app.exception
    assert not app.error
    assert any(words in caption.value for caption in app.caption)


@pytest.mark.parametrize("view", ["plane", "space"])
@pytest.mark.parametrize("colour", ["won", "suit", "size_in_mm"])
def test_a_bulk_is_coloured_by_an_attribute_of_any_kind(door: Open, pictured: Study, colour: str, view: str) -> None:
    app = door("bulk", study=pictured.folder, view=view, colour=colour, point_of="data", point=3)
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert {"image", "suit"} <= {str(value) for table in app.dataframe for value in table.value.iloc[:, 0]}
