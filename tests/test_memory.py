"""Memory that is not needed any more leaves the process."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

GROW = """
import sys
from pathlib import Path
from threading import Thread
import numpy as np
from core.memory import return_freed_memory

assert "ask" not in sys.argv or return_freed_memory()

def resident():
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("RssAnon")).split()[1])

kept = []
def work():
    for _ in range(8):  # what is freed lies beneath what is kept
        large = np.ones(2**21, np.uint8)
        kept.append(np.ones(2**10, np.uint8))
        del large

for _ in range(20):
    np.ones(2**24, np.uint8)  # from now on glibc takes up to 16 MiB out of its heaps
before = resident()
threads = [Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do as they do")
def test_what_threads_have_freed_is_given_back() -> None:
    grown = {}
    for how in ("ask", "leave"):
        done = subprocess.run([sys.executable, "-c", GROW, how], capture_output=True, text=True, check=True, timeout=60)
        grown[how] = int(done.stdout)
    assert grown["ask"] < 4_000 < grown["leave"]
