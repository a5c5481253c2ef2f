"""How a page is entered: always through ``dashboard.py``, which draws what all pages share.

Title and strategy tabs are drawn out here and not by the pages, so that they are the same widgets everywhere: Streamlit
gives every page widgets of its own, whose choices it may forget when the page changes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import Any, TypeVar

import streamlit as st

from core.memory import return_freed_memory
from pages.parts.address import begin, publish
from pages.parts.comparison import Comparison, compare
from pages.parts.exhibits import FORMULAS
from pages.parts.fields import switch
from pages.parts.further import draws_everything
from pages.parts.jobs import jobs_line
from pages.parts.legible import legible
from pages.parts.panel import panel
from pages.parts.sentences import sentences
from pages.parts.sidebar import Selection, sidebar
from pages.parts.touchable import touchable
from pages.parts.words import words

__all__ = ["PAGES", "enter", "navigate", "open_page"]


@dataclass(frozen=True)
class Room:
    """A page: its file, its name and icon in the navigation, the question that it answers, and what it asks for.

    ``compares`` pages have strategy tabs and selections, which ``selects`` asks for elsewhere; pages that lay
    ``beside`` can draw a second study over the first, and where no vectors are ``drawn`` neither their number nor a
    seed matters.
    """

    file: str
    title: str
    icon: str
    question: str
    compares: bool = True
    beside: bool = True
    draws: bool = True
    selects: bool = False

    def asks(self, subject: str) -> str:
        """Return the question as it is asked of a study whose pictures are called so."""
        return self.question if subject == FACES else self.question.replace("faces", f"{subject}s")


PAGES = (
    Room("start", "Start", "home", "Draw random numbers: do they make a picture?", compares=False, beside=False),
    Room("story", "Story", "auto_stories", "Where do the numbers of pictures lie?", compares=False, beside=False),
    Room("faces", "Faces", "face", "Do these vectors decode to faces?", beside=False),
    Room("components", "Components", "bar_chart", "How is each component distributed?"),
    Room("correlations", "Correlations", "grid_on", "Which components depend on each other?", beside=False),
    Room("bulk", "Bulk", "bubble_chart", "What is the shape of the bulk?"),
    Room("normality", "Normality", "ssid_chart", "Is the bulk a multivariate normal?"),
    Room("radii", "Radii", "straighten", "How long are the vectors?"),
    Room(
        "playground",
        "Playground",
        "tune",
        "What happens to a picture when its numbers change?",
        compares=False,
        beside=False,
    ),
    Room(
        "paths",
        "Paths",
        "timeline",
        "What lies on the way from here to there?",
        compares=False,
        beside=False,
        selects=True,
    ),
    Room(
        "scoreboard",
        "Scoreboard",
        "leaderboard",
        "Which strategy is best, in numbers?",
        compares=False,
        beside=False,
    ),
    Room("studies", "Studies", "science", "What was trained on what?", compares=False, draws=False, selects=True),
)
"""All pages, in the order of the navigation; the first is the start page."""

SUBJECT, FACES = "subject", "face"
"""What pictures of the open study are called, and what the questions call them."""

LATER = ("scipy.stats", "sklearn.neighbors")
"""Libraries of many tabs and pages that take a second to load."""

_entered: ContextVar[tuple[Room, Selection] | None] = ContextVar("entered", default=None)

Subject = TypeVar("Subject", Comparison, Selection)


def navigate() -> Any:
    """Declare the pages; return the one that was asked for."""
    return_freed_memory()
    start = PAGES[0]
    pages = [
        st.Page(
            f"pages/{room.file}.py",
            title=room.title,
            icon=f":material/{room.icon}:",
            help=room.question,
            default=room is start,
            url_path="home" if room is start else room.file,  # it lies at /, which leaves its name for another way in
        )
        for room in PAGES
    ]

    def by_name() -> None:
        st.switch_page(pages[0], query_params=dict(st.query_params))

    pages.append(st.Page(by_name, title=start.title, url_path=start.file, visibility="hidden"))
    return st.navigation(pages)


def enter(page: Any) -> None:
    """Draw a page's title and the sidebar, then the page itself."""
    if page.url_path == PAGES[0].file:
        page.run()
    if page.title == PAGES[0].title and "strategy" in st.query_params:
        st.switch_page("pages/faces.py", query_params=dict(st.query_params))  # where links to the start once led
    room = next(room for room in PAGES if room.title == page.title)
    begin(room.file)
    draws_everything()
    heading = st.empty()
    heading.title(_question(room))
    legible()
    with sentences():
        try:
            chosen = sidebar(room.beside, room.draws, room.compares or room.selects, room.compares)
            if st.session_state.get(SUBJECT, FACES) != chosen.study.subject:
                st.session_state[SUBJECT] = chosen.study.subject
                heading.title(_question(room))
            words()
            touchable()
        finally:
            jobs_line()
        if room.compares:
            formulas_switch()
        token = _entered.set((room, chosen))
        try:
            page.run()
        finally:
            _entered.reset(token)
    publish()  # not what a gesture interrupted: half of its choices were not drawn yet
    _load_the_rest()


@st.cache_resource(show_spinner=False)
def _load_the_rest() -> None:
    """Load the libraries that the first page does without and others need, once, while it is looked at."""
    Thread(target=lambda: [import_module(name) for name in LATER], daemon=True).start()


def _question(room: Room) -> str:
    """Return what a page answers, of pictures where the study that was open last is not known to show faces."""
    return room.asks(st.session_state.get(SUBJECT, FACES))


def formulas_switch() -> None:
    """Draw the switch that opens all that is told in numbers."""
    with st.sidebar:
        switch(
            "Formulas",
            FORMULAS,
            help="Show the formula of each strategy, and its source; open what is told in numbers.",
        )


def open_page(draw: Callable[[Subject], None]) -> None:
    """Draw the inside of a page from what the front door has chosen: the study or, where it compares, a comparison.

    The inside of a page that compares begins with the strategy tabs and is drawn alone after a gesture within it: a
    browser then has nothing to do for title and sidebar.

    Streamlit runs the files of a folder named ``pages`` on their own until ``st.navigation`` was called for the first
    time: a link to a page of a fresh server then misses the front door and is sent back to it.
    """
    entered = _entered.get()
    if entered is None:
        navigate()
        st.rerun()
    room, chosen = entered
    if room.compares:
        panel(lambda: _compare(draw, room, chosen))  # type: ignore[arg-type]
        return
    with sentences():
        draw(chosen)  # type: ignore[arg-type]


def _compare(draw: Callable[[Comparison], None], room: Room, chosen: Selection) -> None:
    """Draw the strategy tabs and the inside of a page; nothing more of a strategy that has to be trained first."""
    with sentences():
        comparison = compare(chosen, room.file)
        if comparison is None:
            return
        with sentences():
            draw(comparison)
        from pages.parts.copying import offer_lines  # the start page does without

        offer_lines(room.file, comparison)
