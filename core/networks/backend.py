"""What all networks need: pixels as numbers and back, images in blocks; and of Keras its quiet import, its session."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BLOCK", "import_keras", "keep_session", "to_bytes", "unit_range"]

LOG_LINE = re.compile(rb"WARNING: All log messages before absl|[IWE]\d{4} \d\d:\d\d:|\d{4}-\d\d-\d\d .*: [IWE] ")
"""What TensorFlow's log lines begin with."""

IMPORT = threading.Lock()
"""Held while Keras is imported, which redirects standard error."""

BLOCK = 64
"""Images per call of the network: large enough to fill two cores, small enough to stay in their caches."""


def unit_range(images: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return uint8 pixels as float32 in [0, 1]; floats pass through."""
    return images.astype(np.float32) / np.float32(255) if images.dtype == np.uint8 else images.astype(np.float32)


def to_bytes(images: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return pixels in [0, 1] as rounded uint8."""
    return (images * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def import_keras() -> Any:
    """Import Keras, with TensorFlow behind it unless ``KERAS_BACKEND`` says otherwise, without start-up notes."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with IMPORT, nullcontext() if "keras" in sys.modules else _without_log_lines():
        import keras

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of every fifth model that it compiles
    return keras


def keep_session() -> None:
    """Keep Keras's session, if Keras is loaded, for the life of the process.

    Streamlit clears it after every run of a page, which throws away compiled kernels under other sessions' feet and
    makes the next call ten times slower. The Keras models of users are few, shared, and meant to stay.
    """
    if "keras" in sys.modules:
        import_keras().backend.clear_session = lambda *_, **__: None


@contextmanager
def _without_log_lines() -> Iterator[None]:
    """Hold back what is written to file descriptor 2, and drop TensorFlow's log lines from it if the block ends well.

    TensorFlow writes some while its libraries load, before it heeds ``TF_CPP_MIN_LOG_LEVEL``.
    """
    try:
        original = os.dup(2)
    except OSError:  # no standard error to keep clean
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        drop = False
        try:
            yield
            drop = True
        finally:
            os.dup2(original, 2)
            os.close(original)
            held.seek(0)
            kept = [line for line in held if not (drop and LOG_LINE.match(line))]
            if kept:
                os.write(2, b"".join(kept))
