"""The dashboard as a user starts it, and headless Chromium to use it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from core.study import Study

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The build without a window takes a quarter less time."""

PLANE = ".st-key-plane_density .js-plotly-plot"
"""The plane of *Bulk*."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # drawn by the processor anyway, and quicker without the detour
    "--js-flags=--no-opt",  # what runs for so short a time costs more to optimise than that saves
)


@dataclass(frozen=True)
class Server:
    """A running dashboard: its address, the study behind it, and what it wrote to the console."""

    url: str
    study: Study
    log: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tiny_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "console.log"
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--", str(tiny_study.folder)]
    uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    with log.open("w") as console:
        process = subprocess.Popen(command, cwd=ROOT, env=uncounted, stdout=console, stderr=subprocess.STDOUT)
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield Server(f"http://127.0.0.1:{port}", tiny_study, log)
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium is installed; CI must not skip the browser tests.")
        pytest.skip("No Chromium is installed (Debian: apt-get install chromium-headless-shell, or chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> BrowserContext:
    """Return the visitor that all tests share: scripts are fetched and compiled once."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(60_000)
    return context


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Iterator[Page]:
    """Return an empty page; after the test, neither browser nor server may have complained."""
    page = context.new_page()
    page.set_viewport_size({"width": 1400, "height": 1000})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert page.get_by_test_id("stException").count() == 0
    page.evaluate("localStorage.clear()")
    page.close()
    assert not complaints
    spoken = [line for line in server.log.read_text().splitlines() if "arning" in line or "rror" in line]
    assert not spoken


def settle(page: Page, patience: float = 60.0) -> None:
    """Wait until the dashboard has begun and has nothing left to do, at most for some seconds."""
    busy = """() => {
        const app = document.querySelector('[data-testid="stApp"]');
        return !app || app.getAttribute('data-test-connection-state') !== 'CONNECTED'
            || app.getAttribute('data-test-script-state') === 'running'
            || !document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
            || !!document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
    }"""
    quiet, end = 0, time.monotonic() + patience
    while quiet < 4:
        assert time.monotonic() < end, "the dashboard does not come to rest"
        quiet = 0 if page.evaluate(busy) else quiet + 1
        time.sleep(0.1)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "the dashboard stopped"
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the dashboard does not answer")


def mark_called(plot: Locator, name: str) -> Locator:
    """Return the first point of that name in a chart, which is not drawn by WebGL."""
    uid = plot.evaluate("(chart, name) => chart._fullData.find((trace) => trace.name === name).uid", name)
    return plot.locator(f".trace{uid} path.point").first
