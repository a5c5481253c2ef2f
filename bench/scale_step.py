"""One step of :mod:`bench.scale`, in a process of its own: ``python -m bench.scale_step STEP STUDY COUNT``."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.scale import STEPS, Meter

__all__: list[str] = []

if __name__ == "__main__":
    STEPS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), Meter())
