"""Work on a file that nobody knows, in a process of its own, bounded in time and memory; a crash there is a sentence.

The libraries that read HDF5 and run ONNX are written in C; a file that was made to hurt them takes the child alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import InputError

__all__ = ["MEMORY", "SECONDS", "run_apart", "serve"]

SECONDS = 60.0
"""Time that a child has."""

MEMORY = 1280 * 2**20
"""Bytes that a child may take for data."""

NO_MEMORY = 77
"""Exit status of a child that ran out of memory."""

OUT_OF_TIME = -24
"""The same of one that ran out of processor time, more of which passes than of time where it works on several cores."""

ROOT = Path(__file__).parents[2]


def run_apart(module: str, request: Mapping[str, Any], path: Path, remedy: str) -> Any:
    """Let a module that calls :func:`serve` do its work in a child process, and return its answer.

    Parameters
    ----------
    module : str
        That is run.
    request : mapping
        JSON-ready, what its work is given.
    path : Path
        The file, for messages.
    remedy : str
        What to do where it is refused, the end of the sentence.

    Raises
    ------
    InputError
        If the work refused the file, crashed, or needed more time or memory than it may.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    sent = json.dumps({**request, "limits": [SECONDS, MEMORY]})
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-P", "-m", module],
            input=sent,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode == OUT_OF_TIME:
        raise InputError(f"{path} was given up after {SECONDS:g} seconds; {remedy}.")
    if done.returncode == NO_MEMORY or "bad_alloc" in done.stderr or "MemoryError" in done.stderr:
        raise InputError(f"{path} needs more than {MEMORY / 2**20:,.0f} MiB of memory; {remedy}.")
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"the reader ended with {done.returncode}"]
        raise InputError(f"{path} cannot be read ({last[0][:200].rstrip('.')}); {remedy}.")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise InputError(answer["refused"])
    return answer["answer"]


def serve(work: Callable[[dict[str, Any]], Any]) -> None:
    """Do in a child process what :func:`run_apart` asks for: read a request, keep to the limits, write the answer."""
    reply = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    request = json.load(sys.stdin)
    _limit(*request.pop("limits"))
    try:
        answer = {"answer": work(request)}
    except InputError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        sys.exit(NO_MEMORY)
    with reply:
        json.dump(answer, reply)


def _limit(seconds: float, memory: int) -> None:
    """Bound the processor time and the data of this process, where the operating system can."""
    try:
        import resource
    except ImportError:  # Windows; the parent's clock still ends it
        return
    for what, bound in ((resource.RLIMIT_CPU, int(seconds) + 1), (resource.RLIMIT_DATA, memory)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))
