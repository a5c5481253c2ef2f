"""``python -m bench.film FILE.gif`` films the start page: its slider goes from noise to the people themselves.

For the README. Each step is what the browser shows when it has come to rest; decoded faces alone are on it.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from bench.dashboard import ARGUMENTS, CHROMIUM, ROOT, quiet, server
from core.space.ladder import LADDER

__all__ = ["film"]

WINDOW, WIDTH = {"width": 1400, "height": 900}, 840
"""Pixels of the window, and of the film."""

STAYS = 1600
"""Milliseconds of each step; the last stays twice as long."""

COLOURS = 160


def film() -> list[Image.Image]:
    """Return what the start page shows at each step of its slider."""
    with server(ROOT / "dashboard.py") as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport=WINDOW, reduced_motion="reduce")  # type: ignore[arg-type]
        steps = []
        for rung in LADDER:
            page.goto(f"{url}/?knows={rung.key}")
            quiet(page)
            page.wait_for_timeout(1500)  # pictures arrive after the page has come to rest
            steps.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        browser.close()
    height = round(WIDTH * steps[0].height / steps[0].width)
    return [step.resize((WIDTH, height), Image.Resampling.LANCZOS) for step in steps]


def main() -> int:
    """Write the film to the file that is named."""
    first, *others = [step.quantize(COLOURS, dither=Image.Dither.NONE) for step in film()]
    times = [STAYS] * len(others) + [2 * STAYS]
    first.save(Path(sys.argv[1]), save_all=True, append_images=others, duration=times, loop=0, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
