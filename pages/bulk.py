"""What is the shape of the bulk? Principal axes, densities in a plane, the place of the origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.cache import load_autoencoder, load_projection
from core.captions import about_spectrum, about_the_bulk
from core.figures.bulk import Plane, plane_density, spectrum
from core.figures.faces import png
from core.sampling import Sample
from core.tables import axis_table
from pages.parts.address import check_choice, check_number, warn_about
from pages.parts.charts import CONFIG, chart, tables
from pages.parts.comparison import Comparison, compare

KINDS = {"axis": "Principal axes", "component": "Components"}


def choose_plane(comparison: Comparison) -> tuple[tuple[str, int], tuple[str, int]]:
    """Draw the controls of the plane; return its two directions."""
    dimension = comparison.selection.study.dimension
    with st.container(horizontal=True, vertical_alignment="bottom"):
        warn_about("plane", check_choice("plane", KINDS))
        kind = st.segmented_control(
            "Plane of",
            list(KINDS),
            default="axis",
            required=True,
            format_func=KINDS.__getitem__,
            key="plane",
            bind="query-params",
        )
        first = 1 if kind == "axis" else 0
        numbers = []
        for name, label in (("across", "Across"), ("up", "Up")):
            key = f"{kind}_{name}"
            low, high = first, dimension - 1 + first
            warn_about(key, check_number(key, low, high))
            default = first if name == "across" else first + 1
            numbers.append(st.number_input(label, low, high, default, key=key, bind="query-params", width=140))
    return (kind, numbers[0] - first), (kind, numbers[1] - first)


def make_plane(comparison: Comparison, directions: tuple[tuple[str, int], tuple[str, int]]) -> Plane:
    """Return all that the plane shows."""
    chosen = comparison.selection
    axes = chosen.description.axes
    bulk = load_projection(chosen.study, directions)
    labels = [f"principal axis {i + 1}" if kind == "axis" else f"component z<sub>{i}</sub>" for kind, i in directions]
    origin = axes.along(np.zeros((1, chosen.study.dimension)), directions)[0]
    return Plane(
        (labels[0], labels[1]),
        bulk,
        axes.along(comparison.reference.vectors, directions),
        axes.along(comparison.sample.vectors, directions),
        origin,
        bulk.mean(axis=0),
        np.cov(bulk, rowvar=False),
    )


def picked_vector(selection: Mapping[str, Any], comparison: Comparison) -> tuple[str, npt.NDArray[np.floating]] | None:
    """Return name and vector of the point that a plotly selection names; None without one."""
    points = selection.get("points", [])
    if not points or points[0].get("customdata") is None:
        return None
    number = int(np.ravel(points[0]["customdata"])[0])
    dimension = comparison.selection.study.dimension
    sets: dict[int, Sample] = {4: comparison.reference, 5: comparison.sample}
    match points[0].get("curve_number"):
        case 4 | 5 as curve:
            sample = sets[curve]
            name = sample.strategy.label() if curve == 5 else "CelebA"
            return f"{name}, vector {number}", sample.vectors[number]
        case 6:
            return "the origin", np.zeros(dimension)
        case 7:
            return "the centre of CelebA", comparison.selection.description.moments.mean
    return None


def main() -> None:
    """Draw the page."""
    st.title("What is the shape of the bulk?")
    comparison = compare()
    chosen, sample = comparison.selection, comparison.sample
    described = chosen.description
    title = sample.strategy.title
    directions = choose_plane(comparison)
    if directions[0] == directions[1]:
        st.warning("A plane needs two different directions; choose another number.", icon=":material/swap_horiz:")
        return
    plane = make_plane(comparison, directions)
    left, right = st.columns([3, 1])
    with left:
        event = st.plotly_chart(
            plane_density(plane, title),
            key="plane_density",
            on_select="rerun",
            selection_mode="points",
            config=CONFIG,
            alt=f"density of CelebA, {title} and the origin in the plane of {plane.labels[0]} and {plane.labels[1]}",
        )
    with right:
        st.markdown("**Click a point to decode it**")
        if picked := picked_vector(event["selection"], comparison):
            st.session_state["picked"] = picked
        name, vector = st.session_state.get("picked") or ("the origin", np.zeros(chosen.study.dimension))
        if len(vector) != chosen.study.dimension:
            name, vector = "the origin", np.zeros(chosen.study.dimension)
        with st.skeleton(height=240):
            face = load_autoencoder(chosen.study).decode(vector[None])[0]
        st.image(png(face), caption=name, alt=f"decoded face of {name}", width="stretch")
        st.metric("Radius", f"{np.linalg.norm(vector):.2f}", help="Euclidean length |z|.")
        distance = float(described.axes.mahalanobis(vector[None])[0])
        st.metric("Mahalanobis", f"{distance:.1f}", help="To the centre of CelebA.")
    st.caption(about_the_bulk(described, title))

    st.subheader("Principal axes")
    along = described.axes.variances_of(sample.description.moments.covariance)
    chart(spectrum(described, along, title), f"variances along the principal axes, CelebA and {title}", "spectrum")
    st.caption(about_spectrum(described))
    tables({"Principal axes": (chosen.file_name("principal_axes"), lambda: axis_table(described))})


main()
