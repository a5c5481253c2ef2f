"""How a strategy is trained, in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from core.scores.memorising import DRAWN, begins_to_copy
from core.study.stages import Look

__all__ = ["about_a_look", "about_fitted_losses", "about_likelihoods", "about_losses", "about_memorising"]


def about_losses(history: pd.DataFrame, start: float, law: str, loses: str) -> str:
    """Return how far a training has come, from losses by epoch, and what they are, and that of the law at its start."""
    last, best = history.iloc[-1], history.iloc[int(history["validation_loss"].argmin())]
    where = "its smallest" if best["epoch"] == last["epoch"] else f"the smallest so far in epoch {best['epoch']:.0f}"
    return (
        f"{loses}: after epoch {last['epoch']:.0f} "
        f"{last['loss']:.3f} in training and {last['validation_loss']:.3f} on vectors that are never trained on, "
        f"{where}; {law} has {start:.3f}. The epoch with the smallest is kept in the end."
    )


def about_fitted_losses(table: pd.DataFrame, law: str, loses: str) -> str:
    """Return which epoch was kept and why, from a table of a training that has ended, and what losses are in it."""
    kept, start, epochs = table[table["kept"]].iloc[0], table["validation_loss"].iloc[0], len(table) - 1
    told = f"{loses}, in {epochs:,} epoch{'s' * (epochs != 1)}. "
    if kept["epoch"] == 0:
        return told + f"No epoch does better than {law} on vectors that were never trained on, so that is kept."
    return told + (
        f"Kept is epoch {kept['epoch']:.0f}, the best on vectors that were never trained on: "
        f"{kept['validation_loss']:.3f}, {kept['loss']:.3f} in training; {law} has {start:.3f}. Where the loss in "
        "training falls on while the other rises, a network learns its vectors by heart."
    )


def about_likelihoods(looks: Sequence[Look], law: str) -> str:
    """Return how likely held-out vectors are at the last look, beside the law that the training starts from."""
    first, last = looks[0], looks[-1]
    if last.log_likelihood is None:
        return f"Along some direction the data do not vary, so that no law has a density here, {law} neither."
    words = (
        f"Mean log density of {last.judged:,} vector{'s' * (last.judged != 1)} never trained on, in nats per "
        f"component, higher being better: {last.log_likelihood:.3f} after epoch {last.epoch:,}"
    )
    if first.epoch == 0 and first.log_likelihood is not None:
        words += f", {first.log_likelihood:.3f} with {law}"
    if not last.steps:
        return f"{words}."
    return (
        f"{words}. A quick estimate with {last.steps} solver steps, of the law before its moments are mended; the "
        "scoreboard takes as many steps as it needs."
    )


def about_memorising(table: pd.DataFrame) -> str:
    """Return when networks that learned from few vectors and from many were best, and when they began to copy."""
    said = []
    for size, part in table.groupby("vectors"):
        best, copies = part.iloc[int(part["held_out"].argmin())], begins_to_copy(part)
        begun = f"copies from step {copies:,} on" if copies else f"does not copy in {part['steps'].max():,} steps"
        said.append(f"from {size:,} vectors it is best on held-out ones at step {best['steps']:,.0f} and {begun}")
    return (
        f"One network, trained on few vectors and on many of half A: {'; '.join(said)}. A copy lies nearer to a vector "
        "that was learned from than that one's own nearest neighbour; dotted is the share of unseen vectors that do. "
        f"{DRAWN:,} vectors are drawn at each look, without mending their moments. The more vectors, the later a "
        "network copies; a training that stops where held-out vectors are told from noise best stops before."
    )


def about_a_look(look: Look, count: int, law: str) -> str:
    """Return what the pictures of a look show."""
    if look.epoch == 0:
        return f"Pictures of {count} vectors drawn from {law}, which is what the training starts from."
    solved = f" in {look.steps} solver steps" if look.steps else ""
    return (
        f"Pictures of {count} vectors drawn after epoch {look.epoch:,}{solved}, each from the "
        f"same noise at every epoch: at epoch 0 it becomes vectors of {law}."
    )
