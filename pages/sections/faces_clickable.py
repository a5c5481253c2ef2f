"""A wall of decoded faces that can be clicked: one picture with a transparent button over each face."""

from __future__ import annotations

import base64
from collections.abc import Callable

import streamlit as st

from core.exhibits.exhibit import Exhibit, Wall

__all__ = ["COLUMNS", "FACES", "face_wall"]

COLUMNS, ROWS = 6, 4
FACES = COLUMNS * ROWS
"""Faces on a wall."""

_CSS = """
:host { display: block; }
figure { position: relative; margin: 0; }
img { display: block; width: 100%; height: auto; }
div { position: absolute; inset: 0; display: grid; gap: 0.35%; }
button {
    background: none; border: 2px solid transparent; border-radius: 3px; padding: 0; cursor: pointer;
}
button:hover, button:focus-visible { border-color: var(--st-text-color); outline: none; }
button[aria-pressed="true"] { border: 3px solid var(--chosen); }
"""

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
    let figure = parentElement.querySelector("figure");
    if (!figure) {
        figure = document.createElement("figure");
        figure.append(document.createElement("img"), document.createElement("div"));
        parentElement.append(figure);
    }
    const [image, grid] = figure.children;
    const source = "data:image/webp;base64," + data.picture;
    if (image.src !== source) image.src = source;
    image.alt = data.alt;
    figure.style.setProperty("--chosen", data.colour);
    grid.style.gridTemplateColumns = `repeat(${data.columns}, 1fr)`;
    while (grid.children.length > data.count) grid.lastChild.remove();
    while (grid.children.length < data.count) grid.append(document.createElement("button"));
    [...grid.children].forEach((button, i) => {
        button.type = "button";
        button.title = `Inspect face ${i + 1}`;
        button.setAttribute("aria-label", `${data.name}: inspect face ${i + 1}`);
        button.setAttribute("aria-pressed", String(data.chosen === i + 1));
        button.onclick = () => setTriggerValue("face", i + 1);
    });
}
"""

_wall = st.components.v2.component("zpoints_wall", css=_CSS, js=_JS)


def face_wall(exhibit: Exhibit, name: str, colour: str, chosen: int | None, on_choose: Callable[[int], None]) -> None:
    """Draw a wall of faces of that name; call ``on_choose`` with the number, from 1, of a face that is clicked."""
    if not isinstance(exhibit.picture, Wall):
        raise TypeError(exhibit.key)

    def clicked() -> None:
        on_choose(int(st.session_state[exhibit.key].face))

    data = {
        "picture": base64.b64encode(exhibit.picture.image).decode(),
        "count": exhibit.picture.count,
        "columns": exhibit.picture.columns,
        "name": name,
        "alt": exhibit.alt,
        "colour": colour,
        "chosen": chosen,
    }
    _wall(key=exhibit.key, data=data, on_face_change=clicked)
