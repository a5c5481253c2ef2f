"""A telephone that knows no pointer: what is tapped opens, and a finger on a chart scrolls the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PLANE, Server, mark_called, settle

SCROLLED = "document.querySelector('[data-testid=\"stMain\"]').scrollTop"
STROKE = 200
"""Pixels that a finger moves upwards."""

HEIGHT = 844


@pytest.fixture
def telephone(browser: Browser) -> Iterator[Page]:
    """Return an empty page on a narrow screen that is touched."""
    context = browser.new_context(
        viewport={"width": 390, "height": HEIGHT}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def stroke(page: Page, x: float, y: float) -> None:
    """Put a finger down and move it upwards."""
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        there = {"x": x, "y": y - STROKE * step / 10}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [there]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_tap_opens_and_a_finger_on_a_chart_scrolls(telephone: Page, server: Server) -> None:
    telephone.goto(f"{server.url}/faces")
    settle(telephone)
    tabs = telephone.get_by_role("tab")
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in map(bounds, tabs.all()))
    telephone.get_by_role("tab", name="Neighbours").tap()
    expect(telephone.get_by_role("tab", name="Neighbours")).to_have_attribute("aria-selected", "true", timeout=30_000)
    settle(telephone)
    telephone.get_by_role("button", name="CelebA: inspect face 5", exact=True).tap()
    settle(telephone)
    expect(telephone.get_by_label("Face", exact=True)).to_have_value("5")
    chart = telephone.locator(".js-plotly-plot .nsewdrag").first
    chart.scroll_into_view_if_needed()
    before, box = telephone.evaluate(SCROLLED), bounds(chart)
    axes = telephone.locator(".js-plotly-plot .xaxislayer-above").first.text_content()
    stroke(telephone, box["x"] + box["width"] / 2, min(box["y"] + box["height"] / 2, HEIGHT - 20))
    telephone.wait_for_function(f"{SCROLLED} > {before + STROKE / 2}")
    assert telephone.locator(".js-plotly-plot .xaxislayer-above").first.text_content() == axes  # and zooms nothing
    telephone.goto(f"{server.url}/bulk?strategy=mvn")
    settle(telephone)
    point = mark_called(telephone.locator(PLANE), "origin")
    point.scroll_into_view_if_needed()
    box = bounds(point)
    telephone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    telephone.wait_for_url("**point_of=**")


def bounds(locator: Locator) -> dict[str, float]:
    """Return where something is on the screen."""
    box = locator.bounding_box()
    assert box is not None
    return dict(box)
