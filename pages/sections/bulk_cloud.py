"""The density of a plane of a large study, counted over all its vectors where a visitor has asked for that."""

from __future__ import annotations

import streamlit as st

from core.progress import Progress
from core.settings import is_public
from core.space.planes import Direction, check_directions
from core.statistics import EXACT
from core.statistics.planar import PlaneCounts
from core.study.clouds import count_cloud
from pages.parts.loaders import load_cloud
from pages.parts.sidebar import Selection


def choose_cloud(chosen: Selection, directions: tuple[Direction, Direction]) -> PlaneCounts | None:
    """Return the counts of a plane where they are kept; of a large study, offer to make them where they are not."""
    check_directions(directions, chosen.study.dimension)
    cloud = load_cloud(chosen.study, directions)
    if cloud is not None or len(chosen.study) <= EXACT or is_public():
        return cloud
    st.button(
        f"Count all {len(chosen.study):,} vectors in this plane",
        key="count_cloud",
        icon=":material/grid_on:",
        help="The shade is that of the sample until then. It is counted once and kept.",
        on_click=_count,
        args=(chosen, directions),
    )
    return None


def _count(chosen: Selection, directions: tuple[Direction, Direction]) -> None:
    """Count the plane before the page is drawn anew, with a bar that shows how far it is."""
    bar = st.empty()

    def show(progress: Progress) -> None:
        bar.progress(progress.share, progress.task)

    count_cloud(chosen.study, chosen.description, directions, show)
    load_cloud.clear()
    bar.empty()
