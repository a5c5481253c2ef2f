"""Figures as files, and a report as PDF, by a Chromium without a window where there is one."""

from __future__ import annotations

import base64
import html
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from plotly.offline import get_plotlyjs

from core.progress import Listener, Progress
from core.report.paper import HEIGHT, TEMPLATE, WIDTH, script_safe

__all__ = ["browser", "draw", "print_pages"]

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

PATIENCE = 600
"""Seconds after which a browser that draws is ended."""

AT_ONCE = 12
"""Figures that one browser draws: it holds all of them in memory."""

KINDS = ("svg", "png")

QUIET = (
    "--headless",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--virtual-time-budget=600000",
)
"""No window, no network, charts in three dimensions without a graphics card; time passes as the scripts need it."""

_SCRIPT = """
(async () => {
    const { template, figures, width, height } = JSON.parse(document.getElementById("figures").textContent);
    const drawn = [];
    for (const { data, layout } of figures) {
        for (const format of ["svg", "png"]) {
            const size = { width: layout.width || width, height: layout.height || height };
            const sharp = format === "png" ? 2 : 1;
            try {
                const figure = { data, layout: { ...layout, template } };
                drawn.push(await Plotly.toImage(figure, { format, scale: sharp, ...size }));
            } catch (error) {
                drawn.push("none");
            }
        }
    }
    document.body.replaceChildren(Object.assign(document.createElement("pre"), { textContent: drawn.join("\\n") }));
    document.head.replaceChildren();
})();
"""


def browser() -> str | None:
    """Return the program that draws, Chromium or its like; None where none is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def draw(figures: Mapping[str, Mapping[str, Any]], report: Listener) -> Iterator[tuple[str, bytes]]:
    """Yield figures as files: the name with its suffix, and what is in it, SVG and PNG of each.

    Parameters
    ----------
    figures : mapping
        Name to data and layout, see :func:`core.report.paper.on_paper`.
    report : callable
        Told how far it is.

    Yields nothing for a figure that cannot be drawn, or where there is no browser.
    """
    program, names = browser(), list(figures)
    if program is None:
        return
    for start in range(0, len(names), AT_ONCE):
        report(Progress("drawing files", start, len(names), "figures"))
        some = names[start : start + AT_ONCE]
        found = _drawn(program, [figures[name] for name in some])
        for place, url in enumerate(found[: len(KINDS) * len(some)]):
            if content := _content(url):
                yield f"{some[place // len(KINDS)]}.{KINDS[place % len(KINDS)]}", content
    report(Progress("drawing files", len(names), len(names), "figures"))


def print_pages(document: str) -> bytes | None:
    """Return an HTML document as PDF; None where there is no browser, or it cannot."""
    program = browser()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="zpoints-print-", ignore_cleanup_errors=True) as folder:
        page, out = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(document, encoding="utf-8")
        _run(program, folder, f"--print-to-pdf={out}", "--no-pdf-header-footer", page.as_uri())
        return out.read_bytes() if out.is_file() else None


def _drawn(program: str, figures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the pictures of figures as a browser writes them, two of each."""
    value = {"template": TEMPLATE, "figures": figures, "width": WIDTH, "height": HEIGHT}
    with tempfile.TemporaryDirectory(prefix="zpoints-draw-", ignore_cleanup_errors=True) as folder:
        page = Path(folder) / "figures.html"
        data = f'<script type="application/json" id="figures">{script_safe(value)}</script>'
        scripts = "".join(f"<script>{text}</script>" for text in (get_plotlyjs(), _SCRIPT))
        page.write_text(f'<html><head><meta charset="utf-8"></head><body>{data}{scripts}</body></html>', "utf-8")
        dumped = _run(program, folder, "--dump-dom", page.as_uri())
    found = re.search(r"<pre>(.*?)</pre>", dumped, re.DOTALL)
    return html.unescape(found[1]).split("\n") if found else []


def _run(program: str, folder: str, *arguments: str) -> str:
    """Return what a browser prints; "" where it fails or takes too long."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses a sandbox to root
    command = [program, *QUIET, *root, f"--user-data-dir={folder}/profile", *arguments]
    try:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError:
        return ""
    try:
        return process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return ""
    finally:
        if process.poll() is None:  # what was started may be a script that waits for the browser
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _content(url: str) -> bytes:
    """Return what a ``data:`` address holds; nothing for another."""
    head, comma, body = url.partition(",")
    if not comma or not head.startswith("data:image/"):
        return b""
    return base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
