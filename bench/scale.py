"""How cost grows with the number of vectors: ``python -m bench.scale [COUNT …] [--steps STEP …] [--in FOLDER]``.

Plants studies around the bundled vectors with far rows among them, summarises them, searches them through an index,
opens every page, fits strategies, writes a report and a scoreboard's row, each step in a process of its own; prints
seconds of the clock and of the processors, and the highest resident memory that is not a file's (``RssAnon``), since
what is mapped from one is given back when another process needs it. Linux only.

With ``--in`` the studies stay in that folder, with what was measured in ``measured.csv``: another command, with other
``--steps`` or counts, goes on from there. Whatever was measured at several counts is printed beside the smallest of
them, as ratios. ``BENCH_STATISTICS`` (202,599) is the largest study whose tables are written for all strategies.
"""

from __future__ import annotations

import argparse
import logging
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
import pandas as pd

__all__ = ["STEPS", "far_rows", "main"]

COUNTS = (30_000, 202_599, 2_000_000)

ORIGIN = Path("studies/celeba")

DASHBOARD = Path(__file__).parents[1] / "dashboard.py"

QUICK, SUMMARISE = ("standard_normal", "mvn", "ellipsoid"), "summarise"

TABLES_UP_TO = int(os.environ.get("BENCH_STATISTICS", "202599"))

TELLING = 100_000
"""Vectors from which on the planted rows are the farthest: k of n alike rows, far out, lie at a distance of √(n/k)."""

LOOKS: dict[str, dict[str, str]] = {
    "start": {},
    "story": {},
    "faces": {},
    "components": {},
    "components, selection": {"select": "Smiling"},
    "correlations": {},
    "bulk": {},
    "bulk, space": {"view": "space"},
    "bulk, selection": {"select": "Smiling and radius 15.."},
    "bulk, lasso": {"select": "polygon(axis1, axis2: 0 0, 6 0, 6 6, 0 6)"},
    "normality": {},
    "normality, core of axes": {"directions": "axis", "removed": "20"},
    "radii": {},
    "playground": {},
    "paths": {},
    "scoreboard": {},
    "studies": {},
}
"""Pages, and what their addresses choose; before the comma stands the page."""

MEASURED, COLUMNS = "measured.csv", ("vectors", "step", "wall_s", "cpu_s", "megabytes")
"""What was measured, and its columns."""

LINE = "{:>12} {:34} {:>8} {:>8} {:>8}"


def main() -> None:
    """Plant studies, measure each step in a process of its own, print a table and how costs grow."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS, help="vectors of the planted studies")
    parser.add_argument("--steps", nargs="+", choices=list(STEPS), default=list(STEPS), help="what is done (all)")
    parser.add_argument("--in", dest="place", type=Path, help="folder that keeps them (a temporary one, removed)")
    options = parser.parse_args()
    print(LINE.format("vectors", "step", "wall s", "cpu s", "MB"))
    with tempfile.TemporaryDirectory() as temporary:
        place = options.place or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        for count in options.counts:
            study = place / f"planted-{count}"
            for step in STEPS:
                if step in options.steps and not (step in OF_FEWER and count > TABLES_UP_TO):
                    for name, *numbers in _run(step, study, count):
                        print(LINE.format(f"{count:,}", name, *(f"{one:.1f}" for one in numbers)), flush=True)
                        _keep(place / MEASURED, (count, name, *numbers))
            if not options.place:
                shutil.rmtree(study)
        if (place / MEASURED).exists():
            _compare(place / MEASURED)


def _keep(path: Path, row: tuple[Any, ...]) -> None:
    """Add a row to what was measured; the last of one step stands."""
    table = pd.DataFrame([row], columns=COLUMNS)
    if path.exists():
        known = pd.read_csv(path)
        table = pd.concat([known[(known["vectors"] != row[0]) | (known["step"] != row[1])], table])
    table.to_csv(path, index=False)


def _compare(path: Path) -> None:
    """Print whatever was measured at several counts beside the smallest of them, and how summarising grows."""
    table = pd.read_csv(path).sort_values("vectors")
    print(LINE.format("vectors", f"ratio to {table['vectors'].min():,}", "wall", "cpu", "MB"))
    for name, rows in table.groupby("step", sort=False):
        first, *others = rows.itertuples(index=False)
        for row in others:
            pairs = zip(row[2:], first[2:], strict=True)
            ratios = (f"{one / other:.2f}" if other else "" for one, other in pairs)
            print(LINE.format(f"{row.vectors:,}", name, *ratios))
    grown = table[table["step"] == SUMMARISE]
    if len(grown) > 1:
        slope = np.polyfit(np.log(grown["vectors"]), np.log(grown["cpu_s"]), 1)[0]
        print(f"summarising: log time grows {slope:.2f} times as fast as log n")


def _run(step: str, study: Path, count: int) -> Iterator[tuple[str, float, float, float]]:
    """Run a step in a process of its own; yield what it measures, as it comes."""
    command = [sys.executable, "-m", "bench.scale_step", step, str(study), str(count)]
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as running:
            for line in running.stdout or ():
                name, *numbers = line.rstrip("\n").split("\t")
                if len(numbers) == 3:
                    wall, cpu, memory = map(float, numbers)
                    yield name, wall, cpu, memory
                else:
                    print(line, end="", flush=True)
        if running.returncode:
            said.seek(0)
            raise RuntimeError(f"the step {step} at {count:,} vectors failed:\n{said.read()[-2000:]}")


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
    """Write the study, where it is not there yet."""
    from bench.plants import plant
    from core.study import open_study

    if (study / "study.json").exists():
        return
    meter("plant", lambda: plant(open_study(ORIGIN), study, count))


def summarise_it(study: Path, count: int, meter: Meter) -> None:
    """Open the study, describe it and sample it, all of it anew; once more from what is kept; count the far rows."""
    from core.study import open_study
    from core.study.describing import FILE, describe_study
    from core.study.sampling import sampled_rows
    from core.study.summaries import FOLDER

    shutil.rmtree(study / FOLDER, ignore_errors=True)
    (study / FILE).unlink(missing_ok=True)
    meter("open", lambda: open_study(study))
    opened = open_study(study)
    meter(SUMMARISE, lambda: describe_study(opened))
    meter("sample", lambda: sampled_rows(opened))
    meter("open what is kept", lambda: (describe_study(opened), sampled_rows(opened)))
    if count >= TELLING:
        if not far_rows(opened, describe_study(opened).distances):
            raise RuntimeError("the planted rows were not found")
        far_everywhere(opened)


def far_everywhere(study: Any) -> None:
    """Raise where the planted rows are not found, and counted exactly over all rows, as the pages count them.

    *Bulk* lists the farthest and counts those beyond the edge; *Components* counts values far from their mean; an
    inspection of one planted row finds the others, and *Faces* does so without looking through all. What is counted is
    counted anew here, from the vectors.
    """
    from bench.plants import PLANTED
    from core.captions.bulk import FAR, about_the_farthest
    from core.captions.components import FAR as FAR_VALUE
    from core.space.farthest import farthest_table
    from core.space.inspection import inspect_vector, nearest_of_some
    from core.space.shown import shown_of
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
    first = study.latents[table["row"][0]]
    near = inspect_vector(study, described, first, neighbours=PLANTED).neighbours
    at_once, _, sure = nearest_of_some(study, described, shown_of(study), first[None], PLANTED)
    faults = {
        "the farthest rows are others": not table["image"].str.startswith("planted-").all(),
        "the count beyond the edge is another": described.count_beyond(edge) != beyond,
        "the page's count is another": f"{beyond:,} lie" not in about_the_farthest(described),
        "the counts of far values are others": (described.histograms.beyond(FAR_VALUE) != values).any(),
        "an inspection finds others": set(near["row"]) != rows,
        "an inspection among some finds others, or is not sure": set(at_once[0]) != rows or not sure,
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
    """Open each page and tab without a browser, in one process, as a visitor who goes through all of them."""
    from core.strategies import Effort
    from core.strategies.registry import applicable

    tabs = [one.key for one in applicable(False) if one.effort is Effort.INSTANT]
    for look, choices in {**LOOKS, **{f"faces, tab {key}": {"strategy": key} for key in tabs}}.items():
        _open(study, look, choices, meter)


def _open(study: Path, look: str, choices: dict[str, str], meter: Meter) -> None:
    """Open a page; raise `RuntimeError` where it fails."""
    from streamlit.testing.v1 import AppTest

    logging.disable(logging.WARNING)  # of Streamlit, which is not run by its server here
    sys.argv = [str(DASHBOARD), str(study)]
    page = look.partition(",")[0]
    app = AppTest.from_file(str(DASHBOARD), default_timeout=3600)
    if page != "start":
        app.switch_page(f"pages/{page}.py")
    for name, value in {"study": study.name, **choices}.items():
        app.query_params[name] = value
    meter(f"page {look}", app.run)
    if app.exception or app.error:
        raise RuntimeError(f"page {look}: {(app.exception or app.error)[0].value}")


def fits_of_it(study: Path, count: int, meter: Meter) -> None:  # noqa: ARG001
    """Fit each strategy that takes some seconds, and open its tab then."""
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
            _open(study, f"faces, tab {strategy.key}", {"strategy": strategy.key}, meter)


def report_of_it(study: Path, count: int, meter: Meter) -> None:  # noqa: ARG001
    """Write a report of three strategies that are known at once."""
    from core.progress import Progress
    from core.report.making import make_report
    from core.report.parts import Wish
    from core.strategies import Recipe
    from core.study import open_study

    wish, told = Wish(tuple(Recipe.of(key, None) for key in QUICK)), list[Progress]()
    meter("report", lambda: make_report(open_study(study), wish, 512, 0, told.append))


def scores_of_it(study: Path, count: int, meter: Meter) -> None:  # noqa: ARG001
    """Score a sample of one strategy by its vectors and their images."""
    from core.scores import registry
    from core.scores.board import Scorer
    from core.scores.rows import FILE, write_cells
    from core.strategies import Recipe
    from core.study import open_study
    from core.study.attributes import load_attributes

    opened, scorers = open_study(study), list[Scorer]()
    meter("scoreboard, its sets", lambda: scorers.append(Scorer(opened, load_attributes(opened))))
    cells: dict[str, float | str] = {}
    meter("scoreboard, a row", lambda: cells.update(scorers[0].score(Recipe.of("mvn", None), 2000, 0)))
    if not cells.keys() & {column for score in registry.SCORES for column in score.columns}:
        raise RuntimeError("the row has no score")
    write_cells(study / FILE, ("mvn", Recipe.of("mvn", None).text, 2000, 0), cells, anew=True)


def tables_of_it(study: Path, count: int, meter: Meter) -> None:  # noqa: ARG001
    """Write the tables of all strategies, each fitted anew."""
    shutil.rmtree(study / "fits", ignore_errors=True)
    out = study.with_name("tables")
    command = [sys.executable, "-m", "core", "statistics", "--study", str(study), "--out", str(out)]
    meter("statistics, all strategies", lambda: subprocess.run(command, check=True, capture_output=True))
    shutil.rmtree(out)


STEPS = {
    "plant": plant_it,
    "summarise": summarise_it,
    "index": index_it,
    "score": scores_of_it,
    "pages": pages_of_it,
    "report": report_of_it,
    "fits": fits_of_it,
    "statistics": tables_of_it,
}

OF_FEWER = ("fits", "statistics")
"""Steps that large studies do without: they take as long as the slowest strategy."""


if __name__ == "__main__":
    main()
