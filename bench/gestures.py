"""Gestures that select vectors: what each costs from the hand to pages at rest, and how much is sent for it.

Headless Chromium, which draws WebGL by the processor, shares the cores with the server. The peer is the limit that the
project sets itself; the floor of a lasso is the same one on a Streamlit script that shows as many points and nothing
else, that of a rule the decoding of the faces, that of a face at the pointer one frame of a screen.

The large study is planted (:mod:`bench.plants`), which takes minutes and 1.1 GB; ``BENCH_PLANTED`` names a folder that
it stays in, ``BENCH_ROWS`` how many rows it has (2,000,000); ``BENCH_TIMES`` is how often each gesture is made (7).
Linux only.
"""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench import Measurement, limited
from bench.dashboard import ARGUMENTS, CHROMIUM, ROOT, quiet, server
from bench.plants import plant
from bench.watching import Cost, costs_of
from core.study import open_study
from core.study.describing import describe_study

__all__ = ["measure"]

ROWS = int(os.environ.get("BENCH_ROWS", "2000000"))

TIMES = int(os.environ.get("BENCH_TIMES", "7"))
"""Gestures of each kind, after one that is not counted."""

WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing")

BARE = """
import numpy as np, plotly.graph_objects as go, streamlit as st
x, y = np.random.default_rng(0).normal(size=(2, 1024)).astype(np.float32)
st.header("Points")
st.plotly_chart(go.Figure(go.Scattergl(x=x, y=y, mode="markers"), {"height": 560}), key="points", on_select="rerun",
                selection_mode=("points", "box", "lasso"), config={"displayModeBar": True})
"""

POINTED = 40
"""Points that the pointer goes to."""

REPEATED = 3
"""Rules of each kind, after one that is not counted."""

SEEN = {"faces": "imgs", "components": "plotly_chart"}
"""The first of these on a page is of what was selected: its faces, its histograms. The count comes before them."""

LASSO = '.modebar-btn[data-title="Lasso Select"]'

POINTS = """plot => {
    const trace = plot._fullData.find((one) => one.customdata?.length > 100), { xaxis, yaxis } = plot._fullLayout;
    const { left, top } = plot.getBoundingClientRect();
    return [...trace.x.keys()].map((i) => [
        left + xaxis._offset + xaxis.d2p(trace.x[i]), top + yaxis._offset + yaxis.d2p(trace.y[i]), i]);
}"""
"""Where the points of the data lie on the screen, and their numbers."""

FOLLOW = """face => {
    addEventListener("mousemove", () => { face.moved = performance.now(); }, true);
    new MutationObserver(() => requestAnimationFrame(() => { face.took = performance.now() - face.moved; }))
        .observe(face, {attributes: true, attributeFilter: ["data-shown"]});
}"""
"""Measures from the last movement of the mouse to the picture that has the next frame for itself."""

RULES = (
    "radius {radius:.3f}..",
    "distance ..{distance:.3f}",
    "box(axis1 {low:.2f}..{high:.2f}, axis2 -1..1)",
    "polygon(axis1, axis2: {low:.2f} -1, {high:.2f} -1, 0 {high:.2f})",
    "Smiling and radius {radius:.3f}..",
)
"""Kinds of rules, each with other numbers in every repetition."""


def measure() -> Iterator[Measurement]:
    """Yield what gestures on the bundled study cost, and on a large one."""
    with _planted() as folder:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *WEBGL])
            context = browser.new_context(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
            bare = _bare(context.new_page())
            costs = _gestures(context.new_page(), "celeba")
            yield limited("lasso to linked views, median", "ms", _rest(costs["lasso on Bulk"]), 500.0, _rest(bare))
            yield limited(
                "rerun of a gesture, median", "ms", median(_served(costs)), 300.0, median(_served({"": bare}))
            )
            floor = max(one.sent for one in bare)
            yield limited("sent for a gesture, largest", "MB", _largest(costs), 2.0, floor)
            yield limited("pointer to face, median", "ms", _pointed(context.new_page()), 150.0, 1000 / 60)
            costs = _gestures(context.new_page(), folder.name, ZPOINTS_STUDIES=str(folder.parent))
            yield limited(f"… of {ROWS:,} rows", "MB", _largest(costs), 2.0, floor)
            browser.close()
        took = asyncio.run(_rules(folder))  # which the loop of Playwright would not let begin
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
    with server(ROOT / "dashboard.py", **variables) as (url, process):
        for kind, (room, act) in works.items():
            page.goto(f"{url}/{room}?study={study}")
            quiet(page)
            costs[kind] = costs_of(page, act, TIMES, process.pid)
            _print(f"{study}, {kind}", costs[kind])
    page.close()
    return costs


def _bare(page: Page) -> list[Cost]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(BARE)
        with server(script) as (url, process):
            page.goto(url)
            quiet(page)
            costs = costs_of(page, _lasso, TIMES, process.pid)
    _print("lasso on points alone", costs)
    page.close()
    return costs


def _print(what: str, costs: Sequence[Cost]) -> None:
    rest, served, used = (median(getattr(one, name) for one in costs) for name in ("rest", "served", "processors"))
    sent = max(one.sent for one in costs)
    print(
        f"  {what}: at rest {rest:.0f} ms, server {served:.0f} ms, {used:.0f} of it computing, {sent:.2f} MB",
        flush=True,
    )


def _lasso(page: Page, number: int) -> None:
    plot = page.locator(".js-plotly-plot").filter(has=page.locator(LASSO)).first
    plot.scroll_into_view_if_needed()
    plot.locator(LASSO).click()
    box: Any = plot.locator(".nsewdrag").first.bounding_box() or {}
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
    box: Any = plot.locator(".nsewdrag").first.bounding_box() or {}
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


def _pointed(page: Page) -> float:
    """Return the median milliseconds from a pointer that comes to rest on a point until its face is drawn."""
    with server(ROOT / "dashboard.py") as (url, _):
        page.goto(f"{url}/bulk?study=celeba&pointer=true")
        face, plot = page.locator("figure[aria-hidden]"), page.locator(".st-key-plane_density .js-plotly-plot")
        face.wait_for(state="attached", timeout=120_000)
        quiet(page)
        plot.scroll_into_view_if_needed()
        page.wait_for_timeout(2000)
        face.evaluate(FOLLOW)
        took = []
        for x, y, number in plot.evaluate(POINTS)[:: 512 // POINTED]:
            page.mouse.move(x - 30, y)
            page.mouse.move(x, y)
            page.wait_for_timeout(300)
            if face.get_attribute("data-shown") == f"0 {number}":  # not one that lies over it
                took.append(float(face.evaluate("face => face.took")))
    page.close()
    return median(took)


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
