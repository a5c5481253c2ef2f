"""A selection in pictures, with their words and tables."""

from __future__ import annotations

from functools import partial

import pandas as pd

from core.captions.selection import about_distinctions, about_mean, about_selected_wall, quantity_name
from core.exhibits.exhibit import Exhibit, Wall
from core.selection import Distinctions, Selected
from core.study import Study
from core.tables.selection import distinction_table

__all__ = ["distinctions", "mean_of_selected", "wall_of_selected"]

SHOWN = 15
"""Rows of the table of what distinguishes a selection on a page; its file has all."""


def wall_of_selected(study: Study, selected: Selected, wall: Wall) -> Exhibit:
    """Return some of the chosen vectors, as they are shown."""
    caption = about_selected_wall(wall.count, selected, study.has_decoder)
    alt = f"{wall.count} vectors of {study.title} that were selected"
    return Exhibit(f"wall_selected{selected.place or ''}", f"Selected: {selected.title}", wall, alt, caption)


def mean_of_selected(selected: Selected, wall: Wall) -> Exhibit:
    """Return what the decoder makes of the mean of the chosen vectors."""
    return Exhibit(
        "mean_selected", "Their mean", wall, "the mean of the selected vectors, decoded", about_mean(selected)
    )


def distinctions(study: Study, selected: Selected, found: Distinctions) -> Exhibit:
    """Return what distinguishes a selection from the rest."""
    table = distinction_table(found)
    shown = table.head(SHOWN)
    picture = pd.DataFrame({
        "what": [quantity_name(name, kind) for name, kind in zip(shown["quantity"], shown["kind"], strict=True)],
        "selected": shown["selected"], "others": shown["others"], "effect": shown["effect"],
        "at least": shown["effect_low"], "at most": shown["effect_high"],
        "reading": shown["asked_for"].map({True: "asked for", False: ""}).where(~shown["finding"], "finding"),
    })  # fmt: skip
    stem = f"{study.name}_selected-{selected.digest[:16]}_distinctions"
    return Exhibit(
        "distinctions",
        "What distinguishes it",
        picture,
        f"what distinguishes {selected.title} from the rest of {study.title}",
        about_distinctions(found, selected),
        {"What distinguishes it": (stem, partial(distinction_table, found))},
    )
