"""A wall of decoded faces that can be clicked: one picture with a transparent button over each face.

On the window of a telephone the picture gives way to the buttons: each shows its own part of it, in fewer columns.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import streamlit as st

from core.exhibits.exhibit import Exhibit, Wall
from core.figures.faces import GAP

__all__ = ["face_wall"]

_CSS = """
:host { display: block; }
figure { position: relative; margin: 0; }
img { display: block; width: 100%; height: auto; }
div {
    position: absolute; inset: 0; display: grid; gap: 0.35%; grid-template-columns: repeat(var(--columns), 1fr);
}
button {
    background: none; border: 2px solid transparent; border-radius: 3px; padding: 0; cursor: pointer;
}
button:hover, button:focus-visible { border-color: var(--st-text-color); outline: none; }
button[aria-pressed="true"] { border: 3px solid var(--chosen); }
@media (max-width: 600px) {
    img { position: absolute; width: 1px; opacity: 0; }
    div { position: static; grid-template-columns: repeat(4, 1fr); }
    button {
        aspect-ratio: var(--shape); background: var(--picture) var(--across) var(--down) / var(--wide) var(--high);
        background-clip: padding-box;
    }
}
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
    const show = () => {
        const rows = Math.ceil(data.count / data.columns);
        const face = (pixels, number) => (pixels - (number - 1) * data.between) / number;
        const wide = face(image.naturalWidth, data.columns), high = face(image.naturalHeight, rows);
        figure.style.setProperty("--shape", `${wide} / ${high}`);
        figure.style.setProperty("--wide", `${100 * image.naturalWidth / wide}%`);
        figure.style.setProperty("--high", `${100 * image.naturalHeight / high}%`);
        figure.style.setProperty("--picture", `url(${source})`);
        [...grid.children].forEach((button, i) => {
            const part = (place, number) => `${100 * place / Math.max(1, number - 1)}%`;
            button.style.setProperty("--across", part(i % data.columns, data.columns));
            button.style.setProperty("--down", part(Math.floor(i / data.columns), rows));
        });
    };
    image.onload = show;
    if (image.src !== source) image.src = source;
    image.alt = data.alt;
    figure.style.setProperty("--chosen", data.colour);
    figure.style.setProperty("--columns", data.columns);
    while (grid.children.length > data.count) grid.lastChild.remove();
    while (grid.children.length < data.count) grid.append(document.createElement("button"));
    [...grid.children].forEach((button, i) => {
        button.type = "button";
        button.title = `Inspect ${data.subject} ${i + 1}`;
        button.setAttribute("aria-label", `${data.name}: inspect ${data.subject} ${i + 1}`);
        button.setAttribute("aria-pressed", String(data.chosen === i + 1));
        button.onclick = () => setTriggerValue("face", i + 1);
    });
    if (image.complete && image.naturalWidth) show();
}
"""

_wall = st.components.v2.component("zpoints_wall", css=_CSS, js=_JS)


def face_wall(
    exhibit: Exhibit, name: str, subject: str, colour: str, chosen: int | None, on_choose: Callable[[int], None]
) -> None:
    """Draw a wall of pictures of a subject; call ``on_choose`` with the number, from 1, of one that is clicked."""
    if not isinstance(exhibit.picture, Wall):
        raise TypeError(exhibit.key)

    def clicked() -> None:
        on_choose(int(st.session_state[exhibit.key].face))

    data = {
        "picture": base64.b64encode(exhibit.picture.image).decode(),
        "count": exhibit.picture.count,
        "columns": exhibit.picture.columns,
        "between": GAP,
        "name": name,
        "subject": subject,
        "alt": exhibit.alt,
        "colour": colour,
        "chosen": chosen,
    }
    _wall(key=exhibit.key, data=data, on_face_change=clicked)
