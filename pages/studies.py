"""What was trained on what? The model card of the study."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core.captions.studies import about_two_studies
from core.figures.faces import wall
from core.figures.training import error_histogram, loss_curve
from core.study.card import card, terms_of
from core.study.description import ROW_COLUMNS, Study
from core.tables import attribute_table, comparison_table, hardest_attributes, history_table
from pages.parts.charts import chart, tables
from pages.parts.front_door import open_page
from pages.parts.loaders import load_autoencoder, load_shape
from pages.parts.sidebar import Selection

SHARES = (0.0, 0.25, 0.5, 0.75, 0.99)  # quantiles of the reconstruction error whose images are shown
PER_SHARE = 6


CARD = """
- The decoder is trained with a pixel loss: it is smooth where images differ in detail (hair, background, teeth). Its
  images are averages and portray nobody.
- What is rare in the data is reproduced worse here.
- Nothing here should be used to recognise, judge or classify people.
- A study holds weights, latent vectors and attributes, never an image; whether it may be passed on is for the terms of
  its images to say.
"""


def facts(study: Study) -> None:
    """Draw data and configuration in numbers."""
    errors = study.rows.groupby("partition")["reconstruction_error"].mean()
    held_out = errors.get("validation", np.nan)
    with st.grid(4, min_column_width=190):
        st.metric("Images", f"{len(study):,}", help="Images whose latent vectors the study holds.")
        st.metric("Dimension N", f"{study.dimension}", help="Components of a latent vector.")
        st.metric("Weights", f"{study.weight_count / 1e6:.1f} million", help="Encoder and decoder together.")
        st.metric(
            "Validation error", f"{held_out:.5f}", help="Mean squared error of held-out images, pixels in [0, 1]."
        )
    st.markdown("\n".join(f"- {line}" for line in card(study)))


def reconstructions(study: Study) -> None:
    """Draw decoded latent vectors from the best to the worst reconstruction."""
    st.header("Decoded latent vectors, from the best to the worst reconstruction")
    errors = study.rows["reconstruction_error"].to_numpy()
    order = np.argsort(errors, kind="stable")
    starts = [round(share * max(0, len(order) - PER_SHARE)) for share in SHARES]
    rows = np.concatenate([order[start : start + PER_SHARE] for start in starts])
    with st.skeleton(height=400):
        images = load_autoencoder(study).decode(study.latents[rows])
    columns = st.grid(2, min_column_width=380, vertical_alignment="center")
    left, right = columns.cell(), columns.cell()
    picture, about = wall(images, PER_SHARE, "PNG"), "decoded latent vectors by reconstruction error"
    left.image(picture, alt=about, width="stretch", output_format="PNG")
    lines = [
        f"- row {i}: {share:.0%} quantile, error {errors[order[start]]:.4f}"
        for i, (share, start) in enumerate(zip(SHARES, starts, strict=True), 1)
    ]
    right.markdown("\n".join(lines))
    worst = hardest_attributes(study.rows, study.attributes)
    right.caption(
        "What the decoder makes of real latent vectors; a study holds no images."
        + (f" Largest mean errors: {worst}." if worst else "")
    )


def compare_studies(chosen: Selection) -> dict[str, tuple[str, Callable[[], pd.DataFrame]]]:
    """Draw in numbers what changes from the study to the one beside it; return the table as a download."""
    if chosen.beside is None:
        return {}
    pairs = ((chosen.study, chosen.description), chosen.beside)
    table = comparison_table([(study, described, load_shape(study, True)) for study, described in pairs])
    names = [study.name for study, _ in pairs]
    st.header(" and ".join(names))
    st.caption(about_two_studies(table))
    columns = {name: st.column_config.NumberColumn(format="%.4g") for name in names}
    st.dataframe(table, hide_index=True, column_config=columns, height=420, alt="both studies in numbers")
    return {"Comparison": ("_and_".join(names), lambda: table)}


def main(chosen: Selection) -> None:
    """Draw the page."""
    study = chosen.study
    facts(study)
    comparison = compare_studies(chosen)
    columns = st.grid(2, min_column_width=380)
    left, right = columns.cell(), columns.cell()
    with left:
        st.header("Loss")
        chart(loss_curve(history_table(study)), "training and validation loss by epoch", "loss_curve")
    with right:
        st.header("Reconstruction errors")
        chart(error_histogram(study.rows), "distribution of the reconstruction errors by partition", "error_histogram")
    reconstructions(study)
    st.header("Limits, biases and terms")
    st.markdown(CARD + terms_of(study))
    tables(
        {
            "Losses": (f"{study.name}_training", lambda: history_table(study)),
            "Reconstruction errors": (f"{study.name}_errors", lambda: study.rows[list(ROW_COLUMNS)]),
            "Attributes": (f"{study.name}_attributes", lambda: attribute_table(study.rows, study.attributes)),
            **comparison,
        }
    )


open_page(main)
