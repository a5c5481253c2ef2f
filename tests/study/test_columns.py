"""Which columns of a study are attributes, and of what kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.space.colouring import DISTANCE, colour_by, colours_of
from core.space.ways import attribute_direction
from core.study import Study
from core.study.columns import MOST_CATEGORIES, Kind
from core.study.describing import describe_study
from core.study.writing import write_vectors

COUNT = 60
VECTORS = np.random.default_rng(0).normal(size=(COUNT, 4))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    kinds = np.array(["T", "B", "T", "*NK*"])[np.arange(COUNT) % 4]
    rows = pd.DataFrame({
        "image": [f"c{i}" for i in range(COUNT)], "kind": np.where(np.arange(COUNT) % 10, kinds, None),
        "age_in_days": VECTORS[:, 0] * 3 + 5, "alive": pd.array([True, False, None] * (COUNT // 3), "boolean"),
        "barcode": [f"b{i}" for i in range(COUNT)], "place": "lab", "nothing": np.nan,
        "grade": pd.Categorical(np.arange(COUNT) % 3), "donor": range(COUNT),
    })  # fmt: skip
    return write_vectors(VECTORS, tmp_path_factory.mktemp("columns") / "cells", rows)


def test_bool_few_texts_and_numbers_are_attributes_and_names_are_not(study: Study) -> None:
    assert {column.name: column.kind for column in study.columns} == {
        "kind": Kind.CATEGORY, "age_in_days": Kind.NUMBER, "alive": Kind.BOOL, "grade": Kind.CATEGORY,
        "donor": Kind.NUMBER,
    }  # fmt: skip
    assert study.column("kind").categories == ("T", "B", "*NK*")
    assert study.column("age_in_days").label == "age in days"
    assert study.attributes == ("alive",)
    assert MOST_CATEGORIES < COUNT


def test_an_attribute_that_is_not_there_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match=r"^The study cells has no attribute 'barcode'\.$"):
        study.column("barcode")


def test_vectors_can_be_coloured_by_each_attribute_and_by_their_distance(study: Study) -> None:
    described = describe_study(study)
    assert list(colours_of(study)) == [DISTANCE, "kind", "age_in_days", "alive", "grade", "donor"]
    kinds = colour_by(study, described, "kind")
    assert kinds.categories == ("T", "B", "∗NK∗")
    assert list(kinds.told()[:4]) == ["", "B", "T", "∗NK∗"]
    alive = colour_by(study, described, "alive").of(np.array([0, 1, 2]))
    assert alive.categories == ("not alive", "alive")
    np.testing.assert_array_equal(alive.values, [1, 0, np.nan])
    np.testing.assert_allclose(colour_by(study, described, "age_in_days").values, study.rows["age_in_days"])


def test_a_direction_leads_from_one_category_to_another(study: Study) -> None:
    vectors, kinds = study.latents.astype(np.float64), study.rows["kind"].to_numpy()
    means = {kind: vectors[kinds == kind].mean(axis=0) for kind in ("T", "B")}
    np.testing.assert_allclose(attribute_direction(study, "kind", ("T", "B")), means["B"] - means["T"], atol=1e-9)


def test_a_direction_along_a_number_is_what_a_regression_expects(study: Study) -> None:
    vectors, ages = study.latents.astype(np.float64), study.rows["age_in_days"].to_numpy()
    slopes = [np.polyfit(ages, component, 1)[0] for component in vectors.T]
    np.testing.assert_allclose(attribute_direction(study, "age_in_days"), np.array(slopes) * ages.std(), atol=1e-9)


def test_a_direction_of_yes_or_no_passes_over_what_is_not_known(study: Study) -> None:
    vectors, place = study.latents.astype(np.float64), np.arange(COUNT) % 3
    expected = vectors[place == 0].mean(axis=0) - vectors[place == 1].mean(axis=0)
    np.testing.assert_allclose(attribute_direction(study, "alive"), expected, atol=1e-9)


@pytest.mark.parametrize(
    ("ends", "complaint"), [(("T", "T"), "from one value to another"), (("T", "X"), "has no value 'X'")]
)
def test_a_direction_needs_two_values_that_are_there(study: Study, ends: tuple[str, str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        attribute_direction(study, "kind", ends)


def test_a_number_that_never_changes_has_no_direction(tmp_path: Path) -> None:
    one = write_vectors(VECTORS, tmp_path / "one", pd.DataFrame({"age": [3] * COUNT}))
    with pytest.raises(InputError, match="have the same 'age'"):
        attribute_direction(one, "age")


def test_text_with_control_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has a control character in the column kind"):
        write_vectors(VECTORS, tmp_path / "bad", pd.DataFrame({"kind": ["a\x1b[2J"] * COUNT}))


def test_a_title_is_shown_as_text(tmp_path: Path) -> None:
    assert write_vectors(VECTORS, tmp_path / "t", title="<b>mine</b> *2*").title == "‹b›mine‹/b› ∗2∗"
