"""What a strategy takes long to learn is learned once, kept with the study, and never believed without proof."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.progress import Listener, Progress
from core.space.sample import draw_sample
from core.statistics import Description, describe
from core.strategies import Copula, Effort, Material, Mixture, Strategy, applicable, stream
from core.study.describing import describe_study
from core.study.description import LATENTS, Study, open_study
from core.study.fits import FOLDER, fit_strategy, is_kept, is_kept_for_half, mirrored
from core.study.kept import keep_derived
from core.study.sets import sets_of, tenth
from core.study.writing import write_vectors

KEPT = {"copula.npz": Copula(), "mixture_components=2.npz": Mixture(2)}


@pytest.fixture(scope="module")
def description(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


@pytest.fixture
def study(tiny_study: Study, tmp_path: Path) -> Study:
    """A study of its own for each test, without fits."""
    return copied(tiny_study, tmp_path / "study")


@pytest.fixture(params=KEPT)
def file(request: pytest.FixtureRequest) -> str:
    """Name of each kept file."""
    return str(request.param)


def copied(study: Study, folder: Path) -> Study:
    shutil.copytree(study.folder, folder, ignore=shutil.ignore_patterns(FOLDER))
    return open_study(folder)


def fresh(file: str) -> Strategy:
    """The strategy that is kept in a file, not fitted."""
    return type(KEPT[file])(**KEPT[file].get_params())


def vectors(strategy: Strategy) -> np.ndarray:
    return strategy.sample(30, stream(4, strategy))


def fit(study: Study, description: Description, file: str) -> tuple[np.ndarray, list[Progress]]:
    """Vectors of the strategy that is kept in a file, and what it reported while it learned."""
    told: list[float] = []
    return vectors(fit_strategy(study, description, fresh(file), lambda progress: told.append(progress.share))), told


def alone(study: Study, description: Description, file: str) -> np.ndarray:
    """Vectors of the same strategy fitted without a study."""
    return vectors(fresh(file).fit(study.latents, description))


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


@pytest.mark.parametrize("kind", [s for s in applicable(posteriors=False) if not s.learned], ids=lambda s: s.key)
def test_what_is_learned_in_no_time_is_not_kept(study: Study, description: Description, kind: type[Strategy]) -> None:
    strategy = fit_strategy(study, description, kind())
    np.testing.assert_array_equal(vectors(strategy), vectors(kind().fit(study.latents, description)))
    assert not (study.folder / FOLDER).exists()


def test_what_takes_long_is_kept_under_the_name_of_strategy_and_parameters(
    study: Study, description: Description, file: str
) -> None:
    np.testing.assert_array_equal(fit(study, description, file)[0], alone(study, description, file))
    assert [p.name for p in (study.folder / FOLDER).iterdir()] == [file]
    with np.load(study.folder / FOLDER / file) as stored:
        assert set(stored.files) == {"digest", *fresh(file).learned}


def test_the_second_fit_gives_the_same_vectors_without_learning(
    study: Study, description: Description, file: str
) -> None:
    first, told = fit(study, description, file)
    assert len(told) > 0
    kept = (study.folder / FOLDER / file).stat()
    second, told = fit(study, description, file)
    np.testing.assert_array_equal(second, first)
    assert told == []
    after = (study.folder / FOLDER / file).stat()
    assert (after.st_ino, after.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)


def test_what_is_kept_has_the_precision_of_what_was_learned(study: Study, description: Description, file: str) -> None:
    first, second = (fit_strategy(study, description, fresh(file)) for _ in range(2))
    for name in first.learned:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
        assert getattr(first, name).dtype == getattr(second, name).dtype
    assert first.label() == second.label()
    laws = first.radius_law(), second.radius_law()
    assert [law and law.mean for law in laws] == [laws[0] and laws[0].mean] * 2


def test_a_study_with_kept_fits_opens_as_before_and_holds_no_litter(study: Study, description: Description) -> None:
    before = {p.name for p in study.folder.iterdir()}
    for file in KEPT:
        fit(study, description, file)
    again = open_study(study.folder)
    assert again.fingerprint == study.fingerprint
    np.testing.assert_array_equal(again.latents, study.latents)
    assert {p.name for p in study.folder.iterdir()} == before | {FOLDER}
    assert {p.name for p in (study.folder / FOLDER).iterdir()} == set(KEPT)
    for file in KEPT:
        assert fit(again, describe_study(again), file)[1] == []


def test_a_sample_is_drawn_from_the_fit_that_is_kept(study: Study, description: Description, file: str) -> None:
    first = draw_sample(study, description, fresh(file), 20, 1)
    assert (study.folder / FOLDER / file).is_file()
    second = draw_sample(study, description, fresh(file), 20, 1)
    np.testing.assert_array_equal(second.vectors, first.vectors)


def test_a_sample_of_a_fitted_strategy_does_not_fit_it_again(study: Study, description: Description, file: str) -> None:
    fitted = fresh(file).fit(study.latents, description)
    sample = draw_sample(study, description, fitted, 30, 4)
    assert sample.strategy is fitted
    np.testing.assert_array_equal(sample.vectors, vectors(fitted))
    assert not (study.folder / FOLDER).exists()


@pytest.mark.parametrize(
    "garbage",
    [b"", b"PK\x03\x04", b"no zip at all" * 100, b"\x93NUMPY\x01\x00" + b"\x00" * 200, b"\x80\x04K\x01."],
    ids=["empty", "start of a zip", "text", "start of an array", "pickle"],
)
def test_garbage_in_place_of_a_fit_is_replaced(
    study: Study, description: Description, file: str, garbage: bytes
) -> None:
    path = study.folder / FOLDER / file
    path.parent.mkdir()
    path.write_bytes(garbage)
    found, told = fit(study, description, file)
    np.testing.assert_array_equal(found, alone(study, description, file))
    assert len(told) > 0
    assert fit(study, description, file)[1] == []


def test_whichever_byte_of_a_kept_fit_is_damaged_the_vectors_are_right(study: Study, description: Description) -> None:
    file = "copula.npz"
    path = study.folder / FOLDER / file
    expected, _ = fit(study, description, file)
    sound = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in np.unique(np.concatenate([np.arange(60), rng.integers(0, len(sound), 100), -1 - np.arange(40)])):
        damaged = bytearray(sound)
        damaged[place] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        np.testing.assert_array_equal(fit(study, description, file)[0], expected)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_fit_that_was_cut_off_is_made_anew(study: Study, description: Description, file: str, share: float) -> None:
    path = study.folder / FOLDER / file
    expected, _ = fit(study, description, file)
    sound = path.read_bytes()
    path.write_bytes(sound[: int(len(sound) * share)])
    found, told = fit(study, description, file)
    np.testing.assert_array_equal(found, expected)
    assert len(told) > 0
    assert path.stat().st_size == len(sound)


def test_a_fit_with_an_altered_number_is_made_anew(study: Study, description: Description, file: str) -> None:
    path = study.folder / FOLDER / file
    expected, _ = fit(study, description, file)
    for name in fresh(file).learned:
        with np.load(path) as stored:
            arrays = dict(stored)
        arrays[name].flat[0] += arrays[name].dtype.type(0.01)
        np.savez_compressed(path, **arrays)
        found, told = fit(study, description, file)
        np.testing.assert_array_equal(found, expected)
        assert len(told) > 0


def test_a_fit_to_other_vectors_is_made_anew(study: Study, description: Description, file: str) -> None:
    expected, _ = fit(study, description, file)
    latents = np.asarray(study.latents[::-1] ** 2)
    other = dataclasses.replace(study, stored=latents, digests={**study.digests, LATENTS: "0" * 64})
    found, told = fit(other, describe(latents), file)
    assert len(told) > 0
    assert (found != expected).any()
    np.testing.assert_array_equal(found, alone(other, describe(latents), file))
    assert len(fit(study, description, file)[1]) > 0


def test_fits_with_other_parameters_are_kept_beside_each_other(study: Study, description: Description) -> None:
    fits = [fit_strategy(study, description, Mixture(n)) for n in (1, 2, 3)]
    assert {p.name for p in (study.folder / FOLDER).iterdir()} == {f"mixture_components={n}.npz" for n in (1, 2, 3)}
    assert [f.label() for f in fits] == ["Mixture of 1", "Mixture of 2", "Mixture of 3"]
    for known in fits:
        told: list[Progress] = []
        again = fit_strategy(study, description, Mixture(known.components), told.append)
        np.testing.assert_array_equal(vectors(again), vectors(known))
        assert told == []


def test_a_fit_with_other_parameters_under_a_wrong_name_is_not_believed(study: Study, description: Description) -> None:
    fit_strategy(study, description, Mixture(3))
    folder = study.folder / FOLDER
    (folder / "mixture_components=3.npz").rename(folder / "mixture_components=2.npz")
    assert fit_strategy(study, description, Mixture(2)).label() == "Mixture of 2"


def test_a_fit_of_an_earlier_version_is_made_anew(study: Study, description: Description) -> None:
    path = study.folder / FOLDER / "copula.npz"
    independent = {"scores_": np.eye(study.dimension, dtype=np.float32)}
    keep_derived(path, f"{study.digests[LATENTS]} copula {Copula.fit_version}", independent)
    believed, told = fit(study, description, "copula.npz")
    assert told == []
    keep_derived(path, f"{study.digests[LATENTS]} copula {Copula.fit_version - 1}", independent)
    found, told = fit(study, description, "copula.npz")
    assert len(told) > 0
    assert (found != believed).any()
    np.testing.assert_array_equal(found, alone(study, description, "copula.npz"))


def test_a_folder_that_cannot_be_written_is_no_obstacle(tiny_study: Study, description: Description, file: str) -> None:
    with tempfile.TemporaryDirectory(prefix="zpoints-") as name:
        Path(name).chmod(0o755)
        shared = copied(tiny_study, Path(name) / "study")
        with without_write_permission(shared.folder):
            with pytest.raises(PermissionError):
                (shared.folder / FOLDER).mkdir()
            found, _ = fit(shared, description, file)
        np.testing.assert_array_equal(found, alone(shared, description, file))
        assert not (shared.folder / FOLDER).exists()


def test_a_folder_of_fits_that_cannot_be_written_is_read_all_the_same(
    tiny_study: Study, description: Description
) -> None:
    with tempfile.TemporaryDirectory(prefix="zpoints-") as name:
        Path(name).chmod(0o755)
        shared = copied(tiny_study, Path(name) / "study")
        expected, _ = fit(shared, description, "copula.npz")
        with without_write_permission(shared.folder / FOLDER):
            found, told = fit(shared, description, "copula.npz")
            assert len(fit(shared, description, "mixture_components=2.npz")[1]) > 0
        np.testing.assert_array_equal(found, expected)
        assert told == []
        assert [p.name for p in (shared.folder / FOLDER).iterdir()] == ["copula.npz"]


def test_a_study_whose_folder_is_gone_can_be_fitted(study: Study, description: Description, file: str) -> None:
    gone = dataclasses.replace(study, folder=study.folder / "gone")
    np.testing.assert_array_equal(fit(gone, description, file)[0], alone(study, description, file))
    assert not gone.folder.exists()


def test_a_file_in_place_of_the_folder_is_no_obstacle(study: Study, description: Description, file: str) -> None:
    (study.folder / FOLDER).write_text("not a folder")
    np.testing.assert_array_equal(fit(study, description, file)[0], alone(study, description, file))
    assert (study.folder / FOLDER).read_text() == "not a folder"


def test_a_folder_in_place_of_the_file_is_no_obstacle(study: Study, description: Description, file: str) -> None:
    (study.folder / FOLDER / file / "something").mkdir(parents=True)
    np.testing.assert_array_equal(fit(study, description, file)[0], alone(study, description, file))
    assert [p.name for p in (study.folder / FOLDER).iterdir()] == [file]


def test_sessions_that_fit_at_the_same_time_do_not_disturb_each_other(study: Study, description: Description) -> None:
    expected = alone(study, description, "copula.npz")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fit(study, description, "copula.npz")[0], range(12)))
    for one in found:
        np.testing.assert_array_equal(one, expected)
    np.testing.assert_array_equal(fit(study, description, "copula.npz")[0], expected)
    assert [p.name for p in (study.folder / FOLDER).iterdir()] == ["copula.npz"]


def test_a_fit_to_half_a_less_its_tenth_is_kept_beside_the_fit_to_all(study: Study, file: str) -> None:
    half = study.latents[sets_of(study.rows).fitted]
    expected = vectors(fresh(file).fit(half, describe(half)))
    told: list[Progress] = []
    for _ in range(2):
        told.clear()
        fitted = fit_strategy(study, describe(half), fresh(file), told.append, half=True)
        np.testing.assert_array_equal(vectors(fitted), expected)
    assert told == []
    assert not is_kept(study, fresh(file))
    assert is_kept_for_half(study, fresh(file))
    fit(study, describe_study(study), file)
    assert len(list((study.folder / FOLDER).iterdir())) == 2
    other = dataclasses.replace(study, rows=study.rows.assign(image=study.rows["image"].to_numpy()[::-1]))
    assert not is_kept_for_half(other, fresh(file))
    chosen = describe(other.latents[sets_of(other.rows).fitted])
    assert (vectors(fit_strategy(other, chosen, fresh(file), half=True)) != expected).any()


@pytest.mark.parametrize("half", [True, False])
def test_what_trains_never_learns_from_the_vectors_that_say_when_to_stop(
    study: Study, monkeypatch: pytest.MonkeyPatch, half: bool
) -> None:
    seen: list[tuple[np.ndarray, Material]] = []
    learn = Copula._learn

    def record(self: Copula, latents: np.ndarray, description: Description, report: Listener) -> None:
        seen.append((latents, self._material))
        learn(self, latents, description, report)

    monkeypatch.setattr(Copula, "_learn", record)
    monkeypatch.setattr(Copula, "effort", Effort.TRAINING)
    sets, last = sets_of(study.rows), tenth(study.rows)
    learned, validation = (sets.fitted, sets.tuning) if half else (~last, last)
    for _ in range(2):
        fit_strategy(study, describe(study.latents[learned]), Copula(), half=half, train=True)
    ((latents, material),) = seen  # once: the second one is kept
    np.testing.assert_array_equal(latents, study.latents[learned])
    np.testing.assert_array_equal(material.validation, study.latents[validation])
    np.testing.assert_array_equal(material.mirrored, mirrored(study, study.latents[learned]))
    assert material.workplace is not None
    assert material.workplace.name.endswith(".training")
    assert not material.workplace.exists()


def test_mirrored_vectors_decode_to_mirrored_pictures(tiny_study: Study) -> None:
    told: list[Progress] = []
    known = np.tile(tiny_study.latents, (2, 1))[:400]
    found = mirrored(tiny_study, known, told.append)
    assert [(p.task, p.done, p.total) for p in told] == [("mirroring pictures", done, 400) for done in (0, 256)]
    assert found is not None
    assert (found.shape, found.dtype) == (known.shape, np.float32)
    np.testing.assert_allclose(found[300:], found[: len(found) - 300], atol=1e-4)  # as the vectors are repeated
    autoencoder = tiny_study.load_autoencoder()
    pictures, again = (autoencoder.decode(part[:100]).astype(float) for part in (known, found))
    to_flipped, to_same = (np.square(again - p).mean(axis=(1, 2, 3)) for p in (pictures[:, :, ::-1], pictures))
    assert to_flipped.mean() < 0.7 * to_same.mean()
    assert (to_flipped < to_same).mean() > 0.65  # of all but the most symmetric; chance is one half


def test_nothing_is_mirrored_where_no_mirrored_picture_was_learned_or_none_can_be_decoded(
    tiny_study: Study, tmp_path: Path
) -> None:
    alone = write_vectors(tiny_study.latents, tmp_path / "alone")
    assert mirrored(alone, alone.latents) is None
    assert tiny_study.training is not None
    config = dataclasses.replace(tiny_study.training.config, flip=False)
    unflipped = dataclasses.replace(tiny_study, training=dataclasses.replace(tiny_study.training, config=config))
    assert mirrored(unflipped, tiny_study.latents) is None
    assert mirrored(tiny_study, tiny_study.latents[:0]) is None


def test_a_second_fit_of_the_same_waits_for_the_first_says_so_and_does_not_learn(
    study: Study, description: Description, file: str
) -> None:
    learning, go_on = threading.Event(), threading.Event()
    told: list[Progress] = []

    def hold(_: Progress) -> None:
        learning.set()
        assert go_on.wait(60)

    def wait(progress: Progress) -> None:
        told.append(progress)
        go_on.set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fit_strategy, study, description, fresh(file), hold)
        assert learning.wait(60)
        second = pool.submit(fit_strategy, study, description, fresh(file), wait)
        np.testing.assert_array_equal(vectors(first.result(60)), vectors(second.result(60)))
    assert [p.task for p in told] == [f"fitting {fresh(file).title}"]
    assert re.fullmatch(r"waiting for another session since .{19}, which fits the same", told[0].detail)
    assert [p.name for p in (study.folder / FOLDER).iterdir()] == [file]


def test_what_has_to_be_trained_is_trained_on_request_alone(
    study: Study, description: Description, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Copula, "effort", Effort.TRAINING)
    with pytest.raises(InputError, match=r"^Copula has to be trained on the study study first; do so with 'python"):
        fit_strategy(study, description, Copula())
    assert not (study.folder / FOLDER).exists()
    fit_strategy(study, description, Copula(), train=True)
    assert fit_strategy(study, description, Copula()).is_fitted


def test_a_newer_version_of_a_strategy_is_fitted_anew_and_the_others_are_not(
    study: Study, description: Description, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit(study, description, "copula.npz")
    fit(study, description, "mixture_components=2.npz")
    monkeypatch.setattr(Copula, "fit_version", Copula.fit_version + 1)
    assert len(fit(study, description, "copula.npz")[1]) > 0
    assert fit(study, description, "mixture_components=2.npz")[1] == []


def test_what_is_kept_is_what_takes_more_than_an_instant() -> None:
    for strategy in applicable(posteriors=False):
        assert (strategy.effort is Effort.INSTANT) == (not strategy.learned)
