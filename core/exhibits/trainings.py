"""How a strategy is trained, in pictures with their words: while it goes on, and afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.captions.trainings import (
    about_a_look,
    about_fitted_losses,
    about_likelihoods,
    about_losses,
    about_memorising,
)
from core.exhibits.exhibit import Exhibit, Wall
from core.figures.training import learning_curve, likelihood_curve, memorising_curves
from core.networks.epochs import BEFORE
from core.progress import Progress
from core.strategies import Strategy
from core.study import Study
from core.study.stages import COLUMNS, DRAWN, Look
from core.tables import epoch_table, fitted_losses_table, look_table

__all__ = ["drawn_so_far", "how_it_was_trained", "likelihoods_so_far", "losses_so_far", "when_it_copies"]


def losses_so_far(name: str, epochs: Sequence[Progress], strategy: type[Strategy]) -> Exhibit:
    """Return the losses of a training that goes on, from the ends of its epochs.

    Parameters
    ----------
    name : str
        Tells several trainings apart.
    epochs : sequence of Progress
        At least one.
    strategy : class of Strategy
        What is trained.
    """
    law = strategy.starts_as
    table, start = epoch_table(epochs), epochs[-1].numbers.get(BEFORE, np.nan)
    alt = f"loss in training and on held-out vectors of {len(table)} epochs so far, beside that of {law}"
    chart = learning_curve(table, start, law)
    return Exhibit(f"losses_{name}", "", chart, alt, about_losses(table, start, law, strategy.loses))


def likelihoods_so_far(name: str, looks: Sequence[Look], law: str) -> Exhibit:
    """Return the likelihood of held-out vectors at each look, at least one, beside that of the law at the start."""
    table = look_table(looks)
    start = table["log_likelihood"].iloc[0] if looks[0].epoch == 0 else np.nan
    alt = f"log-likelihood of held-out vectors at {len(table)} epochs, beside that of {law}"
    chart = likelihood_curve(table, start, law)
    return Exhibit(f"likelihoods_{name}", "", chart, alt, about_likelihoods(looks, law))


def drawn_so_far(name: str, look: Look, law: str) -> Exhibit | None:
    """Return what was drawn and decoded at a look; None where nothing was, or it went with its training."""
    try:
        image = look.sheet.read_bytes() if look.sheet else b""
    except OSError:
        image = b""
    if not image:
        return None
    alt = f"pictures of {DRAWN} vectors drawn after epoch {look.epoch}"
    return Exhibit(f"drawn_{name}", "", Wall(image, DRAWN, COLUMNS), alt, about_a_look(look, DRAWN, law))


def how_it_was_trained(study: Study, strategy: Strategy) -> Exhibit | None:
    """Return the losses of the training of a fitted strategy; None where nothing was trained."""
    losses = strategy.losses()
    if losses is None or len(losses) < 2:
        return None
    table, law = fitted_losses_table(losses), strategy.starts_as
    kept = int(losses[:, 1].argmin())
    chart = learning_curve(table[1:], float(losses[0, 1]), law, kept or None)
    alt = f"loss in training and on held-out vectors of {len(table) - 1} epochs beside that of {law}, epoch {kept} kept"
    tables = {"Losses": (f"{study.name}_{strategy.key}_training", lambda: table)}
    return Exhibit(f"losses_{strategy.key}", "", chart, alt, about_fitted_losses(table, law, strategy.loses), tables)


def when_it_copies(study: str, table: pd.DataFrame) -> Exhibit:
    """Return when a network begins to copy, by the number of vectors that it learns from, in the study of that name."""
    tables = {"Memorising": (f"{study}_memorising", lambda: table)}
    alt = f"held-out loss and share of copies by steps of training, of {table['vectors'].nunique()} numbers of vectors"
    title = "Does it learn by heart?"
    return Exhibit("memorising", title, memorising_curves(table), alt, about_memorising(table), tables)
