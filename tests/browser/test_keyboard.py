"""The start page and the whole story by keyboard alone: tabulator, arrows, Enter and the space bar."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from core.space.story import STORY
from tests.browser.conftest import Server, settle

expect.set_options(timeout=30_000)

FARTHEST = 90
"""Stops of the tabulator within which everything on a page is reached: each picture of two walls is one."""

FOCUSED = """() => {
    let e = document.activeElement;
    while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
    const label = e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '';
    const group = e.closest('[role=radiogroup], [role=group]')?.getAttribute('aria-label') ?? '';
    const kind = e.getAttribute('role') ?? (e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase());
    return `${kind}: ${group ? group + ': ' : ''}${label}`.replace(/\\s+/g, ' ').trim();
}"""
"""What has the focus, as a reader of the screen would say it."""


def reach(page: Page, what: str, key: str = "Tab") -> None:
    """Go on with the tabulator until something of that kind and name has the focus."""
    passed = []
    for _ in range(FARTHEST):
        page.keyboard.press(key)
        passed.append(page.evaluate(FOCUSED))
        if re.search(what, passed[-1]):
            return
    raise AssertionError(f"{what} is not reached on {page.url} but {passed}")


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, and wait for what comes of it."""
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def test_the_start_and_the_whole_story_need_no_mouse(page: Page, server: Server) -> None:
    page.goto(server.url)
    settle(page)
    reach(page, "^range|^slider")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    expect(page.get_by_text("The numbers are drawn together")).to_be_visible()
    reach(page, "inspect face 2$")
    press(page, "Enter")
    expect(page.get_by_text("Picture 2, drawn")).to_be_visible()
    assert "face=2" in page.url
    reach(page, "^link: The story|^a: The story", "Shift+Tab")
    press(page, "Enter")
    expect(page.get_by_role("heading", name=STORY[0].heading)).to_be_visible()
    asked = 0
    for number, step in enumerate(STORY, 1):
        expect(page.get_by_role("heading", name=step.heading)).to_be_visible()
        if page.get_by_text("Predict:").count():
            asked += 1
            reach(page, "^radio: .*Predict")
            press(page, "Space")
            expect(page.get_by_test_id("stAlert").first).to_be_visible()
        if step.key == "corners":
            reach(page, "Numbers per point")
            press(page, "ArrowLeft")
            expect(page.get_by_text("Draw 128 numbers")).to_be_visible()
        if step.key == "dependence":
            expect(page.get_by_role("radio", name="together", exact=True)).to_be_checked()  # what the answer shows
        if number < len(STORY):
            reach(page, "^button: .*Next$", "Shift+Tab")
            press(page, "Enter")
    assert asked >= 3
    reach(page, "^checkbox: .*1$|^button: .*1$")
    press(page, "Space")
    reach(page, "^button: .*Check$")
    press(page, "Enter")
    expect(page.get_by_text(re.compile("of 12"))).to_be_visible()
    reach(page, "This vector and its neighbours", "Shift+Tab")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Do these vectors decode to faces?")
    assert "strategy=mvn" in page.url
    reach(page, "^tab: ")
    press(page, "ArrowRight")
    press(page, "Enter")
    assert "strategy=t" in page.url
