"""A selection in pictures and words: how many, what distinguishes it, where it lies among the rest."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.captions.normality import see_squared_distances
from core.captions.selection import about_count, about_fit
from core.exhibits import normality
from core.exhibits.bulk import density, space
from core.exhibits.components import histograms
from core.exhibits.correlations import pair
from core.exhibits.exhibit import Wall
from core.exhibits.faces import radii_beneath
from core.exhibits.radii import distances, radii
from core.exhibits.scene import Scene
from core.exhibits.selection import SHOWN, distinctions, mean_of_selected, wall_of_selected
from core.figures.theme import SELECTIONS
from core.selection import Selected, distinguish, parse, select
from core.selection.parts import part_of
from core.selection.selected import histograms_of
from core.space.planes import make_plane
from core.space.sample import draw_reference, draw_sample
from core.statistics import find_core
from core.strategies import Recipe
from core.study import Study
from core.study.describing import describe_study
from core.tables import component_table
from core.tables.selection import selected_table, to_parquet
from tests.helpers.dotted import dots_of
from tests.selection.conftest import known_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return known_study(tmp_path_factory.mktemp("shown") / "known")


def scene_of(study: Study, *texts: str) -> Scene:
    """Return a scene with selections, the first of which is called *mine*."""
    description = describe_study(study)
    sample = draw_sample(study, description, Recipe.of("mvn").make(), 50, 0)
    selected = tuple(
        Selected(rule, select(rule, study, description), "" if place else "mine", place)
        for place, rule in enumerate(map(parse, texts))
    )
    return Scene(study, description, draw_reference(study, description, 50, 0), sample, selected=selected)


def marked(figure: object, place: int = 0) -> list[object]:
    """Return the traces in the colour of a selection."""
    drawn, colour = [trace for trace in figure.data if trace.type.startswith("scatter")], SELECTIONS[place].colour
    return [t for t in drawn if colour in (t.line.color if t.mode == "lines" else t.marker.color or "")]


def test_a_plane_rings_the_selected_and_draws_what_was_drawn_around_them(study: Study) -> None:
    scene = scene_of(study, "box(axis1 0..9, axis2 -9..9)")
    directions = (("axis", 0), ("axis", 1))
    bulk = scene.described.axes.along(study.latents, directions)
    plane = make_plane(scene.described, bulk, [scene.reference, scene.sample], directions)
    rings, line = marked(density(scene, plane).picture)
    assert len(rings.x) == scene.selected[0].count == (bulk[:, 0] >= 0).sum()
    assert rings.name == f"mine: {len(rings.x)}"
    assert (np.asarray(rings.x) >= 0).all()
    assert set(np.asarray(line.x)) == {0.0, 9.0}
    empty = scene_of(study, "radius 99..")
    assert len(marked(density(empty, plane).picture)[0].x) == 0


def test_histograms_show_the_selected_beside_all(study: Study) -> None:
    scene = scene_of(study, "radius 2.5..")
    for exhibit, edge in ((radii(scene), 2.5), (distances(scene), 0.0)):
        (trace,) = marked(exhibit.picture)
        assert trace.name == "mine"
        assert max(trace.x) >= min(trace.x) >= edge - 0.5
    assert not marked(radii(scene_of(study, "radius 99..")).picture)
    counted = histograms_of(scene.selected[0], study, scene.described, [0, 1])
    table = component_table(scene.described, scene.sample)
    assert len(marked(histograms(scene, table, [0, 1], [("mine", counted, 0)]).picture)) == 2
    assert not marked(histograms(scene, table, [0, 1]).picture)


def test_quantiles_show_the_selected_beside_all(study: Study) -> None:
    scene = scene_of(study, "component3 0.5..", "radius 99..")
    latents, mine = study.latents.astype(np.float64), scene.selected[0].mask
    along = normality.quantiles(scene, ("component", 3), latents[:, 3])
    together = normality.squared_distances(scene, find_core(latents, scene.described, 1.0))
    for exhibit in (along, together):
        (points,) = marked(exhibit.picture)
        assert (points.name, points.marker.symbol) == ("mine", SELECTIONS[0].symbol)
        assert exhibit.alt.endswith("and mine")  # the other one is empty
        assert len(marked(exhibit.picture, 1)) == 0
    values = latents[mine, 3]
    ends = (np.array([values.min(), values.max()]) - values.mean()) / values.std(ddof=1)
    np.testing.assert_allclose(dots_of(marked(along.picture)[0]).y[[0, -1]], ends, rtol=0.1)
    assert f"The farthest of {mine.sum():,} of mine lies {np.abs(ends).max():.1f} spreads" in along.caption
    squares = np.square(scene.described.distances[mine])
    assert dots_of(marked(together.picture)[0]).y[-1] == pytest.approx(squares.max(), rel=0.1)
    assert "The distances of mine spread by" in together.caption
    bare = scene_of(study)
    assert not marked(normality.quantiles(bare, ("component", 3), latents[:, 3]).picture)


def test_quantiles_of_a_study_that_is_shown_by_a_sample_read_the_selected_themselves(study: Study) -> None:
    scene, shown = scene_of(study, "component3 0.5.."), np.arange(0, len(study), 7)
    latents, mine = study.latents.astype(np.float64), scene.selected[0].mask
    (points,) = marked(normality.quantiles(scene, ("component", 3), latents[shown, 3]).picture)
    (whole,) = marked(normality.quantiles(scene, ("component", 3), latents[:, 3]).picture)
    assert mine[shown].sum() < mine.sum()
    np.testing.assert_allclose(dots_of(points).y, dots_of(whole).y, rtol=1e-6)


def test_plain_words_say_that_a_selection_lies_above_the_picture(study: Study) -> None:
    scene = scene_of(study, "unusual(40, distance)")
    core = find_core(study.latents.astype(np.float64), scene.described, 1.0)
    assert "above the picture" not in normality.squared_distances(scene, core).plain
    far = see_squared_distances(scene.described, [], 10.0, [("mine", np.full(5, 4.0))])
    assert far.endswith("mine lies above the picture.")


def test_the_table_of_what_distinguishes_says_what_the_rule_asks_for(study: Study) -> None:
    scene = scene_of(study, "component3 0.5..")
    exhibit = distinctions(study, scene.selected[0], distinguish(scene.selected[0], study, scene.described))
    assert len(exhibit.picture) == SHOWN
    asked = exhibit.picture.set_index("what")["reading"]
    assert asked["component 3"] == "asked for"
    whole = exhibit.tables["What distinguishes it"][1]().set_index("quantity")
    assert len(whole) > SHOWN
    assert whole.loc["component3", "effect"] > 1
    assert not whole.loc["component3", "finding"]
    assert whole.loc["won", "compared"] == "shares"
    assert "1 that the rule itself asks for do not count" in exhibit.caption
    random = Selected(parse("images(none)"), np.random.default_rng(0).random(len(study)) < 0.5)
    said = distinctions(study, random, distinguish(random, study, scene.described)).caption
    assert said.startswith("Nothing among")


def test_rows_go_home_with_all_that_is_known_of_them(study: Study, tmp_path: Path) -> None:
    scene = scene_of(study, "won")
    table = selected_table(study, scene.described, scene.selected[0])
    assert list(table["row"]) == list(scene.selected[0].rows)
    assert list(table["image"]) == list(study.rows["image"][scene.selected[0].mask])
    assert {"radius", "radius (attribute)", "distance"} <= set(table)  # the study has an attribute of that name
    back = pd.read_parquet(io.BytesIO(to_parquet(table)))
    assert list(back) == list(table)
    assert back["won"].all()
    np.testing.assert_array_equal(back["radius"], scene.described.radii[scene.selected[0].mask])


def test_words_say_how_many_and_what_is_fitted(study: Study) -> None:
    selected = scene_of(study, "radius 2..").selected[0]
    assert about_count(selected) == f"{selected.count} of {len(study)} ({selected.count / len(study):.2%})"
    assert about_fit(part_of(study, describe_study(study), selected)) == (
        f"Fitted to mine alone, {selected.count} vectors."
    )
    few = scene_of(study, "unusual(40)").selected[0]
    assert "fewer than 10 for each of 6 components" in about_fit(part_of(study, describe_study(study), few))
    wall = Wall(b"", 24, 12)
    assert wall_of_selected(study, few, wall).caption == "24 of the 40 selected vectors at random, as given."
    assert "all 40 selected" in mean_of_selected(few, wall, few.count).caption


def test_a_space_marks_the_selected(study: Study) -> None:
    scene = scene_of(study, "axis3 1..")
    directions = (("axis", 0), ("axis", 1), ("axis", 2))
    figure = space(scene, directions, scene.described.axes.along(study.latents, directions), 0).picture
    (points,) = [trace for trace in figure.data if trace.name.startswith("mine")]
    assert len(points.x) == scene.selected[0].count
    assert min(points.z) >= 1


def test_several_selections_are_seen_at_once_each_in_its_own_look(study: Study) -> None:
    scene = scene_of(study, "axis1 1..", "box(axis1 -9..-1, axis2 -9..9)", "radius 99..", "radius 2..")
    directions = (("axis", 0), ("axis", 1))
    bulk = scene.described.axes.along(study.latents, directions)
    plane = density(scene, make_plane(scene.described, bulk, [scene.reference, scene.sample], directions)).picture
    lengths = radii(scene).picture
    turned = (*directions, ("axis", 2))
    cloud = space(scene, turned, scene.described.axes.along(study.latents, turned), 0).picture
    counted = [(one.title, histograms_of(one, study, scene.described, [0, 1]), one.place) for one in scene.selected]
    table = component_table(scene.described, scene.sample)
    small = histograms(scene, table, [0, 1], [one for one in counted if one[1] is not None]).picture
    titles = ("mine", "selection 2", "selection 3", "selection 4")
    for place, (title, one) in enumerate(zip(titles, scene.selected, strict=True)):
        rings, *lines = marked(plane, place)
        assert rings.name == f"{title}: {one.count}"
        assert rings.marker.symbol == SELECTIONS[place].symbol
        assert len(lines) == (1 if place == 1 else 0)
        assert [trace.name for trace in marked(lengths, place)] == [title] * bool(one.count)
        assert len(marked(small, place)) == 2 * bool(one.count)
        dots = next(trace for trace in cloud.data if trace.name.startswith(f"{title}: "))
        assert len(dots.x) == one.count


def test_a_pair_of_components_and_the_radii_beneath_the_walls_show_what_is_selected(study: Study) -> None:
    scene = scene_of(study, "box(component2 0..9, component4 -9..9)", "radius 2..")
    directions = (("component", 2), ("component", 4))
    bulk = scene.described.axes.along(study.latents, directions)
    plane = make_plane(scene.described, bulk, list(scene.drawn), directions)
    rings, line = marked(pair(scene, plane, 0.95, (0.0, 0.0)).picture)
    assert rings.name == f"mine: {scene.selected[0].count:,}"
    assert max(line.x) == 9
    assert len(marked(pair(scene, plane, 0.95, (0.0, 0.0)).picture, 1)) == 1
    assert len(marked(radii_beneath(scene).picture)) == len(marked(radii_beneath(scene).picture, 1)) == 1
