"""Gestures that select vectors: what each costs from the hand to pages at rest, and how much is sent for it.

Headless Chromium, which draws WebGL by the processor, shares the cores with the server. The peer is the limit that the
project sets itself; the floor of a lasso is the same one on a Streamlit script that shows as many points and nothing
else, that of a rule the decoding of the faces.

The large study is planted (:mod:`bench.plants`), which takes minutes and 1.1 GB; ``BENCH_PLANTED`` names a folder that
it stays in, ``BENCH_ROWS`` how many rows it has (2,000,000). Linux only.
"""

from __future__ import annotations

import asyncio
import base64
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench import Measurement, limited
from bench.dashboard import ARGUMENTS, CHROMIUM, ROOT, quiet, server
from bench.plants import plant
from core.study import open_study
from core.study.describing import describe_study

__all__ = ["measure"]

ROWS = int(os.environ.get("BENCH_ROWS", "2000000"))

TIMES = 7
"""Gestures of each kind, after one that is not counted."""

WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing")

WATCH = """() => {
    if (window.watched) return;
    window.watched = {begun: 0, last: 0};
    for (const kind of ["mouseup", "keydown"])
        addEventListener(kind, () => { window.watched.begun = performance.now(); }, {capture: true});
    const observer = new MutationObserver(() => { window.watched.last = performance.now(); });
    for (const part of document.querySelectorAll('[data-testid="stMain"], [data-testid="stSidebar"]'))
        observer.observe(part, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
"""Notes when a hand was lifted last, and when the page changed last."""

RESTED = """() => {
    const app = document.querySelector('[data-testid="stApp"]'), {begun, last} = window.watched;
    return app.getAttribute('data-test-script-state') === 'notRunning' && last > begun
        && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
        && [...document.images].every((image) => image.complete) && performance.now() - last > 400;
}"""

BARE = """
import numpy as np, plotly.graph_objects as go, streamlit as st
x, y = np.random.default_rng(0).normal(size=(2, 1024)).astype(np.float32)
st.header("Points")
st.plotly_chart(go.Figure(go.Scattergl(x=x, y=y, mode="markers"), {"height": 560}), key="points", on_select="rerun",
                selection_mode=("points", "box", "lasso"), config={"displayModeBar": True})
"""

REPEATED = 3
"""Rules of each kind, after one that is not counted."""

SEEN = {"faces": "imgs", "components": "plotly_chart"}
"""The first of these on a page is of what was selected: its faces, its histograms. The count comes before them."""

RULES = (
    "radius {radius:.3f}..",
    "distance ..{distance:.3f}",
    "box(axis1 {low:.2f}..{high:.2f}, axis2 -1..1)",
    "polygon(axis1, axis2: {low:.2f} -1, {high:.2f} -1, 0 {high:.2f})",
    "Smiling and radius {radius:.3f}..",
)
"""Kinds of rules, each with other numbers in every repetition."""


@dataclass(frozen=True)
class Cost:
    """Of one gesture: milliseconds until the page is at rest, and by the server; megabytes to the browser."""

    rest: float
    served: float
    sent: float


@dataclass
class Wire:
    """What goes over the network of a page, in seconds of the browser's own clock."""

    session: CDPSession
    asked: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    received: float = 0.0

    def __post_init__(self) -> None:
        self.session.send("Network.enable")
        self.session.on("Network.webSocketFrameSent", self._sent)
        self.session.on("Network.webSocketFrameReceived", self._came)
        self.session.on("Network.loadingFinished", self._loaded)

    def clear(self) -> None:
        """Forget what has been seen."""
        self.asked, self.ended, self.received = [], [], 0.0

    def _sent(self, event: dict[str, Any]) -> None:
        if BackMsg.FromString(_bytes(event)).WhichOneof("type") == "rerun_script":
            self.asked.append(event["timestamp"])

    def _came(self, event: dict[str, Any]) -> None:
        data = _bytes(event)
        self.received += len(data)
        if ForwardMsg.FromString(data).WhichOneof("type") == "script_finished":
            self.ended.append(event["timestamp"])

    def _loaded(self, event: dict[str, Any]) -> None:
        self.received += event["encodedDataLength"]


def measure() -> Iterator[Measurement]:
    """Yield what gestures on the bundled study cost, and on a large one."""
    with sync_playwright() as playwright, _planted() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *WEBGL])
        context = browser.new_context(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
        bare = _bare(context.new_page())
        costs = _gestures(context.new_page(), "celeba")
        yield limited("lasso to linked views, median", "ms", _rest(costs["lasso on Bulk"]), 500.0, _rest(bare))
        yield limited("rerun of a gesture, median", "ms", median(_served(costs)), 300.0, median(_served({"": bare})))
        floor = max(one.sent for one in bare)
        yield limited("sent for a gesture, largest", "MB", _largest(costs), 2.0, floor)
        costs = _gestures(context.new_page(), folder.name, ZPOINTS_STUDIES=str(folder.parent))
        yield limited(f"… of {ROWS:,} rows", "MB", _largest(costs), 2.0, floor)
        browser.close()
        took = asyncio.run(_rules(folder))
        yield limited(f"rule to faces, {ROWS:,} rows, slowest", "s", max(took.values()), 1.5, _decoding())


@contextmanager
def _planted() -> Iterator[Path]:
    """Yield the folder of the large study, described."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(os.environ.get("BENCH_PLANTED", place)) / f"planted-{ROWS}"
        if not (folder / "study.json").exists():
            plant(open_study(ROOT / "studies" / "celeba"), folder, ROWS)
        describe_study(open_study(folder))
        yield folder


def _gestures(page: Page, study: str, **variables: str) -> dict[str, list[Cost]]:
    """Return the costs of each kind of gesture on a study, printed."""
    works: dict[str, tuple[str, Callable[[Page, int], None]]] = {
        "lasso on Bulk": ("bulk", _lasso),
        "brush on Radii": ("radii", _brush),
        "brush on Components": ("components", _brush),
        "rule typed on Faces": ("faces", _typed),
    }
    costs = {}
    with server(ROOT / "dashboard.py", **variables) as (url, _):
        for kind, (room, act) in works.items():
            page.goto(f"{url}/{room}?study={study}")
            quiet(page)
            costs[kind] = _repeated(page, act)
            served, sent = median(c.served for c in costs[kind]), max(c.sent for c in costs[kind])
            print(
                f"  {study}, {kind}: at rest {_rest(costs[kind]):.0f} ms, server {served:.0f} ms, {sent:.2f} MB",
                flush=True,
            )
    page.close()
    return costs


def _bare(page: Page) -> list[Cost]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(BARE)
        with server(script) as (url, _):
            page.goto(url)
            quiet(page)
            costs = _repeated(page, _lasso)
    page.close()
    return costs


def _repeated(page: Page, act: Callable[[Page, int], None]) -> list[Cost]:
    wire, costs = Wire(page.context.new_cdp_session(page)), []
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=120_000)
    page.wait_for_timeout(2000)
    for number in range(TIMES + 1):
        page.evaluate(WATCH)
        wire.clear()
        act(page, number)
        while len(wire.ended) < max(1, len(wire.asked)):
            page.wait_for_timeout(10)
        page.wait_for_function(RESTED, timeout=120_000, polling=20)
        rest = page.evaluate("window.watched.last - window.watched.begun")
        costs.append(Cost(rest, 1000 * (wire.ended[-1] - wire.asked[0]), wire.received / 1e6))
    wire.session.detach()
    return costs[1:]


def _lasso(page: Page, number: int) -> None:
    plot = page.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    plot.locator('.modebar-btn[data-title="Lasso Select"]').click()
    box = plot.locator(".nsewdrag").first.bounding_box() or {}
    x, y = box["x"] + box["width"] / 2 + 8 * (number - TIMES / 2), box["y"] + box["height"] / 2
    reach = box["height"] / 5
    page.mouse.move(x + reach, y)
    page.mouse.down()
    for step in range(1, 41):
        page.mouse.move(x + reach * math.cos(step * math.pi / 20), y + reach * math.sin(step * math.pi / 20))
    page.mouse.up()


def _brush(page: Page, number: int) -> None:
    plot = page.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    plot.locator('.modebar-btn[data-title="Box Select"]').click()
    box = plot.locator(".nsewdrag").first.bounding_box() or {}
    y, left = box["y"] + box["height"] / 2, box["x"] + box["width"] * (0.3 + 0.02 * number)
    page.mouse.move(left, y)
    page.mouse.down()
    page.mouse.move(left + 0.25 * box["width"], y + 5, steps=8)
    page.mouse.up()


def _typed(page: Page, number: int) -> None:
    text = page.get_by_role("textbox", name="Rule")
    if not text.is_visible():
        page.get_by_role("button", name="Select vectors").click()
    text.fill(f"axis1 {0.1 * number:.1f}..3 or unusual(9)")
    text.press("Control+Enter")


async def _rules(folder: Path) -> dict[str, float]:
    """Return the median seconds from each kind of rule to exact count, faces and histograms, without a browser."""
    described = describe_study(open_study(folder))
    took: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    with server(ROOT / "dashboard.py", ZPOINTS_STUDIES=str(folder.parent)) as (url, _):
        address = url.replace("http", "ws") + "/_stcore/stream"
        async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
            for number in range(REPEATED + 1):
                share = 0.5 + 0.05 * number
                values = {
                    "radius": described.radius_quantiles((share,))[0], "low": -share, "high": 3 * share,
                    "distance": float(np.quantile(described.distances[:10_000], share / 2)),
                }  # fmt: skip
                for rule in RULES:
                    query = f"study={folder.name}&select={quote(rule.format(**values))}"
                    seen, ended = np.sum([await _shown(socket, room, query) for room in SEEN], axis=0)
                    if number:
                        took.setdefault(rule, []).append(seen)
                        whole.setdefault(rule, []).append(ended)
    for rule in RULES:
        seen, ended = median(took[rule]), median(whole[rule])
        print(f"  {rule}: {seen:.2f} s, both pages with what distinguishes it {ended:.2f} s", flush=True)
    return {rule: median(seconds) for rule, seconds in took.items()}


async def _shown(socket: Any, room: str, query: str) -> tuple[float, float]:
    """Ask for a page with choices; return the seconds until what was selected has been sent, and until all has."""
    wish = BackMsg()
    wish.rerun_script.query_string, wish.rerun_script.page_name = query, room
    began, seen = time.perf_counter(), 0.0
    await socket.send(wish.SerializeToString())
    while True:
        message = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(), 300))
        kind = message.delta.new_element.WhichOneof("type") if message.WhichOneof("type") == "delta" else ""
        if kind == "exception":
            raise RuntimeError(message.delta.new_element.exception.message)
        if kind == SEEN[room] and not seen:
            seen = time.perf_counter() - began
        if message.WhichOneof("type") == "script_finished":
            return seen, time.perf_counter() - began


def _decoding() -> float:
    """Return the seconds in which 24 faces are decoded."""
    study = open_study(ROOT / "studies" / "celeba")
    autoencoder, vectors = study.load_autoencoder(), study.latents[:24]
    autoencoder.decode(vectors)
    began = time.perf_counter()
    autoencoder.decode(vectors)
    return time.perf_counter() - began


def _rest(costs: Sequence[Cost]) -> float:
    return median(cost.rest for cost in costs)


def _served(costs: Mapping[str, Sequence[Cost]]) -> list[float]:
    return [one.served for kind in costs.values() for one in kind]


def _largest(costs: Mapping[str, Sequence[Cost]]) -> float:
    return max(one.sent for kind in costs.values() for one in kind)


def _bytes(event: dict[str, Any]) -> bytes:
    response = event["response"]
    return base64.b64decode(response["payloadData"]) if response["opcode"] == 2 else response["payloadData"].encode()
