"""Planes of the bulk along attributes or a discriminant, and the map of the study, which a job makes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import MissingError
from core.selection import Selected, as_text
from core.selection.apart import discriminant_of, read_discriminant
from core.selection.selected import rule_within
from core.settings import is_public
from core.space.planes import Direction
from core.space.quantities import shown_rule
from core.space.traits import ACROSS, discriminated, traits_of, usual
from core.space.views import ATTRIBUTES, DISCRIMINANT, plane_of
from core.study import Study
from core.study.layout import find_layout, has_umap
from pages.parts.address import decided
from pages.parts.codecs import Codec
from pages.parts.fields import pick
from pages.parts.jobs import offer_job

__all__ = ["choose_plane"]

HELP = (
    "Lays all vectors out in a plane, so that neighbours stay neighbours, and measures what that keeps; some minutes. "
    "`python -m core umap` does the same."
)


def choose_plane(study: Study, view: str, shown: Sequence[Selected] = ()) -> tuple[Direction, Direction]:
    """Draw the controls of a view; return its two directions. What is ``shown`` of selections can be told apart, too.

    Raises
    ------
    MissingError
        If the study has no attributes, or no map yet, which is offered then.
    """
    if view == ATTRIBUTES:
        return _along_attributes(study)
    if view == DISCRIMINANT:
        return plane_of(study, view, of=_told_apart(study, shown))
    if find_layout(study) is None:
        _offer_map(study)
        raise MissingError("There is no UMAP of this study yet.")
    return plane_of(study, view)


def _told_apart(study: Study, shown: Sequence[Selected]) -> str:
    """Draw the choice of what is told apart: an attribute, or a selection that stands or stood; return it.

    A selection is kept as its rule, so that the view stays as it is when something else is selected on it.
    """
    known = discriminated(study)
    selections = {of: f"{one.title} from the rest" for one in shown if (of := discriminant_of(one.rule)) is not None}
    options = _required({**known, **selections})
    first = usual(known) if known else next(iter(options))

    def read(text: str) -> str:
        return text if text in options else read_discriminant(text, study)

    asked = decided("discriminant_of", first, Codec(read, str))
    if (rule := rule_within(asked) if asked not in options else None) is not None:
        options[asked] = f"{shown_rule(as_text(rule))} from the rest"
    about = "What is selected can be told from the rest, too: the view keeps that rule when you select on it."
    return pick("Tell apart", options, first, "discriminant_of", width=320, help=about)


def _along_attributes(study: Study) -> tuple[Direction, Direction]:
    known = _required(traits_of(study))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        across = pick("Across, with", known, usual(known), "difference_across", width=240)
        others = {ACROSS: "the longest axis across it", **{key: name for key, name in known.items() if key != across}}
        up = pick("Up, with", others, ACROSS, "difference_up", width=240)
    return plane_of(study, ATTRIBUTES, across, up)


def _required(known: dict[str, str]) -> dict[str, str]:
    if not known:
        raise MissingError(
            "This study has no attributes that a plane could be laid along; give some with its images, or select "
            "vectors to tell them from the rest."
        )
    return known


def _offer_map(study: Study) -> None:
    if is_public() or not has_umap():
        where = "on a machine of your own" if is_public() else "after `pip install umap-learn`"
        st.caption(f"A UMAP is made by `python -m core umap --study {study.name}` {where}.")
        return
    view = ["--means-alone"] if study.means_alone else []
    arguments = ["umap", "--study", str(study.folder), *view]
    offer_job("Lay it out", arguments, f"UMAP of {study.name}", study.folder, "make_umap", HELP)
