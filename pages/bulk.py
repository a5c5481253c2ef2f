"""What is the shape of the bulk? Principal axes, densities in a plane, the place of the origin."""

from __future__ import annotations

import streamlit as st

from core.cache import load_faces, load_projection
from core.captions import about_spectrum, about_the_bulk
from core.figures.bulk import plane_density, spectrum
from core.planes import Direction, Plane, make_plane, picked_vector
from core.statistics import radii
from core.tables import axis_table
from pages.parts.address import choose, whole_number
from pages.parts.charts import CONFIG, chart, tables
from pages.parts.comparison import Comparison
from pages.parts.front_door import open_page

KINDS = {"axis": "Principal axes", "component": "Components"}


def choose_directions(dimension: int) -> tuple[Direction, Direction]:
    """Draw the controls of the plane; return its two directions."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = choose("Plane of", KINDS, "axis", "plane")
        first = 1 if kind == "axis" else 0  # axes are counted from 1, components from 0 as in the series
        high = dimension - 1 + first
        across = whole_number("Across", first, high, first, f"{kind}_across", width=140)
        up = whole_number("Up", first, high, min(first + 1, high), f"{kind}_up", width=140)
    return (kind, across - first), (kind, up - first)


def draw_plane(comparison: Comparison, plane: Plane) -> None:
    """Draw the density, and beside it the decoded face of the point that was clicked."""
    chosen = comparison.selection
    left, right = st.columns([3, 1])
    with left:
        event = st.plotly_chart(
            plane_density(plane),
            key="plane_density",
            on_select="rerun",
            selection_mode="points",
            config=CONFIG,
            alt=f"density of CelebA, sample and origin along {plane.labels[0]} and {plane.labels[1]}",
        )
    with right:
        st.markdown("**A point, decoded**")
        picked = picked_vector(plane, event["selection"])
        if picked is None:
            st.caption("Click a vector, the origin or the centre to see what the decoder makes of it.")
            return
        name, vector = picked
        with st.skeleton(height=240):
            face = load_faces(chosen.study, [vector.tolist()], 1)
        st.image(face, caption=name, alt=f"decoded face of {name}", width="stretch")
        st.metric("Radius", f"{radii(vector[None])[0]:.2f}", help="Euclidean length |z|.")
        distance = chosen.description.axes.mahalanobis(vector[None])[0]
        st.metric("Mahalanobis", f"{distance:.1f}", help="Mahalanobis distance to the centre of CelebA.")


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    described, title = chosen.description, sample.title
    directions = choose_directions(chosen.study.dimension)
    bulk = load_projection(chosen.study, directions)
    draw_plane(comparison, make_plane(described, bulk, comparison.reference, sample, directions))
    st.caption(about_the_bulk(described, title))
    st.subheader("Principal axes")
    along = described.axes.variances_of(sample.description.moments.covariance)
    chart(spectrum(described, along, title), f"variances along the principal axes, CelebA and {title}", "spectrum")
    st.caption(about_spectrum(described))
    tables({"Principal axes": (chosen.file_name("principal_axes"), lambda: axis_table(described))})


open_page(main)
