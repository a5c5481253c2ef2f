"""Whatever happens to a file of a study, the study opens or is refused with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.faults import ODD, plant, run
from bench.fuzz import READERS
from core.errors import InputError
from core.study import Study, open_study
from core.study.description import DESCRIPTION
from tests.described import edit

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_three_hundred_damaged_studies_open_or_are_refused() -> None:
    """In a process of its own with bounded memory, so that a library's crash is a failure, no end of the tests."""
    command = [sys.executable, "-m", "bench.faults", "300", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = json.loads(done.stdout)
    assert sum(outcomes.values()) == 300
    assert outcomes["refused"] > 100
    assert outcomes["opened"] > 20


@pytest.mark.slow
@pytest.mark.parametrize("reader", [reader.name for reader in READERS])
def test_damaged_files_of_others_are_read_or_refused(reader: str) -> None:
    command = [sys.executable, "-m", "bench.faults", "fuzz", reader, "2", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{reader}: ")


def test_the_same_seed_damages_in_the_same_way() -> None:
    assert run(12, 3) == run(12, 3)


def test_a_fault_is_reported_with_its_round(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(study: Study) -> None:
        raise KeyError("planted")

    monkeypatch.setattr("bench.faults.card", fail)
    said: list[str] = []
    outcomes = run(12, 3, said.append)
    assert outcomes["fault"] == len(said) > 0
    assert "KeyError: 'planted'" in said[0]
    assert "of seed 3" in said[0]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "study"
    plant(folder)
    return folder


@pytest.mark.slow
def test_each_field_is_tried_with_each_odd_value(planted: Path, tmp_path: Path) -> None:
    """No value of any field ends in another exception: what opens has the type that is promised."""
    folder = tmp_path / "study"
    folder.symlink_to(planted)
    whole = (planted / DESCRIPTION).read_text()
    places: list[tuple[str | int, ...]] = [()]
    for place in places:
        part = json.loads(whole)
        for step in place:
            part = part[step]
        if isinstance(part, dict | list):
            places += [(*place, key) for key in (part if isinstance(part, dict) else range(len(part)))]
    opened = 0
    try:
        for place in places[1:]:
            for value in ODD:
                (planted / DESCRIPTION).write_text(whole)

                def put(description: dict, place: tuple = place, value: object = value) -> None:
                    for step in place[:-1]:
                        description = description[step]
                    description[place[-1]] = value

                edit(planted, put)
                try:
                    study = open_study(folder)
                except InputError:
                    continue
                opened += 1
                assert isinstance(study.title, str)
                assert isinstance(study.latents, np.ndarray)
    finally:
        (planted / DESCRIPTION).write_text(whole)
    assert 0 < opened < len(places) * len(ODD) / 4
