"""How long are the vectors? Radii, the scan of cubes, Mahalanobis distances."""

from __future__ import annotations

from core.exhibits.radii import cubes, distances, radii
from core.figures.studies import overlay_radii
from core.tables import radius_table, summary_table
from pages.parts.beside import lay_beside
from pages.parts.charts import tables
from pages.parts.comparison import Comparison
from pages.parts.exhibits import show
from pages.parts.front_door import open_page


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    described, drawn = chosen.description, sample.description
    for make in (radii, cubes, distances):
        show(make(described, sample))
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
