"""Kept arrays come back exactly, or not at all: never damaged, stale or foreign ones."""

from __future__ import annotations

import copy
import dataclasses
import errno
import io
import os
import pickle
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.errors import InputError
from core.settings import cache_folder, is_public
from core.study.describing import describe_study
from core.study.description import LATENTS, Study, open_study
from core.study.kept import (
    as_owner,
    find_kept,
    is_own,
    keep,
    keep_derived,
    load_derived,
    place_of,
    table_to_read,
    table_to_write,
)

KEY = "the digest of some vectors"


@pytest.fixture
def numbers() -> dict[str, np.ndarray]:
    """Arrays of which one is longer than what is read of a file at once."""
    rng = np.random.default_rng(0)
    return {"long": rng.normal(size=(60, 20)), "counts": np.arange(5, dtype=np.int32), "scale": np.asarray(0.25)}


@pytest.fixture
def kept(tmp_path: Path, numbers: dict[str, np.ndarray]) -> Path:
    path = tmp_path / "numbers.npz"
    keep_derived(path, KEY, numbers)
    return path


def assert_kept(path: Path, expected: dict[str, np.ndarray], key: str = KEY) -> None:
    loaded = load_derived(path, key)
    assert loaded is not None
    assert loaded.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert (loaded[name].dtype, loaded[name].shape) == (array.dtype, array.shape)


@settings(deadline=None, max_examples=30)
@given(
    st.dictionaries(
        st.text("abc_xyz", min_size=1, max_size=8),
        st.sampled_from([np.float16, np.float64, np.int32, np.bool_, ">f4"]).flatmap(
            lambda dtype: arrays(dtype, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
        ),
        max_size=4,
    ),
    st.text(max_size=20),
)
def test_kept_arrays_come_back_exactly(stored: dict[str, np.ndarray], key: str) -> None:
    with tempfile.TemporaryDirectory(prefix="zpoints-") as folder:
        path = Path(folder) / "numbers.npz"
        keep_derived(path, key, stored)
        assert_kept(path, stored, key)


def test_arrays_that_are_not_contiguous_come_back(tmp_path: Path) -> None:
    stored = {"turned": np.arange(12.0).reshape(3, 4).T, "every second": np.arange(10)[::2]}
    keep_derived(tmp_path / "a.npz", KEY, stored)
    assert_kept(tmp_path / "a.npz", stored)


def test_arrays_of_another_key_are_not_believed(kept: Path) -> None:
    assert load_derived(kept, KEY + " ") is None
    assert load_derived(kept, "") is None


def test_keeping_takes_the_place_of_what_was_kept_before(kept: Path) -> None:
    keep_derived(kept, "another key", {"one": np.ones(3)})
    assert load_derived(kept, KEY) is None
    assert_kept(kept, {"one": np.ones(3)}, "another key")
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]


def test_folders_are_made_for_what_is_kept(tmp_path: Path) -> None:
    for place in ("fits/a.npz", "means/fits/a.npz"):
        assert keep_derived(tmp_path / place, KEY, {"one": np.ones(3)})
        assert_kept(tmp_path / place, {"one": np.ones(3)})


@pytest.mark.parametrize("path", ["absent.npz", "no folder/absent.npz", "."])
def test_where_nothing_is_kept_there_are_no_arrays(tmp_path: Path, path: str) -> None:
    assert load_derived(tmp_path / path, KEY) is None


@pytest.mark.slow
@pytest.mark.parametrize("compressed", [True, False])
def test_whichever_byte_is_damaged_the_arrays_are_right_or_none(
    kept: Path, numbers: dict[str, np.ndarray], compressed: bool
) -> None:
    if not compressed:
        with np.load(kept) as stored:
            everything = dict(stored)
        np.savez(kept, **everything)
        assert_kept(kept, numbers)
    sound, refused = kept.read_bytes(), 0
    places = [*range(900), *range(900, len(sound) - 600, 97), *range(len(sound) - 600, len(sound))]
    for place in places:
        damaged = bytearray(sound)
        damaged[place] ^= (0x80, 0x01, 0x10)[place % 3]
        kept.write_bytes(damaged)
        if load_derived(kept, KEY) is None:
            refused += 1
        else:  # a byte that says nothing of the arrays, such as the time of writing
            assert_kept(kept, numbers)
    assert refused > 0.5 * len(places)


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.999])
def test_a_file_cut_off_in_the_middle_holds_no_arrays(kept: Path, share: float) -> None:
    sound = kept.read_bytes()
    kept.write_bytes(sound[: int(len(sound) * share)])
    assert load_derived(kept, KEY) is None


@pytest.mark.parametrize("name", ["long", "counts", "scale"])
def test_a_sound_file_with_an_array_altered_left_out_or_added_is_not_believed(kept: Path, name: str) -> None:
    with np.load(kept) as stored:
        sound = dict(stored)
    for altered in (
        {**sound, name: sound[name][..., None]},
        {other: array for other, array in sound.items() if other != name},
        {other: array for other, array in sound.items() if other != "digest"},
        {**sound, name + " too": sound[name]},
        {**sound, name: np.zeros_like(sound[name])},
    ):
        np.savez_compressed(kept, **altered)
        assert load_derived(kept, KEY) is None


def as_array_file(header: str) -> bytes:
    """An array file that opens like numpy's, whatever its header says, and more than is read at once."""
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(10_000)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1250, }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 'many'}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (10**15,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000000,)}",
        "{'descr': '?9?', 'fortran_order': False, 'shape': (1250,)}",
        "  {'descr': '<f8'\n 1\n  2\n }}",
        "{",
    ],
)
def test_an_array_with_a_header_that_makes_no_sense_is_not_believed(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.npy", as_array_file(header))
        archive.writestr("digest.npy", as_array_file(header))
    assert load_derived(path, KEY) is None


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.mark),)


def test_what_is_pickled_is_never_loaded(tmp_path: Path) -> None:
    path, mark = tmp_path / "a.npz", tmp_path / "mark"
    trap = np.array([Trap(mark)], object)
    np.savez(path, one=trap, digest=trap)
    assert load_derived(path, KEY) is None
    path.write_bytes(pickle.dumps(Trap(mark)))
    assert load_derived(path, KEY) is None
    with path.open("wb") as file:
        np.save(file, trap)
    assert load_derived(path, KEY) is None
    assert not mark.exists()


@pytest.mark.parametrize("digest", [np.zeros((2, 2)), np.zeros(0), np.asarray(1.0), np.asarray("")])
def test_a_file_of_another_program_is_not_believed(tmp_path: Path, digest: np.ndarray) -> None:
    np.savez(tmp_path / "a.npz", one=np.ones(3), digest=digest)
    assert load_derived(tmp_path / "a.npz", KEY) is None


def test_a_single_array_is_not_believed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.ones(3))
    (tmp_path / "a.npz").write_bytes(buffer.getvalue())
    assert load_derived(tmp_path / "a.npz", KEY) is None


def test_a_folder_that_may_not_be_written_is_no_obstacle(numbers: dict[str, np.ndarray]) -> None:
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="zpoints-") as name:
        folder = Path(name)
        folder.chmod(0o555)
        if root:
            os.seteuid(65534)  # root may write anywhere
        try:
            with pytest.raises(PermissionError):
                (folder / "a.npz").touch()
            keep_derived(folder / "a.npz", KEY, numbers)
            keep_derived(folder / "fits" / "a.npz", KEY, numbers)
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)
        assert list(folder.iterdir()) == []


def test_a_folder_that_the_program_believes_it_may_write_is_no_obstacle_where_it_may_not(
    kept: Path, numbers: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = kept.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    keep_derived(kept, "another key", {"one": np.ones(3)})
    assert kept.read_bytes() == sound
    assert_kept(kept, numbers)


def test_a_file_in_place_of_the_folder_is_no_obstacle(tmp_path: Path, numbers: dict[str, np.ndarray]) -> None:
    (tmp_path / "fits").write_text("a file")
    keep_derived(tmp_path / "fits" / "a.npz", KEY, numbers)
    assert (tmp_path / "fits").read_text() == "a file"
    assert load_derived(tmp_path / "fits" / "a.npz", KEY) is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_no_obstacle_and_leaves_what_was_kept_before(
    kept: Path, numbers: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(file: io.BufferedWriter, **_: object) -> None:
        file.write(b"PK\x03\x04 the first half")
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez_compressed", full)
        keep_derived(kept, "another key", {"one": np.ones(3)})
        keep_derived(kept.with_name("new.npz"), KEY, numbers)
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]
    assert_kept(kept, numbers)


def test_an_error_that_is_not_the_disks_passes_through_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(file: io.BufferedWriter, **_: object) -> None:
        file.write(b"the first half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        keep_derived(tmp_path / "a.npz", KEY, {"one": np.ones(3)})
    assert list(tmp_path.iterdir()) == []


# With the study, or in the user's cache


@pytest.fixture
def study(tiny_study: Study, tmp_path: Path) -> Study:
    derived = shutil.ignore_patterns("fits", "statistics.npz")
    return open_study(shutil.copytree(tiny_study.folder, tmp_path / "study", ignore=derived))


def shipped(study: Study) -> Study:
    """Return a study that says that it is shipped."""
    other = copy.copy(study)
    object.__setattr__(other, "shipped", True)
    return other


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_a_study_of_the_users_own_keeps_what_is_derived_in_its_folder(
    study: Study, cache: Path, numbers: dict[str, np.ndarray]
) -> None:
    keep(study, "fits/a.npz", KEY, numbers)
    assert_kept(study.folder / "fits" / "a.npz", numbers)
    assert place_of(study, "fits/a.npz") == study.folder / "fits" / "a.npz"
    assert find_kept(study, "fits/a.npz", KEY) is not None
    assert find_kept(study, "fits/a.npz", "another key") is None
    assert not cache.exists()


def test_a_study_that_was_removed_meanwhile_is_not_begun_anew(
    study: Study, cache: Path, numbers: dict[str, np.ndarray]
) -> None:
    shutil.rmtree(study.folder)
    keep(study, "fits/a.npz", KEY, numbers)
    assert not study.folder.exists()
    assert files(cache) == {f"{study.digests[LATENTS]}/fits/a.npz"}


def test_what_follows_from_a_shipped_study_lies_in_the_cache_under_the_digest_of_its_vectors(
    study: Study, cache: Path, numbers: dict[str, np.ndarray]
) -> None:
    before = files(study.folder)
    keep(shipped(study), "fits/a.npz", KEY, numbers)
    assert files(study.folder) == before
    assert files(cache) == {f"{study.digests[LATENTS]}/fits/a.npz"}
    assert place_of(shipped(study), "fits/a.npz") == cache / study.digests[LATENTS] / "fits" / "a.npz"
    found = find_kept(shipped(study), "fits/a.npz", KEY)
    assert found is not None
    assert found.keys() == numbers.keys()
    other = dataclasses.replace(study, digests={**study.digests, LATENTS: "0" * 64})
    assert find_kept(other, "fits/a.npz", KEY) is None


def test_the_owner_of_a_shipped_study_finds_what_is_in_the_cache_and_keeps_it_with_the_study(
    study: Study, numbers: dict[str, np.ndarray]
) -> None:
    keep(shipped(study), "a.npz", KEY, numbers)
    assert not is_own(shipped(study))
    assert is_own(as_owner(shipped(study)))
    assert find_kept(as_owner(shipped(study)), "a.npz", KEY) is not None
    assert_kept(study.folder / "a.npz", numbers)


def test_the_studys_own_file_comes_before_that_of_the_cache(study: Study, numbers: dict[str, np.ndarray]) -> None:
    keep(shipped(study), "a.npz", KEY, numbers)
    keep(study, "a.npz", KEY, {"one": np.ones(2)})
    found = find_kept(shipped(study), "a.npz", KEY)
    assert found is not None
    assert set(found) == {"one"}


def test_a_public_server_writes_nothing(
    study: Study, cache: Path, numbers: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    before = files(study.folder)
    for one in (study, shipped(study)):
        keep(one, "a.npz", KEY, numbers)
        assert place_of(one, "a.npz") is None
        describe_study(one)
        with pytest.raises(InputError, match=r"^This server is open to the public and writes nothing; run zpoints on"):
            table_to_write(one, "scores.csv")
    assert files(study.folder) == before
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_is_no_obstacle(
    study: Study, cache: Path, numbers: dict[str, np.ndarray]
) -> None:
    cache.write_text("a file in its place")
    keep(shipped(study), "a.npz", KEY, numbers)
    assert find_kept(shipped(study), "a.npz", KEY) is None
    with pytest.raises(InputError, match=r"cannot be written"):
        table_to_write(shipped(study), "scores.csv")


def test_the_cache_forgets_what_was_used_longest_ago(
    study: Study, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited = shipped(study)
    for age, name in enumerate(("a.npz", "b.npz", "c.npz")):
        keep(visited, name, KEY, {"numbers": np.random.default_rng(age).normal(size=1000)})
        path = cache / study.digests[LATENTS] / name
        os.utime(path, (age, age))
    assert find_kept(visited, "a.npz", KEY) is not None  # used again
    monkeypatch.setattr("core.study.kept.LIMIT", int(3.5 * path.stat().st_size))
    keep(visited, "d.npz", KEY, {"numbers": np.random.default_rng(4).normal(size=1000)})
    assert files(path.parent) == {"a.npz", "c.npz", "d.npz"}


def test_a_visitors_scoreboard_is_a_copy_that_goes_on_from_the_studys(study: Study, cache: Path) -> None:
    visited, own = shipped(study), study.folder / "scores.csv"
    assert table_to_write(study, "scores.csv") == table_to_read(study, "scores.csv") == own
    own.write_text("first")
    assert table_to_read(visited, "scores.csv") == own
    copied = table_to_write(visited, "scores.csv")
    assert copied.read_text() == "first"
    copied.write_text("first and mine")
    assert table_to_read(visited, "scores.csv") == table_to_write(visited, "scores.csv") == copied
    assert copied.read_text() == "first and mine"
    assert copied.is_relative_to(cache)
    assert own.read_text() == "first"
    own.write_text("second")  # the study comes with another table: the old copy is not mixed with it
    assert table_to_read(visited, "scores.csv") == own


def test_a_study_that_was_never_scored_has_a_visitors_table_too(study: Study) -> None:
    path = table_to_write(shipped(study), "scores.csv")
    assert not path.exists()
    assert path.parent.is_dir()


@pytest.mark.parametrize(("value", "public"), [("", False), ("0", False), ("1", True), ("yes", True)])
def test_a_server_is_public_where_the_environment_says_so(
    value: str, public: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", value)
    assert is_public() == public


def test_without_a_word_in_the_environment_the_cache_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZPOINTS_CACHE")
    monkeypatch.delenv("ZPOINTS_PUBLIC", raising=False)
    assert cache_folder().name == "zpoints"
    assert not is_public()
