"""Quick gestures, links and visitors, in a real browser."""

from __future__ import annotations

import os
import re
import socket
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.space.sample import draw_sample
from core.statistics import matched_half_width
from core.strategies import Recipe
from core.study.describing import describe_study
from pages.parts.front_door import PAGES
from tests.browser.conftest import Server, settle

SEQUENCES = int(os.environ.get("ZPOINTS_SEQUENCES", "6"))
"""Random sequences of quick gestures; 200 were run before a release."""

PRESETS = {"2/3 b*": 0.666667, "1 b*": 1.0, "4/3 b*": 1.33333, "10/3 b*": 3.33333}


SAY = """([scale, seed]) => {
    const said = new URLSearchParams(location.search);
    const slider = document.querySelector('[data-testid="stSlider"] input[type=range]');
    const close = slider && Math.abs(Number(slider.value) - Number(scale)) < 0.006; // the steps of the slider
    return close && (said.get('cube_scale') ?? '1') === scale && (said.get('seed') ?? '0') === seed;
}"""
"""Whether slider and address say a scale of the cube and the address a seed."""


def test_quick_gestures_are_all_obeyed_and_control_wall_and_address_agree(page: Page, server: Server) -> None:
    rng = np.random.default_rng(0)
    description = describe_study(server.study)
    match = matched_half_width(description.mean_radius, description.dimension)
    page.goto(f"{server.url}/faces")
    settle(page, 240)
    scale, seed = 1.0, 0
    up = page.get_by_test_id("stSidebar").get_by_test_id("stNumberInputStepUp").last
    for _ in range(SEQUENCES):
        for _ in range(int(rng.integers(2, 5))):
            if rng.random() < 0.5:
                label = str(rng.choice(list(PRESETS)))
                page.get_by_role("button", name=label).click()
                scale = PRESETS[label]
            else:
                up.click()
                seed += 1
            page.wait_for_timeout(float(rng.uniform(0, 120)))
        settle(page)
        recipe = Recipe.of("cube", {"scale": scale})
        drawn = draw_sample(server.study, description, recipe.make(), 512, seed)
        page.wait_for_function(SAY, arg=[f"{scale:g}", str(seed)], timeout=30_000)
        settle(page)
        assert page.get_by_label("Seed", exact=True).input_value() == str(seed)
        expect(page.get_by_role("heading", name=f"Cube, b = {scale * match:.2f}")).to_be_visible()
        radii = drawn.description.radii
        box = page.get_by_test_id("stMetric").filter(has_text="Mean radius").nth(1)
        assert box.get_by_test_id("stMetricValue").inner_text() == f"{radii.mean():.2f} ± {radii.std(ddof=1):.2f}"


def test_back_leads_through_tabs_and_pages(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/radii")
    settle(page)
    for name in ("Gaussian", "Multivariate normal"):
        page.get_by_role("tab", name=name, exact=True).click()
        settle(page)
    page.get_by_role("link", name="Components").click()
    expect(page.get_by_role("heading", name="How is each")).to_be_visible()
    settle(page)
    page.go_back()  # the address of a page is completed in a step of its own
    settle(page)
    expect(page.get_by_role("tab", name="Multivariate normal")).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(page.get_by_role("heading", name="How long are")).to_be_visible()
    settle(page)
    expect(page.get_by_role("tab", name="Multivariate normal")).to_have_attribute("aria-selected", "true")
    page.go_back()
    settle(page)
    expect(page.get_by_role("tab", name="Gaussian", exact=True)).to_have_attribute("aria-selected", "true")


def test_the_faces_have_an_address_of_their_own(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/faces?strategy=mvn&seed=2")
    settle(page)
    expect(page.get_by_role("heading", name="Multivariate normal")).to_be_visible()
    expect(page.get_by_label("Seed", exact=True)).to_have_value("2")


def test_the_start_has_an_address_of_its_name_too(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/start")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[0].question)
    settle(page)
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_an_address_that_cannot_be_followed_says_what_is_shown_instead(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/radii?seed={'7' * 5000}&flavour=mint&strategy=magic&study=nowhere")
    settle(page)
    faults = (
        "seed must be a whole number",
        "names 'flavour', which means nothing on this page",
        "strategy must be one of cube",
        "study must be one of",
    )
    for said in faults:
        expect(page.get_by_text(re.compile(re.escape(said))).first).to_be_visible()


def test_former_names_in_an_address_still_work(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?strategy=celeba&side=CelebA&face=3")
    settle(page)
    expect(page.get_by_role("tab", name="Data", exact=True)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_label("Face", exact=True)).to_have_value("3")


@pytest.mark.parametrize(("host", "answer"), [("127.0.0.1", 101), ("[::1]", 101), ("evil.example", 403)])
def test_a_foreign_host_gets_no_connection(server: Server, host: str, answer: int) -> None:
    port = urlsplit(server.url).port
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}:{port}",
        f"Origin: http://{host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        status = connection.recv(64).split()[1]
    assert int(status) == answer
