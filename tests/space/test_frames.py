"""Coordinates along attributes, discriminants and a map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.captions.views import about_the_view, see_the_view
from core.errors import InputError, MissingError
from core.selection import as_text, parse, select
from core.selection.apart import discriminant_of
from core.selection.drawn import drawn_rule
from core.selection.rules import Images
from core.selection.selected import frame_along
from core.space.frames import frame_of
from core.space.quantities import Trait, direction_name, direction_of, named_quantity, quantity_of
from core.space.traits import attribute_plane, discriminant_plane, traits_of
from core.space.views import plane_of
from core.statistics import Description
from core.study import Study
from core.study.describing import describe_study
from core.study.kept import keep
from core.study.layout import FILE, _key, require_layout
from core.study.writing import write_vectors

COUNT, DIMENSION, GAP = 2000, 8, 3.0


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return one whose first component is wide and says nothing, and whose third, narrow, tells who is tall."""
    rng = np.random.default_rng(0)
    vectors, tall = rng.normal(size=(COUNT, DIMENSION)), rng.random(COUNT) < 0.3
    vectors[:, 0] *= 10
    vectors[:, 2] += np.where(tall, GAP, 0.0)
    kind = np.array(["a", "b", "c"])[rng.integers(0, 3, COUNT)]
    vectors[:, 4] += 4.0 * (kind == "b")
    vectors[:, 5] += 4.0 * (kind == "c")
    rows = pd.DataFrame({
        "image": [f"{i}.jpg" for i in range(COUNT)],
        "tall": pd.array(np.where(rng.random(COUNT) < 0.1, None, tall), "boolean"),
        "by chance": rng.random(COUNT) < 0.5,
        "kind": pd.Series(kind, dtype="str"),
        "rare": np.arange(COUNT) < 3,
        "years": rng.random(COUNT),
    })  # fmt: skip
    return write_vectors(vectors, tmp_path_factory.mktemp("traits") / "people", rows)


@pytest.fixture(scope="module")
def description(study: Study) -> Description:
    return describe_study(study)


def test_a_discriminant_looks_where_the_values_differ_and_is_judged_by_vectors_that_it_has_not_seen(
    study: Study, description: Description
) -> None:
    frame = frame_of(study, description, discriminant_plane(study, "tall"))
    found = frame.discriminant
    assert abs(frame.basis[0, 2]) > 0.98
    assert found.learned + found.judged == int(study.rows["tall"].notna().sum())
    assert found.ordered == pytest.approx(0.983, abs=0.01)  # of two normal laws three deviations apart: Φ(3/√2)
    assert found.accuracy == pytest.approx(0.943, abs=0.02)
    assert f"{found.ordered:.0%} of the time" in see_the_view(frame)
    chance = frame_of(study, description, discriminant_plane(study, '"by chance"')).discriminant
    assert chance.ordered == pytest.approx(0.5, abs=0.06)


def test_a_selection_is_told_from_the_rest_by_vectors_that_were_not_learned_from(
    study: Study, description: Description
) -> None:
    tall = discriminant_of(parse("tall"))
    frame = frame_along(study, description, plane_of(study, "discriminant", of=tall))
    assert abs(frame.basis[0, 2]) > 0.98
    assert frame.basis[0] @ frame.basis[1] == pytest.approx(0, abs=1e-9)
    found = frame.discriminant
    assert found.values == ("not selected", "selected")
    assert found.learned + found.judged == COUNT
    truth = study.rows["tall"].fillna(False).to_numpy(bool)
    assert frame.at(study)[truth, 0].mean() > frame.at(study)[~truth, 0].mean()
    assert "The selection is tall." in see_the_view(frame)
    assert f"curve {found.ordered:.3f}" in about_the_view(frame, description)
    names = ", ".join(f'"{i}.jpg"' for i in np.random.default_rng(3).choice(COUNT, 90, replace=False))
    chance = frame_along(study, description, [(discriminant_of(parse(f"images({names})")), 0)]).discriminant
    assert chance.ordered == pytest.approx(0.5, abs=0.12)  # nothing is flattered
    assert chance.accuracy <= chance.majority + 0.001


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("unusual(19)", "takes 10 vectors of each in either half"),
        ("luck", "no attribute"),
        ("radius 1.. and", "is expected"),
        ('apart("apart(luck) 0..") 1..', "no attribute"),
    ],
)
def test_what_cannot_be_told_apart_is_one_sentence(
    study: Study, description: Description, rule: str, sentence: str
) -> None:
    quantity = named_quantity("apart", Trait(rule))
    with pytest.raises(InputError, match=sentence):
        select(parse(f"{quantity} 0.."), study, description)


def test_a_selection_whose_rule_is_too_long_for_an_address_is_not_told_apart() -> None:
    assert discriminant_of(parse("radius 1..")) == 'apart("radius 1..")'
    assert discriminant_of(Images(tuple(f"a picture of the number {i}.jpg" for i in range(80)))) is None


def test_three_values_have_two_discriminants(study: Study, description: Description) -> None:
    frame = frame_of(study, description, discriminant_plane(study, "kind"))
    told = np.linalg.svd(frame.basis[:, 4:6])[1]
    assert told.min() > 0.9  # both lie in the plane of the two components that were planted
    assert frame.labels == ("discriminant, kind", "second discriminant, kind")
    assert frame.discriminant.ordered is None


def test_across_a_difference_lies_the_direction_in_which_what_is_left_varies_most(
    study: Study, description: Description
) -> None:
    frame = frame_of(study, description, attribute_plane(study, "tall"))
    along, across = frame.basis
    left = np.asarray(study.latents, float) - description.axes.mean
    left -= np.outer(left @ along, along)
    assert abs(across @ np.linalg.svd(left, full_matrices=False)[2][0]) > 1 - 1e-9
    assert abs(along @ across) < 1e-9
    assert "without tall to those with it" in see_the_view(frame)
    assert "90° apart" in about_the_view(frame, description)


@pytest.mark.parametrize("trait", ['kind="b"', "years", '"by chance"'])
def test_every_trait_has_a_plane_whose_polygons_choose_what_lies_in_them(
    study: Study, description: Description, trait: str
) -> None:
    directions = attribute_plane(study, "tall", trait)
    points = frame_of(study, description, directions).of(study.latents)
    middle = np.median(points, axis=0)
    drawn = {"box": [{"x": [middle[0], 99.0], "y": [middle[1], 99.0]}]}
    rule = drawn_rule(drawn, tuple(map(quantity_of, directions)))
    assert parse(as_text(rule)) == rule
    expected = (points[:, 0] >= rule.left) & (points[:, 1] >= rule.bottom)
    np.testing.assert_array_equal(select(rule, study, description), expected)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("difference(wide) 0..", "no attribute 'wide'"),
        ("difference(kind) 0..", "one value of 'kind' against the others: "),
        ('difference(kind="z") 0..', "no value 'z'"),
        ("discriminant(years) 0..", "tells all values of an attribute apart"),
        ("discriminant2(tall) 0..", "Two values of 'tall' have one discriminant"),
        ("discriminant(rare) 0..", "takes 10 vectors of each"),
        ("umap1 0..", "no UMAP of the study people yet"),
        ("component9 0..", "asks for component9, and the vectors have 8"),
    ],
)
def test_what_a_study_has_no_coordinates_for_is_one_sentence(
    study: Study, description: Description, text: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        select(parse(text), study, description)


def test_names_lead_to_directions_and_back(study: Study) -> None:
    names = ["axis3", "component0", "umap2", *(f"off_difference({trait})" for trait in traits_of(study))]
    for name in names:
        assert quantity_of(direction_of(name)) == name
    assert direction_of("radius") is None
    assert direction_name(("umap", 1)) == "UMAP 2"


def test_on_a_map_vectors_of_the_study_stay_and_others_stand_between_the_nearest(
    tmp_path: Path, study: Study, description: Description
) -> None:
    copied = write_vectors(np.asarray(study.latents), tmp_path / "mapped", study.rows)
    with pytest.raises(MissingError, match="make it with 'python -m core umap"):
        frame_of(copied, description, plane_of(copied, "umap"))
    places = np.asarray(study.latents[:, [2, 0]]).astype(np.float16)
    measured = {f"{name}_{what}": np.array(0.5) for name in ("kept", "of_axes") for what in MEASURES}
    keep(copied, FILE, _key(copied), {"places": places, **measured})
    frame = frame_of(copied, description, plane_of(copied, "umap"))
    np.testing.assert_array_equal(frame.at(copied), places)
    np.testing.assert_allclose(frame.of(copied.latents[:5]), places[:5], atol=1e-3)
    nearest = np.argsort(np.linalg.norm(copied.latents - copied.latents.mean(axis=0), axis=1))[:5]
    placed = frame.of(np.asarray(copied.latents).mean(axis=0, keepdims=True))[0]
    assert (places[nearest].min(axis=0) <= placed).all()
    assert (placed <= places[nearest].max(axis=0)).all()
    mask = select(parse("umap1 ..1 and component0 ..0"), copied, description)
    np.testing.assert_array_equal(mask, (places[:, 0] <= 1) & (copied.latents[:, 0] <= 0))
    (copied.folder / FILE).write_bytes(b"PK")
    with pytest.raises(MissingError):
        require_layout(copied)


MEASURES = ("trustworthiness", "correlation")
