"""The state of the playground in numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.space.playground import Amounts, Standing

__all__ = ["state_table"]


def state_table(
    start: str, moves: Mapping[str, Amounts], found: Standing, vector: npt.NDArray[np.floating]
) -> pd.DataFrame:
    """Return one row: the start, the amounts of each group, radius and distance, the components of the vector (d,)."""
    amounts = {group: " ".join(f"{key}:{amount:g}" for key, amount in pairs) for group, pairs in moves.items()}
    row = {"start": start, **amounts, "radius": found.radius, "mahalanobis": found.distance, "in_bulk": found.inside}
    values = pd.DataFrame([vector], columns=[f"z_{j}" for j in range(len(vector))])
    return pd.concat([pd.DataFrame([row]), values], axis=1)
