"""A picture with sliders beside it that report while they are dragged.

Streamlit's own slider waits for a fifth of a second of rest before it says where it is. This one says so at once, and
again as soon as the last answer has come, so that the picture follows the hand and no answers queue up.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from core.exhibits.exhibit import Exhibit, Wall
from core.figures.theme import DATA, SAMPLE
from core.space.playground import Gauge

__all__ = ["board", "is_dragged"]

_CSS = """
:host { display: block; }
.board { display: grid; grid-template-columns: minmax(150px, 2fr) 3fr; gap: 1.5rem; align-items: start; }
figure { margin: 0; }
img { display: block; width: 100%; height: auto; border-radius: 3px; border: 3px solid transparent; }
.out img { border-color: var(--outside); }
.gauge { margin-top: 0.6rem; font-size: 0.875rem; color: var(--st-text-color); }
.track { position: relative; height: 0.7rem; border-radius: 3px; background: var(--st-secondary-background-color); }
.track i { position: absolute; top: 0; bottom: 0; background: var(--data); opacity: 0.45; }
.track b { position: absolute; top: -3px; bottom: -3px; width: 4px; margin-left: -2px; background: var(--outside); }
.before { display: flex; gap: 0.6rem; align-items: center; margin-top: 0.6rem; font-size: 0.875rem;
    color: var(--st-text-color); }
.board .before img { width: 4rem; flex: none; border: 0; }
.key { font-size: 0.8rem; margin-top: 0.4rem; color: var(--st-text-color); }
figcaption { margin-top: 0.4rem; font-size: 0.875rem; color: var(--st-text-color); }
.out figcaption { color: var(--st-orange-text-color); font-weight: 600; }
.knobs { display: grid; gap: 0.5rem; }
label { display: block; font-size: 0.875rem; color: var(--st-text-color); }
label span { display: flex; justify-content: space-between; gap: 1rem; }
input { width: 100%; height: 1.3rem; margin: 0; accent-color: var(--st-primary-color); cursor: pointer; }
@media (max-width: 600px) { .board { grid-template-columns: 1fr; } }
"""

_JS = """
const boards = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
    let board = boards.get(parentElement);
    if (!board) {
        const root = document.createElement("div");
        root.className = "board";
        root.innerHTML = '<figure><img><figcaption role="status"></figcaption>'
            + '<div class="gauge"><span></span><div class="track"><i></i><b></b></div></div>'.repeat(2)
            + '<div class="key"></div><div class="before"><img><span></span></div></figure>'
            + '<div class="knobs"></div>';
        parentElement.append(root);
        board = { root, turn: Date.now(), waiting: 0, held: null, next: null, list: "" };
        boards.set(parentElement, board);
    }
    const [image, caption] = board.root.querySelectorAll("figure > img, figcaption");
    const [start, moves] = board.root.querySelectorAll(".before img, .before span");
    const knobs = board.root.querySelector(".knobs");
    const values = () => Object.fromEntries([...knobs.querySelectorAll("input")].map((i) => [i.name, Number(i.value)]));
    board.send = (dragging) => {
        board.next = null;
        board.turn += 1;
        board.waiting = board.turn;
        clearTimeout(board.late);
        board.late = setTimeout(() => { // an answer that was lost
            board.waiting = 0;
            if (board.next !== null) board.send(true);
        }, 2000);
        setStateValue("knobs", { turn: board.turn, values: values(), dragging });
    };
    const say = (dragging) => {
        if (board.waiting && dragging) board.next = dragging;
        else board.send(dragging);
    };
    const show = (input) => {
        const sign = Number(input.value) > 0 ? "+" : "";
        input.previousElementSibling.lastElementChild.textContent = sign + Number(input.value).toFixed(1);
    };

    image.src = `data:image/webp;base64,${data.picture}`;
    image.alt = data.alt;
    image.dataset.turn = data.turn;
    caption.textContent = data.status;
    start.src = `data:image/webp;base64,${data.before}`;
    start.alt = data.began;
    moves.textContent = data.moves;
    board.root.querySelector(".key").textContent = data.key;
    board.root.querySelectorAll(".gauge").forEach((gauge, i) => {
        const { label, place, band } = data.gauges[i], [zone, mark] = gauge.querySelectorAll("i, b");
        gauge.firstChild.textContent = label;
        mark.style.left = `${100 * place}%`;
        zone.style.left = `${100 * band[0]}%`;
        zone.style.width = `${100 * (band[1] - band[0])}%`;
    });
    board.root.classList.toggle("out", data.out);
    board.root.style.setProperty("--data", data.blue);
    board.root.style.setProperty("--outside", data.colour);

    const list = JSON.stringify(data.knobs.map((knob) => knob.key));
    if (board.list !== list) {
        board.list = list;
        board.held = null;
        knobs.replaceChildren(...data.knobs.map((knob) => {
            const label = document.createElement("label"), words = document.createElement("span");
            words.append(document.createElement("span"), document.createElement("output"));
            words.firstChild.textContent = knob.label;
            const input = document.createElement("input");
            Object.assign(input, { type: "range", min: -data.reach, max: data.reach, step: 0.1, name: knob.key });
            input.setAttribute("aria-label", knob.label); // without the amount, which it says anyway
            input.oninput = () => { board.held = input; show(input); say(true); };
            input.onchange = () => { board.held = null; say(false); };
            label.append(words, input);
            return label;
        }));
    }
    const answered = data.turn >= board.waiting;
    if (answered && !board.held && board.next === null) {
        [...knobs.querySelectorAll("input")].forEach((input, i) => { input.value = data.knobs[i].value; show(input); });
    }
    if (answered) {
        board.waiting = 0;
        if (board.next !== null) board.send(board.next && board.held !== null);
    }
}
"""

_board = st.components.v2.component("zpoints_playground", css=_CSS, js=_JS)

KEY = "playground_board"


def is_dragged() -> bool:
    """Return whether a slider is being dragged, so that what is shown lasts but a moment."""
    return bool(_said().get("dragging"))


def board(
    exhibit: Exhibit,
    before: tuple[Exhibit, str],
    out: bool,
    gauges: Sequence[Gauge],
    knobs: Sequence[tuple[str, str, float]],
    reach: float,
    on_turn: Callable[[Mapping[str, Any]], None],
) -> None:
    """Draw a picture and sliders; call ``on_turn`` with all their values, by key, when one is moved.

    Parameters
    ----------
    exhibit : Exhibit
        A single picture, and what to say of it.
    before : Exhibit and str
        The picture that it began with, and which sliders were moved.
    out : bool
        Whether the vector has left the bulk, for which the picture is framed.
    gauges : sequence of two Gauge
        Where the vector stands; the caption of ``before`` says what their colours are.
    knobs : sequence of (key, label, value)
    reach : float
        To which the sliders go from 0, each way.
    on_turn : callable
    """
    began, moves = before
    if not isinstance(exhibit.picture, Wall) or not isinstance(began.picture, Wall):
        raise TypeError(exhibit.key)

    def turned() -> None:
        on_turn(_said().get("values", {}))

    data = {
        "picture": base64.b64encode(exhibit.picture.image).decode(),
        "alt": exhibit.alt,
        "status": exhibit.caption,
        "before": base64.b64encode(began.picture.image).decode(),
        "began": began.alt,
        "moves": moves,
        "key": began.caption,
        "out": out,
        "colour": SAMPLE,
        "blue": DATA,
        "gauges": [asdict(gauge) for gauge in gauges],
        "knobs": [{"key": key, "label": label, "value": value} for key, label, value in knobs],
        "reach": reach,
        "turn": _said().get("turn", 0),
    }
    _board(key=KEY, data=data, on_knobs_change=turned)


def _said() -> Mapping[str, Any]:
    """Return what the sliders have said last; what a browser sends is looked at by whoever takes it."""
    said = getattr(st.session_state.get(KEY), "knobs", None)
    return said if isinstance(said, Mapping) else {}
