"""What a study was trained on and how well, in pictures with their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.captions.studies import (
    COLUMNS_OF_BULKS,
    about_bulks,
    about_errors,
    about_losses,
    about_reconstructions,
    about_the_attributes,
    about_two_studies,
    see_bulks,
    where_random_numbers_fall,
)
from core.exhibits.exhibit import Exhibit, Wall
from core.figures.training import error_histogram, loss_curve
from core.progress import Progress
from core.statistics import Description, Shape
from core.study import Study
from core.study.description import ROW_COLUMNS
from core.tables import attributes_of, bulk_table, comparison_table, epoch_table, hardest_attributes, history_table

__all__ = ["EACH", "attributes", "bulks", "comparison", "errors", "losses", "reconstructions", "running_losses"]

EACH = 6
"""Images that are shown of each quantile of the reconstruction error."""


def losses(study: Study) -> Exhibit:
    """Return the losses of a training by epoch."""
    alt = "training and validation loss by epoch"
    table = history_table(study)
    tables = {"Losses": (f"{study.name}_training", lambda: table)}
    return Exhibit("loss_curve", "Loss", loss_curve(table), alt, about_losses(table), tables)


def running_losses(job: str, epochs: Sequence[Progress]) -> Exhibit:
    """Return the losses of a training that goes on, from the ends of its epochs; ``job`` tells several apart."""
    table = epoch_table(epochs)
    alt = f"training and validation loss of {len(table)} epochs so far"
    return Exhibit(f"losses_{job}", "", loss_curve(table), alt, about_losses(table))


def errors(study: Study) -> Exhibit:
    """Return the reconstruction errors of a study."""
    alt = "distribution of the reconstruction errors by partition"
    errors = study.rows[["partition", "reconstruction_error"]]
    tables = {"Reconstruction errors": (f"{study.name}_errors", lambda: study.rows[list(ROW_COLUMNS)])}
    return Exhibit(
        "error_histogram", "Reconstruction errors", error_histogram(errors), alt, about_errors(errors), tables
    )


def reconstructions(study: Study, image: bytes, rows: npt.NDArray[np.intp]) -> Exhibit:
    """Return decoded latent vectors, those of rows (quantiles, each), from the best to the worst reconstruction."""
    title = "Decoded latent vectors, from the best to the worst reconstruction"
    alt = "decoded latent vectors by reconstruction error"
    wall = Wall(image, rows.size, rows.shape[1])
    first = study.rows["reconstruction_error"].to_numpy()[rows[:, 0]]
    caption = about_reconstructions(first, hardest_attributes(attributes_of(study), study.columns))
    return Exhibit("reconstructions", title, wall, alt, caption)


def attributes(study: Study) -> Exhibit:
    """Return what the attributes of a study are like, of any kind."""
    table = attributes_of(study)
    tables = {"Attributes": (f"{study.name}_attributes", lambda: table)}
    told = table.replace("", np.nan).notna().any()
    shown, alt = table.loc[:, told], "attributes of the study"
    return Exhibit("attributes", "Attributes", shown, alt, about_the_attributes(len(study.columns)), tables)


def comparison(studies: Sequence[tuple[Study, Description, Shape]]) -> Exhibit:
    """Return two studies in numbers; the shapes are those along their principal axes."""
    table = comparison_table(studies)
    names = [study.name for study, *_ in studies]
    tables = {"Comparison": ("_and_".join(names), lambda: table)}
    title, alt = " and ".join(names), "both studies in numbers"
    return Exhibit("comparison", title, table, alt, about_two_studies(table), tables)


def bulks(studies: Sequence[tuple[Study, Description, pd.DataFrame | None]]) -> Exhibit:
    """Return where the bulks of several studies of the same data lie, and how often N(0, I) meets them.

    Parameters
    ----------
    studies : sequence of (Study, Description, DataFrame or None)
        With the board of each, where it was scored.
    """
    table = bulk_table(studies)
    shown = pd.DataFrame(
        {
            "Study": table["study"],
            "Autoencoder": table["autoencoder"],
            "Random numbers fall": [where_random_numbers_fall(row) for _, row in table.iterrows()],
            "Faces they make": _shares(table["prior_faces"]),
            "Faces of real vectors": _shares(table["decoder_faces"]),
            "Verdict": table["verdict"].replace("", "not scored"),
        }
    )
    alt = f"where random numbers fall in {len(table)} studies, and how many of them make faces"
    title = f"{len(table)} studies of the same data"
    plain = f"{see_bulks(table)} {COLUMNS_OF_BULKS}"
    return Exhibit("bulks", title, shown, alt, about_bulks(table), {"Bulks": ("bulks", lambda: table)}, plain=plain)


def _shares(column: pd.Series[float]) -> list[str]:
    """Return shares as they are read, a dash where nothing was counted."""
    return ["–" if np.isnan(share) else f"{share:.1%}" for share in column]
