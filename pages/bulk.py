"""What is the shape of the bulk? Principal axes, densities in a plane, the place of the origin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from core.captions.bulk import about_spectrum, about_the_bulk, about_the_cloud
from core.figures.bulk import cloud, spectrum
from core.figures.planes import plane_density
from core.figures.studies import overlay_spectra
from core.space.planes import Plane, check_directions, direction_name, make_plane, place_and_spread
from core.statistics import subsample
from core.study import Study
from core.tables import axis_table, plane_table, space_table
from pages.parts.beside import lay_beside
from pages.parts.charts import CONFIG, chart, tables
from pages.parts.comparison import Comparison
from pages.parts.fields import choose, pick
from pages.parts.front_door import open_page
from pages.parts.loaders import load_projection
from pages.parts.plane import choose_directions, choose_space
from pages.sections.bulk_point import choose_point, clicked, draw_point

PLAIN, ERROR, DISTANCE = "nothing", "reconstruction error", "Mahalanobis distance"
"""What vectors can be coloured by, besides the attributes."""

VIEWS = {"plane": "A plane", "space": "A space"}

SPACE_COUNT = 4000  # vectors of the data in the scatter of a space, at most: a browser turns them smoothly


def draw_plane(comparison: Comparison, plane: Plane) -> None:
    """Draw the density, and beside it the decoded face of the point that is looked at."""
    left, right = st.columns([3, 1])
    with right:
        point = choose_point(comparison, clickable=True)
        draw_point(comparison, point, clickable=True)
    ringed = comparison.selection.description.axes.along(point.vector[None], plane.directions) if point else None
    with left:
        st.plotly_chart(
            plane_density(plane, ringed=ringed),
            key="plane_density",
            on_select=lambda: clicked("plane_density"),
            selection_mode="points",
            config=CONFIG,
            alt=f"density of {plane.title}, sample and origin along {plane.labels[0]} and {plane.labels[1]}",
        )


def choose_colour(study: Study) -> str:
    """Draw the choice of what the vectors of a space are coloured by; return it."""
    colours = [PLAIN, ERROR, DISTANCE, *study.attributes]
    return pick("Colour by", colours, PLAIN, "colour", width=240)


def draw_space(comparison: Comparison) -> pd.DataFrame:
    """Draw a scatter in three directions with ellipsoids; return the coordinates in it."""
    chosen, sample = comparison.selection, comparison.sample
    study, description = chosen.study, chosen.description
    directions = choose_space(study.dimension)
    check_directions(directions, study.dimension)
    colour = choose_colour(study)
    bulk = load_projection(study, directions)
    rows = subsample(len(bulk), SPACE_COUNT, chosen.seed)
    values = None
    if colour == DISTANCE:
        values = description.distances[rows]
    elif colour != PLAIN:
        column = "reconstruction_error" if colour == ERROR else colour
        values = study.rows[column].fillna(False).to_numpy()[rows]
    drawn = description.axes.along(sample.vectors, directions)
    left, right = st.columns([3, 1])
    with right:
        point = choose_point(comparison, clickable=False)  # Streamlit reports no clicks in three dimensions
        draw_point(comparison, point, clickable=False)
    marks: dict[str, npt.NDArray[np.floating]] = {
        "origin": np.zeros(study.dimension),
        f"centre of {study.title}": description.moments.mean,
    }
    if point is not None:
        marks[point.name] = point.vector
    figure = cloud(
        bulk[rows],
        drawn,
        [direction_name(direction) for direction in directions],
        sample.title,
        place_and_spread(bulk),
        None if values is None else (colour.replace("_", " "), values),
        data=study.title,
        marks={name: description.axes.along(vector[None], directions) for name, vector in marks.items()},
    )
    with left:
        chart(figure, f"{len(rows)} vectors of {study.title} and {sample.title} in three directions", "space")
    st.caption(about_the_cloud(sample.title, study.dimension, coloured=values is not None))
    return space_table(study.rows["image"].iloc[rows], bulk[rows], values, sample.title, drawn, study.title)


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    described, title = chosen.description, sample.title
    name = chosen.file_name(sample.stem)
    makers = {"Principal axes": (chosen.file_name("principal_axes"), lambda: axis_table(described))}
    if choose("View", VIEWS, "plane", "view") == "plane":
        directions = choose_directions(chosen.study.dimension)
        bulk = load_projection(chosen.study, directions)
        plane = make_plane(described, bulk, [comparison.reference, sample], directions)
        draw_plane(comparison, plane)
        st.caption(about_the_bulk(described, sample))
        makers["This plane"] = (f"{name}_plane", lambda: plane_table(plane))
    else:
        space = draw_space(comparison)
        makers["This space"] = (f"{name}_space", lambda: space)
    st.header("Principal axes")
    along = described.axes.variances_of(sample.description.moments.covariance)
    chart(
        spectrum(described, along, title),
        f"variances along the principal axes, {described.title} and {title}",
        "spectrum",
    )
    st.caption(about_spectrum(described, along, title))
    lay_beside(chosen, overlay_spectra, "spectrum")
    tables(makers)


open_page(main)
