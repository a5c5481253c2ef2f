"""What is said of a model or of vectors at the door, instead of being found: kept for a visit, until a study begins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.networks.foreign import LAYOUTS, RANGES
from core.study.models import AUTO, NONE, Wishes, is_model, read_size

__all__ = ["correct", "forget_wishes", "key_said", "wishes_said"]

RANGE, LAYOUT, LOG_VARIANCE = "door_range", "door_layout", "door_log_variance"
LATENT, SIZE, KEY = "door_latent", "door_model_size", "door_key"
"""In the visit's state."""

CHOICES = {
    RANGE: ("Black and white are", tuple(RANGES)),
    LAYOUT: ("Channels", LAYOUTS),
    LOG_VARIANCE: ("Output with log variances", (NONE, "0", "1", "2")),
}
TEXTS = {
    LATENT: ("Output that is the vector, or layer of one model", "1, or bottleneck"),
    SIZE: ("Height and width, if the model takes any", "64x48"),
}
OF_VECTORS = {KEY: ("What to take of a file that holds several", "an array, an embedding, or columns")}


def wishes_said() -> Wishes:
    """Return what was said of a model; raise `InputError` where that cannot be."""
    state = st.session_state
    size = read_size(state[SIZE]) if state.get(SIZE) else None
    return Wishes(
        state.get(RANGE, AUTO), state.get(LAYOUT, AUTO), size, state.get(LATENT) or None, state.get(LOG_VARIANCE, AUTO)
    )


def key_said() -> str | None:
    """Return what shall be taken of a file of vectors that holds several, if that was said."""
    return st.session_state.get(KEY) or None


def forget_wishes() -> None:
    """Forget all of it."""
    for name in (*CHOICES, *TEXTS, *OF_VECTORS):
        st.session_state.pop(name, None)


def correct(paths: Sequence[Path], outputs: Sequence[tuple[int, str]] = ()) -> None:
    """Let what was found be corrected; the files are looked at again with that.

    The latent vector is one of the encoder's outputs, by number and role, where these are known.
    """
    models = [path for path in paths if is_model(path)]
    roles = {str(number): f"{number}: {role}" for number, role in outputs}
    texts = {**(TEXTS if models else {}), **OF_VECTORS}
    with st.popover("Correct what was found", icon=":material/tune:"):
        for name, (label, choices) in CHOICES.items() if models else ():
            options = [AUTO, *choices]
            before = st.session_state.get(name, AUTO)
            _take(name, before, st.selectbox(label, options, options.index(before), key=f"{name}_field"))
        if roles:
            texts.pop(LATENT)
            before = st.session_state.get(LATENT, "")
            options = ["", *roles, *({before} - {"", *roles})]
            label = TEXTS[LATENT][0]
            chosen = st.selectbox(
                label, options, options.index(before), lambda o: roles.get(o, o or AUTO), key=f"{LATENT}_field"
            )
            _take(LATENT, before, chosen)
        for name, (label, example) in texts.items():
            before = st.session_state.get(name, "")
            said = st.text_input(label, before, key=f"{name}_field", max_chars=100, placeholder=example)
            _take(name, before, said.strip())


def _take(name: str, before: str, said: str) -> None:
    if said != before:
        st.session_state[name] = said
        st.rerun()
