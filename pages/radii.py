"""How long are the vectors? Radii, the scan of cubes, Mahalanobis distances."""

from __future__ import annotations

import streamlit as st

from core.captions.radii import about_cubes, about_distances, about_radii
from core.figures.radii import cube_bands, distance_histogram, radius_histogram
from core.figures.studies import overlay_radii
from core.strategies import Cube
from core.tables import radius_table, summary_table
from pages.parts.beside import lay_beside
from pages.parts.charts import chart, tables
from pages.parts.comparison import Comparison
from pages.parts.front_door import open_page


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    described, drawn = chosen.description, sample.description
    data, title = chosen.study.title, sample.strategy.label()

    chart(radius_histogram(described, sample), f"radii of {data} and of {title}", "radii")
    st.caption(about_radii(described, sample))

    st.subheader("Which cube matches?")
    half_width = sample.strategy.half_width_ if isinstance(sample.strategy, Cube) else None
    chart(cube_bands(described, half_width), f"radius bands of cubes against the radii of {data}", "cube_bands")
    st.caption(about_cubes(described))

    st.subheader("Mahalanobis distance")
    chart(distance_histogram(described, sample), f"Mahalanobis distances of {data} and of {title}", "distances")
    st.caption(about_distances(described, sample))

    lay_beside(chosen, overlay_radii, "radii and distances")
    name = chosen.file_name(sample.stem)
    images = chosen.study.rows["image"]
    tables(
        {
            "Summary": (f"{name}_summary", lambda: summary_table(described, [comparison.reference, sample])),
            "Sample": (f"{name}_radii", lambda: radius_table(drawn, sample.images)),
            "Data": (chosen.file_name("data_radii"), lambda: radius_table(described, images)),
        }
    )


open_page(main)
