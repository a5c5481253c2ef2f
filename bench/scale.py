"""What studies cost as they grow: ``python -m bench.scale [--in FOLDER] [COUNT …]`` plants them and prints a table.

Each line is a process of its own. Seconds are those of a clock and those of the processors, of which only the latter
mean something on a busy machine; memory is the highest that was not a file's (``RssAnon``), since what is mapped from
one is given back when another process needs it. Linux only. ``BENCH_STATISTICS`` (202,599) is the largest study whose
tables are written for all strategies.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["STEPS", "far_rows", "main"]

COUNTS = (30_000, 202_599, 2_000_000)

ORIGIN = Path("studies/celeba")

DASHBOARD = Path(__file__).parents[1] / "dashboard.py"

TABLES_UP_TO = int(os.environ.get("BENCH_STATISTICS", "202599"))

PAGES = ("start", "faces", "components", "correlations", "bulk", "normality", "radii", "paths")

LINE = "{:>12} {:28} {:>8} {:>8} {:>8}"


def main() -> None:
    """Plant studies, measure each step in a process of its own, print a table and how summarising grows."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS, help="vectors of the planted studies")
    parser.add_argument("--in", dest="place", type=Path, help="folder for them (a temporary one, removed at the end)")
    options = parser.parse_args()
    print(LINE.format("vectors", "step", "wall s", "cpu s", "MB"))
    seconds: dict[int, float] = {}
    with tempfile.TemporaryDirectory(dir=options.place) as place:
        for count in options.counts:
            study = Path(place) / f"planted-{count}"
            for step in STEPS:
                if step == "statistics" and count > TABLES_UP_TO:
                    continue
                for name, wall, cpu, memory in _run(step, study, count):
                    print(LINE.format(f"{count:,}", name, f"{wall:.1f}", f"{cpu:.1f}", f"{memory:.0f}"), flush=True)
                    if name == "summarise":
                        seconds[count] = cpu
            shutil.rmtree(study)
    if len(seconds) > 1:
        first, last = min(seconds), max(seconds)
        slope = math.log(seconds[last] / seconds[first]) / math.log(last / first)
        print(f"summarising: log time grows {slope:.2f} times as fast as log n")


def _run(step: str, study: Path, count: int) -> Iterator[tuple[str, float, float, float]]:
    """Run a step in a process of its own; yield what it measured."""
    command = [sys.executable, "-m", "bench.scale_step", step, str(study), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        name, *numbers = line.split("\t")
        if len(numbers) == 3:
            wall, cpu, memory = map(float, numbers)
            yield name, wall, cpu, memory
        else:
            print(line, flush=True)


class Meter:
    """Measures works one after the other: seconds of the clock, of the processors, megabytes at the highest."""

    def __init__(self) -> None:
        self._highest = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def __call__(self, name: str, work: Callable[[], object]) -> None:
        """Do a work and print what it cost."""
        self._highest = _anonymous()
        wall, cpu = time.perf_counter(), _processors()
        work()
        self._highest = max(self._highest, _anonymous())
        cost = time.perf_counter() - wall, _processors() - cpu, self._highest
        print(name, *(f"{one:.4f}" for one in cost), sep="\t", flush=True)

    def _watch(self) -> None:
        while True:
            self._highest = max(self._highest, _anonymous())
            time.sleep(0.02)


def _anonymous() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1000


def _processors() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def plant_it(study: Path, count: int, meter: Meter) -> None:
    """Write the study."""
    from bench.plants import plant
    from core.study import open_study

    meter("plant", lambda: plant(open_study(ORIGIN), study, count))


def summarise_it(study: Path, count: int, meter: Meter) -> None:  # noqa: ARG001
    """Open the study, describe it and sample it; once more from what is kept; count the far rows."""
    from core.study import open_study
    from core.study.describing import describe_study
    from core.study.sampling import sampled_rows

    meter("open", lambda: open_study(study))
    opened = open_study(study)
    meter("summarise", lambda: describe_study(opened))
    meter("sample", lambda: sampled_rows(opened))
    meter("open what is kept", lambda: (describe_study(opened), sampled_rows(opened)))
    found = far_rows(opened, describe_study(opened).distances)
    if not found:
        raise RuntimeError("the planted rows were not found")
    far_everywhere(opened)


def far_everywhere(study: Any) -> None:
    """Raise where the planted rows are not found, and counted exactly over all rows, as the pages count them.

    *Bulk* lists the farthest and counts those beyond the edge; *Components* counts values far from their mean; an
    inspection of one planted row finds the others. What is counted is counted anew here, from the vectors.
    """
    from bench.plants import PLANTED
    from core.captions.bulk import FAR, about_the_farthest
    from core.captions.components import FAR as FAR_VALUE
    from core.space.farthest import farthest_table
    from core.space.inspection import inspect_vector
    from core.statistics.blocks import map_blocks
    from core.study.describing import describe_study

    described = describe_study(study)
    moments, edge = described.moments, FAR * float(described.distance_quantiles(0.99))
    whiten = described.axes.axes.T / np.sqrt(described.axes.shrunk_variances)

    def counts(block: np.ndarray) -> tuple[int, np.ndarray]:
        distances = np.linalg.norm((block - moments.mean) @ whiten, axis=1)
        off = (block - moments.mean) / moments.widths
        return int((distances > edge).sum()), ((off >= FAR_VALUE) | (off < -FAR_VALUE)).sum(axis=0)

    parts = list(map_blocks(counts, study.latents))
    beyond, values = sum(part[0] for part in parts), sum(part[1] for part in parts)
    table = farthest_table(study, described, PLANTED)
    rows = set(table["row"])
    near = inspect_vector(study, described, study.latents[table["row"][0]], neighbours=PLANTED).neighbours
    faults = {
        "the farthest rows are others": not table["image"].str.startswith("planted-").all(),
        "the count beyond the edge is another": described.count_beyond(edge) != beyond,
        "the page's count is another": f"{beyond:,} lie" not in about_the_farthest(described),
        "the counts of far values are others": (described.histograms.beyond(FAR_VALUE) != values).any(),
        "an inspection finds others": set(near["row"]) != rows,
    }
    if wrong := [what for what, is_so in faults.items() if is_so]:
        raise RuntimeError("; ".join(wrong))


def index_it(study: Path, count: int, meter: Meter) -> None:
    """Make the index of a large study, and look for vectors through it."""
    from core.space.inspection import nearest_vectors
    from core.study import open_study
    from core.study.describing import describe_study
    from core.study.index import build_index, find_index, is_worth_an_index
    from core.study.names import rows_called

    opened = open_study(study)
    if not is_worth_an_index(opened):
        return
    described, rng = describe_study(opened), np.random.default_rng(0)
    asked = described.axes.restore(rng.standard_normal((20, opened.dimension)) * np.sqrt(described.axes.variances))
    meter("one vector, all read", lambda: nearest_vectors(opened, asked[:1], 6))
    meter("index", lambda: build_index(opened, described))
    index = find_index(opened)
    if index is None:
        raise RuntimeError("the index was not kept")
    print(f"{count:,}: {index.describe()}", flush=True)
    meter("20 vectors, by the index", lambda: nearest_vectors(opened, asked, 6, index=index))
    meter("a row by its name", lambda: rows_called(opened, ["planted-07.jpg"]))
    far_everywhere(opened)


def far_rows(study: object, distances: np.ndarray) -> bool:
    """Return whether the farthest rows, all of them read, are just those that were planted."""
    from bench.plants import PLANTED

    farthest = np.argsort(np.asarray(distances))[-PLANTED:]
    names = study.rows["image"].iloc[farthest]  # type: ignore[attr-defined]
    return bool(names.str.startswith("planted-").all())


def pages_of_it(study: Path, count: int, meter: Meter) -> None:  # noqa: ARG001
    """Open each page without a browser, in one process, as a visitor who goes through all of them."""
    from streamlit.testing.v1 import AppTest

    logging.disable(logging.WARNING)  # of Streamlit, which is not run by its server here
    sys.argv = [str(DASHBOARD), str(study)]
    for page in PAGES:
        app = AppTest.from_file(str(DASHBOARD), default_timeout=600)
        if page != "start":
            app.switch_page(f"pages/{page}.py")
        app.query_params["study"] = study.name
        meter(f"page {page}", app.run)
        if app.exception:
            raise RuntimeError(app.exception[0].message)


def tables_of_it(study: Path, count: int, meter: Meter) -> None:  # noqa: ARG001
    """Write the tables of all strategies, each fitted anew."""
    from core.strategies import Effort
    from core.strategies.registry import applicable
    from core.study import open_study
    from core.study.describing import describe_study
    from core.study.fits import fit_strategy

    opened = open_study(study)
    described = describe_study(opened)
    for strategy in applicable(False):
        if strategy.effort is Effort.SECONDS:
            meter(f"fit {strategy.key}", lambda one=strategy: fit_strategy(opened, described, one()))  # type: ignore[misc]
    shutil.rmtree(study / "fits")
    out = study.with_name("tables")
    command = [sys.executable, "-m", "core", "statistics", "--study", str(study), "--out", str(out)]
    meter("statistics, all strategies", lambda: subprocess.run(command, check=True, capture_output=True))
    shutil.rmtree(out)


STEPS = {
    "plant": plant_it,
    "summarise": summarise_it,
    "index": index_it,
    "pages": pages_of_it,
    "statistics": tables_of_it,
}


if __name__ == "__main__":
    main()
