"""What was trained on what? The model card of the study."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.captions.studies import ABOUT, LIMITS, about_what_lacks
from core.exhibits.exhibit import Exhibit
from core.exhibits.studies import EACH, attributes, comparison, errors, losses, reconstructions
from core.space.inspection import rows_by_error
from core.study.card import card, terms_of
from core.study.description import Study
from core.study.kept_columns import errors_of
from core.tables.studies import errors_by_partition
from pages.parts.exhibits import draw, offer, say, show
from pages.parts.front_door import open_page
from pages.parts.further import further
from pages.parts.gestures import brush
from pages.parts.loaders import load_faces, load_shape
from pages.parts.plain import plain
from pages.parts.sidebar import Selection
from pages.sections.attribute_bars import draw_bars
from pages.sections.studies_bulks import draw_bulks
from pages.sections.studies_jobs import draw_jobs
from pages.sections.studies_list import list_studies
from pages.sections.studies_new import draw_door
from pages.sections.studies_report import cite, offer_report


def facts(study: Study) -> None:
    """Draw data and configuration in numbers."""
    held_out = errors_by_partition(study).get("validation", np.nan)
    with st.grid(4, min_column_width=190):
        st.metric("Images" if study.has_images else "Vectors", f"{len(study):,}", help="Latent vectors of the study.")
        st.metric("Dimension N", f"{study.dimension}", help="Components of a latent vector.")
        if study.has_decoder:
            st.metric("Weights", f"{study.weight_count / 1e6:.1f} million", help="Encoder and decoder together.")
        if np.isfinite(held_out):
            about = "Mean squared error of held-out images, pixels in [0, 1]."
            st.metric("Validation error (low is good)", f"{held_out:.5f}", help=about)
    with st.expander("How it was made"):
        st.markdown("\n".join(f"- {line}" for line in card(study)))


def draw_reconstructions(study: Study) -> Exhibit:
    """Draw decoded latent vectors from the best to the worst reconstruction; return the exhibit."""
    rows = rows_by_error(np.asarray(errors_of(study)), EACH)
    with st.skeleton(height=400):
        image = load_faces(study, study.latents[rows.ravel()], EACH)
    exhibit = reconstructions(study, image, rows)
    st.header(exhibit.title)
    columns = st.grid(2, min_column_width=380, vertical_alignment="center")
    left, right = columns.cell(), columns.cell()
    with left:
        draw(exhibit)
    right.caption(exhibit.caption)
    return exhibit


def compare_studies(chosen: Selection) -> list[Exhibit]:
    """Draw in numbers what changes from the study to the one beside it; return the exhibit."""
    if chosen.beside is None:
        return []
    pairs = ((chosen.study, chosen.description), chosen.beside)
    exhibit = comparison([(study, described, load_shape(study, True)) for study, described in pairs])
    st.header(exhibit.title)
    say(exhibit)
    columns = {study.name: st.column_config.NumberColumn(format="%.4g") for study, _ in pairs}
    draw(exhibit, column_config=columns, height=420)
    return [exhibit]


def _brushed(exhibit: Exhibit, study: Study) -> dict[str, Any]:
    """Return what the chart of the errors is told so that it can be selected on; nothing for others."""
    if exhibit.key != "error_histogram":
        return {}
    return {"on_select": brush(exhibit.key, study, "error"), "selection_mode": ("box",)}


def main(chosen: Selection) -> None:
    """Draw the page."""
    st.markdown(ABOUT)
    study = chosen.study
    compared = draw_bulks(chosen)
    list_studies(chosen)
    draw_door()
    draw_jobs()
    st.header(plain(study.name))
    facts(study)
    compared += compare_studies(chosen)
    more = draw_further(chosen) if further("how the training went, what is made worst, what the pictures show") else []
    if lacks := about_what_lacks(study):
        st.info(lacks, icon=":material/info:")
    if study.has_decoder:
        st.header("Limits, biases and terms")
        st.markdown(LIMITS + terms_of(study))
    offer([*more, *compared])
    offer_report(chosen)
    cite(study)


def draw_further(chosen: Selection) -> list[Exhibit]:
    """Draw losses, errors, pictures from best to worst, and attributes, as far as known; return the exhibits."""
    study = chosen.study
    trained = [losses(study)] * study.has_training + [errors(study)] * study.has_errors
    if trained:
        with st.grid(2, min_column_width=380):
            for exhibit in trained:
                with st.container():
                    show(exhibit, **_brushed(exhibit, study))
    decoded = [draw_reconstructions(study)] if study.has_decoder and study.has_errors else []
    known = [attributes(study)] if study.columns else []
    for exhibit in known:
        show(exhibit)
    return [*trained, *decoded, *known, *draw_bars(chosen)]


open_page(main)
