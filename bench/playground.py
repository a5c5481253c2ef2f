"""The playground while a slider is dragged: from the hand to the new picture, in headless Chromium and on the server.

The peer is the limit that the project sets itself; the floor is what the server computes for one place of a slider.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import sync_playwright

from bench import Measurement
from bench.dashboard import ARGUMENTS, CHROMIUM, ROOT, quiet, server
from core.figures.faces import wall
from core.figures.playground import standing
from core.space.playground import moved, stand, step_of
from core.study import open_study
from core.study.describing import describe_study

__all__ = ["measure"]

PLACES = 60
"""Of the slider, one after the other as a hand moves it."""

LIMIT = 150.0
"""Milliseconds, the median."""

DRAG = """async (board, places) => {
    const input = board.querySelector("input"), image = board.querySelector("img"), took = [];
    for (let i = 0; i < places; i++) {
        const begun = performance.now(), before = image.src;
        input.value = (3 * Math.sin(i / 6 + 0.3)).toFixed(1);
        input.dispatchEvent(new Event("input"));
        while (image.src === before && performance.now() - begun < 5000) await new Promise(requestAnimationFrame);
        await image.decode();
        took.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    input.dispatchEvent(new Event("change"));
    return took;
}"""
"""Moves the first slider from place to place; returns the milliseconds until each new picture can be seen."""


def measure() -> Iterator[Measurement]:
    """Yield the median from slider to picture."""
    with sync_playwright() as playwright, server(ROOT / "dashboard.py") as (url, _):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page()
        page.goto(f"{url}/playground")
        board = page.locator(".board")
        board.wait_for(timeout=120_000)
        quiet(page)
        took = board.evaluate(DRAG, PLACES)
        browser.close()
    value, name = median(took), "playground, slider to picture, median"
    yield Measurement(name, "ms", value, LIMIT, _computing(), f"at most {LIMIT:g} ms", value <= LIMIT)


def _computing() -> float:
    """Return the median milliseconds of what the server computes for one place of a slider."""
    study = open_study(ROOT / "studies" / "celeba")
    described, autoencoder, took = describe_study(study), study.load_autoencoder(), []
    step = step_of(study, described, "axes", "1")
    for place in range(PLACES):
        begun = time.perf_counter()
        vector = moved(study.latents[0], [(place / 20, step)])
        wall(autoencoder.decode(vector[None]), 1)
        standing(described, stand(described, vector)).to_json()
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)
