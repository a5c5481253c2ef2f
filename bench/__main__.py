"""``python -m bench [NAME …]``: print what zpoints costs; exit with 1 if a requirement is missed."""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
from collections.abc import Iterator
from importlib import import_module

from bench import Measurement

BENCHMARKS = (
    "statistics",
    "images",
    "decoding",
    "series",
    "density",
    "scores",
    "dashboard",
    "playground",
    "gestures",
    "doors",
    "sessions",
)
"""Modules of this package; each has a function ``measure`` that yields measurements."""

COLUMNS = "{:34} {:>10} {:>10} {:>7} {:>10} {:>6}   {}"


def main() -> int:
    """Run the benchmarks named on the command line, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)} (all)")
    names = parser.parse_args().names or BENCHMARKS
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(COLUMNS.format("", "zpoints", "peer", "ratio", "floor", "gap", "requirement"))
    missed = 0
    for measurement in _run(names):
        print(_line(measurement), flush=True)
        missed += not measurement.met
    return 1 if missed else 0


def _run(names: tuple[str, ...]) -> Iterator[Measurement]:
    for name in names:
        yield from import_module(f"bench.{name}").measure()


def _line(measurement: Measurement) -> str:
    costs = [_cost(c, measurement.unit) for c in (measurement.zpoints, measurement.peer, measurement.floor)]
    verdict = f"{measurement.requirement}: {'met' if measurement.met else 'MISSED'}"
    ratios = f"{measurement.ratio:.2f}×", f"{measurement.gap:.1f}×"
    return COLUMNS.format(measurement.name, costs[0], costs[1], ratios[0], costs[2], ratios[1], verdict)


def _cost(value: float, unit: str) -> str:
    """Return three digits, without an exponent."""
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f} {unit}"


if __name__ == "__main__":
    sys.exit(main())
