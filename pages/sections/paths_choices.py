"""Which way is shown on the page of paths: the choices of each kind of path, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.errors import InputError
from core.exhibits.exhibit import Exhibit
from core.exhibits.paths import along_an_attribute, between_faces, curve, through_a_plane
from core.space.planes import make_plane
from core.space.ways import CURVES, OTHERS, WAYS, Path, along_attribute, attribute_direction, between, curve_in_plane
from pages.parts.exhibits import show
from pages.parts.fields import choose, decimal_number, pick, whole_number
from pages.parts.loaders import load_projection
from pages.parts.plane import choose_directions
from pages.parts.sidebar import Selection

__all__ = ["KINDS", "Choice", "choose_way"]

KINDS = {"plane": "In a plane", "faces": "Between two faces", "attribute": "Along an attribute"}


@dataclass(frozen=True)
class Choice:
    """Paths, the part of file names that says which, and what makes an exhibit of their frames."""

    paths: list[Path]
    stem: str
    exhibit: Callable[..., Exhibit]


def choose_way(chosen: Selection, kind: str, frames: int) -> Choice:
    """Draw the choices of a kind of path; return its paths."""
    return {"plane": _in_plane, "faces": _between_faces, "attribute": _along_attribute}[kind](chosen, frames)


def _in_plane(chosen: Selection, frames: int) -> Choice:
    description = chosen.description
    directions = choose_directions(chosen.study.dimension)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = choose("Path", CURVES, "ellipse", "curve")
        level = decimal_number("Level in σ", 0.1, 8.0, 2.0, 0.1, "level", width=140, help="Within the plane.")
        angle = whole_number("Angle in degrees", 0, 359, 0, "angle", width=150, help="Of a line; where curves begin.")
        others = choose(
            "Other coordinates",
            OTHERS,
            "mean",
            "others",
            "At the conditional mean: where a normal bulk has them, given the two of the plane.",
        )
    path = curve_in_plane(description, directions, shape, level=level, angle=angle, frames=frames, others=others)
    show(curve(description, make_plane(description, load_projection(chosen.study, directions), [], directions), path))
    (first, i), (_, j) = directions
    return Choice([path], f"{shape}_{first}{i}_{j}_level{level:g}_angle{angle}_{others}", through_a_plane)


def _between_faces(chosen: Selection, frames: int) -> Choice:
    description, reference = chosen.description, chosen.reference
    high = len(reference)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = whole_number(
            "From face", 1, high, 1, "from_face", width=140, help="Of the side of the data, row by row."
        )
        end = whole_number("To face", 1, high, 2, "to_face", width=140)
        arcs = {name: title for name, title in WAYS.items() if name != "line"}
        arc = choose(
            "Arc", arcs, "arc", "arc", "About the centre of the bulk, in whitened coordinates; or about the origin."
        )
    ends = [reference.vectors[number - 1] for number in (start, end)]
    names = [str(reference.images.iloc[number - 1]) for number in (start, end)] if reference.images is not None else []
    st.caption(f"From {names[0]} to {names[1]}.")
    paths = [between(description, ends[0], ends[1], way, frames) for way in ("line", arc)]
    return Choice(paths, f"faces{start}_{end}_{arc}", between_faces)


def _along_attribute(chosen: Selection, frames: int) -> Choice:
    study, description, reference = chosen.study, chosen.description, chosen.reference
    if not study.attributes:
        raise InputError(f"The study {study.name} knows no attributes of its images; choose another kind of path.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = "Smiling" if "Smiling" in study.attributes else study.attributes[0]
        attribute = pick("Attribute", study.attributes, default, "attribute", width=240)
        face = whole_number(
            "Through face",
            0,
            len(reference),
            0,
            "through",
            width=140,
            help="Of the side of the data; 0 is the mean face.",
        )
        strength = decimal_number(
            "Strength", 0.1, 8.0, 2.0, 0.1, "strength", width=140, help="In differences of the means, each way."
        )
    start = reference.vectors[face - 1] if face else description.moments.mean
    direction = attribute_direction(study, attribute)
    share = float(study.rows[attribute].fillna(False).mean())
    return Choice(
        [along_attribute(start, direction, attribute, strength, frames)],
        f"{attribute}_face{face}_strength{strength:g}",
        partial(along_an_attribute, attribute=attribute, share=share, direction=direction),
    )
