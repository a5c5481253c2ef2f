"""Vectors are selected where points are ranks, small multiples, dots in space or frames of a path."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Locator, Page, expect

from core.selection import select
from core.selection.rules import AnyOf, Near, Polygon, Within
from core.study.describing import describe_study
from tests.browser.conftest import Server, settle
from tests.browser.test_selection import rule_in


def chart(page: Page, key: str) -> Locator:
    plot = page.locator(f".st-key-{key} .js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    return plot


def drag(page: Page, *corners: tuple[float, float]) -> None:
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=6)
    page.mouse.up()


def test_boxes_in_both_quantile_plots_are_ranges(page: Page, server: Server) -> None:
    study, described = server.study, describe_study(server.study)
    for key, of in (("quantiles", "component0"), ("squared_distances", "distance")):
        page.goto(f"{server.url}/normality?everything=true")
        settle(page)
        plot = chart(page, key)
        plot.locator('.modebar-btn[data-title="Box Select"]').click()
        box = plot.locator(".nsewdrag").first.bounding_box()
        middle, top = box["x"] + box["width"] / 2, box["y"] + 4
        drag(page, (middle, top), (box["x"] + box["width"] - 3, box["y"] + box["height"] - 4))
        rule = rule_in(page)
        assert isinstance(rule, Within)
        assert rule.of == of
        share = select(rule, study, described).mean()
        assert 0.1 < share < 0.9


def test_a_lasso_in_one_of_many_planes_is_of_that_plane(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/normality?everything=true")
    settle(page)
    plot = chart(page, "pairs")
    plot.locator('.modebar-btn[data-title="Lasso Select"]').click()
    box = plot.locator(".x2y2 .nsewdrag, .nsewdrag[data-subplot=x2y2]").first.bounding_box()
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] / 4
    turns = np.linspace(0, 2 * np.pi, 20)
    drag(page, *((x + reach * np.cos(turn), y + reach * np.sin(turn)) for turn in turns))
    rule = rule_in(page)
    assert isinstance(rule, Polygon)
    assert (rule.across, rule.up) == ("axis3", "axis4")
    expect(page.get_by_test_id("stSidebar").get_by_text(f"of {len(server.study)}")).to_be_visible()


def test_a_point_in_space_is_clicked_and_its_neighbours_are_selected(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/bulk?view=space")
    settle(page)
    plot = chart(page, "space")
    page.wait_for_timeout(700)  # the listener looks for the chart four times a second
    handle = plot.element_handle()
    page.evaluate("plot => plot.emit('plotly_click', {points: [{customdata: [0, 7]}]})", handle)
    page.wait_for_function("location.search.includes('point_row=')")
    settle(page)
    expect(page.get_by_label("Row", exact=True)).to_have_value("7")
    page.get_by_role("button", name="Select them").click()
    rule = rule_in(page)
    assert isinstance(rule, Near)
    assert rule.image == str(server.study.rows["image"][7])
    assert select(rule, server.study, describe_study(server.study)).sum() == rule.count


def test_vectors_near_a_path_are_selected_by_a_click_and_a_button(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/paths?way=plane")
    settle(page)
    page.get_by_label("Nearest", exact=True).fill("3")
    page.get_by_label("Nearest", exact=True).press("Enter")
    settle(page)
    page.get_by_role("button", name="Select them").click()
    rule = rule_in(page)
    assert isinstance(rule, AnyOf)
    assert len(rule.parts) == 15
    assert {part.count for part in rule.parts} == {3}
    plot = chart(page, "plane_path")
    dot = plot.locator(".scatterlayer .trace .points path.point").first.bounding_box()
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.wait_for_function("location.search.includes('near_frame=1')")
    settle(page)
    page.get_by_role("button", name="Select them").click()
    page.wait_for_function("location.search.includes('select=near')")
    one = rule_in(page)
    assert isinstance(one, Near)
    assert one == rule.parts[0]
