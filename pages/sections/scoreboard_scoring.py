"""Scoring on request: rows of the scoreboard computed by a job, as the command line computes them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.scores.board import COUNT, SEEDS
from core.scores.entries import entries_of
from core.settings import is_public
from core.strategies import Recipe
from core.study import Study
from pages.parts.jobs import offer_job

__all__ = ["score_on_request"]

HELP = (
    "Takes about 12 seconds for each row and seed, and a minute before the first mixture. It goes on without this "
    "page; when it is stopped, what is done stays. `python -m core score` does the same."
)


def score_on_request(
    study: Study,
    label: str,
    entries: Sequence[Recipe],
    key: str,
    count: int = COUNT,
    seeds: int = SEEDS,
    again: bool = False,
) -> None:
    """Draw a button that orders the scoring of entries; the table is shown anew when the job has ended.

    On a server that is open to the public a sentence stands in its place.

    Parameters
    ----------
    study : Study
    label, key : str
        Of the button.
    entries : sequence of Recipe
    count, seeds : int
        Vectors of a sample, and samples of an entry.
    again : bool
        Compute rows that are there already, too.
    """
    if is_public():
        st.caption(
            "This server is open to the public and scores nothing; run zpoints on a machine of your own for that."
        )
        return
    arguments = ["score", "--study", str(study.folder), "--count", str(count), "--seeds", str(seeds)]
    if tuple(entries) != entries_of(study):
        arguments += ["--rows", *(",".join(filter(None, (entry.key, entry.text))) for entry in entries)]
    if again:
        arguments.append("--again")
    offer_job(label, arguments, f"Score {study.name}", study.folder, key, HELP)
