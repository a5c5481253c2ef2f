"""A selection in pictures, with their words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.captions.selection import about_bars, about_distinctions, about_mean, about_selected_wall, quantity_name
from core.exhibits.exhibit import Exhibit, Wall
from core.figures.attributes import attribute_bars as figure_of_bars
from core.plain import listed
from core.selection import Distinctions, Selected
from core.selection.attributes import Values
from core.study import Study
from core.tables.selection import distinction_table, share_table

__all__ = ["attribute_bars", "distinctions", "mean_of_selected", "wall_of_selected"]

Floats = npt.NDArray[np.float64]

BARS = 60
"""Values of attributes whose shares are shown as bars, at most."""

SHOWN = 15
"""Rows of the table of what distinguishes a selection on a page; its file has all."""


def attribute_bars(study: Study, values: Values, shares: Sequence[Floats], shown: Sequence[Selected]) -> Exhibit:
    """Return the shares of attributes in a study and in selections, the most frequent first.

    Parameters
    ----------
    study : Study
    values : Values
        Of its attributes; m of them.
    shares : sequence of arrays (m,)
        In the study, and in each selection.
    shown : sequence of Selected
    """
    order = np.argsort(-np.nan_to_num(shares[0], nan=-1.0), kind="stable")[:BARS]
    marked = [(one.title, share[order], one.place) for one, share in zip(shown, shares[1:], strict=True)]
    labels = {int(i): values.labels[i] for i in order}
    picture = figure_of_bars(labels, (study.title, shares[0][order]), marked)
    return Exhibit(
        "attribute_bars",
        "",
        picture,
        f"shares of the attributes in {listed([study.title, *(one.title for one in shown)])}",
        about_bars(len(order), len(values), len(shown)),
        {"Shares of attributes": (f"{study.name}_shares", partial(share_table, values, shares, shown))},
        "Click a bar to select the vectors that have it; the list by *Select vectors* does the same.",
    )


def wall_of_selected(study: Study, selected: Selected, wall: Wall) -> Exhibit:
    """Return some of the chosen vectors, as they are shown."""
    caption = about_selected_wall(wall.count, selected, study.has_decoder)
    alt = f"{wall.count} vectors of {study.title} that were selected"
    return Exhibit(f"wall_selected{selected.place or ''}", f"Selected: {selected.title}", wall, alt, caption)


def mean_of_selected(selected: Selected, wall: Wall, count: int) -> Exhibit:
    """Return what the decoder makes of the mean of so many of the chosen vectors, all or a sample."""
    return Exhibit(
        "mean_selected", "Their mean", wall, "the mean of the selected vectors, decoded", about_mean(selected, count)
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
