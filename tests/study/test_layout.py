"""A map by UMAP: made by a command, the same each time, measured, and read back as a rule's coordinates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from core.__main__ import main
from core.errors import InputError
from core.selection import parse, select
from core.statistics.neighbourhoods import faithfulness
from core.study.describing import describe_study
from core.study.layout import FILE, build_layout, find_layout
from core.study.writing import write_vectors

EACH, DIMENSION = 150, 6


def test_what_a_plane_keeps_is_measured_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(200, 5))
    for points in (vectors[:, :2], rng.normal(size=(200, 2)), vectors @ np.diag([1, 2, 3, 4, 5.0])):
        expected = trustworthiness(vectors.astype(np.float32), points, n_neighbors=15)
        assert faithfulness(vectors, points).trustworthiness == pytest.approx(expected, abs=1e-6)
    assert faithfulness(vectors, 2 * vectors).correlation == pytest.approx(1)
    assert abs(faithfulness(vectors, rng.normal(size=(200, 2))).correlation) < 0.1


@pytest.mark.slow
@pytest.mark.no_cover  # following the lines of what compiles itself takes four times as long as the rest
def test_a_map_parts_two_groups_and_is_the_same_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(2 * EACH, DIMENSION))
    vectors[:EACH, 3] += 20
    study = write_vectors(vectors, tmp_path / "two")
    assert main(["umap", "--study", str(study.folder)]) == 0
    assert "300 vectors laid out; trustworthiness 0.9" in capsys.readouterr().out
    layout = find_layout(study)
    first, second = layout.places[:EACH], layout.places[EACH:]
    across = int(abs(first.mean(axis=0) - second.mean(axis=0)).argmax())
    low, high = sorted((first, second), key=lambda part: part[:, across].mean())
    assert low[:, across].max() < high[:, across].min()
    border = (low[:, across].max() + high[:, across].min()) / 2
    description = describe_study(study)
    mask = select(parse(f"umap{across + 1} {border}.."), study, description)
    assert set(np.flatnonzero(mask)) in (set(range(EACH)), set(range(EACH, 2 * EACH)))
    kept = (study.folder / FILE).read_bytes()
    again = build_layout(study, description)
    np.testing.assert_array_equal(again.places, layout.places)
    assert (study.folder / FILE).stat().st_size == len(kept)


def test_few_vectors_have_no_map(tmp_path: Path) -> None:
    study = write_vectors(np.random.default_rng(0).normal(size=(20, 3)), tmp_path / "few")
    with pytest.raises(InputError, match="needs at least 45 vectors, and the study few has 20"):
        build_layout(study, describe_study(study))
