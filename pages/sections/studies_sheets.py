"""What a training makes of images that it does not learn from, while it goes on."""

from __future__ import annotations

import streamlit as st

from core.exhibits.doors import reconstructions_so_far
from core.jobs import Job
from core.study.sheets import SHOWN, find_sheets
from core.study.workplace import place_of_work
from pages.parts.exhibits import draw
from pages.parts.trainings import choose_epoch

__all__ = ["draw_sheets"]


def draw_sheets(job: Job) -> None:
    """Draw the sheet of the last epoch, or of an earlier one that is chosen; nothing where there is none."""
    sheets = find_sheets(place_of_work(job.target)) if job.target else {}
    if not sheets:
        return
    epoch = choose_epoch(job.id, list(sheets))
    exhibit = reconstructions_so_far(job.id, sheets[epoch], epoch, SHOWN)
    draw(exhibit)
    st.caption(exhibit.caption)
