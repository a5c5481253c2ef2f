"""Graphs run by ONNX Runtime, block by block."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BLOCK", "Runner", "import_onnxruntime", "open_session"]

BLOCK = 32
"""Rows per call: enough to fill the cores; twice as many are no faster and take 30 MB more."""


def import_onnxruntime() -> Any:
    """Return the module, which otherwise notes in the user's home what it is used for, to send that to its makers."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def open_session(model: bytes) -> Any:
    """Return an ONNX Runtime session, which several threads may use at once, of as many cores as there are for it."""
    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors come as exceptions
    options.intra_op_num_threads = _threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others need the cores meanwhile
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Runner:
    """A graph of this program, ready to run.

    Parameters
    ----------
    model : bytes
        As :meth:`core.networks.graph.Graph.to_bytes` returns it.
    """

    def __init__(self, model: bytes) -> None:
        self._session = open_session(model)
        self._input = self._session.get_inputs()[0].name

    def run(
        self, rows: npt.NDArray[Any], prepare: Callable[[npt.NDArray[Any]], npt.NDArray[np.float32]], *shapes: Any
    ) -> list[npt.NDArray[np.float32]]:
        """Return the first outputs for rows, float32 of shapes (n, *shape), each block of rows prepared first."""
        found = [np.empty((len(rows), *shape), np.float32) for shape in shapes]
        names = [output.name for output in self._session.get_outputs()[: len(shapes)]]
        for start in range(0, len(rows), BLOCK):
            block = slice(start, start + BLOCK)
            outputs = self._session.run(names, {self._input: prepare(rows[block])})
            for all_rows, output in zip(found, outputs, strict=True):
                all_rows[block] = output
        return found


def _threads() -> int:
    """Return ``OMP_NUM_THREADS``, with which users and schedulers limit what computes, or the number of cores."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdecimal() and int(given) else os.cpu_count() or 1
