"""A face is looked at by its name, then from neighbour to neighbour, with a mouse or a keyboard; then a picture."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from core.selection.rules import Near
from core.space.inspection import inspect_vector
from core.study.describing import describe_study
from tests.browser.conftest import Server, settle
from tests.browser.test_selection import rule_in


def test_from_neighbour_to_neighbour_and_to_a_picture_of_ones_own(page: Page, server: Server, tmp_path: Path) -> None:
    study, described = server.study, describe_study(server.study)
    first = str(study.rows["image"][3])
    page.goto(f"{server.url}/faces?side=named&named={first}")
    settle(page)
    for how in ("click", "press"):
        row = int(np.flatnonzero(study.rows["image"] == first)[0])
        expected = list(inspect_vector(study, described, study.latents[row]).neighbours["image"])
        second = page.get_by_role("button", name="Nearest: inspect", exact=False).nth(1)
        second.click() if how == "click" else second.press("Enter")
        page.wait_for_function(f"location.search.includes('named={expected[1]}')")
        settle(page)
        first = str(expected[1])
        expect(page.get_by_label("Name of the image")).to_have_value(first)
    page.get_by_role("button", name="Select them").press("Enter")
    assert rule_in(page) == Near(50, image=first)
    page.get_by_role("radio", name="A picture of yours").press("Enter")
    page.wait_for_function("location.search.includes('side=own')")
    settle(page)
    Image.fromarray(np.full((700, 500, 3), 120, np.uint8)).save(tmp_path / "me.png")
    page.get_by_test_id("stMain").locator("input[type=file]").set_input_files(tmp_path / "me.png")
    expect(page.get_by_text("As the encoder saw it, and made again.")).to_be_visible()
    settle(page)
    assert parse_qs(urlsplit(page.url).query)["side"] == ["own"]
