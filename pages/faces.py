"""Do these vectors decode to faces? Walls side by side: the data, the sample, and one that it is held against."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.captions.faces import (
    about_no_pictures,
    cycle_in_words,
    verdict_on_asking,
    verdict_on_cycles,
    verdict_on_distances,
    verdict_on_radii,
)
from core.captions.radii import mean_and_deviation
from core.exhibits.faces import COLUMNS, CYCLED, FACES, radii_beneath, summary
from core.space.sample import Sample
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw, offer, say
from pages.parts.front_door import open_page
from pages.parts.gestures import brush
from pages.parts.loaders import load_as_asked, load_cycle_errors, load_wall
from pages.sections.attribute_bars import offer_bars
from pages.sections.faces_inspected import inspect
from pages.sections.faces_sides import SIDES
from pages.sections.faces_walls import draw_wall
from pages.sections.selected import draw_selected


def draw_metrics(sample: Sample, reference: Sample) -> st.delta_generator.DeltaGenerator:
    """Draw radius and distance of one side, and how they are beside those of the data.

    Return the row that its cycle error, which takes longer, belongs into.
    """
    described, usual, judged = sample.description, reference.description, sample is not reference
    row = st.container(horizontal=True)  # not columns, which are elements of their own
    _metric(
        row,
        "Length",
        mean_and_deviation(described.radii),
        "Of the vectors, from zero (radius |z|): mean and standard deviation.",
        verdict_on_radii(described.radii, usual.radii) if judged else None,
    )
    _metric(
        row,
        "Distance",
        f"{np.median(described.distances):.1f}",
        f"From the middle of {reference.title}, in its spread in each direction: the median (Mahalanobis distance).",
        verdict_on_distances(described.distances, usual.distances) if judged else None,
    )
    return row


def _draw_as_asked(row: st.delta_generator.DeltaGenerator, mine: float, theirs: float) -> None:
    """Draw how many of those that were asked for attributes have them, beside how many of such data."""
    _metric(
        row,
        "As asked",
        f"{mine:.0%}",
        f"Share of the first {CYCLED} pictures in which the attribute network sees all that was asked for. Not even of "
        f"the decoded pictures of data that have it does it see that in all: in {theirs:.0%}.",
        verdict_on_asking(mine, theirs),
    )


def _metric(
    row: st.delta_generator.DeltaGenerator, name: str, value: str, about: str, verdict: tuple[str, bool] | None = None
) -> None:
    """Draw a number and, below it, how good it is, as words and whether they praise."""
    words, good = verdict or (None, True)
    row.metric(name, value, delta=words, delta_arrow="off", delta_color="green" if good else "orange", help=about)


def wall_button(comparison: Comparison, name: str) -> None:
    """Offer the sample's wall as a picture."""
    sample = comparison.sample
    st.download_button(
        "Wall (PNG)",
        data=lambda: load_wall(comparison.selection.study, sample, min(FACES, len(sample)), COLUMNS, "PNG"),
        file_name=f"{name}_faces.png",
        mime="image/png",
        icon=":material/image:",
        on_click="ignore",
    )


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    study = chosen.study
    if not study.shows_faces:
        st.info(about_no_pictures(study.name), icon=":material/image_not_supported:")
    rows, parts = [], (comparison.reference, *comparison.drawn)
    with st.grid(len(parts), min_column_width=380 if len(parts) == 2 else 300, gap="medium"):
        for side, part in zip(SIDES, parts, strict=False):
            with st.container(key=f"side_{side}"):
                draw_wall(comparison, part, side)
                rows.append(draw_metrics(part, comparison.reference))
                if study.has_decoder and (shares := load_as_asked(study, part, CYCLED)):
                    _draw_as_asked(rows[-1], *shares)
    beneath = radii_beneath(comparison.scene)
    draw(beneath, on_select=brush(beneath.key, study, "radius"), selection_mode=("box",))
    st.caption(beneath.plain)
    found = [*draw_selected(comparison), *offer_bars(chosen)]
    inspect(comparison)
    buttons = [lambda: wall_button(comparison, chosen.file_name(sample.stem))] if study.shows_faces else []
    if not study.has_decoder:
        offer([summary(comparison.scene, None), *found], *buttons)
        return
    errors = []
    for row, part in zip(rows, parts, strict=True):
        errors.append(load_cycle_errors(chosen.study, part, CYCLED))
        _metric(
            row,
            "Cycle error",
            cycle_in_words(errors[-1], chosen.description),
            "How far a vector moves when it is decoded and encoded again, in σ per component; "
            f"mean over the first {len(errors[-1])} vectors. Small where the decoder was trained.",
            verdict_on_cycles(errors[-1], errors[0]) if len(errors) > 1 else None,
        )
    exhibit = summary(comparison.scene, errors)
    say(exhibit)
    offer([exhibit, *found], *buttons)


open_page(main)
