"""Quick gestures, links and visitors, in a real browser."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Error, Page, expect

from core.captions.radii import mean_and_deviation
from core.space.sample import draw_sample
from core.statistics import Description
from core.strategies import Recipe
from core.study.describing import describe_study
from pages.parts.front_door import PAGES
from tests.browser.conftest import Server, settle

SEQUENCES = int(os.environ.get("ZPOINTS_SEQUENCES", "10"))
"""Random sequences of quick gestures; 200 were run before a release."""

PRESETS = {"2/3 b*": 0.666667, "1 b*": 1.0, "4/3 b*": 1.33333, "10/3 b*": 3.33333}


TABS = {"cube": "Cube", "gaussian": "Gaussian", "mvn": "Multivariate normal"}

SLIDER = '[data-testid="stSlider"] input[type=range]'

SAY = """([slider, strategy, scale, seed]) => {
    const said = new URLSearchParams(location.search);
    const shown = document.querySelector(slider);
    const close = strategy !== 'cube' || shown && Math.abs(Number(shown.value) - Number(scale)) < 0.006; // half a step
    return close && (said.get('strategy') ?? 'cube') === strategy && (said.get('seed') ?? '0') === seed
        && (strategy !== 'cube' || (said.get('cube_scale') ?? '1') === scale);
}"""
"""Whether slider and address say what was chosen."""


FOCUS = """([slider, scale]) => {
    const [shown, other] = document.querySelectorAll(slider);
    const there = shown && !other && Math.abs(Number(shown.value) - scale) < 0.006;
    if (there) shown.focus();
    return there;
}"""
"""Takes hold of the slider once it alone is there and stands where it was set."""


@dataclass
class Visitor:
    """What a reader has chosen on the faces, one quick gesture after the other, and so expects to see."""

    page: Page
    rng: np.random.Generator
    strategy: str = "cube"
    scale: float = 1.0
    seed: int = 0
    did: list[str] = field(default_factory=list)

    def act(self) -> None:
        """Do one of the things that can be done now, as soon as the page lets it."""
        ways = [self.next_seed, self.turn_to_a_tab]
        if self.strategy == "cube":
            ways += [self.press_a_preset, self.move_the_slider]
        ways[int(self.rng.integers(len(ways)))]()

    def next_seed(self) -> None:
        self.page.get_by_test_id("stSidebar").get_by_test_id("stNumberInputStepUp").last.click()
        self.seed += 1
        self.did.append(f"seed {self.seed}")

    def turn_to_a_tab(self) -> None:
        self.strategy = str(self.rng.choice([key for key in TABS if key != self.strategy]))
        self.page.get_by_role("tab", name=TABS[self.strategy], exact=True).click()
        self.did.append(self.strategy)

    def press_a_preset(self) -> None:
        label = str(self.rng.choice(list(PRESETS)))
        self.page.get_by_role("button", name=label).click()
        self.scale = PRESETS[label]
        self.did.append(label)

    def move_the_slider(self) -> None:
        """Move the slider by a few steps from where it has come to rest: nobody takes hold of one that moves."""
        settle(self.page)
        self.page.wait_for_function(FOCUS, arg=[SLIDER, self.scale])
        shown = float(self.page.locator(SLIDER).input_value())  # between two steps where a preset has set it
        keys = [str(self.rng.choice(["ArrowLeft", "ArrowRight"])) for _ in range(int(self.rng.integers(1, 4)))]
        for key in keys:
            self.page.keyboard.press(key)
        self.scale = round(shown + 0.01 * (keys.count("ArrowRight") - keys.count("ArrowLeft")), 2)
        self.did.append(f"slider {self.scale:g}")


def test_quick_gestures_are_all_obeyed_and_control_wall_and_address_agree(page: Page, server: Server) -> None:
    description = describe_study(server.study)
    page.goto(f"{server.url}/faces")
    settle(page, 240)
    visitor, lost = Visitor(page, np.random.default_rng(0)), []
    for _ in range(SEQUENCES):
        visitor.did.clear()
        for _ in range(int(visitor.rng.integers(2, 5))):
            visitor.act()
            page.wait_for_timeout(float(visitor.rng.uniform(0, 120)))
        settle(page)
        if fault := _disagreement(visitor, server, description):
            lost.append(f"{', '.join(visitor.did)}: {fault}")
            page.goto(
                f"{server.url}/faces?strategy={visitor.strategy}&cube_scale={visitor.scale:g}&seed={visitor.seed}"
            )
            settle(page)
    assert not lost, f"{len(lost)} of {SEQUENCES} sequences"


def _disagreement(visitor: Visitor, server: Server, description: Description) -> str:
    """Return what does not show what a visitor has chosen, or nothing."""
    page, seed = visitor.page, visitor.seed
    recipe = Recipe.of(visitor.strategy, {"scale": visitor.scale} if visitor.strategy == "cube" else {})
    drawn = draw_sample(server.study, description, recipe.make(), 512, seed)
    try:
        page.wait_for_function(SAY, arg=[SLIDER, visitor.strategy, f"{visitor.scale:g}", str(seed)], timeout=10_000)
        settle(page)
        expect(page.get_by_label("Seed", exact=True)).to_have_value(str(seed))
        tab = page.get_by_role("tab", name=TABS[visitor.strategy], exact=True)
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("heading", name=drawn.strategy.label(), exact=True)).to_be_visible()
        box = page.get_by_test_id("stMetric").filter(has_text="Length").nth(1)
        expect(box.get_by_test_id("stMetricValue")).to_have_text(mean_and_deviation(drawn.description.radii))
    except (Error, AssertionError) as error:
        slider = page.locator(SLIDER)
        shown = ", ".join(slider.nth(i).input_value() for i in range(slider.count()))
        return f"{page.url}, slider {shown}: {str(error).splitlines()[0]}"
    return ""


def test_back_leads_through_tabs_and_pages(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/radii")
    settle(page)
    for name in ("Gaussian", "Multivariate normal"):
        page.get_by_role("tab", name=name, exact=True).click()
        settle(page)
    page.get_by_role("link", name="Components").click()
    expect(page.get_by_role("heading", name="How is each")).to_be_visible()
    settle(page)
    page.go_back()
    settle(page)
    expect(page.get_by_role("tab", name="Multivariate normal")).to_have_attribute("aria-selected", "true")
    if page.get_by_role("heading", name="How is each").is_visible():  # whose address was completed in a step of its own
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
