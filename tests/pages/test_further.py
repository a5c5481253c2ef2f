"""A page opens with what answers its question, and draws all else when that is asked for, on every page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open

FURTHER = {
    "correlations": "One pair",
    "bulk": "Farthest out",
    "normality": "Pairs of principal axes",
    "radii": "Which cube matches?",
    "studies": "Attributes",
}
"""Headings of what is drawn only when it is asked for."""


def headings(app: AppTest) -> set[str]:
    assert not app.exception
    return {heading.value for heading in app.header}


@pytest.mark.parametrize(("page", "heading"), FURTHER.items(), ids=FURTHER)
def test_a_page_opens_with_what_answers_its_question_and_shows_the_rest_when_asked(
    dashboard: Open, page: str, heading: str
) -> None:
    app = dashboard(page, everything=None)
    first = headings(app)
    assert heading not in first
    app.toggle(key="everything").set_value(True).run()
    assert first | {heading} <= headings(app)


def test_the_wish_stays_when_the_page_changes(dashboard: Open) -> None:
    app = dashboard("normality", everything=None)
    app.toggle(key="everything").set_value(True).run()
    app.switch_page("pages/correlations.py").run()
    assert FURTHER["correlations"] in headings(app)
    assert app.toggle(key="everything").value
