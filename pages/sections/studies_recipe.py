"""How images are trained on: a recommended recipe, what it costs, and what may be changed of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.captions.doors import LOSSES, about_recipe, about_time
from core.networks import AutoencoderConfig, TrainingConfig, VariationalConfig
from core.networks.timing import estimated_seconds
from core.sources.preview import Preview
from core.study.recipes import recommended
from pages.parts.loaders import load_seconds_per_step

__all__ = ["choose_recipe"]

KINDS = {"plain": "Plain autoencoder", "variational": "Variational autoencoder"}

SMALLEST, LARGEST = 8, 256
LARGEST_DIMENSION = 1024
MOST_EPOCHS = 1000


def choose_recipe(preview: Preview, crop: str) -> tuple[AutoencoderConfig, TrainingConfig]:
    """Draw the recipe and its fields; return what was chosen. A crop is kept in the visit's state under its name."""
    usual, training = recommended(preview)
    with st.expander("Recipe", icon=":material/tune:", key="door_recipe"):
        columns = st.grid(3, min_column_width=220)
        with columns.cell():
            size = st.number_input("Size in pixels", SMALLEST, LARGEST, usual.image_size, key="door_size")
            dimension = st.number_input(
                "Dimension N", 1, LARGEST_DIMENSION, usual.latent_size, key="door_dimension", help="Numbers per image."
            )
            _choose_crop(preview, crop)
        with columns.cell():
            kind = st.selectbox("Kind", list(KINDS), format_func=KINDS.__getitem__, key="door_kind")
            beta = VariationalConfig().beta
            if kind == "variational":
                beta = st.number_input("β", 0.0, 100.0, beta, 0.1, key="door_beta", help="Weight of the prior's term.")
            loss = st.selectbox("Loss", list(LOSSES), format_func=LOSSES.__getitem__, key="door_loss")
            normalised = st.toggle("Batch normalisation", key="door_normalised")
        with columns.cell():
            epochs = st.number_input("Epochs", 1, MOST_EPOCHS, training.epochs, key="door_epochs")
            held_out = st.number_input(
                "Held out, in percent",
                0,
                50,
                round(100 * training.held_out),
                key="door_held_out",
                help="Images that are not trained on: they show whether it learns or memorises.",
            )
            flip = st.toggle("Mirror at random", training.flip, key="door_flip", help="Off for letters and digits.")
    chosen = replace(usual, image_size=size, latent_size=dimension, batch_normalisation=normalised, filters=())
    if kind == "variational":
        chosen = VariationalConfig(**chosen.to_dict(), beta=beta)
    training = replace(training, epochs=epochs, loss=loss, flip=flip, held_out=held_out / 100)
    _say(preview, chosen, training)
    return chosen, training


def _choose_crop(preview: Preview, crop: str) -> None:
    key = "door_crop_field"

    def take() -> None:
        st.session_state[crop] = st.session_state[key]

    most = min((min(size) for size in preview.sizes), default=0)
    value = min(preview.crop, most)
    about = "Side of the central square that is cut of each image; 0 for the largest one."
    st.number_input("Crop in pixels", 0, most, value, key=key, help=about, on_change=take)


def _say(preview: Preview, config: AutoencoderConfig, training: TrainingConfig) -> None:
    """Say what the recipe does and how long it takes here."""
    place = st.empty()
    place.markdown(about_recipe(config, training))
    st.fragment(_time)(preview, config, training)


def _time(preview: Preview, config: AutoencoderConfig, training: TrainingConfig) -> None:
    if not st.toggle("How long will it take?", key="door_time", help="Measured on a few steps; takes some seconds."):
        return
    with st.spinner("Measuring a few steps …"):
        step = load_seconds_per_step(config, replace(training, epochs=1))
    seconds = estimated_seconds(step, training, preview.count, preview.seconds)
    st.caption(
        f"{about_time(seconds)[:1].upper()}{about_time(seconds)[1:]} on this machine, as busy as it is now; "
        "measured on a few steps."
    )
