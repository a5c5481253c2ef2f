"""What follows from the rows of a large study alone is kept with it: sets, and the table of its attributes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import tables
from core.selection.attributes import values_of
from core.study import Study, open_study, study_sets
from core.study import description as opening
from core.study.sets import halves, held_out, sets_of
from core.study.writing import write_vectors
from core.tables import attribute_table, attributes_of

COUNT = 3000


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    for module in (opening, study_sets, tables.attributes):
        monkeypatch.setattr(module, "EXACT", 1000)
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "image": [f"v{i}" for i in range(COUNT)],
            "partition": rng.choice(["train", "validation"], COUNT),
            "red": pd.array(rng.choice([True, False, None], COUNT), "boolean"),
            "kind": rng.choice(["a", "b", "c"], COUNT),
            "depth": rng.normal(size=COUNT),
        }
    )
    return open_study(write_vectors(rng.normal(size=(COUNT, 3)), tmp_path / "large", rows).folder)


def test_sets_and_attributes_are_those_of_the_rows_and_are_not_looked_for_again(
    large: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets, known = sets_of(large.rows), attribute_table(large.rows, large.columns)
    for _ in range(2):
        found = study_sets.study_sets(large)
        for name in study_sets.NAMES:
            np.testing.assert_array_equal(getattr(found, name), getattr(sets, name))
        pd.testing.assert_frame_equal(attributes_of(large), known)
        monkeypatch.setattr(study_sets, "sets_of", lambda _: pytest.fail("hashed again"))
        monkeypatch.setattr(tables.attributes, "attribute_table", lambda *_: pytest.fail("read again"))


def test_halves_and_what_is_held_out_are_those_of_the_rows(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = halves(large.rows), held_out(large.rows)
    for _ in range(2):
        np.testing.assert_array_equal(study_sets.study_halves(large), wanted[0])
        np.testing.assert_array_equal(study_sets.study_held_out(large), wanted[1])
        monkeypatch.setattr(study_sets, "sets_of", lambda _: pytest.fail("hashed again"))
    assert wanted[1].any()


def test_what_is_so_is_kept_in_bits(large: Study) -> None:
    values = values_of(large)
    assert len(values) == 4
    red = large.rows["red"]
    so, known = (np.unpackbits(bits, count=COUNT) for bits in values.packed[0])
    assert so.tolist() == red.fillna(False).astype(int).tolist()
    assert known.tolist() == red.notna().astype(int).tolist()
    assert sum(bits.nbytes for pair in values.packed for bits in pair) == 2 * len(values) * COUNT / 8
    assert np.nansum(values.shares()[1:]) == pytest.approx(1)
