"""A study's statistics are computed once, kept beside it, and never believed without proof."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from sklearn.covariance import LedoitWolf

from core.errors import InputError
from core.statistics import Description, Moments, describe, radii
from core.statistics.blocks import BLOCK
from core.study import Study, open_study
from core.study.describing import describe_study

FILE = "statistics.npz"


@pytest.fixture
def study(tiny_study: Study, tmp_path: Path) -> Study:
    """A study of its own for each test, without statistics."""
    return copied(tiny_study, tmp_path / "study")


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.standard_t(6, (BLOCK + 500, 10)) @ rng.normal(size=(10, 10)) + 4 * rng.normal(size=10)).astype("f2")


def copied(study: Study, folder: Path) -> Study:
    shutil.copytree(study.folder, folder)
    (folder / FILE).unlink(missing_ok=True)
    return open_study(folder)


def contents(description: Description) -> dict[str, np.ndarray]:
    """All arrays of a description by name."""
    found = {}
    for part in ("moments", "axes", "histograms"):
        value = getattr(description, part)
        found |= {f"{part}.{f.name}": np.asarray(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return {**found, "radii": description.radii, "distances": description.distances}


def assert_equal(one: Description, other: Description) -> None:
    """Compare all numbers; radii and distances are kept in single precision."""
    expected = contents(other)
    for name, values in contents(one).items():
        rtol = 1e-6 if name in ("radii", "distances") else 1e-12
        np.testing.assert_allclose(values, expected[name], rtol=rtol, atol=1e-14, err_msg=name)


def replace_array(path: Path, name: str, change: float) -> None:
    """Write the file anew with one number changed, as valid as before."""
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays[name].flat[0] += arrays[name].dtype.type(change)
    np.savez_compressed(path, **arrays)


@contextmanager
def without_write_permission(folder: Path) -> Iterator[None]:
    """Let the operating system refuse to write into a folder, for root too (by another effective user)."""
    root = os.geteuid() == 0
    folder.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_description_holds_what_its_parts_say(latents: np.ndarray) -> None:
    described, moments = describe(latents), Moments.of(latents)
    wide = latents.astype(np.float64)
    estimate = LedoitWolf().fit(wide)
    assert described.dimension == 10
    np.testing.assert_array_equal(described.moments.scatter, moments.scatter)
    np.testing.assert_allclose(described.radii, np.linalg.norm(wide, axis=1))
    assert described.mean_radius == pytest.approx(np.linalg.norm(wide, axis=1).mean())
    np.testing.assert_array_equal(described.histograms.centre, moments.mean)
    np.testing.assert_array_equal(described.histograms.counts.sum(axis=1), len(latents))
    inverse = np.linalg.inv(estimate.covariance_ * len(latents) / (len(latents) - 1))
    assert described.origin_distance == pytest.approx(mahalanobis(moments.mean, np.zeros(10), inverse), rel=1e-6)
    assert described.distances[7] == pytest.approx(mahalanobis(wide[7], moments.mean, inverse), rel=1e-6)


def test_a_sample_is_measured_with_the_centre_the_covariance_and_the_bins_of_its_reference(latents: np.ndarray) -> None:
    reference = describe(latents)
    far = np.full((50, 10), 300.0)
    described = describe(far, reference)
    np.testing.assert_allclose(described.distances, reference.axes.mahalanobis(far))
    assert described.distances.min() > reference.distances.max()
    np.testing.assert_array_equal(described.moments.mean, far[0])
    np.testing.assert_array_equal(described.histograms.overlap_distance(reference.histograms), np.ones(10))


def test_describing_a_set_against_itself_changes_nothing(latents: np.ndarray) -> None:
    described = describe(latents)
    assert_equal(describe(latents, described), described)


def test_a_memory_mapped_file_gives_what_its_array_gives(latents: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "latents.npy", latents)
    assert_equal(describe(np.load(tmp_path / "latents.npy", mmap_mode="r")), describe(latents))


def test_a_sample_of_another_dimension_is_refused(latents: np.ndarray) -> None:
    with pytest.raises(InputError, match=r"^The vectors have 3 components, 10 are expected\.$"):
        describe(np.zeros((5, 3)), describe(latents))


def test_vectors_that_are_all_the_same_have_a_description() -> None:
    described = describe(np.full((100, 4), 0.1))
    np.testing.assert_array_equal(described.distances, np.zeros(100))
    np.testing.assert_array_equal(described.histograms.counts, np.full((4, 1), 100))
    assert not np.isnan(described.origin_distance)


def test_a_studys_description_is_that_of_its_latent_vectors(study: Study) -> None:
    assert_equal(describe_study(study), describe(study.latents))
    np.testing.assert_allclose(describe_study(study).radii, radii(study.latents), rtol=1e-6)


def test_the_first_description_of_a_study_is_exactly_what_later_ones_read(study: Study) -> None:
    first, second = contents(describe_study(study)), contents(describe_study(study))
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)
        assert values.dtype == second[name].dtype


def test_the_kept_file_is_read_and_not_made_anew(study: Study) -> None:
    describe_study(study)
    kept = (study.folder / FILE).stat()
    describe_study(study)
    after = (study.folder / FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)


def test_keeping_statistics_leaves_the_study_sound_and_no_litter(study: Study) -> None:
    before = {p.name for p in study.folder.iterdir()}
    describe_study(study)
    assert {p.name for p in study.folder.iterdir()} == before | {FILE}
    assert open_study(study.folder).fingerprint == study.fingerprint


@pytest.mark.parametrize("name", ["moments_mean", "histogram_counts", "radii", "axes", "histogram_first"])
def test_statistics_with_an_altered_number_are_made_anew(study: Study, name: str) -> None:
    path = study.folder / FILE
    expected = describe_study(study)
    replace_array(path, name, 1)
    altered = path.read_bytes()
    assert_equal(describe_study(study), expected)
    assert path.read_bytes() != altered
    assert_equal(describe_study(study), expected)


def test_statistics_of_other_vectors_are_made_anew(study: Study, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(study.folder, other)
    describe_study(study)
    shutil.copy(study.folder / FILE, other / FILE)
    moved = dataclasses.replace(
        study, folder=other, stored=study.latents + np.float16(1), digests={**study.digests, "latents.npy": "0" * 64}
    )
    np.testing.assert_allclose(describe_study(moved).moments.mean, describe_study(study).moments.mean + 1, atol=0.01)
    assert_equal(describe_study(moved), describe(moved.latents))


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"PK\x03\x04",
        b"not a zip at all" * 100,
        b"\x93NUMPY\x01\x00" + b"\x00" * 200,
        b"\x80\x04K\x01.",
    ],
    ids=["empty", "start of a zip", "text", "start of an array", "pickle"],
)
def test_garbage_in_place_of_the_statistics_is_replaced(study: Study, garbage: bytes) -> None:
    path = study.folder / FILE
    path.write_bytes(garbage)
    assert_equal(describe_study(study), describe(study.latents))
    assert path.read_bytes() != garbage


def test_a_single_array_in_place_of_the_statistics_is_replaced(study: Study) -> None:
    path = study.folder / FILE
    with path.open("wb") as file:
        np.save(file, np.zeros(5))
    assert_equal(describe_study(study), describe(study.latents))
    with np.load(path) as stored:
        assert "digest" in stored.files


def test_arrays_of_another_program_in_place_of_the_statistics_are_replaced(study: Study) -> None:
    path = study.folder / FILE
    np.savez(path, digest=np.zeros((2, 2)), other=np.arange(3))
    assert_equal(describe_study(study), describe(study.latents))


@pytest.mark.slow
def test_whichever_byte_of_the_kept_file_is_damaged_the_numbers_are_right(study: Study) -> None:
    path = study.folder / FILE
    expected = describe_study(study)
    sound = path.read_bytes()
    rng = np.random.default_rng(0)
    places = np.unique(np.concatenate([np.arange(0, 80, 2), rng.integers(0, len(sound), 60), -1 - np.arange(0, 60, 2)]))
    for place in places:
        damaged = bytearray(sound)
        damaged[place] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        assert_equal(describe_study(study), expected)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_file_cut_off_in_the_middle_is_replaced(study: Study, share: float) -> None:
    path = study.folder / FILE
    expected = describe_study(study)
    sound = path.read_bytes()
    path.write_bytes(sound[: int(len(sound) * share)])
    assert_equal(describe_study(study), expected)
    assert path.stat().st_size > len(sound) * 0.995


def test_a_folder_that_cannot_be_written_is_no_obstacle(study: Study) -> None:
    with tempfile.TemporaryDirectory(prefix="zpoints-") as name:
        Path(name).chmod(0o755)
        shared = copied(study, Path(name) / "study")
        with without_write_permission(shared.folder):
            with pytest.raises(PermissionError):
                (shared.folder / FILE).touch()
            assert_equal(describe_study(shared), describe(shared.latents))
        assert not (shared.folder / FILE).exists()


def test_a_folder_that_is_gone_is_no_obstacle(study: Study) -> None:
    gone = dataclasses.replace(study, folder=study.folder / "gone")
    assert_equal(describe_study(gone), describe(study.latents))
    assert not gone.folder.exists()


def test_a_folder_in_place_of_the_file_is_no_obstacle(study: Study) -> None:
    (study.folder / FILE / "something").mkdir(parents=True)
    assert_equal(describe_study(study), describe(study.latents))
    assert {p.name for p in study.folder.iterdir() if "partial" in p.name} == set()
