"""Scoring on request: rows of the scoreboard computed from the page, as the command line computes them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.progress import Progress
from core.scores.board import COUNT, SEEDS, score_entries
from core.scores.rows import FILE
from core.settings import is_public
from core.strategies import Recipe
from core.study import Study
from core.study.kept import table_to_write
from pages.parts.loaders import load_scorer

__all__ = ["score_on_request"]

HELP = (
    "Takes about 12 seconds for each row and seed, and a minute before the first mixture. Any click in the dashboard "
    "stops it after the row in progress; what is done stays. `python -m core score` does the same without a browser."
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
    """Draw a button that scores entries, with its progress, and shows the table anew when all are done.

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
    st.button(label, key=key, icon=":material/calculate:", help=HELP, on_click=_ask, args=(key,))
    if not st.session_state.pop(f"{key}_asked", False):
        return
    bar = st.progress(0.0, "Preparing …")

    def report(progress: Progress) -> None:
        done = f"{progress.done} of {progress.total} rows"
        bar.progress(progress.share, f"{done}: {progress.detail}" if progress.detail else f"{done} are done")

    table = table_to_write(study, FILE)
    score_entries(load_scorer(study, count), entries, table, count, seeds, report, again)
    st.rerun()


def _ask(key: str) -> None:
    """Remember the click: a page that is entered directly runs once more, and would forget it."""
    st.session_state[f"{key}_asked"] = True
