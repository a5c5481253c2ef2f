"""What counts as the answer to a gesture."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.watching import Wire

WHOLE, EARLY, PART = (
    ForwardMsg.ScriptFinishedStatus.Value(f"FINISHED_{name}")
    for name in ("SUCCESSFULLY", "EARLY_FOR_RERUN", "FRAGMENT_RUN_SUCCESSFULLY")
)


class Session:
    """A page's network that a test speaks for."""

    def __init__(self) -> None:
        self.heard: dict[str, Any] = {}
        self.now = 0.0

    def send(self, name: str) -> None:
        pass

    def on(self, name: str, listen: Any) -> None:
        self.heard[name] = listen

    def says(self, name: str, data: bytes) -> None:
        self.now += 1
        response = {"opcode": 2, "payloadData": base64.b64encode(data).decode()}
        self.heard[f"Network.webSocketFrame{name}"]({"timestamp": self.now, "response": response})

    def ask(self) -> None:
        message = BackMsg()
        message.rerun_script.SetInParent()
        self.says("Sent", message.SerializeToString())

    def end(self, status: int) -> None:
        self.says("Received", ForwardMsg(script_finished=status).SerializeToString())


@pytest.mark.parametrize("status", [WHOLE, PART])
def test_two_requests_may_have_one_answer(status: int) -> None:
    session = Session()
    wire = Wire(session)  # type: ignore[arg-type]
    session.ask()
    session.ask()
    assert not wire.answered
    session.end(status)
    assert wire.answered


def test_a_run_that_gives_way_to_another_is_no_answer() -> None:
    session = Session()
    wire = Wire(session)  # type: ignore[arg-type]
    session.ask()
    session.end(EARLY)
    assert not wire.answered
    session.end(WHOLE)
    assert wire.answered
    session.ask()
    assert not wire.answered
