"""``python -m bench.odd [NAME …]`` opens every page of odd studies in headless Chromium; each must be drawn.

Studies of a foreign model (grey and colour, from 28 to 128 pixels, not square, latent vectors of 1, 2, 16, 256 and
1,024 components, 1, 2, 3 and 10 of them) and of vectors alone lie behind one server. A page is at fault that shows an
exception, an alert of failure, or nothing, or on which the browser reports an error; what it lacks may stand there as a
note, which is a sentence. Faults are printed, and the exit status is 1.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from bench.dashboard import ARGUMENTS, CHROMIUM, QUIET, ROOT, server
from core.study.importing import write_found
from core.study.looking import look
from core.study.writing import write_vectors
from pages.parts.front_door import PAGES, Room
from tests.helpers.foreign import onnx_linear, pictures, write_pictures

__all__ = ["ODD", "Odd", "make", "visit"]

WAIT = 120_000
"""Milliseconds in which a page must come to rest, on a busy machine, too."""

ASKED = "question => document.querySelector('h1')?.innerText.startsWith(question)"

HARMLESS = ("WebGL", "GPU stall", "ERR_NAME_NOT_RESOLVED", "/_stcore/")
"""What Chromium says without a graphics card and the internet, and of Streamlit, which finds its server by trying."""


@dataclass(frozen=True)
class Odd:
    """A study by its rows, components of a vector, and the shape of its images; () for vectors alone."""

    rows: int
    dimension: int
    shape: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What its folder is called."""
        images = "x".join(map(str, self.shape)) if self.shape else "vectors"
        return f"{images}-latent{self.dimension}-rows{self.rows}"


ODD = (
    Odd(10, 2, (28, 28, 1)),
    Odd(3, 1, (128, 128, 3)),
    Odd(2, 256, (32, 40, 1)),
    Odd(1, 1024, (36, 28, 3)),
    Odd(10, 16, (48, 96, 3)),
    Odd(1, 1),
    Odd(2, 2),
    Odd(3, 16),
    Odd(10, 256),
    Odd(10, 1024),
)


def make(odd: Odd, folder: Path, workplace: Path) -> None:
    """Write an odd study as a folder, by import of a model that was made elsewhere."""
    if not odd.shape:
        write_vectors(np.random.default_rng(0).normal(size=(odd.rows, odd.dimension)), folder)
        return
    height, width, channels = odd.shape
    images = pictures(max(odd.rows, 20), (height, width, channels))
    models = onnx_linear(workplace, images, odd.dimension)
    write_pictures(workplace / "images", images[: odd.rows])
    write_found(look(models, workplace / "images"), folder)


def visit(context: BrowserContext, url: str, name: str, rooms: Sequence[Room] = PAGES) -> list[str]:
    """Go through pages of the dashboard with a study, all by default; return what is wrong, and where."""
    page = context.new_page()
    heard = _heard(page)
    page.goto(f"{url}/studies?everything=true&study={name}")
    page.wait_for_function(QUIET, timeout=WAIT, polling=100)
    found = []
    for room in rooms:
        found += [f"{name}, {room.file}: {fault}" for fault in (*_faults(page, room), *heard)]
        heard.clear()
    page.close()
    return found


def _faults(page: Page, room: Room) -> list[str]:
    """Go to a page of the dashboard by its navigation; return what is wrong with it."""
    try:
        page.locator(
            f'a[data-testid="stSidebarNavLink"][href*="/{room.file if room.file != "start" else ""}"]'
        ).first.click()
        page.wait_for_function(ASKED, arg=room.asks("picture"), timeout=WAIT, polling=100)
        page.wait_for_function(QUIET, timeout=WAIT, polling=100)
    except BrowserError as error:
        return [f"it does not come to rest ({str(error).splitlines()[0]})"]
    page.wait_for_timeout(300)  # charts are drawn after the script has ended
    found = [f"exception: {text}" for text in page.get_by_test_id("stException").all_inner_texts()]
    for kind in ("stAlertContentError", "stAlertContentWarning"):
        found += [f"alert: {text}" for text in page.get_by_test_id(kind).all_inner_texts()]
    notes = page.get_by_test_id("stAlertContentInfo").all_inner_texts()
    found += [f"no sentence: {note}" for note in notes if not note.strip().endswith(".")]
    text = page.get_by_test_id("stMain").inner_text()
    found += [f"no number: {match[0]}" for match in re.finditer(r"[^.\n]*\b(nan|inf)\b[^.\n]*", text)]
    if len(text) < 100:
        found.append("it is empty")
    return found


def _heard(page: Page) -> list[str]:
    """Return a list that fills with what the browser says is wrong with a page."""
    heard: list[str] = []

    def note(said: str) -> None:
        if not any(word in said for word in HARMLESS):
            heard.append(said)

    page.on("pageerror", lambda error: note(f"error of the page: {error}"))
    page.on("console", lambda said: note(_said(said)) if said.type == "error" else None)
    return heard


def _said(message: ConsoleMessage) -> str:
    return f"console: {message.text} ({message.location['url']})"


def main() -> int:
    """Open every page of the studies whose names hold a word of the command line, of all by default."""
    chosen = [odd for odd in ODD if not sys.argv[1:] or any(word in odd.name for word in sys.argv[1:])]
    wrong = 0
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        studies = Path(place) / "studies"
        for odd in chosen:
            (workplace := Path(place) / odd.name).mkdir()
            make(odd, studies / odd.name, workplace)
        variables = {
            "ZPOINTS_STUDIES": str(studies),
            "ZPOINTS_JOBS": f"{place}/jobs",
            "ZPOINTS_CACHE": f"{place}/cache",
        }
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        with server(ROOT / "dashboard.py", **variables) as (url, _):
            context = browser.new_context()
            for odd in chosen:
                started, found = time.monotonic(), visit(context, url, odd.name)
                for fault in found:
                    print(fault, flush=True)
                taken = time.monotonic() - started
                print(f"{odd.name}: {len(PAGES)} pages, {len(found)} faults, {taken:.0f} s", flush=True)
                wrong += len(found)
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
