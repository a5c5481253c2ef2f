"""What distinguishes a selection: planted truth is found, chance is not, and what made the selection does not count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.captions.selection import about_distinctions
from core.errors import MissingError
from core.selection import Selected, distinguish, parse, select
from core.selection import distinctions as distinctions_module
from core.selection import selected as selected_module
from core.selection.apart import discriminant_of
from core.selection.distinctions import parted
from core.selection.selected import frame_along
from core.space.shown import Shown
from core.statistics import Description, describe
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors
from tests.selection.conftest import COUNT

PLANTED = (5, 20, 41)
"""Components in which two hidden groups of 64 components differ."""


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, np.ndarray]:
    """Return a study of two hidden groups, with attributes that know nothing of them, and who is in the second."""
    rng = np.random.default_rng(3)
    second = rng.random(3000) < 0.3
    vectors = rng.normal(size=(3000, 64)) * rng.uniform(0.5, 2, 64)
    vectors[:, PLANTED] = rng.normal(size=(3000, 3)) + np.where(second, 5.0, 0.0)[:, None] * [1, -1, 1]
    rows = pd.DataFrame({
        "coin": pd.array(rng.random(3000) < 0.5, "boolean"),
        "suit": rng.choice(["red", "black", "blue"], 3000),
        "age": rng.gamma(2, 10, 3000),
    })  # fmt: skip
    return write_vectors(vectors, tmp_path_factory.mktemp("hidden") / "hidden", rows), second


def test_a_lasso_around_a_hidden_group_names_the_components_it_is_planted_in(hidden: tuple[Study, np.ndarray]) -> None:
    study, second = hidden
    description = describe_study(study)
    along = description.axes.along(study.latents, [("axis", 0)])[:, 0]
    side = "0..20" if along[second].mean() > 0 else "-20..0"
    x = (0.5, 20) if side == "0..20" else (-20, -0.5)
    rule = parse(f"polygon(axis1, axis2: {x[0]} -9, {x[1]} -9, {x[1]} 9, {x[0]} 9)")
    selected = Selected(rule, select(rule, study, description))
    assert (selected.mask != second).mean() < 0.02
    found = distinguish(selected, study, description)
    named = {
        name for name, kind, so in zip(found.names, found.kinds, found.found, strict=True) if so and kind == "component"
    }
    assert named == {f"component{j}" for j in PLANTED}
    made = {name for name, so in zip(found.names, found.made, strict=True) if so}
    assert made == {"axis1", "axis2"}
    assert found.looked_at == len(found.names) - 2
    effect = dict(zip(found.names, found.differences.effect, strict=True))
    assert effect["component5"] == pytest.approx(5, rel=0.1)
    assert effect["component20"] == pytest.approx(-5, rel=0.1)
    assert abs(effect["axis1"]) > 5
    assert not found.found[list(found.names).index("axis1")]
    assert found.found[:3].all()


def test_a_selection_at_random_is_distinguished_by_nothing_in_95_of_100_draws(hidden: tuple[Study, np.ndarray]) -> None:
    study, _ = hidden
    description, rng = describe_study(study), np.random.default_rng(0)
    rule = parse("images(none)")
    nothing = 0
    for _ in range(100):
        mask = rng.random(len(study)) < rng.choice([0.02, 0.1, 0.5, 0.9])
        nothing += not distinguish(Selected(rule, mask), study, description).found.any()
    assert nothing >= 95


@pytest.mark.parametrize("text", ["won", "not won", "unusual(30)", "unusual(1)", "radius 0.."])
def test_a_part_and_the_rest_are_those_of_their_vectors(study: Study, description: Description, text: str) -> None:
    rule = parse(text)
    mask = select(rule, study, description)
    for part, side in zip(parted(Selected(rule, mask), study, description), (mask, ~mask), strict=True):
        assert part.count == side.sum()
        if side.any():
            known = describe(study.latents[side]).moments
            np.testing.assert_allclose(part.mean, known.mean, atol=1e-12)
            np.testing.assert_allclose(part.scatter, known.scatter, atol=1e-9)


def test_attributes_measures_and_categories_are_compared_where_they_are_known(
    study: Study, description: Description
) -> None:
    rule = parse('age 40.. and "the suit"=red or unusual(20, radius)')
    mask = select(rule, study, description)
    found = distinguish(Selected(rule, mask), study, description)
    of = {name: i for i, name in enumerate(found.names)}
    made = {name for name, so in zip(found.names, found.made, strict=True) if so}
    assert made == {"age", "radius", *(f"the suit={c}" for c in ("red", "no", 'a "b"'))}
    won, known = study.rows["won"].fillna(False).to_numpy(bool), study.rows["won"].notna().to_numpy()
    assert found.differences.one[of["won"]] == won[mask].sum() / known[mask].sum()
    assert found.differences.other[of["won"]] == won[~mask].sum() / known[~mask].sum()
    assert found.shares[of["won"]]
    assert not found.shares[of["age"]]
    errors = study.rows["reconstruction_error"].to_numpy()
    assert found.differences.one[of["error"]] == pytest.approx(np.nanmean(errors[mask]), rel=1e-5)


def test_components_of_many_are_those_of_the_sample_and_all_else_is_counted(
    hidden: tuple[Study, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    study, second = hidden
    monkeypatch.setattr(selected_module, "READ", 100)
    monkeypatch.setattr(distinctions_module, "EXACT", 700)  # numbers are gone through in pieces
    description, rows = describe_study(study), np.arange(0, len(study), 3)
    shown = Shown(study.latents[rows], rows, len(study))
    selected = Selected(parse("coin"), second)
    one, other = parted(selected, study, description, shown)
    assert (one.count, other.count) == (second[rows].sum(), (~second)[rows].sum())
    known = describe(study.latents[rows][second[rows]]).moments
    np.testing.assert_allclose(one.mean, known.mean, atol=1e-12)
    np.testing.assert_allclose(one.scatter, known.scatter, atol=1e-9)
    exact = distinguish(selected, study, description)
    found = distinguish(selected, study, description, sides=(one, other))
    assert found.compared == (one.count, other.count)
    assert exact.compared is None
    assert f"a uniform sample, {one.count:,} selected vectors" in about_distinctions(found, selected)
    of, by = ({name: i for i, name in enumerate(each.names)} for each in (found, exact))
    for name in ("radius", "age", "suit=red", "coin"):
        for side in ("one", "other", "effect", "low", "high"):
            first, last = (getattr(each.differences, side) for each in (found, exact))
            assert first[of[name]] == pytest.approx(last[by[name]], rel=1e-9)
    assert found.differences.effect[of["component5"]] == pytest.approx(5, rel=0.1)
    few = Selected(parse("coin"), np.arange(len(study)) < 90)
    assert parted(few, study, description, shown)[0].count == 90  # all of them are read


def made_of(text: str, study: Study, description: Description) -> set[str]:
    """Return what is marked as asked for by a rule."""
    rule = parse(text)
    found = distinguish(Selected(rule, select(rule, study, description)), study, description)
    return {name for name, so in zip(found.names, found.made, strict=True) if so}


def test_what_tells_a_group_apart_names_the_components_it_is_planted_in(hidden: tuple[Study, np.ndarray]) -> None:
    study, second = hidden
    description = describe_study(study)
    quantity = discriminant_of(parse("component5 2.5.."))
    frame = frame_along(study, description, [(quantity, 0)])
    assert frame.discriminant.ordered > 0.99
    rule = parse(f"{quantity} {frame.at(study)[:, 0][second].min()}..")
    found = distinguish(Selected(rule, select(rule, study, description)), study, description)
    of = {name: i for i, name in enumerate(found.names)}
    assert found.made[of["component5"]]  # by which the group was chosen that is told apart
    assert all(found.found[of[f"component{j}"]] for j in PLANTED[1:])


def test_along_an_attribute_only_what_makes_up_most_of_the_direction_is_asked_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    tall, old = rng.random(2000) < 0.5, rng.random(2000) < 0.5
    vectors = rng.normal(size=(2000, 12))
    vectors[:, 3] += 3.0 * tall  # all of a direction
    vectors[:, [7, 8, 9]] += 2.0 * old[:, None]  # three equal parts of one
    study = write_vectors(vectors, tmp_path / "parts", pd.DataFrame({"tall": tall, "old": old}))
    description = describe_study(study)
    axes = np.abs(description.axes.axes)
    first, second = (f"axis{1 + int(axes[:, j].argmax())}" for j in (3, 8))
    assert made_of("difference(tall) 0.5..", study, description) == {"component3", first, "tall"}
    assert made_of("discriminant(old) 0..", study, description) == {second, "old"}
    assert made_of("apart(old) 0..", study, description) == {second, "old"}
    both = "box(difference(old) -9..1, difference(tall) -9..0.5)"
    assert made_of(both, study, description) == {"component3", first, second, "old", "tall"}
    assert made_of(f"{first} 0..", study, description) == {"component3", first}


def test_a_place_on_the_map_marks_nothing_and_says_so(study: Study, description: Description) -> None:
    selected = Selected(parse("umap1 0.."), np.arange(COUNT) < 90)
    found = distinguish(selected, study, description)
    assert not found.made.any()
    assert found.looked_at == len(found.names)
    assert "on the map" in about_distinctions(found, selected)
    along = Selected(parse("difference(won) 0.."), selected.mask)
    assert "along a direction" in about_distinctions(distinguish(along, study, description), along)


def test_neighbours_are_made_by_all_coordinates(study: Study, description: Description) -> None:
    rule = parse('near("picture 3.jpg", 40)')
    found = distinguish(Selected(rule, select(rule, study, description)), study, description)
    made = {kind for kind, so in zip(found.kinds, found.made, strict=True) if so}
    assert made == {"component", "axis", "measure"}
    assert not found.made[list(found.names).index("error")]


@pytest.mark.parametrize("text", ["unusual(9)", f"unusual({COUNT - 9})", f"unusual({COUNT})"])
def test_too_few_vectors_on_a_side_are_said_to_be_too_few(study: Study, description: Description, text: str) -> None:
    rule = parse(text)
    with pytest.raises(MissingError, match="from 10 vectors on"):
        distinguish(Selected(rule, select(rule, study, description)), study, description)


def test_what_is_hardly_known_is_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rare = pd.array([True] * 12 + [None] * 88, "boolean")
    size = np.where(np.arange(100) < 12, 1.0, np.nan)
    study = write_vectors(rng.normal(size=(100, 3)), tmp_path / "rare", pd.DataFrame({"rare": rare, "size": size}))
    found = distinguish(Selected(parse("rare"), np.arange(100) < 50), study, describe_study(study))
    assert not {"rare", "size"} & set(found.names)
