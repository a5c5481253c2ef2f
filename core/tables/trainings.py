"""Trainings of strategies in numbers: losses by epoch, and what looks at them have found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.study.stages import Look

__all__ = ["fitted_losses_table", "look_table"]


def fitted_losses_table(losses: npt.NDArray[np.floating]) -> pd.DataFrame:
    """Return one row per epoch of losses (epochs + 1, 2), from 0 before the first, and which epoch is kept."""
    table = pd.DataFrame(losses.astype(float), columns=["loss", "validation_loss"])
    table.insert(0, "epoch", range(len(losses)))
    table["kept"] = table.index == int(losses[:, 1].argmin())
    return table


def look_table(looks: Sequence[Look]) -> pd.DataFrame:
    """Return one row per look at a training: mean held-out log density in nats per component, and how it was found."""
    rows = [(look.epoch, look.log_likelihood, look.judged, look.steps) for look in looks]
    table = pd.DataFrame(rows, columns=["epoch", "log_likelihood", "vectors", "solver_steps"])
    return table.astype({"log_likelihood": float})
