"""A study of vectors alone: no autoencoder, no images, and everything else as with any study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.study import Study, open_study, verify_study
from core.study.card import card
from core.study.describing import describe_study
from core.study.sets import halves
from core.study.writing import write_vectors

VECTORS = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return write_vectors(VECTORS, tmp_path / "cells", title="my cells")


def test_it_knows_what_it_has_and_what_it_lacks(study: Study) -> None:
    assert (study.name, study.title, len(study), study.dimension) == ("cells", "my cells", 60, 5)
    assert (study.config, study.source, study.training, study.weight_count) == (None, None, None, 0)
    lacking = (study.has_decoder, study.has_images, study.has_training, study.has_errors, study.has_partitions,
               study.has_attributes, study.has_groups)  # fmt: skip
    assert not any(lacking)
    assert list(study.rows["image"][:3]) == ["0", "1", "2"]
    assert {p.name for p in study.folder.iterdir()} == {"study.json", "latents.npy", "rows.parquet"}
    verify_study(study)


def test_it_is_described_and_split_as_any_other(study: Study) -> None:
    np.testing.assert_allclose(describe_study(study).moments.mean, VECTORS.mean(axis=0), atol=1e-3)
    assert 0 < halves(study.rows).sum() < len(study)


def test_its_card_tells_no_more_than_is_known(study: Study) -> None:
    told = "\n".join(card(study))
    assert "**Data**: my cells, 60 vectors alone" in told
    assert "60 of 5 components, rounded to float16, which costs at most 0.000" in told
    assert study.fingerprint in told
    assert not any(word in told for word in ("Encoder", "Preparation", "Training", "None"))


@pytest.mark.parametrize(
    "use", [lambda s: s.load_autoencoder(), lambda s: s.require_decoder(), lambda s: s.require_images()]
)
def test_what_needs_more_is_refused_with_a_sentence(study: Study, use: Callable[[Study], object]) -> None:
    with pytest.raises(InputError, match=r"^The study cells (holds vectors without|was not made of images).*\.$"):
        use(study)


def test_what_is_known_of_each_vector_is_kept(tmp_path: Path) -> None:
    rows = pd.DataFrame({"Tall": VECTORS[:, 0] > 0, "image": [f"c{i}" for i in range(60)], "age": range(60)})
    study = write_vectors(VECTORS, tmp_path / "study", rows)
    assert study.title == "study"
    assert study.attributes == ("Tall",)
    assert list(study.rows["Tall"]) == list(rows["Tall"])
    assert list(study.rows["age"]) == list(range(60))


def test_vectors_that_occur_twice_share_a_half(tmp_path: Path) -> None:
    study = write_vectors(np.concatenate([VECTORS, VECTORS]), tmp_path / "twice")
    assert study.has_groups
    half = halves(study.rows)
    np.testing.assert_array_equal(half[:60], half[60:])
    assert 0 < half.sum() < 120


def test_what_could_not_be_opened_is_not_written(tmp_path: Path) -> None:
    for rows, complaint in (
        (pd.DataFrame({"image": ["a"] * 59}), "There are 59 rows for 60 vectors"),
        (pd.DataFrame({"image": ["a\n"] * 60}), "has a control character in the column image"),
        (pd.DataFrame({"partition": ["tset"] * 60}), "has the partition 'tset'"),
    ):
        with pytest.raises(InputError, match=complaint):
            write_vectors(VECTORS, tmp_path / "study", rows)
    with pytest.raises(InputError, match=r"cannot be described so: .*title"):
        write_vectors(VECTORS, tmp_path / "study", title="a\x1b")
    assert list(tmp_path.iterdir()) == []


def test_a_study_that_is_there_is_replaced_only_on_demand(study: Study) -> None:
    with pytest.raises(InputError, match="exists already"):
        write_vectors(VECTORS + 1, study.folder)
    replaced = write_vectors(VECTORS + 1, study.folder, replace=True)
    assert replaced.fingerprint != study.fingerprint
    assert open_study(study.folder).title == "cells"


@pytest.mark.parametrize("values", [[1, 2**80, 3], ["a", 1, 2.5]])
def test_a_column_that_no_table_keeps_is_refused_by_name(tmp_path: Path, values: list[object]) -> None:
    rows = pd.DataFrame({"image": ["a", "b", "c"], "odd": pd.Series(values, dtype=object)})
    with pytest.raises(InputError, match=r"^The column 'odd' of the rows holds values of several types"):
        write_vectors(np.zeros((3, 2)), tmp_path / "study", rows)
    assert not (tmp_path / "study").exists()
