"""Do these vectors decode to faces? The start page: two walls, CelebA on the left, the sample on the right."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.cache import load_autoencoder, load_cycle_errors, load_inspection, load_wall
from core.captions import about_faces
from core.figures.faces import png, wall
from core.figures.radii import radius_histogram
from core.figures.theme import CELEBA, SAMPLE
from core.sampling import Sample
from core.tables import radius_table, summary_table, vector_table
from pages.parts.charts import chart, tables
from pages.parts.comparison import Comparison, compare
from pages.parts.wall import COLUMNS, FACES, face_wall

CYCLE_COUNT = 512  # vectors that are decoded and encoded again for the cycle error, at most
SIDES = ("CelebA", "Sample")  # the two walls, as they stand in the address


def draw_wall(comparison: Comparison, sample: Sample, side: str, colour: str) -> None:
    """Draw one wall; a click on a face inspects it."""
    name = "CelebA" if side == SIDES[0] else sample.strategy.label()
    shown = min(FACES, len(sample))
    with st.skeleton(height=330):
        picture = load_wall(comparison.selection.study, sample, shown, COLUMNS)

    def choose(face: int) -> None:
        st.session_state["side"], st.session_state["face"] = side, face

    chosen = st.session_state.get("face", 1) if st.session_state.get("side", SIDES[1]) == side else None
    face_wall(
        picture,
        count=shown,
        name=name,
        alt=f"{shown} decoded vectors of {name}",
        colour=colour,
        chosen=chosen,
        key=f"wall_{side}",
        on_choose=choose,
    )


def draw_metrics(sample: Sample) -> st.delta_generator.DeltaGenerator:
    """Draw radius and distance of one side; return the place for its cycle error, which takes longer."""
    described = sample.description
    columns = st.columns(3)
    columns[0].metric(
        "Mean radius",
        f"{described.radii.mean():.2f} ± {described.radii.std():.2f}",
        help="Euclidean length |z| of the vectors, mean and standard deviation.",
    )
    columns[1].metric(
        "Mahalanobis",
        f"{np.median(described.distances):.1f}",
        help="Median distance to the centre of CelebA, in its spread in each direction (Ledoit-Wolf covariance).",
    )
    return columns[2].empty()


def inspect(comparison: Comparison) -> None:
    """Draw what is unusual about the chosen face and which CelebA vectors are nearest."""
    study = comparison.selection.study
    st.subheader("Inspect a face")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = st.segmented_control("Wall", SIDES, default=SIDES[1], required=True, key="side", bind="query-params")
        sample = comparison.reference if side == SIDES[0] else comparison.sample
        shown = min(FACES, len(sample))
        face = st.number_input(
            "Face", 1, shown, 1, key="face", bind="query-params", width=160, help="Counted row by row; or click a face."
        )
    vector = sample.vectors[face - 1]
    found = load_inspection(study, tuple(vector.tolist()))
    autoencoder = load_autoencoder(study)
    name = sample.strategy.label() if sample.images is None else str(sample.images[face - 1])
    columns = st.grid(8, min_column_width=70)
    left, middle, right = columns.cell(column_span=2), columns.cell(column_span=3), columns.cell(column_span=3)
    left.image(png(autoencoder.decode(vector[None])[0]), caption=name, alt=f"decoded face of {name}", width="stretch")
    with middle:
        one, two = st.columns(2)
        one.metric("Radius", f"{found.radius:.2f}", help="Euclidean length |z| of this vector.")
        two.metric("Mahalanobis", f"{found.distance:.1f}", help="To the centre of CelebA.")
        st.dataframe(
            found.components,
            hide_index=True,
            height=176,
            alt="the most unusual components of this vector",
            column_config={
                "component": "Unusual component",
                "value": st.column_config.NumberColumn("Value", format="%.3f"),
                "deviation": st.column_config.NumberColumn(
                    "In σ from μ",
                    format="%+.2f",
                    help="Difference from the component's mean in its standard deviations.",
                ),
            },
        )
    near = autoencoder.decode(study.latents[found.neighbours["row"].to_numpy()])
    right.image(wall(near, 3), alt="decoded faces of the nearest CelebA vectors", width="stretch")
    distances = ", ".join(f"{d:.1f}" for d in found.neighbours["euclidean"])
    right.caption(f"The nearest CelebA vectors, decoded; Euclidean distances {distances}.")


def wall_button(comparison: Comparison, name: str) -> None:
    """Offer the sample's wall as a picture."""
    sample = comparison.sample
    st.download_button(
        "Wall (PNG)",
        data=lambda: load_wall(comparison.selection.study, sample, min(FACES, len(sample)), COLUMNS),
        file_name=f"{name}_faces.png",
        mime="image/png",
        icon=":material/image:",
        on_click="ignore",
    )


def main() -> None:
    """Draw the page."""
    st.title("Do these vectors decode to faces?")
    comparison = compare()
    chosen, sample = comparison.selection, comparison.sample
    places = []
    with st.grid(2, min_column_width=380, gap="medium"):
        for side, colour, word, part in zip(
            SIDES, (CELEBA, SAMPLE), ("blue", "orange"), (comparison.reference, sample), strict=True
        ):
            with st.container(key=f"side_{side}"):
                heading = "CelebA, decoded" if side == SIDES[0] else sample.strategy.label()
                st.markdown(f"#### :{word}[{heading}]")
                draw_wall(comparison, part, side, colour)
                places.append(draw_metrics(part))
    chart(
        radius_histogram(chosen.description, sample, height=200),
        f"radii of CelebA and of {sample.strategy.label()}",
        "radii_small",
    )
    inspect(comparison)
    errors = []
    for place, part in zip(places, (comparison.reference, sample), strict=True):
        errors.append(load_cycle_errors(chosen.study, part, CYCLE_COUNT).mean())
        place.metric(
            "Cycle error",
            f"{errors[-1]:.3f}",
            help="How far a vector moves when it is decoded and encoded again, in σ per component; "
            f"mean over the first {min(CYCLE_COUNT, len(part))} vectors. Small where the decoder was trained.",
        )
    st.caption(about_faces(errors[0], errors[1], sample, chosen.description))
    name = chosen.file_name(sample.stem)
    tables(
        {
            "Vectors": (f"{name}_vectors", lambda: vector_table(sample)),
            "Radii and distances": (f"{name}_radii", lambda: radius_table(sample.description, sample.images)),
            "Summary": (f"{name}_summary", lambda: summary_table(chosen.description, [comparison.reference, sample])),
        },
        lambda: wall_button(comparison, name),
    )


main()
