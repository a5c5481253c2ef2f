"""Tables of a selection: its rows, and what distinguishes it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.selection import Distinctions, Selected
from core.selection.attributes import Values
from core.statistics import Description
from core.study import Study
from core.study.row_table import pick_rows

__all__ = ["distinction_table", "selected_table", "share_table", "to_parquet"]


def distinction_table(found: Distinctions) -> pd.DataFrame:
    """Return what distinguishes a selection, findings first, each from the largest effect on."""
    differences = found.differences
    return pd.DataFrame({
        "quantity": found.names, "kind": found.kinds,
        "compared": np.where(found.shares, "shares", "means"),
        "selected": differences.one, "others": differences.other,
        "effect": differences.effect, "effect_low": differences.low, "effect_high": differences.high,
        "finding": found.found, "asked_for": found.made,
    })  # fmt: skip


def share_table(
    values: Values, shares: Sequence[npt.NDArray[np.float64]], selected: Sequence[Selected]
) -> pd.DataFrame:
    """Return the share of each value of an attribute in a study and in selections, among those of which it is known."""
    titles = [one.title for one in selected]
    names = [f"{one.title} ({one.place + 1})" if titles.count(one.title) > 1 else one.title for one in selected]
    named = dict(zip(names, shares[1:], strict=True))
    attributes = {"attribute": [rule.attribute for rule in values.rules]}
    wanted = {"value": ["yes" if rule.value is True else rule.value for rule in values.rules]}
    return pd.DataFrame({**attributes, **wanted, "data": shares[0], **named})


def selected_table(study: Study, description: Description, selected: Selected) -> pd.DataFrame:
    """Return the rows of a selection: where each stands in the study, radius, distance, and all that is known of it."""
    rows = selected.rows
    known = pick_rows(study.rows, rows, list(study.rows.columns))
    taken = {name: f"{name} (attribute)" for name in ("row", "radius", "distance") if name in known}
    places = pd.DataFrame(
        {"row": rows, "radius": description.radii[rows], "distance": description.distances[rows]},
    )
    return pd.concat([places, known.rename(columns=taken)], axis=1)


def to_parquet(table: pd.DataFrame) -> bytes:
    """Return a table as a parquet file, in its own types."""
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    return file.getvalue()
