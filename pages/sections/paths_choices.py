"""Which way is shown on the page of paths: the choices of each kind of path, and what there is to say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.captions.paths import about_direction
from core.errors import MissingError
from core.exhibits.bulk import marked_along
from core.exhibits.exhibit import Exhibit
from core.exhibits.paths import along_an_attribute, between_faces, curve, through_a_plane
from core.plain import as_text
from core.space.planes import make_plane, require_directions
from core.space.quantities import plane_quantities
from core.space.ways import CURVES, OTHERS, WAYS, Path, along_attribute, attribute_direction, between, curve_in_plane
from core.study import Study
from core.study.columns import Column, Kind
from pages.parts.exhibits import show
from pages.parts.fields import choose, decimal_number, pick, whole_number
from pages.parts.gestures import take_drawn
from pages.parts.loaders import load_projection
from pages.parts.plane import choose_directions
from pages.parts.sidebar import Selection
from pages.sections.paths_near import frame_clicked

__all__ = ["FORMER", "Choice", "choose_way", "kinds"]

FORMER = {f"Between two {subject}s": "faces" for subject in ("face", "picture")}
"""What the kinds of path were called in addresses."""

UNITS = ("differences of the means", "standard deviations")
"""In which the strength of a way along an attribute is, by whether that is a number."""


@dataclass(frozen=True)
class Choice:
    """Paths, the part of file names that says which, and what makes an exhibit of their frames."""

    paths: list[Path]
    stem: str
    exhibit: Callable[..., Exhibit]


def kinds(study: Study) -> dict[str, str]:
    """Return the kinds of path, and what a reader calls them."""
    return {"plane": "In a plane", "faces": f"Between two {study.subject}s", "attribute": "Along an attribute"}


def choose_way(chosen: Selection, kind: str, frames: int) -> Choice:
    """Draw the choices of a kind of path; return its paths."""
    return {"plane": _in_plane, "faces": _between_faces, "attribute": _along_attribute}[kind](chosen, frames)


def _in_plane(chosen: Selection, frames: int) -> Choice:
    description = chosen.description
    require_directions(2, chosen.study.dimension)
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
    plane = make_plane(description, load_projection(chosen.study, directions), [], directions)
    marked = marked_along(chosen.study, description, chosen.shown, directions)
    exhibit = curve(description, plane, path, marked)

    def gesture() -> None:
        if not take_drawn(exhibit.key, chosen.study, plane_quantities(directions)):
            frame_clicked(exhibit.key)

    show(exhibit, on_select=gesture, selection_mode=("points", "box", "lasso"))
    (first, i), (_, j) = directions
    return Choice([path], f"{shape}_{first}{i}_{j}_level{level:g}_angle{angle}_{others}", through_a_plane)


def _between_faces(chosen: Selection, frames: int) -> Choice:
    description, reference, what = chosen.description, chosen.reference, chosen.study.subject
    high = len(reference)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = whole_number(
            f"From {what}", 1, high, 1, "from_face", width=140, help="Of the side of the data, row by row."
        )
        end = whole_number(f"To {what}", 1, high, min(2, high), "to_face", width=140)
        arcs = {name: title for name, title in WAYS.items() if name != "line"}
        arc = choose(
            "Arc", arcs, "arc", "arc", "About the centre of the bulk, in whitened coordinates; or about the origin."
        )
    ends = [reference.vectors[number - 1] for number in (start, end)]
    names = [str(reference.images.iloc[number - 1]) for number in (start, end)] if reference.images is not None else []
    st.caption(as_text(f"From {names[0]} to {names[1]}."))
    paths = [between(description, ends[0], ends[1], way, frames) for way in ("line", arc)]
    return Choice(paths, f"faces{start}_{end}_{arc}", between_faces)


def _along_attribute(chosen: Selection, frames: int) -> Choice:
    study, description, reference = chosen.study, chosen.description, chosen.reference
    if not study.columns:
        raise MissingError(
            f"The study {study.name} knows no attributes of its vectors; choose another kind of path, or import them "
            "with a table that has some."
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column, ends = _choose_attribute(study)
        face = whole_number(
            f"Through {study.subject}",
            0,
            len(reference),
            0,
            "through",
            width=140,
            help="Of the side of the data; 0 is their mean.",
        )
        unit = UNITS[column.kind is Kind.NUMBER]
        strength = decimal_number("Strength", 0.1, 8.0, 2.0, 0.1, "strength", width=140, help=f"In {unit}, each way.")
    start = reference.vectors[face - 1] if face else description.moments.mean
    direction = attribute_direction(study, column.name, ends)
    what = about_direction(study, column, ends)
    names = (column.name, *(ends or ()))
    return Choice(
        [along_attribute(start, direction, column.label, strength, frames, unit)],
        f"{'_'.join(re.sub(r'[^0-9A-Za-z_-]', '', name) for name in names)}_face{face}_strength{strength:g}",
        partial(along_an_attribute, column=column, what=what, direction=direction),
    )


def _choose_attribute(study: Study) -> tuple[Column, tuple[str, str] | None]:
    """Draw the choice of an attribute, and of two of its categories where it has any; return both."""
    columns = {column.name: column for column in study.columns}
    default = "Smiling" if "Smiling" in columns else study.columns[0].name
    labels = {name: column.label for name, column in columns.items()}
    column = columns[pick("Attribute", labels, default, "attribute", width=240)]
    if column.kind is not Kind.CATEGORY:
        return column, None
    values = {value: as_text(value) for value in column.categories}
    first, second = column.categories[:2]
    less = pick("From", values, first, "attribute_from", width=160)
    more = pick("To", values, second, "attribute_to", width=160)
    return column, (less, more)
