"""What is the shape of the bulk? Principal axes, densities in a plane, the place of the origin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.captions.bulk import ABOUT_A_LOOK
from core.captions.plainly import SEEN
from core.exhibits.beside import spectra_beside
from core.exhibits.bulk import density, farthest, rows_in_space, space, variances
from core.exhibits.exhibit import Exhibit
from core.exhibits.radii import distances
from core.space.colouring import Colouring, colour_by, colours_of
from core.space.planes import Direction, check_directions, make_plane, require_directions
from core.space.quantities import plane_quantities
from core.space.views import VIEWS
from pages.parts.beside import lay_beside
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw, offer, say, show
from pages.parts.fields import choose, pick
from pages.parts.front_door import open_page
from pages.parts.further import further
from pages.parts.gestures import brush, take_drawn
from pages.parts.loaders import load_frame, load_projection, load_shown
from pages.parts.plane import choose_directions, choose_space
from pages.parts.sampled import say_what_is_shown
from pages.parts.sentences import sentences
from pages.parts.sidebar import Selection
from pages.sections.attribute_bars import offer_bars
from pages.sections.bulk_clicks import clicks_in_space
from pages.sections.bulk_cloud import choose_cloud
from pages.sections.bulk_point import choose_point, clicked, draw_point, look_at, look_at_row
from pages.sections.bulk_pointer import faces_at_the_pointer
from pages.sections.bulk_views import choose_plane
from pages.sections.selected import draw_distinctions

FLAT = 250
"""Height of the distances, in pixels: the cloud itself begins on the same screen."""

PLAIN = "nothing"
"""What vectors are coloured by unless asked otherwise."""


def draw_plane(comparison: Comparison, view: str, colour: Colouring | None) -> Exhibit:
    """Draw the density, and beside it the decoded face of the point that is looked at; return the exhibit."""
    chosen = comparison.selection
    require_directions(2, chosen.study.dimension)
    directions = (
        choose_directions(chosen.study.dimension) if view == "plane" else choose_plane(chosen.study, view, chosen.shown)
    )
    bulk, frame = load_projection(chosen.study, directions), load_frame(chosen.study, directions)
    parts = [comparison.reference, *comparison.drawn]
    cloud = choose_cloud(chosen, directions) if frame is None else None
    plane = make_plane(chosen.description, bulk, parts, directions, frame, cloud)
    rows = comparison.reference.rows
    left, right = st.columns([3, 1])
    with right:
        point = choose_point(comparison)
        draw_point(comparison, point)
    shown = None if colour is None or rows is None else colour.of(rows)
    exhibit = density(comparison.scene, plane, None if point is None else point.vector, shown)
    with left:
        draw(
            exhibit,
            on_select=lambda: _gesture(comparison, exhibit.key, directions),
            selection_mode=("points", "box", "lasso"),
        )
        _follow_the_pointer(comparison, exhibit.key, comparison.reference.vectors)
    say(exhibit)
    return exhibit


def _follow_the_pointer(comparison: Comparison, chart: str, vectors: npt.NDArray[np.floating]) -> None:
    """Offer the faces of the data, vectors (n, d), and of what was drawn under the pointer."""
    study = comparison.selection.study
    sets = [(study.title, vectors), *((sample.title, sample.vectors) for sample in comparison.drawn)]
    faces_at_the_pointer(study, chart, sets)


def _gesture(comparison: Comparison, chart: str, directions: tuple[Direction, Direction]) -> None:
    """Select what was drawn around, or look at the point that was clicked."""
    if not take_drawn(chart, comparison.selection.study, plane_quantities(directions)):
        clicked(comparison, chart)


def choose_colour(chosen: Selection) -> Colouring | None:
    """Draw the choice of what the vectors of the study are coloured by; return it."""
    colours = {PLAIN: PLAIN, **colours_of(chosen.study)}
    colour = pick("Colour by", colours, PLAIN, "colour", width=240)
    return None if colour == PLAIN else colour_by(chosen.study, chosen.description, colour)


def draw_space(comparison: Comparison, colour: Colouring | None) -> Exhibit:
    """Draw a scatter in three directions with ellipsoids; return the exhibit."""
    chosen = comparison.selection
    require_directions(3, chosen.study.dimension)
    directions = choose_space(chosen.study.dimension)
    check_directions(directions, chosen.study.dimension)
    left, right = st.columns([3, 1])
    with right:
        point = choose_point(comparison)
        draw_point(comparison, point)
    looked_at = None if point is None else (point.name, point.vector)
    bulk = load_projection(chosen.study, directions)
    exhibit = space(comparison.scene, directions, bulk, chosen.seed, colour, looked_at, load_shown(chosen.study).rows)
    rows = rows_in_space(len(bulk), chosen.seed, load_shown(chosen.study).rows)
    with left:
        draw(exhibit)

        def taken(place: int, number: int) -> None:
            look_at_row(int(rows[number])) if place == 0 else look_at(comparison, place, number)

        clicks_in_space(exhibit.key, taken)
        _follow_the_pointer(comparison, exhibit.key, chosen.study.latents[rows])
    say(exhibit)
    return exhibit


def main(comparison: Comparison) -> None:
    """Draw the page."""
    looked_at = []
    together = distances(comparison.scene, FLAT)
    show(together, on_select=brush(together.key, comparison.selection.study, "distance"), selection_mode=("box",))
    st.header("A look at the cloud")
    if comparison.selection.study.dimension > SEEN:
        st.caption(ABOUT_A_LOOK)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = choose("View", VIEWS, "plane", "view")
        colour = choose_colour(comparison.selection)
    with sentences():
        looked_at = [draw_space(comparison, colour) if view == "space" else draw_plane(comparison, view, colour)]
    say_what_is_shown(comparison.selection.study)
    if further("how widely it spreads along each axis, and who lies farthest out"):
        looked_at += [variances(comparison.scene), farthest(comparison.scene)]
        for exhibit in looked_at[-2:]:
            show(exhibit)
    lay_beside(comparison.selection, spectra_beside)
    offer([*looked_at, *offer_bars(comparison.selection), *draw_distinctions(comparison)])


open_page(main)
