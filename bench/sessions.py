"""Twenty sessions at once on one server, each switching strategies every 15 seconds while a training runs.

One of them is headless Chromium, which draws what it is sent; the others speak Streamlit's own protocol and draw
nothing, because twenty browsers would need more than two cores by themselves. A switch of theirs counts from its wish
until the server says that the script has ended; that of the browser until nothing runs and nothing is missing.
``BENCH_SESSIONS`` and ``BENCH_SECONDS`` of the environment change how many there are (20) and for how long (300).
Linux only.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image
from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, async_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from bench import Measurement, limited
from bench.dashboard import ARGUMENTS, CHROMIUM, QUIET, ROOT, server
from core.strategies import STRATEGIES

__all__ = ["Seen", "measure"]

SESSIONS, SECONDS = int(os.environ.get("BENCH_SESSIONS", "20")), float(os.environ.get("BENCH_SECONDS", "300"))

EVERY = 15.0
"""Seconds from one switch of a session to its next."""

TABS = STRATEGIES[:6]
"""The first strategies of the ladder need no long fit."""

PATIENCE = 120.0
"""Seconds until a switch counts as an error."""

LEAVING = 30.0
"""Seconds that the server has to let go of sessions that have left."""

DISCONNECTED = 130.0
"""Seconds for which Streamlit keeps a session that may come back: two minutes, and the next look."""


@dataclass
class Seen:
    """What sessions met: the seconds of each switch, by those that draw and those that do not; errors; memory in MB."""

    light: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    before: float = 0.0
    during: float = 0.0
    after: float = 0.0


def measure() -> Iterator[Measurement]:
    """Yield switches, and memory for each session, while they are there and after they have left."""
    seen = asyncio.run(_run(SESSIONS, SECONDS))
    for error in sorted(set(seen.errors)):
        print(error)
    if seen.errors:
        raise RuntimeError(f"{len(seen.errors)} errors in {len(seen.light) + len(seen.drawn)} switches")
    print(
        f"{SESSIONS} sessions, {SECONDS:g} s, {len(seen.light) + len(seen.drawn)} switches, no error; "
        f"slowest {max(seen.light + seen.drawn):.1f} s; server {seen.before:.0f} MB before, {seen.during:.0f} with, "
        f"{seen.after:.0f} after"
    )
    each, left = (seen.during - seen.before) / SESSIONS, (seen.after - seen.before) / SESSIONS
    yield limited("switch, by the server, median", "s", median(seen.light), 2.0, min(seen.light))
    yield limited("switch, in the browser, median", "s", median(seen.drawn), 2.0, min(seen.drawn))
    yield limited("memory of a session", "MB", max(each, 0.1), 30.0, max(left, 0.1))


async def _run(sessions: int, seconds: float) -> Seen:
    """Return what so many sessions meet in so many seconds."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as place, _training(Path(place)):
        variables = {f"ZPOINTS_{what}": f"{place}/{what.lower()}" for what in ("STUDIES", "JOBS", "CACHE")}
        with server(ROOT / "dashboard.py", **variables) as (url, process):
            first = Seen()  # loads what all of them share
            await _light(url, 0.0, time.monotonic() + 1, first, len(TABS))
            seen.errors += first.errors
            await asyncio.sleep(DISCONNECTED)
            seen.before = _resident(process.pid)
            end = time.monotonic() + seconds
            starts = [EVERY * i / sessions for i in range(sessions)]
            works = [asyncio.create_task(_drawn(url, starts[0], end, seen))]
            works += [asyncio.create_task(_light(url, start, end, seen)) for start in starts[1:]]
            while time.monotonic() < end:
                seen.during = max(seen.during, _resident(process.pid))
                await asyncio.sleep(2)
            await asyncio.gather(*works)
            await asyncio.sleep(DISCONNECTED + LEAVING)
            seen.after = _resident(process.pid)
    return seen


async def _light(url: str, start: float, end: float, seen: Seen, least: int = 0) -> None:
    """Switch without drawing, until the end and at least so many times."""
    await asyncio.sleep(start)
    address = url.replace("http", "ws") + "/_stcore/stream"
    try:
        async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
            seen.errors += await _ended(socket, "")
            number = 0
            while time.monotonic() < end or number < least:
                number += 1
                began = time.monotonic()
                seen.errors += await _ended(socket, f"strategy={TABS[number % len(TABS)].key}")
                seen.light.append(time.monotonic() - began)
                await asyncio.sleep(max(0.0, min(EVERY - (time.monotonic() - began), end - time.monotonic())))
    except (OSError, WebSocketException) as error:
        seen.errors.append(f"a session without a browser: {error!r}")


async def _ended(socket: ClientConnection, query: str) -> list[str]:
    """Ask for the faces page with choices; return the exceptions on it when the script has ended."""
    wish = BackMsg()
    wish.rerun_script.query_string, wish.rerun_script.page_name = query, "faces"
    await socket.send(wish.SerializeToString())
    errors, end = [], time.monotonic() + PATIENCE
    while True:
        data = await asyncio.wait_for(socket.recv(), end - time.monotonic())
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        element = message.delta.new_element
        if message.WhichOneof("type") == "delta" and element.WhichOneof("type") == "exception":
            errors.append(f"{element.exception.type}: {element.exception.message}"[:200])
        if message.WhichOneof("type") == "script_finished":
            return errors


async def _drawn(url: str, start: float, end: float, seen: Seen) -> None:
    """Switch in Chromium."""
    await asyncio.sleep(start)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = await browser.new_page()
        page.on("pageerror", lambda error: seen.errors.append(str(error)[:200]))
        try:
            await page.goto(f"{url}/faces")
            await page.wait_for_function(QUIET, timeout=PATIENCE * 1000, polling=100)
            number = 0
            while time.monotonic() < end:
                number += 1
                began = time.monotonic()
                await _switch(page, TABS[number % len(TABS)].title)
                seen.drawn.append(time.monotonic() - began)
                seen.errors += await page.get_by_test_id("stException").all_inner_texts()
                await asyncio.sleep(max(0.0, min(EVERY - (time.monotonic() - began), end - time.monotonic())))
        except BrowserError as error:
            seen.errors.append(str(error)[:200])
        await browser.close()


async def _switch(page: Page, tab: str) -> None:
    """Click on a tab, and wait until nothing runs and nothing is missing."""
    target = page.get_by_role("tab", name=tab, exact=True)
    await target.click(timeout=PATIENCE * 1000)
    chosen = "t => t.getAttribute('aria-selected') === 'true'"
    await page.wait_for_function(chosen, arg=await target.element_handle(), timeout=PATIENCE * 1000, polling=50)
    await asyncio.sleep(0.05)  # the click has reached the server
    await page.wait_for_function(QUIET, timeout=PATIENCE * 1000, polling=50)


def _resident(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000


@contextmanager
def _training(place: Path) -> Iterator[None]:
    """Train at the lowest priority, for longer than anybody measures."""
    rng, images = np.random.default_rng(0), place / "images"
    images.mkdir()
    for number in range(200):
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)).save(images / f"{number:03}.png")
    command = [sys.executable, "-m", "core", "train", "--images", str(images), "--study", str(place / "trained")]
    command += ["--epochs", "500", "--image-size", "64", "--latent-size", "16"]
    process = subprocess.Popen(
        ["nice", "-n", "19", *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()
