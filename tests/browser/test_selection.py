"""Vectors are selected with a pointer, and the address says which."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from core.selection import from_address, select
from core.selection.rules import Polygon, Within
from core.study.describing import describe_study
from tests.browser.conftest import Server, settle


def rule_in(page: Page) -> object:
    """Return the rule in the address, once there is one."""
    page.wait_for_function("location.search.includes('select=')")
    settle(page)
    return from_address(parse_qs(urlsplit(page.url).query)["select"][0])


def test_a_lasso_selects_what_it_encloses_and_the_back_button_undoes_it(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/bulk")
    settle(page)
    plot = page.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    plot.locator('.modebar-btn[data-title="Lasso Select"]').click()
    box = plot.locator(".nsewdrag").first.bounding_box()
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] / 5
    page.mouse.move(x + reach, y)
    page.mouse.down()
    for step in range(1, 41):
        page.mouse.move(x + reach * math.cos(step * math.pi / 20), y + reach * math.sin(step * math.pi / 20))
    page.mouse.up()
    rule = rule_in(page)
    assert isinstance(rule, Polygon)
    assert (rule.across, rule.up) == ("axis1", "axis2")
    count = int(select(rule, server.study, describe_study(server.study)).sum())
    assert 0 < count < len(server.study)
    said = page.get_by_test_id("stSidebar").get_by_text(f"{count} of {len(server.study)}")
    expect(said).to_be_visible()
    page.goto(f"{server.url}/radii?select={urlsplit(page.url).query.split('select=')[1].split('&')[0]}")
    settle(page)
    expect(said).to_be_visible()
    plot = page.locator(".js-plotly-plot").first
    box = plot.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 60, steps=8)
    page.mouse.up()
    page.wait_for_function("location.search.includes('select=radius')")
    assert isinstance(rule_in(page), Within)
    page.go_back()
    page.wait_for_function("location.search.includes('select=polygon')")
    settle(page)
    expect(said).to_be_visible()
