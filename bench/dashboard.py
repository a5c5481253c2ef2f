"""The dashboard as a user meets it: start, pages, tabs and memory, in headless Chromium.

The peer is the limit that the project sets itself; the floor is a Streamlit script of two tabs and a heading.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request, WebSocket, sync_playwright

from bench import Measurement
from core.strategies import Effort, applicable
from pages.parts.front_door import PAGES as ROOMS

__all__ = ["ARGUMENTS", "CHROMIUM", "measure", "quiet", "server"]

ROOT = Path(__file__).parents[1]
PAGES = ("components", "correlations", "bulk", "normality", "radii", "paths", "scoreboard", "studies")
WITHOUT_TABS = ("paths", "scoreboard", "studies")  # pages without strategy tabs
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""Preferably the build without a window, as in the tests."""

ARGUMENTS = ("--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-sync", "--disable-quic")
EMPTY = """
import streamlit as st
tabs = st.tabs(["One", "Two"], key="tab", on_change="rerun")
st.header(st.session_state["tab"])
"""
QUIET = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
        && document.querySelector('h1, h2');
}"""

EARLY = 3
"""Tabs after which the memory is looked at for the first time."""

MINUTE = 60.0
"""Seconds from the start of a server to the first of these."""

OWN = ("/static/", "/_stcore/")
"""Where Streamlit's own files lie."""

PAINTED = """question => document.querySelector('h1')?.innerText.startsWith(question)
    && [...document.querySelectorAll('.js-plotly-plot .main-svg, [data-testid="stDataFrame"] canvas')]
        .some(p => !p.closest('[data-stale="true"]'))"""
QUESTIONS = {room.file: room.question for room in ROOMS}


@dataclass(frozen=True)
class Costs:
    """Seconds: start to quiet, first paint of a page, tabs at first, what is fitted, again; megabytes at the end."""

    start: float
    paint: float
    first: float
    fitted: float
    again: float
    memory: float


def measure() -> Iterator[Measurement]:
    """Yield start, tabs, what is loaded, and memory."""
    strategies = applicable(posteriors=False)
    tabs = [strategy.title for strategy in strategies]
    fitted = {strategy.title for strategy in strategies if strategy.effort is not Effort.INSTANT}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "empty.py"
            script.write_text(EMPTY)
            floor = _costs(browser.new_page(), script, ["One", "Two"])
            with server(script) as (url, _):
                bare = _loaded(browser, url)
        costs = _costs(browser.new_page(), ROOT / "dashboard.py", tabs, fitted)
        early = _after_a_minute(browser.new_page(), tabs[1 : 1 + EARLY])
        with server(ROOT / "dashboard.py") as (url, _):
            loaded = max(_loaded(browser, url if room is ROOMS[0] else f"{url}/{room.file}") for room in ROOMS)
        statistics = median(_opening(browser.new_page(), page) for page in ("components", "radii", "components"))
        browser.close()
    limits = (
        ("start to faces on the screen", "s", costs.start, 5.5, floor.start),
        ("start to a page of statistics", "s", statistics, 5.0, floor.start),
        ("first paint of a page, slowest", "s", costs.paint, 1.0, floor.first),
        ("tab for the first time, slowest", "s", costs.first, 0.5, floor.first),
        ("… of what is fitted, slowest", "s", costs.fitted, 1.0, floor.first),
        ("tab seen before, slowest", "s", costs.again, 0.25, floor.again),
        ("loaded for a page, largest", "MB", loaded, 3.0, bare),
        ("memory after a minute and three tabs", "MB", early, 700.0, floor.memory),
        ("memory after all pages and tabs", "MB", costs.memory, 1000.0, floor.memory),
    )
    for name, unit, value, limit, least in limits:
        yield Measurement(name, unit, value, limit, least, f"at most {limit:g} {unit}", value <= limit)


def _costs(page: Page, script: Path, tabs: list[str], fitted: Collection[str] = ()) -> Costs:
    started = time.perf_counter()
    with server(script) as (url, process):
        page.goto(url)
        if script.name == "dashboard.py":
            for wall in range(2):
                page.locator("figure img").nth(wall).wait_for(timeout=120_000)
        else:
            quiet(page)
        start = time.perf_counter() - started
        quiet(page)
        paint = max((_paint(page, name) for name in PAGES), default=0.0) if script.name == "dashboard.py" else 0.0
        if paint:
            page.goto(f"{url}/faces")
            quiet(page)
        order = [*tabs[1:], tabs[0]]
        took = {tab: _switch(page, tab) for tab in order}
        again = max(_switch(page, tab) for tab in order)
        if script.name == "dashboard.py":
            for name in PAGES:
                page.goto(f"{url}/{name}")
                quiet(page)
                for tab in tabs if name not in WITHOUT_TABS else []:
                    _switch(page, tab)
        memory = _memory(process.pid)
    page.close()
    first = max(seconds for tab, seconds in took.items() if tab not in fitted)
    return Costs(start, paint, first, max([0.0, *(took[tab] for tab in fitted)]), again, memory)


def _after_a_minute(page: Page, tabs: list[str]) -> float:
    """Return the memory of a server that has shown its first faces, a minute later *Faces*, and then some tabs."""
    started = time.perf_counter()
    with server(ROOT / "dashboard.py") as (url, process):
        page.goto(url)
        for wall in range(2):
            page.locator("figure img").nth(wall).wait_for(timeout=120_000)
        quiet(page)
        time.sleep(max(0.0, MINUTE - (time.perf_counter() - started)))
        page.goto(f"{url}/faces")
        quiet(page)
        for tab in tabs:
            _switch(page, tab)
        memory = _memory(process.pid)
    page.close()
    return memory


def _loaded(browser: Browser, address: str) -> float:
    """Return how many MB a browser that knows nothing yet loads for a page, besides Streamlit's own files."""
    context = browser.new_context()
    page, loaded = context.new_page(), []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: loaded.append(len(frame)))

    def finished(request: Request) -> None:
        path = urlsplit(request.url).path
        if request.url.startswith("http") and not any(part in path for part in OWN):
            loaded.append(request.sizes()["responseBodySize"])

    page.on("websocket", listen)
    page.on("requestfinished", finished)
    page.goto(address)
    quiet(page)
    page.wait_for_load_state("networkidle")
    context.close()
    return sum(loaded) / 1e6


def _opening(page: Page, name: str) -> float:
    """Return the seconds from starting a server to a page that is complete."""
    started = time.perf_counter()
    with server(ROOT / "dashboard.py") as (url, _):
        page.goto(f"{url}/{name}")
        quiet(page)
        seconds = time.perf_counter() - started
    page.close()
    return seconds


def _paint(page: Page, name: str) -> float:
    """Return the seconds from the click on a page in the navigation until its first chart or table is on the screen."""
    started = time.perf_counter()
    page.locator(f'a[data-testid="stSidebarNavLink"][href$="/{name}"]').click()
    page.wait_for_function(PAINTED, arg=QUESTIONS[name], timeout=60_000, polling=10)
    seconds = time.perf_counter() - started
    quiet(page)
    return seconds


def _switch(page: Page, tab: str) -> float:
    """Return the seconds from the click on a tab until nothing runs and nothing is missing."""
    target = page.get_by_role("tab", name=tab, exact=True)
    started = time.perf_counter()
    target.click()
    page.wait_for_function("t => t.getAttribute('aria-selected') === 'true'", arg=target.element_handle(), polling=5)
    time.sleep(0.05)  # the click has reached the server
    quiet(page)
    return time.perf_counter() - started


def quiet(page: Page, patience: float = 120_000) -> None:
    """Wait until nothing runs and nothing is missing, some milliseconds at most."""
    page.wait_for_function(QUIET, timeout=patience, polling=10)


def _memory(pid: int) -> float:
    """Return the peak resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


@contextmanager
def server(script: Path, **variables: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a script with variables of the environment; yield its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", str(port)]
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        environment = uncounted | variables
        process = subprocess.Popen(command, cwd=ROOT, stdout=nowhere, stderr=nowhere, env=environment)
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.02)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait(60)  # on a busy machine, too
