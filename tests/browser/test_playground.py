"""The playground's one gesture: a slider is dragged, the picture follows the hand, the address the release."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settle


def test_the_picture_follows_a_slider_while_it_is_dragged(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/playground?play_from=2")
    settle(page, 240)
    picture, slider = (
        page.locator(".board figure > img"),
        page.get_by_role("slider", name="Principal axis 1", exact=True),
    )
    before, box = picture.get_attribute("src"), slider.bounding_box()
    assert before
    start = page.locator(".board .before img").get_attribute("src")
    expect(page.locator(".board .before span")).to_have_text("No slider is moved yet: both pictures are the same.")
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=4)
    expect(picture).not_to_have_attribute("src", before)
    assert "move_axes" not in page.url
    page.mouse.up()
    page.wait_for_url("**move_axes=1%3A*", wait_until="commit")
    settle(page)
    expect(page.locator(".board .before img")).to_have_attribute("src", start or "")
    expect(page.locator(".board .before span")).to_have_text(re.compile(r"^Moved: Principal axis 1 \+\d\.\d\.$"))
    after, moved = picture.get_attribute("src"), slider.input_value()
    assert after not in (None, before)
    page.goto("about:blank")
    page.go_back()
    settle(page)
    expect(picture).to_have_attribute("src", after or "")
    expect(slider).to_have_value(moved)
    page.get_by_role("button", name="Back to the start").click()
    settle(page)
    expect(picture).to_have_attribute("src", before)
    expect(slider).to_have_value("0")
