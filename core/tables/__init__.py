"""Data frames behind the tables on the screen and the CSV files: the same numbers, in full precision."""

from __future__ import annotations

import pandas as pd

from core.plain import as_cell
from core.tables.attributes import attribute_table, attributes_of, hardest_attributes, known_table, likeness_table
from core.tables.directions import (
    axis_table,
    coefficients_of,
    correlation_table,
    ellipse_table,
    pair_table,
    plane_table,
    space_table,
)
from core.tables.normality import cut_table, distance_table, quantile_table, shape_table
from core.tables.paths import path_table
from core.tables.playground import state_table
from core.tables.samples import (
    ORDERS,
    component_table,
    radius_table,
    ranked_components,
    summary_table,
    vector_table,
)
from core.tables.studies import (
    bulk_table,
    comparison_table,
    epoch_table,
    history_table,
    shelf_table,
)
from core.tables.trainings import fitted_losses_table, look_table

__all__ = [
    "ORDERS",
    "attribute_table",
    "attributes_of",
    "axis_table",
    "bulk_table",
    "coefficients_of",
    "comparison_table",
    "component_table",
    "correlation_table",
    "cut_table",
    "distance_table",
    "ellipse_table",
    "epoch_table",
    "fitted_losses_table",
    "hardest_attributes",
    "history_table",
    "known_table",
    "likeness_table",
    "look_table",
    "pair_table",
    "path_table",
    "plane_table",
    "quantile_table",
    "radius_table",
    "ranked_components",
    "shape_table",
    "shelf_table",
    "space_table",
    "state_table",
    "summary_table",
    "to_csv",
    "vector_table",
]


def to_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV: one header row, no index, every digit, UTF-8, and no cell that a spreadsheet computes."""
    texts = table.select_dtypes(exclude=["number", "bool"]).columns
    safe = table.assign(**{name: table[name].map(as_cell) for name in texts})
    return safe.rename(columns=as_cell).to_csv(index=False).encode()
