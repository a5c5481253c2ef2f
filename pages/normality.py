"""Is the bulk a multivariate normal? Single directions, pairs, all together, with and without the outer layer."""

from __future__ import annotations

import streamlit as st

from core.exhibits.beside import shapes_beside
from core.exhibits.exhibit import Exhibit
from core.exhibits.normality import bell, cuts, squared_distances, variable_of
from core.figures.studies import Named
from core.selection.ranks import ranks_of_distances
from pages.parts.beside import lay_beside
from pages.parts.comparison import Comparison
from pages.parts.exhibits import offer, show
from pages.parts.fields import choose, whole_number
from pages.parts.front_door import open_page
from pages.parts.further import further
from pages.parts.gestures import box_in, brush
from pages.parts.loaders import load_core, load_largest_coordinates, load_shape
from pages.parts.sampled import say_what_is_shown
from pages.parts.sentences import sentences
from pages.parts.sidebar import Selection
from pages.sections.normality_directions import draw_one_direction, draw_shapes
from pages.sections.normality_together import draw_pairs, draw_test

KINDS = {"component": "Components", "axis": "Principal axes"}


def draw_beside(chosen: Selection, kind: str) -> None:
    """Draw the shapes of both studies, if there is a second one."""
    if chosen.beside is None:
        return
    mine, theirs = (load_shape(study, kind == "axis") for study in (chosen.study, chosen.beside[0]))

    def overlay(first: Named, second: Named) -> Exhibit:
        return shapes_beside(first, second, (mine, theirs), variable_of(kind))

    lay_beside(chosen, overlay)


def main(comparison: Comparison) -> None:
    """Draw the page."""
    outset = bell(comparison.scene)
    brushed = brush(outset.key, comparison.selection.study, "distance")
    show(outset, on_select=brushed, selection_mode=("box",))
    asked = further("directions one by one, in pairs, all together, without the unusual")
    found = draw_further(comparison) if asked else []
    offer([outset, *found])


def draw_further(comparison: Comparison) -> list[Exhibit]:
    """Draw what single directions, pairs of them, all together and cuts say; return the exhibits."""
    chosen, scene = comparison.selection, comparison.scene
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = choose("Directions", KINDS, "component", "directions")
        outer = whole_number(
            "Remove the outermost %",
            0,
            90,
            0,
            "removed",
            step=5,
            width=200,
            help="Vectors of the data with the largest Mahalanobis distances. The covariance of what is left is "
            "corrected for the cut, as if it were the core of a normal.",
        )
    share = 1 - outer / 100
    say_what_is_shown(chosen.study)
    columns = st.grid(2, min_column_width=380, gap="medium")
    left, right = columns.cell(), columns.cell()
    with left:
        every = draw_shapes(comparison, kind, share)
    with right:
        one = draw_one_direction(comparison, kind, share)
    pairs, tested = [], []
    with sentences():
        pairs = [draw_pairs(comparison)]
    together = squared_distances(scene, load_core(chosen.study, share))
    kept = cuts(scene, load_largest_coordinates(chosen.study))
    boxed = box_in(together.key, chosen.study, ranks_of_distances(chosen.description))
    show(together, on_select=boxed, selection_mode=("box",))
    show(kept)
    if pairs:
        tested = draw_test(comparison, kind, share)
    draw_beside(chosen, kind)
    return [every, one, *pairs, together, kept, *tested]


open_page(main)
