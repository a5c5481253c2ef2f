"""Vectors are selected with a pointer, and the address says which."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from core.selection import from_address, select
from core.selection.attributes import values_of
from core.selection.rules import Has, Polygon, Within
from core.study.describing import describe_study
from tests.browser.conftest import PLANE, Server, settle

MARGINS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(({_fullLayout}) =>
    [_fullLayout.margin, _fullLayout._size].map(({l, r, t, b}) => [l, r, t, b]))"""
"""Of all charts, asked and taken: Plotly draws a chart anew where these differ."""


def rule_in(page: Page) -> object:
    """Return the rule in the address, once there is one."""
    page.wait_for_function("location.search.includes('select=')")
    settle(page)
    return from_address(parse_qs(urlsplit(page.url).query)["select"][0])


def test_a_lasso_selects_what_it_encloses_and_the_back_button_undoes_it(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/bulk")
    settle(page)
    plot = page.locator(PLANE)
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


@pytest.mark.parametrize("chart", ["radii", "distances"])
def test_a_range_is_selected_wherever_it_is_dragged_over(page: Page, server: Server, chart: str) -> None:
    page.goto(f"{server.url}/radii")
    settle(page)
    plot = page.locator(f".st-key-{chart} .js-plotly-plot")
    for start in (0.05, 0.9):  # the one point that Plotly asks for stands in neither
        plot.scroll_into_view_if_needed()
        box = plot.locator(".nsewdrag").first.bounding_box()
        before = page.url
        page.mouse.move(box["x"] + start * box["width"], box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + (start + 0.03) * box["width"], box["y"] + 60, steps=8)
        page.mouse.up()
        page.wait_for_function("before => location.href !== before", arg=before)
        assert isinstance(rule_in(page), Within)


@pytest.mark.parametrize("where", ["components", "normality", "radii"])
def test_charts_have_room_from_the_beginning(page: Page, server: Server, where: str) -> None:
    page.goto(f"{server.url}/{where}?everything=true")
    settle(page)
    for asked, taken in page.evaluate(MARGINS):
        assert taken == pytest.approx(asked, abs=0.01)


def test_a_bar_that_is_clicked_selects_and_is_joined_to_what_was(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/bulk?bars=true&select_how=and&select=radius+0..")
    settle(page)
    bars = page.locator(".js-plotly-plot").filter(has=page.locator(".bars .point")).first
    bars.scroll_into_view_if_needed()
    longest = bars.locator(".bars .point path").first.bounding_box()
    page.mouse.click(longest["x"] + longest["width"] / 2, longest["y"] + longest["height"] / 2)
    page.wait_for_function("location.search.includes('and')")
    settle(page)
    rule = from_address(parse_qs(urlsplit(page.url).query)["select"][0])
    radius, has = rule.parts
    assert isinstance(radius, Within)
    assert isinstance(has, Has)
    shares = values_of(server.study)
    assert has == shares.rules[int(shares.shares().argmax())]


def test_two_selections_are_made_and_worked_on_by_the_keyboard_alone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/radii?select=unusual(20)&select_name=far")
    settle(page)
    page.get_by_role("button", name="Another").press("Enter")
    page.get_by_role("radio", name="nothing yet").wait_for()
    settle(page)
    page.get_by_role("button", name="Select vectors").press("Enter")
    field = page.get_by_role("textbox", name="Rule")
    field.fill("radius 0..")
    field.press("Control+Enter")
    page.wait_for_function("location.search.includes('select2=')")
    settle(page)
    page.keyboard.press("Escape")
    group = page.get_by_role("radiogroup", name="Selections")
    group.get_by_role("radio").last.press("ArrowUp")
    page.wait_for_function("!location.search.includes('selecting=')")
    settle(page)
    expect(group.get_by_role("radio").first).to_be_checked()
    assert parse_qs(urlsplit(page.url).query)["select"] == ["unusual(20)"]
