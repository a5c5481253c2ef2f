"""Is the bulk a multivariate normal? Single directions, pairs, all together, with and without the outer layer."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.figures.normality import shapes
from core.figures.studies import Named
from core.figures.theme import DATA, SECOND
from core.tables import cut_table, distance_table, ellipse_table, quantile_table, shape_table
from pages.parts.beside import lay_beside
from pages.parts.charts import tables
from pages.parts.comparison import Comparison
from pages.parts.fields import choose, whole_number
from pages.parts.front_door import open_page
from pages.parts.loaders import load_core, load_largest_coordinates, load_shape
from pages.sections.normality_directions import draw_one_direction, draw_shapes
from pages.sections.normality_together import draw_cuts, draw_pairs, draw_squared_distances, draw_test

KINDS = {"component": "Components", "axis": "Principal axes"}


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    described = chosen.description
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
    columns = st.grid(2, min_column_width=380, gap="medium")
    left, right = columns.cell(), columns.cell()
    with left:
        st.header("Every direction")
        prefixed = draw_shapes(comparison, kind, share)
    with right:
        st.header("One direction")
        draw_one_direction(comparison, kind, share)
    planes = draw_pairs(comparison)
    draw_squared_distances(comparison, share)
    draw_cuts(comparison)
    test = draw_test(comparison, kind, share)
    name = chosen.file_name(sample.stem)
    largest = load_largest_coordinates(chosen.study)
    core = load_core(chosen.study, share)
    makers = {
        "Shapes": (f"{name}_{kind}_shapes", lambda: shape_table(kind, 1 if kind == "axis" else 0, prefixed)),
        "Pairs": (f"{name}_pair_ellipses", lambda: ellipse_table(planes)),
        "Squared distances": (
            f"{name}_distance_quantiles",
            lambda: quantile_table(described, sample.description.distances, core),
        ),
        "Distances": (chosen.file_name("distances"), lambda: distance_table(described)),
        "Cuts": (chosen.file_name("cuts"), lambda: cut_table(described, largest)),
    }
    if test is not None:
        makers["Henze-Zirkler"] = (f"{name}_henze_zirkler", lambda: test)
    tables(makers)
    if chosen.beside is None:
        return
    mine, theirs = (load_shape(study, kind == "axis") for study in (chosen.study, chosen.beside[0]))
    variable = "principal axis %{text}" if kind == "axis" else "z<sub>%{text}</sub>"

    def overlay(first: Named, second: Named) -> go.Figure:
        return shapes([(first[0], mine, DATA), (second[0], theirs, SECOND)], variable)

    lay_beside(chosen, overlay, "shapes")


open_page(main)
