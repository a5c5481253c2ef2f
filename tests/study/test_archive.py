"""A study as one file: the same bytes each time, whole when it comes back, and refused where it is anything else."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.progress import Progress
from core.strategies import make_strategy
from core.study import archive_file, open_study
from core.study.archive import export_study, install_export, is_export, open_exported
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.writing import write_vectors

ROOT = Path(__file__).parents[2]

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a study of 60 vectors of 4 components with statistics, a fit and scores."""
    folder = tmp_path_factory.mktemp("archive") / "mine"
    vectors = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    study = write_vectors(vectors, folder, title="My cells")
    fit_strategy(study, describe_study(study), make_strategy("mixture", {"components": 2}))
    (folder / "scores.csv").write_text("strategy\n")
    (folder / ".hidden").write_text("not a part")
    (folder / "notes.txt").write_text("not a part")
    return folder


@pytest.fixture(scope="module")
def exported(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "mine.zip"
    export_study(folder, path)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(path: Path, content: dict[str, bytes], index: bool = True) -> Path:
    """Write members as an export has them; the index follows the content unless told otherwise."""
    if index:
        files = {
            n: {"sha256": hashlib.sha256(d).hexdigest(), "size": len(d)}
            for n, d in content.items()
            if n != "zpoints.json"
        }
        content = {**content, "zpoints.json": json.dumps({"export": 1, "files": files}).encode()}
    with zipfile.ZipFile(path, "w") as opened:
        for name in sorted(content, key=lambda name: name != "zpoints.json"):
            opened.writestr(zipfile.ZipInfo(name), content[name])
    return path


def refused(path: Path, where: Path, match: str) -> None:
    """State that a file is refused with one sentence, and that nothing is written."""
    where.mkdir(exist_ok=True)
    with pytest.raises(InputError, match=match) as caught:
        install_export(path, where / "study")
    assert str(caught.value).count(". ") == 0
    assert "\n" not in str(caught.value)
    assert [p for p in where.iterdir() if p != path] == []


# Made and read back


def test_it_has_the_same_bytes_wherever_and_whenever_it_is_made(folder: Path, exported: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "elsewhere", copy_function=shutil.copyfile)
    for path in other.rglob("*"):
        os.utime(path, (10**9, 10**9))
        path.chmod(0o700 if path.is_dir() else 0o600)
    buffer = io.BytesIO()
    export_study(other, buffer)
    assert buffer.getvalue() == exported.read_bytes()


def test_it_comes_back_as_it_was_and_exports_to_the_same_bytes(folder: Path, exported: Path, tmp_path: Path) -> None:
    study = install_export(exported, tmp_path / "back")
    assert study.fingerprint == open_study(folder).fingerprint
    names = {p.relative_to(study.folder).as_posix() for p in study.folder.rglob("*") if p.is_file()}
    assert names == {
        "study.json",
        "latents.npy",
        "rows.parquet",
        "statistics.npz",
        "scores.csv",
        "fits/mixture_components=2.npz",
    }
    assert all((study.folder / name).read_bytes() == (folder / name).read_bytes() for name in names)
    export_study(study.folder, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == exported.read_bytes()


def test_what_is_derived_can_be_left_out_on_either_side(folder: Path, exported: Path, tmp_path: Path) -> None:
    export_study(folder, tmp_path / "bare.zip", derived=False)
    assert open_exported(tmp_path / "bare.zip").derived == ()
    study = install_export(exported, tmp_path / "back", derived=False)
    assert {p.name for p in study.folder.iterdir()} == {"study.json", "latents.npy", "rows.parquet"}


def test_a_shipped_study_becomes_the_users_own(folder: Path, tmp_path: Path) -> None:
    shipped = shutil.copytree(folder, tmp_path / "shipped")
    described = json.loads((shipped / "study.json").read_text())
    (shipped / "study.json").write_text(json.dumps({**described, "shipped": True}))
    export_study(shipped, tmp_path / "shipped.zip")
    assert not install_export(tmp_path / "shipped.zip", tmp_path / "back").shipped


def test_it_is_looked_at_without_unpacking(exported: Path) -> None:
    found = open_exported(exported)
    assert (found.title, found.count, found.dimension, found.kind) == ("My cells", 60, 4, "none")
    assert found.derived == ("fits/mixture_components=2.npz", "scores.csv", "statistics.npz")
    assert found.describe().startswith(
        "an exported study, My cells: 60 vectors of 4 components, 0.0 MB, with 3 derived"
    )


def test_it_is_told_from_other_zips_by_its_beginning(exported: Path, tmp_path: Path) -> None:
    assert is_export(exported)
    assert not is_export(packed(tmp_path / "other.zip", {"a.jpg": b""}, index=False))
    assert not is_export(tmp_path / "missing.zip")


def test_progress_is_told_to_the_end(folder: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    export_study(folder, tmp_path / "a.zip", report=told.append)
    install_export(tmp_path / "a.zip", tmp_path / "back", report=told.append)
    assert [p.share for p in told if not p.detail] == [1.0, 1.0]


def test_an_altered_study_is_not_exported(folder: Path, tmp_path: Path) -> None:
    altered = shutil.copytree(folder, tmp_path / "altered")
    described = json.loads((altered / "study.json").read_text())
    described["files"]["latents.npy"]["sha256"] = "0" * 64
    (altered / "study.json").write_text(json.dumps(described))
    with pytest.raises(InputError, match=r"latents\.npy was altered since the study was made"):
        export_study(altered, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_files_and_studies_are_replaced_on_request_alone(folder: Path, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        export_study(folder, tmp_path / "a.zip")
    export_study(folder, tmp_path / "a.zip", replace=True)
    install_export(exported, tmp_path / "study")
    with pytest.raises(InputError, match="exists already"):
        install_export(exported, tmp_path / "study")
    install_export(exported, tmp_path / "study", replace=True)
    (tmp_path / "photos").mkdir()
    with pytest.raises(InputError, match="photos is not a study, so it is not replaced"):
        install_export(exported, tmp_path / "photos", replace=True)


def test_a_public_server_installs_nothing(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    refused(exported, tmp_path / "new", "open to the public")


@pytest.mark.parametrize("large", [False, True])
def test_an_export_beyond_4_gib_can_be_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:  # as if
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    export_study(folder, tmp_path / "a.zip")
    monkeypatch.undo()
    assert ((tmp_path / "a.zip").read_bytes().rfind(b"PK\6\7") > 0) == large
    assert len(install_export(tmp_path / "a.zip", tmp_path / "new" / "back")) == 60


# Hostile


def compressed(content: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in content.items():
            opened.writestr(name, data)


def linked(content: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in content.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if name == "rows.parquet" else stat.S_IFREG) | 0o777) << 16
            opened.writestr(info, data)


def doubled(content: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w") as opened, warnings.catch_warnings(action="ignore"):
        for name, data in [*content.items(), ("study.json", b"{}")]:
            opened.writestr(name, data)


def many(_: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w") as opened:
        for i in range(100_000):
            listed(opened, f"{i}", 0)


def listed(opened: zipfile.ZipFile, name: str, size: int) -> None:
    """Name a member in the directory alone, as if it lay at the beginning."""
    info = zipfile.ZipInfo(name)
    info.file_size = info.compress_size = size
    info.CRC = info.header_offset = 0
    opened.filelist.append(info)
    opened.NameToInfo[name] = info
    opened._didModify = True


def bomb(content: dict[str, bytes], path: Path) -> None:
    zeros = b"\0" * 10**7
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in content.items():
            opened.writestr(name, data if name != "latents.npy" else zeros)


def overlapping(_: dict[str, bytes], path: Path) -> None:
    """Many names for the same bytes, as in zips that grow without being compressed."""
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("zpoints.json", b" " * 10_000)
        for i in range(300):
            listed(opened, f"a{i}", 10_000)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (compressed, "is compressed or encrypted|one within the other"),
        (linked, r"rows\.parquet is a link or no regular file"),
        (doubled, "holds files twice"),
        (many, "holds 100,000 files|holds 65,535 files"),
        (bomb, "one within the other"),
        (overlapping, "one within the other"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_hostile_zip_is_refused(
    exported: Path, tmp_path: Path, make: Callable[[dict[str, bytes], Path], None], match: str
) -> None:
    make(members(exported), tmp_path / "hostile.zip")
    refused(tmp_path / "hostile.zip", tmp_path / "new", match)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/evil",
        "a\\b",
        "fits/../../evil.npz",
        "evil/",
        "inner/study.json",
        "x\n.npz",
        "<b>.npz",
        ".x",
        "a" * 200,
    ],
)
def test_a_name_that_no_study_has_is_refused(exported: Path, tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "hostile.zip", {**members(exported), name: b"x"})
    refused(path, tmp_path / "new", "which is no file of a study|which no export does")


def without(name: str) -> Change:
    return lambda content: content.pop(name) and None


def changed(name: str, data: bytes) -> Change:
    return lambda content: content.update({name: data})


def described(**fields: object) -> Change:
    def change(content: dict[str, bytes]) -> None:
        content["study.json"] = json.dumps({**json.loads(content["study.json"]), **fields}).encode()

    return change


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (without("study.json"), r"holds no study\.json"),
        (without("latents.npy"), "holds other files than its study.json lists"),
        (changed("nested.zip", b"PK"), "holds other files than its study.json lists"),
        (changed("latents.npy", b"other"), "has another SHA-256 in study.json"),
        (changed("study.json", b"{"), "study.json cannot be read"),
        (changed("study.json", b"[" * 100_000), "study.json cannot be read|study.json has a wrong value"),
        (changed("study.json", b" " * (8 * 2**20 + 1)), "that of a study at most"),
        (described(schema=3), "has schema version 3"),
        (described(title="a\u202eb"), "study.json has a wrong value"),
        (described(autoencoder={"kind": "pickle"}), "The kind of autoencoder 'pickle' is not known"),
        (described(vectors={"count": 10**12, "dimension": 4, "precision": "float32"}), "has 1000000000000 as vectors"),
        (changed("fits/a.npz", b"no zip"), r"the end of it is missing"),
    ],
)
def test_a_content_that_is_no_study_is_refused(exported: Path, tmp_path: Path, change: Change, match: str) -> None:
    content = members(exported)
    change(content)
    refused(packed(tmp_path / "hostile.zip", content), tmp_path / "new", match)


def test_a_study_whose_numbers_are_no_numbers_is_refused_though_all_digests_are_right(
    folder: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(folder, tmp_path / "nan")
    vectors = np.load(other / "latents.npy")
    vectors[30, 2] = np.nan
    np.save(other / "latents.npy", vectors)
    data = (other / "latents.npy").read_bytes()
    sums = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "sampled": None}
    content = {name: (other / name).read_bytes() for name in ("rows.parquet", "study.json")} | {"latents.npy": data}
    manifest = json.loads(content["study.json"])
    manifest["files"]["latents.npy"] = sums
    content["study.json"] = json.dumps(manifest).encode()
    path = packed(tmp_path / "nan.zip", content)
    refused(path, tmp_path / "new", rf"{path}/latents\.npy holds NaN or infinity in row 30")


def test_arrays_that_unpack_to_a_bomb_are_refused(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_file, "LARGEST_DERIVED", 1000)
    np.savez_compressed(tmp_path / "bomb.npz", zeros=np.zeros(1000))
    content = members(exported) | {"fits/bomb.npz": (tmp_path / "bomb.npz").read_bytes()}
    content.pop("statistics.npz")
    content.pop("fits/mixture_components=2.npz")
    refused(packed(tmp_path / "a.zip", content), tmp_path / "new", r"the arrays of fits/bomb\.npz are larger")


def test_an_index_that_says_otherwise_is_refused(exported: Path, tmp_path: Path) -> None:
    for name, field, value, match in (
        ("scores.csv", "sha256", "0" * 64, r"scores\.csv is not the file that was exported"),
        ("scores.csv", "size", 1, "has another size"),
        ("scores.csv", "sha256", "x", r"zpoints\.json cannot be read"),
    ):
        content = members(exported)
        index = json.loads(content["zpoints.json"])
        index["files"][name][field] = value
        content["zpoints.json"] = json.dumps(index).encode()
        refused(packed(tmp_path / "a.zip", content, index=False), tmp_path / "new", match)
    content = members(exported)
    content.pop("scores.csv")
    refused(packed(tmp_path / "b.zip", content, index=False), tmp_path / "new", "holds other files than zpoints.json")
    content.pop("zpoints.json")
    refused(packed(tmp_path / "c.zip", content, index=False), tmp_path / "new", r"a zip without zpoints\.json")


@pytest.mark.parametrize("size", [(2**40, 10), (10, 2**40)], ids=["members", "directory"])
def test_a_directory_that_claims_to_be_huge_is_not_read(exported: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    data = exported.read_bytes()
    members, length = size
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, members, members, length, 0)
    for place, match in ((len(data) - 22, "holds .* files, an exported study"), (0, "a directory that no export has")):
        locator = struct.pack("<4sIQI", b"PK\6\7", 0, place, 1)
        (tmp_path / "a.zip").write_bytes(data[:-22] + record + locator + data[-22:])
        refused(tmp_path / "a.zip", tmp_path / "new", match)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_damaged_comes_back_whole_or_is_refused_with_a_sentence(
    exported: Path, tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(exported.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1) | st.integers(max(0, len(content) - 900), len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(0, len(content)))
    (tmp_path / "damaged.zip").write_bytes(content[:cut])
    shutil.rmtree(tmp_path / "new", ignore_errors=True)
    try:
        install_export(tmp_path / "damaged.zip", tmp_path / "new" / "study")
    except InputError:
        assert not (tmp_path / "new").exists() or list((tmp_path / "new").iterdir()) == []
    else:
        assert members(exported)["latents.npy"] == (tmp_path / "new/study/latents.npy").read_bytes()


@pytest.mark.slow
def test_a_study_is_never_held_in_memory_whole(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).random((160_000, 64), np.float32)  # 41 MB
    write_vectors(vectors, tmp_path / "study")
    tracemalloc.start()
    export_study(tmp_path / "study", tmp_path / "study.zip")
    exporting = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    install_export(tmp_path / "study.zip", tmp_path / "again")
    reading = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert max(exporting, reading) < 25e6
