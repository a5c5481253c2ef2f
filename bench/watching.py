"""What a gesture costs in Chromium: when the page is at rest, what the server took, what was sent."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

__all__ = ["Cost", "costs_of"]

PATIENCE = 120.0
"""Seconds in which a gesture must be answered."""

EARLY = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
"""How a run ends that gives way to another, as that of a part which asks for the whole page: no answer yet."""

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


@dataclass(frozen=True)
class Cost:
    """Of one gesture: milliseconds until the page is at rest, by the server, and of its processors; megabytes sent."""

    rest: float
    served: float
    processors: float
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

    @property
    def answered(self) -> bool:
        """Whether a run has ended since the last was asked for: two requests that meet a busy server get one run."""
        return bool(self.asked and self.ended) and self.ended[-1] > self.asked[-1]

    def clear(self) -> None:
        """Forget what has been seen."""
        self.asked, self.ended, self.received = [], [], 0.0

    def _sent(self, event: dict[str, Any]) -> None:
        if BackMsg.FromString(_bytes(event)).WhichOneof("type") == "rerun_script":
            self.asked.append(event["timestamp"])

    def _came(self, event: dict[str, Any]) -> None:
        data = _bytes(event)
        self.received += len(data)
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "script_finished" and message.script_finished != EARLY:
            self.ended.append(event["timestamp"])

    def _loaded(self, event: dict[str, Any]) -> None:
        self.received += event["encodedDataLength"]


def costs_of(page: Page, act: Callable[[Page, int], None], times: int, pid: int) -> list[Cost]:
    """Return what a gesture costs that is made so many times, after one that is not counted.

    ``act`` is given the number of the gesture, from 0; ``pid`` is the process of the server.
    """
    wire, costs = Wire(page.context.new_cdp_session(page)), []
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=120_000)
    page.wait_for_timeout(2000)
    for number in range(times + 1):
        page.evaluate(WATCH)
        wire.clear()
        before = _processors(pid)
        act(page, number)
        end = time.monotonic() + PATIENCE
        while not wire.answered:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(wire.asked)} requests of a gesture had {len(wire.ended)} answers.")
            page.wait_for_timeout(10)
        page.wait_for_function(RESTED, timeout=120_000, polling=20)
        rest = page.evaluate("window.watched.last - window.watched.begun")
        served, used = 1000 * (wire.ended[-1] - wire.asked[0]), 1000 * (_processors(pid) - before)
        costs.append(Cost(rest, served, used, wire.received / 1e6))
    wire.session.detach()
    return costs[1:]


def _processors(pid: int) -> float:
    """Return the seconds that a process has used of all processors."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _bytes(event: dict[str, Any]) -> bytes:
    response = event["response"]
    return base64.b64decode(response["payloadData"]) if response["opcode"] == 2 else response["payloadData"].encode()
