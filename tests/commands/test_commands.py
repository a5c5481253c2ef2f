"""The command line: from images to tables, and one clear line on every bad input."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core import __version__
from core.__main__ import COMMANDS, main
from core.commands import verify
from core.commands.progress import ProgressBars
from core.networks.epochs import CHECKPOINT
from core.sources.images import open_images
from core.sources.pixels import prepare
from core.strategies import Gaussian
from core.study.attributes import load_attributes
from core.study.description import LATENTS, Study, open_study

ROOT = Path(__file__).parents[2]

SMALL = ["--image-size", "16", "--latent-size", "8", "--filters", "4", "8", "--batch-size", "8"]

BAR = re.compile(r"(preparing images|encoding images|training): +\d+%\||epoch \d/2: loss ")

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Return a function that runs a command and returns its exit status, output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def core(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as users do."""
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def left(folder: Path) -> set[str]:
    """Return every path below a folder, hidden ones too."""
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


@pytest.fixture(scope="module")
def trained(tiny_celeba: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Return the study that a command makes of a zip with a damaged image, and what the command said."""
    images = tmp_path_factory.mktemp("images")
    shutil.copytree(tiny_celeba, images, dirs_exist_ok=True)
    with zipfile.ZipFile(images / "img_align_celeba.zip", "a") as archive:
        archive.writestr("img_align_celeba/999999.jpg", b"<html>")
    folder = tmp_path_factory.mktemp("command") / "trained"
    done = core(
        "train", "--images", images, "--study", folder, *SMALL, "--epochs", 2,
        "--precision", "bfloat16", "--batch-normalisation", "--activation", "leaky_relu",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, done.stdout, done.stderr


# Sound input


def test_training_says_what_it_read_what_it_skipped_and_how_well_it_learned(trained: tuple[Path, str, str]) -> None:
    folder, output, _ = trained
    study = open_study(folder)
    assert "25 images, crop 148\n" in output
    assert "list_attr_celeba.txt: joined by file name\n" in output
    assert "list_eval_partition.txt: joined by file name\n" in output
    assert "1 images have no row in the list\n" in output
    assert "skipped 999999.jpg: the file is not an image\n" in output
    for partition, rows in study.rows.groupby("partition"):
        assert f"mean squared error, {partition}: {rows['reconstruction_error'].mean():.5f}\n" in output
    assert output.endswith(f"{folder}: 24 vectors of 8 components\n")


def test_training_shows_its_progress_and_nothing_of_tensorflow(trained: tuple[Path, str, str]) -> None:
    bars = [line for line in re.split(r"[\r\n]", trained[2]) if line.strip()]
    assert all(BAR.match(line) for line in bars)
    assert {line.split(":")[0] for line in bars} == {
        "preparing images", "training", "epoch 1/2", "epoch 2/2", "encoding images"
    }  # fmt: skip


def test_the_options_of_training_are_those_of_the_study(trained: tuple[Path, str, str]) -> None:
    study = open_study(trained[0])
    config, training = study.config, study.training.config
    assert (config.image_size, config.latent_size, config.filters, config.kernel_size) == (16, 8, (4, 8), 4)
    assert (config.activation, config.batch_normalisation) == ("leaky_relu", True)
    assert (training.epochs, training.batch_size, training.precision, training.flip) == (2, 8, "bfloat16", True)
    assert len(study.training.history) == 2
    assert "Smiling" in study.attributes
    assert [p.name for p in trained[0].parent.iterdir()] == ["trained"]


def test_training_anew_needs_leave_to_replace_and_takes_every_other_option(
    tiny_celeba: Path, tmp_path: Path, say: Say
) -> None:
    folder = tmp_path / "study"
    command = ["train", "--images", tiny_celeba / "img_align_celeba.zip", "--study", folder, *SMALL, "--epochs", 1]
    options = ["--limit", 10, "--crop", 100, "--seed", 4, "--no-flip", "--loss", "mean_absolute_error"]
    options += ["--learning-rate", 0.01, "--kernel-size", 3]
    status, output, _ = say(*command, *options)
    assert status == 0
    assert "14 rows of the list have no image here\n" in output
    study = open_study(folder)
    assert len(study) == 10
    assert study.source.crop == 100
    config, training = study.config, study.training.config
    assert (training.seed, training.flip, training.loss) == (4, False, "mean_absolute_error")
    assert (training.learning_rate, config.kernel_size) == (0.01, 3)
    status, _, errors = say(*command, *options)
    assert (status, errors) == (
        2, f"zpoints: {folder} exists already; choose another folder, or add --replace to take its place.\n"
    )  # fmt: skip
    assert say(*command, *options, "--replace")[0] == 0
    again = open_study(folder)
    assert list(again.rows["image"]) == list(study.rows["image"])
    assert left(tmp_path) == {"study", *(f"study/{p.name}" for p in folder.iterdir())}


def test_encoding_writes_a_study_of_other_images_with_the_same_weights(
    trained: tuple[Path, str, str], faces: dict[str, bytes], tmp_path: Path, say: Say
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    for name, data in list(faces.items())[:3]:
        (images / f"my_{name}").write_bytes(data)
    for i in range(22):
        (images / f"broken{i:02}.jpg").write_bytes(b"")
    status, output, errors = say("encode", "--study", trained[0], "--images", images, "--out", tmp_path / "mine")
    assert status == 0
    assert "25 images, crop 148\n" in output
    assert output.count("skipped broken") == 20
    assert "… and 2 more\n" in output
    assert "mean squared error, no partition: " in output
    assert "encoding images: 100%" in errors
    mine = open_study(tmp_path / "mine")
    assert list(mine.rows["image"]) == [f"my_{name}" for name in list(faces)[:3]]
    original = open_images(images).image(mine.rows["image"][0])
    expected = mine.load_autoencoder().encode(prepare(original, 148, 16)[None])[0]
    np.testing.assert_allclose(mine.latents[0], expected, rtol=2e-3, atol=1e-4)


def test_given_lists_are_joined_wherever_they_lie(
    trained: tuple[Path, str, str], faces: dict[str, bytes], tmp_path: Path, say: Say
) -> None:
    images = tmp_path / "a" / "b" / "images"
    images.mkdir(parents=True)
    first, second = list(faces)[:2]
    for name in (first, second):
        (images / name).write_bytes(faces[name])
    (tmp_path / "mine.csv").write_text(f"image,Hat\n{first},1\n{second},-1\n")
    (tmp_path / "split.txt").write_text(f"{first} 2\n{second} 1\n")
    status, output, _ = say(
        "encode", "--study", trained[0], "--images", images, "--out", tmp_path / "out", "--crop", 0,
        "--attributes", tmp_path / "mine.csv", "--partitions", tmp_path / "split.txt",
    )  # fmt: skip
    assert status == 0
    assert "2 images, crop largest square\n" in output
    rows = open_study(tmp_path / "out").rows
    assert rows[["partition", "Hat"]].to_numpy().tolist() == [["test", True], ["validation", False]]


def test_an_attribute_network_is_added_to_a_study_and_its_accuracy_is_told(
    trained: tuple[Path, str, str], tiny_celeba: Path, tmp_path: Path, say: Say
) -> None:
    study = tmp_path / "study"
    shutil.copytree(trained[0], study, ignore=shutil.ignore_patterns("fits"))
    options = ["--epochs", 1, "--batch-size", 10, "--precision", "bfloat16", "--seed", 3]
    command = ["attributes", "--study", study, "--images", tiny_celeba, *options]
    status, output, errors = say(*command)
    assert status == 0, errors
    assert "preparing images: 100%" in errors
    assert "epoch 1/1: loss " in errors
    attributes = load_attributes(open_study(study))
    assert attributes is not None
    training = attributes.training
    assert (training.epochs, training.batch_size, training.precision, training.seed) == (1, 10, "bfloat16", 3)
    assert training.loss == "binary_crossentropy"
    assert output == (
        f"mean accuracy, validation: {attributes.accuracies.mean():.4f}\n"
        f"always the more frequent label: {attributes.majority.mean():.4f}\n"
        f"{study}: a network of {len(attributes.names)} attributes\n"
    )
    assert left(tmp_path) == {"study", *(f"study/{p.name}" for p in study.iterdir())}
    kept = (study / "attributes.safetensors").read_bytes()
    status, _, errors = say(*command)
    assert (status, errors) == (
        2, f"zpoints: {study / 'attributes.safetensors'} exists already; add --replace to take its place.\n"
    )  # fmt: skip
    assert (study / "attributes.safetensors").read_bytes() == kept
    assert say(*command, "--seed", 4, "--replace")[0] == 0
    assert (study / "attributes.safetensors").read_bytes() != kept


def test_a_sample_is_the_same_for_the_same_seed_and_comes_with_its_decoded_images(
    trained: tuple[Path, str, str], tmp_path: Path, say: Say
) -> None:
    def sample(name: str, *options: object) -> dict[str, np.ndarray]:
        command = ["sample", "--study", trained[0], "--strategy", "cube", "--count", 5, "--out", tmp_path / name]
        status, output, errors = say(*command, *options)
        assert status == 0
        assert ("decoding: 100%" in errors) == ("--decode" in options)
        assert output.startswith(f"{tmp_path / name}: Cube, b = ")
        with np.load(tmp_path / name, allow_pickle=False) as arrays:
            return dict(arrays)

    plain, decoded = sample("a.npz", "--seed", 7), sample("b.npz", "--seed", 7, "--decode")
    assert {name: (a.dtype.name, a.shape) for name, a in decoded.items()} == {
        "latents": ("float32", (5, 8)), "images": ("uint8", (5, 16, 16, 3))
    }  # fmt: skip
    assert set(plain) == {"latents"}
    np.testing.assert_array_equal(plain["latents"], decoded["latents"])
    np.testing.assert_array_equal(decoded["images"], open_study(trained[0]).load_autoencoder().decode(plain["latents"]))
    assert not np.array_equal(sample("c.npz", "--seed", 8)["latents"], plain["latents"])
    wider = sample("d.npz", "--seed", 7, "--set", "scale=2")["latents"]
    np.testing.assert_allclose(wider, 2 * plain["latents"], rtol=1e-5)
    assert left(tmp_path) == {"a.npz", "b.npz", "c.npz", "d.npz"}


def test_statistics_are_written_as_tables(trained: tuple[Path, str, str], tmp_path: Path, say: Say) -> None:
    study = open_study(trained[0])
    command = ["statistics", "--study", trained[0], "--out", tmp_path / "tables", "--count", 20]
    status, output, _ = say(*command, "--strategy", "gaussian", "mvn")
    assert status == 0
    tables = {file.stem: pd.read_csv(file) for file in (tmp_path / "tables").iterdir()}
    assert output == f"{tmp_path / 'tables'}: {len(tables)} tables\n"
    vectors = np.asarray(study.latents, float)
    np.testing.assert_allclose(tables["components"]["mean"], vectors.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(tables["radii"]["radius"], np.linalg.norm(vectors, axis=1), rtol=1e-5)
    assert list(tables["radii"]["image"]) == list(study.rows["image"])
    assert len(tables["correlations"]) == 8 * 7 // 2
    assert len(tables["principal_axes"]) == 8
    assert {"gaussian", "mvn"} <= set(tables["summary"]["strategy"])
    assert sum(name.startswith("vectors_") for name in tables) == len(tables["summary"])
    status, _, errors = say(*command)
    assert (status, errors.count("\n")) == (2, 1)
    assert "tables exists already; choose another folder, or add --replace" in errors
    assert say(*command, "--strategy", "cube", "--replace")[0] == 0
    assert set(pd.read_csv(tmp_path / "tables/summary.csv")["strategy"]) >= {"cube"}
    assert not list((tmp_path / "tables").glob("*gaussian*"))
    assert left(tmp_path) == {"tables", *(f"tables/{p.name}" for p in (tmp_path / "tables").iterdir())}


def test_statistics_tell_how_normal_the_bulk_is(trained: tuple[Path, str, str], tmp_path: Path, say: Say) -> None:
    study = open_study(trained[0])
    assert say("statistics", "--study", trained[0], "--out", tmp_path / "tables", "--strategy", "cube")[0] == 0
    tables = {file.stem: pd.read_csv(file) for file in (tmp_path / "tables").iterdir()}
    vectors = np.asarray(study.latents, float)
    turned = (vectors - vectors.mean(axis=0)) @ np.linalg.eigh(np.cov(vectors, rowvar=False))[1][:, ::-1]
    for name, first, values in (("component", 0, vectors), ("axis", 1, turned)):
        shapes = tables[f"{name}_shapes"]
        assert list(shapes[name]) == list(range(first, 8 + first))
        np.testing.assert_allclose(np.abs(shapes["skewness"]), np.abs(stats.skew(values)), atol=1e-6)
        np.testing.assert_allclose(shapes["excess_kurtosis"], stats.kurtosis(values), atol=1e-6)
        np.testing.assert_allclose(shapes["shapiro_w"], [stats.shapiro(x).statistic for x in values.T], rtol=1e-6)
    distances = tables["distances"]
    np.testing.assert_allclose(stats.chi.cdf(distances["normal"], 8), distances["share"])
    np.testing.assert_allclose(distances["data"], np.quantile(tables["radii"]["mahalanobis"], distances["share"]))
    cuts = tables["cuts"]
    np.testing.assert_allclose(cuts["axes_normal"], (2 * stats.norm.cdf(cuts["k"]) - 1) ** 8)
    assert (cuts["pairs_data"] <= cuts["axes_data"]).all()
    assert cuts[["axes_data", "pairs_data"]].iloc[-1].tolist() == [1, 1]


def test_a_strategy_that_takes_long_to_fit_shows_how_far_it_is_and_is_fitted_once(
    tiny_study: Study, tmp_path: Path, say: Say
) -> None:
    study = tmp_path / "study"
    shutil.copytree(tiny_study.folder, study, ignore=shutil.ignore_patterns("fits"))
    command = ["sample", "--study", study, "--strategy", "copula", "--count", 3, "--out"]
    status, _, errors = say(*command, tmp_path / "a.npz")
    assert status == 0
    assert "fitting Copula: 100%" in errors
    status, _, errors = say(*command, tmp_path / "b.npz")
    assert (status, errors) == (0, "")
    first, second = (np.load(tmp_path / name)["latents"] for name in ("a.npz", "b.npz"))
    np.testing.assert_array_equal(first, second)


def test_a_study_of_a_single_image_has_tables_too(
    trained: tuple[Path, str, str], faces: dict[str, bytes], tmp_path: Path, say: Say
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/1.jpg").write_bytes(next(iter(faces.values())))
    one, tables = tmp_path / "one", tmp_path / "tables"
    assert say("encode", "--study", trained[0], "--images", tmp_path / "images", "--out", one)[0] == 0
    status, _, errors = say("statistics", "--study", one, "--out", tables, "--count", 2, "--strategy", "gaussian")
    assert status == 0, errors
    assert pd.read_csv(tables / "component_shapes.csv")["shapiro_w"].isna().all()
    assert pd.read_csv(tables / "radii.csv").shape == (1, 3)


def test_the_summary_can_tell_how_far_the_cycle_moves_the_vectors(
    trained: tuple[Path, str, str], tmp_path: Path, say: Say
) -> None:
    command = ["statistics", "--study", trained[0], "--out", tmp_path / "tables", "--count", 20, "--strategy", "cube"]
    assert say(*command, "--cycle")[0] == 0
    summary = pd.read_csv(tmp_path / "tables/summary.csv")
    assert (summary.filter(like="cycle") > 0).to_numpy().all()
    assert list(summary["cycle_count"]) == list(summary["count"])


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(command: str, say: Say) -> None:
    status, output, errors = say(*command.split(), "--help")
    assert (status, errors) == (0, "")
    assert output.startswith("usage: python -m core")


def test_the_program_tells_its_version(say: Say) -> None:
    assert say("--version") == (0, f"zpoints {__version__}\n", "")


def test_the_help_says_where_derived_files_lie(say: Say, cache: Path) -> None:
    _, output, _ = say("--help")
    assert cache.name in "".join(output.split())
    assert "ZPOINTS_CACHE" in output


def test_a_study_is_verified_file_by_file(trained: tuple[Path, str, str], tmp_path: Path, say: Say) -> None:
    study = Path(shutil.copytree(trained[0], tmp_path / "study"))
    status, output, errors = say("verify", "--study", study)
    assert status == 0
    assert output == (f"{study}: 3 files are as they were written (weights.safetensors, latents.npy, rows.parquet)\n")
    assert "checking: 100%" in errors
    (study / "scores.csv").write_text("strategy,parameters,count,seed\n")
    assert "4 files are" in say("verify", "--study", study)[1]
    (study / "scores.csv").write_text("a,b\n")
    status, _, errors = say("verify", "--study", study)
    assert status == 2
    assert errors.endswith(f"\nzpoints: {study}/scores.csv is no table of scores; choose another file.\n")


def test_a_strategy_is_found_by_its_former_key(trained: tuple[Path, str, str], tmp_path: Path, say: Say) -> None:
    command = ["sample", "--study", trained[0], "--count", 5, "--out"]
    assert say(*command, tmp_path / "a.npz", "--strategy", "celeba")[0] == 0
    assert say(*command, tmp_path / "b.npz", "--strategy", "data")[0] == 0
    with np.load(tmp_path / "a.npz") as one, np.load(tmp_path / "b.npz") as other:
        np.testing.assert_array_equal(one["latents"], other["latents"])
    options = ["--strategy", "celeba", "--count", 4]
    assert say("statistics", "--study", trained[0], "--out", tmp_path / "tables", *options)[0] == 0


def test_a_file_is_replaced_on_request_and_through_a_link(
    trained: tuple[Path, str, str], tmp_path: Path, say: Say
) -> None:
    (tmp_path / "link.npz").symlink_to("file.npz")
    (tmp_path / "file.npz").write_text("mine")
    command = ["sample", "--study", trained[0], "--strategy", "cube", "--count", 5, "--out", tmp_path / "link.npz"]
    assert say(*command)[0] == 2
    assert (tmp_path / "file.npz").read_text() == "mine"
    assert say(*command, "--replace")[0] == 0
    assert (tmp_path / "link.npz").is_symlink()
    with np.load(tmp_path / "file.npz") as arrays:
        assert arrays["latents"].shape == (5, 8)


def test_a_study_that_is_shipped_is_written_to_on_request_alone(
    trained: tuple[Path, str, str], tiny_celeba: Path, tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = shutil.ignore_patterns("statistics.npz", "fits")
    study = Path(shutil.copytree(trained[0], tmp_path / "study", ignore=derived))

    def open_shipped(folder: Path) -> Study:
        shipped = open_study(folder)
        object.__setattr__(shipped, "shipped", True)
        return shipped

    monkeypatch.setattr("core.commands.options.open_study", open_shipped)
    before = left(study)
    command = ["statistics", "--study", study, "--strategy", "copula", "--count", 4, "--replace", "--out"]
    assert say(*command, tmp_path / "tables")[0] == 0
    assert left(study) == before
    status, _, errors = say("attributes", "--study", study, "--images", tiny_celeba)
    assert status == 2
    assert "so no network is added to it; add --with-study if it is yours, or copy it." in errors
    assert left(study) == before
    assert say(*command, tmp_path / "tables", "--with-study")[0] == 0
    assert left(study) == before | {"statistics.npz", "fits", "fits/copula.npz"}


# Bad input


def bad_inputs(study: Path, images: Path, place: Path) -> dict[str, tuple[list[object], str]]:
    """Return commands that cannot work, and what must be said about each."""
    html, cut, empty = place / "page.zip", place / "cut.zip", place / "empty.zip"
    html.write_text("<!DOCTYPE html><html>Google Drive - Quota exceeded</html>")
    cut.write_bytes((images / "img_align_celeba.zip").read_bytes()[:5000])
    empty.write_bytes(b"")
    attributes, partitions = place / "attributes.csv", place / "partitions.txt"
    attributes.write_text("image_id,Hat,Smiling\n000001.jpg,1\n")
    partitions.write_text("000001.jpg 7\n")
    damaged = Path(shutil.copytree(study, place / "damaged"))
    (damaged / LATENTS).write_bytes(b"x")
    os.mkfifo(place / "pipe")
    (place / "photos").mkdir()
    (place / "photos/dear.txt").write_text("to me")
    new = place / "new"
    train: list[object] = ["train", "--images", images, "--study", new, *SMALL]
    encode: list[object] = ["encode", "--study", study, "--images", images, "--out", new]
    sample: list[object] = ["sample", "--study", study, "--strategy", "cube", "--out", place / "new.npz"]
    score: list[object] = ["score", "--study", study, "--out"]
    tables: list[object] = ["statistics", "--study", study, "--out", new]
    network: list[object] = ["attributes", "--study", study, "--images", images]
    return {
        "no images": (["train", "--images", place / "none", "--study", new], "none does not exist; give the folder, "),
        "web page": (["train", "--images", html, "--study", new], "page.zip is a web page and not a zip, probably the"),
        "cut zip": (["train", "--images", cut, "--study", new], "cut.zip is a truncated or damaged zip; download it"),
        "empty zip": (["train", "--images", empty, "--study", new], "empty.zip is empty; download it again."),
        "image size": ([*train, "--filters", *[4] * 5], "image_size 16 cannot be halved 5 times; choose a larger size"),
        "latent size": ([*train, "--latent-size", 0], "latent_size must be a whole number from 1 to 4,096, not 0."),
        "filters": ([*train, "--filters", 0], "filters must be whole numbers from 1 to 4096, not (0,)."),
        "kernel": ([*train, "--kernel-size", 99], "kernel_size must be a whole number from 2 to 9, not 99."),
        "activation": ([*train, "--activation", "tan"], "activation must be one of relu, leaky_relu, elu, silu, gelu"),
        "epochs": ([*train, "--epochs", 0], "epochs must be a whole number from 1 to 10,000, not 0."),
        "batch": ([*train, "--batch-size", 0], "batch_size must be a whole number from 1 to 65,536, not 0."),
        "rate": ([*train, "--learning-rate", "nan"], "learning_rate must be a positive number, not nan."),
        "loss": ([*train, "--loss", "l3"], "loss must be one of mean_squared_error, mean_absolute_error, binary"),
        "precision": ([*train, "--precision", "int8"], "precision must be one of float32, bfloat16, not 'int8'."),
        "training seed": ([*train, "--seed", -1], "seed must be a whole number from 0 to 4,294,967,295, not -1."),
        "crop": ([*train, "--crop", -1], "A crop of -1 pixels is not possible; give 0 for the largest square"),
        "limit": ([*train, "--limit", 1], "A limit of 1 images is too small; give at least 2."),
        "no list": ([*train, "--attributes", place / "none.csv"], "none.csv does not exist; give the path"),
        "short list": ([*train, "--attributes", attributes], "attributes.csv does not have 3 columns"),
        "partition": ([*train, "--partitions", partitions], "partitions.txt holds the partition 7; known are 0"),
        "not a study": ([*train[:3], "--study", place / "photos", *SMALL, "--replace"], "photos is not a study, so it"),
        "place": ([*train[:3], "--study", html / "a", *SMALL], "a cannot be written (Not a directory); choose another"),
        "words": ([*train, "--epochs", "many"], "argument --epochs: invalid int value: 'many'; see python"),
        "study": (["encode", "--study", new, "--images", images, "--out", new], "new is not a folder; give the folder"),
        "altered": ([*encode[:1], "--study", damaged, *encode[3:]], "latents.npy was altered or belongs to another"),
        "encode seed": ([*encode, "--limit", 5, "--seed", -1], "seed must be a whole number from 0, not -1."),
        "there": ([*encode[:-1], study], "exists already; choose another folder, or add --replace to take its place."),
        "network images": (network, "of the study's 300 images, "),
        "network epochs": ([*network, "--epochs", 0], "epochs must be a whole number from 1 to 10,000, not 0."),
        "network altered": ([*network[:1], "--study", damaged, *network[3:]], "latents.npy was altered or belongs to"),
        "strategy": (["sample", "--study", study, "--strategy", "magic", "--out", new], "There is no strategy 'magic'"),
        "parameter": ([*sample, "--set", "k=1"], "cube has no parameter 'k'; it takes scale."),
        "no value": ([*sample, "--set", "scale"], "--set takes name=value, not 'scale'; for example --set scale=1.5."),
        "range": ([*sample, "--set", "scale=99"], "scale must be from 0.05 to 5, not 99."),
        "no number": ([*sample, "--set", "scale=wide"], "scale must be a number, not 'wide'."),
        "count": ([*sample, "--count", 0], "The number of vectors must be from 1 to 1,000,000, not 0."),
        "large count": ([*sample, "--count", 10**9], "must be from 1 to 1,000,000, not 1000000000."),
        "seed": ([*sample, "--seed", -1], "seed must be a whole number from 0, not -1."),
        "sample altered": ([*sample[:1], "--study", damaged, *sample[3:]], "latents.npy was altered or belongs to"),
        "no folder": ([*sample[:-1], place / "none/a.npz"], "a.npz cannot be written (No such file or directory)"),
        "tables count": ([*tables, "--count", -3], "The number of vectors must be from 1 to 1,000,000, not -3."),
        "tables strategy": ([*tables, "--strategy", "cube", "magic"], "There is no strategy 'magic'; choose one of"),
        "tables there": ([*tables[:-1], place / "photos"], "photos exists already; choose another folder"),
        "not tables": ([*tables[:-1], place / "photos", "--replace"], "photos holds more than tables, so it is not"),
        "not a folder": ([*tables[:-1], html, "--replace"], "page.zip is a file, not a folder; choose another place."),
        "in a study": ([*sample[:-1], study / "latents.npy", "--replace"], "whose files are its own; choose another"),
        "tables in a study": ([*tables[:-1], study / "tables"], "whose files are its own; choose another place."),
        "scores in a study": ([*score, study / "latents.npy"], "whose files are its own; choose another place."),
        "no scores": ([*score, attributes], "attributes.csv is no table of scores; choose another file."),
        "sample there": ([*sample[:-1], attributes], "attributes.csv exists already; choose another file, or add"),
        "results there": (["results", "--out", attributes], "attributes.csv exists already; choose another file, or"),
        "pipe": ([*sample[:-1], place / "pipe", "--replace"], "pipe is a pipe, not a file; choose another place."),
        "scores pipe": ([*score, place / "pipe"], "pipe is a pipe, not a file; choose another place."),
        "results pipe": (["results", "--out", place / "pipe"], "pipe is a pipe, not a file; choose another place."),
        "tables pipe": ([*tables[:-1], place / "pipe", "--replace"], "pipe is a pipe, not a folder; choose another"),
        "verify": (["verify", "--study", damaged], "latents.npy was altered or belongs to another"),
        "no command": ([], "the following arguments are required: COMMAND; see python -m core --help."),
        "no option": (["sample"], "the following arguments are required: --study, --strategy, --out; see"),
    }  # fmt: skip


BAD = (
    "no images", "web page", "cut zip", "empty zip", "image size", "latent size", "filters", "kernel", "activation",
    "epochs", "batch", "rate", "loss", "precision", "training seed", "crop", "limit", "no list", "short list",
    "partition", "not a study", "place", "words", "study", "altered", "encode seed", "there", "network images",
    "network epochs", "network altered", "strategy", "parameter",
    "no value", "range", "no number", "count", "large count", "seed", "sample altered", "no folder", "tables count",
    "tables strategy", "tables there", "not tables", "not a folder", "no command", "no option", "in a study",
    "tables in a study", "scores in a study", "no scores", "sample there", "results there", "pipe", "scores pipe",
    "results pipe", "tables pipe", "verify",
)  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_status_2_and_nothing_is_written(
    case: str, tiny_study: Study, tiny_celeba: Path, tmp_path: Path, say: Say
) -> None:
    cases = bad_inputs(tiny_study.folder, tiny_celeba, tmp_path)
    assert set(cases) == set(BAD)
    command, complaint = cases[case]
    before = left(tmp_path)
    status, _, errors = say(*command)
    assert status == 2
    assert errors.startswith("zpoints: ")
    assert complaint in errors
    assert errors.count("\n") == 1
    assert errors.endswith(".\n")
    assert left(tmp_path) == before


def test_unreadable_images_end_the_progress_with_the_reason_on_a_line_of_its_own(tmp_path: Path, say: Say) -> None:
    (tmp_path / "1.jpg").write_bytes(b"")
    status, _, errors = say("train", "--images", tmp_path, "--study", tmp_path / "study", *SMALL)
    assert status == 2
    assert errors.splitlines()[-1].startswith("zpoints: None of the images in ")
    assert left(tmp_path) == {"1.jpg"}


@pytest.mark.slow
def test_bad_input_has_no_traceback_when_run_as_a_program(tmp_path: Path) -> None:
    done = core("encode", "--study", tmp_path / "none", "--images", tmp_path, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (f"zpoints: {tmp_path / 'none'} is not a folder; give the folder of a study.\n")
    assert left(tmp_path) == set()


def test_an_interrupted_training_says_how_to_go_on_and_keeps_its_checkpoint(
    tiny_celeba: Path, tmp_path: Path, say: Say
) -> None:
    checkpoint = tmp_path / "study.training" / CHECKPOINT

    def interrupt() -> None:
        deadline = time.monotonic() + 60
        while not checkpoint.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may ignore it
    try:
        thread.start()
        status, _, errors = say(
            "train", "--images", tiny_celeba, "--study", tmp_path / "study", *SMALL, "--epochs", 10_000
        )  # fmt: skip
        thread.join()
    finally:
        signal.signal(signal.SIGINT, usual)
    assert status == 130
    assert errors.splitlines()[-1] == (
        "zpoints: interrupted; repeat the command, a training goes on from its checkpoint."
    )
    assert checkpoint.is_file()
    assert not (tmp_path / "study").exists()


def test_a_training_that_is_told_to_end_keeps_its_checkpoint_and_a_second_one_meanwhile_is_told_who_is_there(
    tiny_celeba: Path, tmp_path: Path, say: Say
) -> None:
    words = ["train", "--images", tiny_celeba, "--study", tmp_path / "study", *SMALL, "--epochs", 10_000]
    command = [sys.executable, "-m", "core", *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as first:
        deadline = time.monotonic() + 120
        while not (tmp_path / "study.training" / CHECKPOINT).exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        status, _, refusal = say(*words)
        first.terminate()
        _, errors = first.communicate(timeout=60)
    assert status == 2
    assert re.fullmatch(
        rf"zpoints: Process {first.pid} since .{{19}} is at work in {tmp_path}/study\.training; "
        r"wait until it is done, or end it\.",
        refusal.splitlines()[-1],
    )
    assert first.returncode == 143
    assert errors.splitlines()[-1] == (
        "zpoints: terminated; repeat the command, a training goes on from its checkpoint."
    )
    kept = {name for name in left(tmp_path) if not re.fullmatch(r"study\.training/epoch-\d{5}\.png", name)}
    assert kept == {"study.training", *(f"study.training/{f}" for f in (CHECKPOINT, "images.npy", "images.json"))}


def test_a_command_that_is_told_to_end_leaves_nothing_half_written(tiny_celeba: Path, tmp_path: Path) -> None:
    code = """
import os, signal, sys
import numpy as np
from core.__main__ import main
savez = np.savez_compressed
def save_and_end(file, **arrays):
    savez(file, **arrays)
    os.kill(os.getpid(), signal.SIGTERM)
np.savez_compressed = save_and_end
sys.exit(main(sys.argv[1:]))
"""
    words = ["sample", "--study", "studies/celeba", "--strategy", "cube", "--count", "5", "--out", tmp_path / "a.npz"]
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (143, "")
    *_, last = done.stderr.splitlines()
    assert last == "zpoints: terminated; nothing half-written is left, repeat the command."
    assert left(tmp_path) == set()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sample", "--strategy", "cube", "--decode"], "nothing half-written is left, repeat the command"),
        (["statistics", "--strategy", "cube"], "nothing half-written is left, repeat the command"),
        (["results"], "nothing half-written is left, repeat the command"),
        (["score", "--count", "40"], "its rows up to here are kept, repeat the command to go on"),
        (["verify"], "not all was checked, repeat the command"),
    ],
    ids=lambda words: words[0],
)
def test_each_command_shows_the_one_progress_and_says_what_an_interruption_leaves(
    tiny_study: Study, tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(ProgressBars, "show", interrupt)
    out = ["--out", tmp_path / "out"] if words[0] != "verify" else []
    status, _, errors = say(*words, "--study", tiny_study.folder, *out)
    assert (status, errors) == (130, f"zpoints: interrupted; {said}.\n")
    assert left(tmp_path) == set()


def test_a_command_runs_in_a_thread_that_may_not_say_what_signals_do(say: Say) -> None:
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(main(["verify", "--study", "/nowhere"])))
    thread.start()
    thread.join()
    assert statuses == [2]


def test_what_ends_before_its_words_are_read_says_so_too(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "add", interrupt)
    assert say("verify") == (130, "", "zpoints: interrupted; repeat the command.\n")


def test_score_writes_a_row_per_strategy_and_seed_and_says_what_is_missing(
    say: Say, tiny_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.scores.judges.detector_is_installed", lambda: False)
    monkeypatch.setattr(Gaussian, "_sample", lambda self, count, rng: np.full((count, self.dimension_), np.nan))
    path = tmp_path / "scores.csv"
    arguments = ("score", "--study", tiny_study.folder, "--strategy", "gaussian", "mvn", "--count", 60, "--seeds", 2)
    status, said, complaints = say(*arguments, "--out", path)
    assert status == 0
    assert "scoring: 100%" in complaints
    assert (
        "without attribute network: no Excess, attributes, Price, Diversity, Attribute gap (python -m core attributes)"
        in said
    )
    assert "without face detector: no Faces (pip install dlib-bin)" in said
    assert "The strategy yields vectors that hold NaN or infinity." in said
    assert f"{path}: 6 rows" in said
    table = pd.read_csv(path)
    assert list(table["strategy"]) == ["reconstructions", "gaussian", "mvn"] * 2
    assert not (tiny_study.folder / "scores.csv").exists()


def test_score_computes_the_rows_that_are_named_alone(say: Say, tiny_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    rows = ("--rows", "gaussian", "cube,scale=1.5", "--count", 40, "--seeds", 1)
    assert say("score", "--study", tiny_study.folder, *rows, "--out", path)[0] == 0
    table = pd.read_csv(path)
    assert list(zip(table["strategy"], table["parameters"].fillna(""), strict=True)) == [
        ("gaussian", ""),
        ("cube", "scale=1.5"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--count", 1),
        ("--seeds", 0),
        ("--seeds", 5000),
        ("--strategy", "magic"),
        ("--rows", "magic"),
        ("--rows", "cube,scale=x"),
        ("--rows", "cube", "--strategy", "cube"),
    ],
)
def test_score_refuses_what_cannot_be_scored(say: Say, tiny_study: Study, wrong: tuple[object, ...]) -> None:
    status, _, complaints = say("score", "--study", tiny_study.folder, *wrong)
    assert status == 2
    assert complaints.startswith("zpoints: ")
    assert complaints.count("\n") == 1
