"""One attribute network for studies of the same images."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.errors import InputError
from core.study import Study, open_study
from core.study.archive import export_study, install_export
from core.study.attributes import load_attributes
from core.study.shared import ATTRIBUTES, SHARED, attributes_file
from core.study.writing import write_vectors

BYTES = b"as good as a network here"
LINE = f"{hashlib.sha256(BYTES).hexdigest()}  ../first/{ATTRIBUTES}\n"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folder of a network, and one beside it that names it."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (first / ATTRIBUTES).write_bytes(BYTES)
    (second / SHARED).write_text(LINE)
    return first, second


def test_a_study_uses_its_own_network_before_another_one_s_and_none_where_there_is_none(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = pair
    assert attributes_file(first) == first / ATTRIBUTES
    assert attributes_file(second) == first / ATTRIBUTES
    (second / ATTRIBUTES).write_bytes(b"its own")
    assert attributes_file(second) == second / ATTRIBUTES
    assert attributes_file(tmp_path) is None


def test_a_folder_in_the_place_of_the_line_is_no_network(pair: tuple[Path, Path]) -> None:
    (pair[1] / SHARED).unlink()
    (pair[1] / SHARED).mkdir()
    assert attributes_file(pair[1]) is None


def test_without_the_study_beside_it_a_study_has_no_network(pair: tuple[Path, Path]) -> None:
    shutil.rmtree(pair[0])
    assert attributes_file(pair[1]) is None


def test_another_network_than_the_one_that_is_named_is_refused(pair: tuple[Path, Path]) -> None:
    (pair[0] / ATTRIBUTES).write_bytes(b"trained anew")
    with pytest.raises(InputError, match=r"is not the attribute network that .*attributes\.sha256 names"):
        attributes_file(pair[1])


@pytest.mark.parametrize(
    "line",
    [
        "",
        LINE.strip(),
        LINE + LINE,
        LINE.replace("first", "../first"),
        LINE.replace("first", ".first"),
        LINE.upper(),
        LINE.replace(ATTRIBUTES, "weights.safetensors"),
        "é" + LINE,
        "0" * 10_000,
    ],
)
def test_a_line_of_another_form_is_damage(pair: tuple[Path, Path], line: str) -> None:
    (pair[1] / SHARED).write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match=r"attributes\.sha256 is damaged; restore it, or train an attribute network"):
        attributes_file(pair[1])


@pytest.mark.slow
def test_the_bundled_studies_share_one_network(bundled: Study) -> None:
    own = load_attributes(bundled)
    assert own is not None
    for name in ("celeba-batchnorm", "celeba-vae"):
        shared = load_attributes(open_study(bundled.folder.with_name(name)))
        assert shared is not None
        np.testing.assert_array_equal(own.embedding_covariance, shared.embedding_covariance)


def test_an_export_follows_no_link_to_what_is_not_of_the_study(tmp_path: Path) -> None:
    write_vectors(np.zeros((10, 2), np.float32) + np.arange(10)[:, None], tmp_path / "study")
    (tmp_path / "private").write_text("of somebody")
    (tmp_path / "study" / ATTRIBUTES).symlink_to(tmp_path / "private")
    export_study(tmp_path / "study", tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert ATTRIBUTES not in archive.namelist()


@pytest.mark.slow
def test_an_export_takes_the_network_along(bundled: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = bundled.folder.with_name("celeba-batchnorm")
    assert main(["verify", "--study", str(folder)]) == 0
    assert SHARED in capsys.readouterr().out
    export_study(folder, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert ATTRIBUTES in archive.namelist()
        assert SHARED not in archive.namelist()
    assert load_attributes(install_export(tmp_path / "one.zip", tmp_path / "own")) is not None
