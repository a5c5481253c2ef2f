"""What a switch of tabs costs the processors: the browser's main thread by kinds of work, the server, and messages.

``python -m bench.switches [PAGE …] [--repeat N]`` needs no quiet machine: it counts processor time and not the clock's.
"""

from __future__ import annotations

import argparse
import base64
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.dashboard import ARGUMENTS, CHROMIUM, ROOT, quiet, server

__all__ = ["main"]

KINDS = {"task": "TaskDuration", "script": "ScriptDuration", "layout": "LayoutDuration", "style": "RecalcStyleDuration"}
"""Of the browser's main thread, in seconds: all of its work, and parts of it."""

TABS = ("Gaussian", "Multivariate normal", "Ellipsoid", "Shell")
"""None of them learns anything that takes long."""

STILL = """() => new Promise(done => {
    let last = performance.now();
    const observer = new MutationObserver(() => { last = performance.now(); });
    observer.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
    const look = () => {
        if (performance.now() - last < 700) return setTimeout(look, 50);
        observer.disconnect();
        done(true);
    };
    look();
})"""
"""Wait until the page has not changed for a while."""


@dataclass
class Meter:
    """Counts what a page costs from one reading to the next."""

    page: Page
    pid: int
    session: CDPSession = field(init=False)
    whole: CDPSession = field(init=False)
    messages: Counter[str] = field(default_factory=Counter)
    received: int = 0

    def __post_init__(self) -> None:
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.session.send("Network.enable")
        self.whole = self.page.context.browser.new_browser_cdp_session()  # type: ignore[union-attr]
        self.session.on("Network.webSocketFrameReceived", self._came)

    def _came(self, event: dict[str, Any]) -> None:
        response = event["response"]
        text = response["payloadData"]
        data = base64.b64decode(text) if response["opcode"] == 2 else text.encode()
        self.received += len(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type") or ""
        if kind == "delta":
            delta = message.delta
            which = delta.WhichOneof("type")
            inner = delta.new_element if which == "new_element" else delta.add_block
            kind = f"{which}.{inner.WhichOneof('type')}"
        self.messages[kind] += 1

    def read(self) -> dict[str, float]:
        """Return milliseconds of browser and server, messages and kB, all since the beginning."""
        values = {one["name"]: one["value"] for one in self.session.send("Performance.getMetrics")["metrics"]}
        counted = {kind: 1000 * values[name] for kind, name in KINDS.items()}
        used = sum(one["cpuTime"] for one in self.whole.send("SystemInfo.getProcessInfo")["processInfo"])
        return {
            **counted,
            "browser": 1000 * used,
            "server": 1000 * _processors(self.pid),
            "messages": float(self.messages.total()),
            "kB": self.received / 1000,
        }


def _processors(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rest(page: Page) -> None:
    page.evaluate(STILL)
    quiet(page)


def _switched(meter: Meter, tab: str) -> dict[str, float]:
    target = meter.page.get_by_role("tab", name=tab, exact=True).element_handle()
    before = meter.read()
    target.evaluate("tab => tab.click()")  # a mouse would have its way looked for, by the browser that is measured
    meter.page.wait_for_function("t => t.getAttribute('aria-selected') === 'true'", arg=target, polling=20)
    meter.page.wait_for_timeout(50)
    _rest(meter.page)
    after = meter.read()
    return {name: after[name] - before[name] for name in before}


def _middle(costs: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(cost[name] for cost in costs) for name in costs[0]}


def _line(name: str, cost: dict[str, float]) -> str:
    return f"{name:32s}" + "".join(f"{kind} {value:7.0f}  " for kind, value in cost.items())


def main() -> None:
    """Print what opening a page, a tab at first and a tab again cost: medians over tabs and repetitions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=["faces"])
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--tell", action="store_true", help="which messages a switch takes")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        with server(ROOT / "dashboard.py") as (url, process):
            for name in asked.pages:
                page = browser.new_page(viewport={"width": 1400, "height": 900})
                meter = Meter(page, process.pid)
                page.goto(f"{url}/{name}")
                _rest(page)
                print(_line(f"{name}: opening", meter.read()), flush=True)
                print(_line(f"{name}: a tab for the first time", _middle([_switched(meter, tab) for tab in TABS])))
                meter.messages.clear()
                again = [_switched(meter, tab) for _ in range(asked.repeat) for tab in TABS]
                print(_line(f"{name}: a tab again", _middle(again)), flush=True)
                if asked.tell:
                    for kind, number in meter.messages.most_common():
                        print(f"    {number / len(again):6.1f} {kind}")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
