"""The face of the point under the pointer, answered in the browser from one picture of many faces, without a rerun."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.figures.faces import SHEET_COLUMNS
from core.plain import as_text
from core.study import Study
from pages.parts.fields import switch
from pages.parts.loaders import load_sheet

__all__ = ["faces_at_the_pointer"]

MOST = 1200
"""Faces that are sent for a chart, at most: of all its sets together."""

BYTES = 750_000
"""Of these, at most: a million characters as they are sent."""

_CSS = """
figure { position: fixed; z-index: 1000; margin: 0; padding: 4px; display: none; pointer-events: none;
    border-radius: 4px; background: var(--st-secondary-background-color); color: var(--st-text-color);
    font-size: 0.75rem; }
figure div { width: 120px; height: 120px; border-radius: 3px; }
figcaption { max-width: 120px; overflow-wrap: anywhere; }
"""

_JS = """
const states = new WeakMap();
const SIZE = 120;
let pointer = [0, 0];
document.addEventListener("mousemove", (event) => { pointer = [event.clientX, event.clientY]; }, true);

export default function ({ data, parentElement }) {
    let state = states.get(parentElement);
    if (!state) {
        const box = document.createElement("figure");
        box.setAttribute("aria-hidden", "true"); // the lists beside the chart show the same to everybody
        box.append(document.createElement("div"), document.createElement("figcaption"));
        parentElement.append(box);
        state = { box, emitter: null };
        states.set(parentElement, state);
    }
    state.sets = data.sets;
    data.sets.forEach((set) => { new Image().src = set.sheet; }); // decoded before it is asked for
    const hide = () => { state.box.style.display = "none"; };
    const show = ({ points }) => {
        const [place, number] = points[0].customdata ?? [], set = state.sets[place];
        if (!set || number % set.step !== 0 || number / set.step >= set.count) return hide();
        const index = number / set.step, [picture, words] = state.box.children;
        const rows = Math.ceil(set.count / data.columns);
        picture.style.backgroundImage = `url(${set.sheet})`;
        picture.style.backgroundSize = `${SIZE * data.columns}px ${SIZE * rows}px`;
        picture.style.backgroundPosition =
            `-${SIZE * (index % data.columns)}px -${SIZE * Math.floor(index / data.columns)}px`;
        words.textContent = `${set.name}, vector ${number}`;
        const left = pointer[0] + 20 + SIZE + 8 < innerWidth ? pointer[0] + 20 : pointer[0] - 28 - SIZE;
        const top = Math.min(Math.max(8, pointer[1] - SIZE - 40), innerHeight - SIZE - 40);
        Object.assign(state.box.style, { display: "block", left: `${left}px`, top: `${top}px` });
        state.box.dataset.shown = `${place} ${number}`;
    };
    const attach = () => {
        const plot = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
        if (!plot?.on || plot._ev === state.emitter) return;
        state.emitter = plot._ev; // another one whenever the chart is drawn anew
        plot.on("plotly_hover", (event) => state.show(event));
        plot.on("plotly_unhover", () => state.hide());
    };
    Object.assign(state, { show, hide });
    clearInterval(state.timer);
    state.timer = setInterval(attach, 250);
    attach();
    return () => { clearInterval(state.timer); hide(); };
}
"""

_pointer = st.components.v2.component("zpoints_pointer", css=_CSS, js=_JS)


def faces_at_the_pointer(study: Study, chart: str, sets: Sequence[tuple[str, npt.NDArray[np.floating]]]) -> None:
    """Draw a switch; where it is on, the face of the point that the pointer is on stands beside it.

    Points of the chart carry the numbers of their set and their own as ``customdata``. Of large sets every second,
    third or further one has a face.

    Parameters
    ----------
    study : Study
    chart : str
        Key of the chart.
    sets : sequence of (name, vectors)
        What is drawn, in the order of the chart's sets; each of shape (n, d).
    """
    about = "What the decoder makes of the point that the mouse is on; a list beside the chart shows single ones, too."
    if not study.shows_faces or not switch(f"{study.subject.capitalize()}s at the pointer", "pointer", help=about):
        return
    data: list[dict[str, Any]] = []
    for name, vectors in sets:
        step = max(1, -(-len(vectors) * len(sets) // MOST))
        few = np.asarray(vectors[::step])
        sheet = b64encode(load_sheet(study, few, BYTES // len(sets))).decode()
        data.append({
            "name": as_text(name), "step": step, "count": len(few), "sheet": f"data:image/webp;base64,{sheet}",
        })  # fmt: skip
    _pointer(key=f"pointer_{chart}", data={"chart": chart, "columns": SHEET_COLUMNS, "sets": data})
    if skipped := [f"every {one['step']}th of {one['name']}" for one in data if one["step"] > 1]:
        st.caption(f"{study.subject.capitalize()}s are known of {' and '.join(skipped)}.")
