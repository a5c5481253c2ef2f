"""What is brought is told apart, and each is made a study by a command that understands it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.__main__ import _parser
from core.commands.configuration import with_options
from core.errors import InputError
from core.networks import AutoencoderConfig, TrainingConfig, VariationalConfig
from core.sources.picks import picks
from core.sources.preview import Preview
from core.study.archive import export_study
from core.study.models import Wishes
from core.study.offers import ACCEPTED, Offer, free_name, import_arguments, look_at, train_arguments, usual_name
from core.study.recipes import recommended
from core.study.writing import write_vectors
from tests.helpers.foreign import onnx_linear, pictures


@pytest.fixture(scope="module")
def picture() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def images(tmp_path: Path, picture: bytes) -> Path:
    path = tmp_path / "My faces.tar.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(3):
            archive.writestr(f"{i}.png", picture)
    return path


def preview_of(path: Path) -> Preview:
    offer = look_at([path])
    assert offer.preview is not None
    return offer.preview


def test_images_vectors_and_exported_studies_are_told_apart(images: Path, tmp_path: Path, picture: bytes) -> None:
    np.save(tmp_path / "z.npy", np.zeros((5, 3), np.float32))
    pq.write_table(pa.table({"z0": [0.5, 1.5], "z1": [0.5, 2.5]}), tmp_path / "z.parquet")
    pq.write_table(pa.table({"image": pa.array([picture], pa.binary())}), tmp_path / "i.parquet")
    study = write_vectors(np.random.default_rng(0).normal(size=(9, 3)), tmp_path / "study")
    export_study(study.folder, tmp_path / "study.zip")
    names = ("z.npy", "z.parquet", "i.parquet", "study.zip", images.name)
    assert [look_at([tmp_path / name]).kind for name in names] == ["vectors", "vectors", "images", "study", "images"]
    (said,) = look_at([tmp_path / "z.npy"]).said
    assert said.startswith("5 vectors of 3 components")


def test_what_nothing_can_be_made_of_is_refused(tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(InputError, match=r"a\.txt is no file of vectors"):
        look_at([tmp_path / "a.txt"])
    with pytest.raises(InputError, match=r"a\.txt is no file of vectors"):
        look_at([images, tmp_path / "a.txt"])
    with pytest.raises(InputError, match=r"There are 2 files, and neither a model nor vectors"):
        look_at([images, images])
    np.save(tmp_path / "z.npy", np.zeros((5, 3)))
    monkeypatch.setenv("ZPOINTS_MAX_VECTORS", "4")
    with pytest.raises(InputError, match=r"z\.npy holds 5 vectors, 4 are the most here"):
        look_at([tmp_path / "z.npy"])


def known(tmp_path: Path, **columns: object) -> Path:
    path = tmp_path / f"{'-'.join(columns)}.csv"
    pd.DataFrame({"image": [f"{i}.png" for i in range(3)], **columns}).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("suffix", ["npy", "csv"])
def test_vectors_come_with_their_pictures_and_what_is_known_of_them(tmp_path: Path, images: Path, suffix: str) -> None:
    np.save(tmp_path / "z.npy", np.zeros((3, 2), np.float32))
    vectors = tmp_path / "z.npy" if suffix == "npy" else known(tmp_path, z0=[0.5, 1, 2], z1=[0.5, 3, 4])
    table = known(tmp_path, age=[30, 40, 50], weight=[60.5, 70, 80])
    offer = look_at([table, images, vectors])
    assert offer.kind == "vectors"
    assert offer.said[0].startswith(f"{vectors.name}: 3 vectors of 2 components")
    assert "3 of 3 vectors have one of 3 pictures" in offer.said[-1]
    options = _parser().parse_args(import_arguments(offer, tmp_path / "s", ""))
    assert (options.paths, options.images, options.rows) == ([vectors], images, table)


def test_a_column_that_may_be_a_group_is_offered_and_the_likeliest_named(tmp_path: Path) -> None:
    path = known(tmp_path, z0=[0.5, 1, 2], cage=[1, 1, 2], Donor=["a", "b", "a"], weight=[1.5, 2, 3], male=[True] * 3)
    offer = look_at([path])
    assert (offer.columns, offer.group) == (("cage", "Donor"), "Donor")
    assert _parser().parse_args(import_arguments(offer, tmp_path / "s", "", group="cage")).group == "cage"


def test_what_is_known_of_images_alone_is_no_vectors(tmp_path: Path, images: Path) -> None:
    with pytest.raises(InputError, match=r"There are 2 files, and neither a model nor vectors"):
        look_at([images, known(tmp_path, age=[30, 40, 50])])


def test_pictures_that_were_sent_would_be_gone(tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_JOBS", str(tmp_path))
    with pytest.raises(InputError, match=r"would be gone with the job"):
        look_at([images, known(tmp_path, z0=[0.5, 1, 2])])


@pytest.mark.parametrize(
    ("config", "training"),
    [
        (AutoencoderConfig(28, 3, 1, batch_normalisation=True), TrainingConfig(2, loss="l1_ssim", flip=False)),
        (VariationalConfig(32, beta=0.25), TrainingConfig(held_out=0.25)),
    ],
)
def test_the_command_of_a_training_says_all_that_was_chosen(
    images: Path, tmp_path: Path, config: AutoencoderConfig, training: TrainingConfig
) -> None:
    words = train_arguments(preview_of(images), tmp_path / "study", "Faces; rm -r", config, training)
    options = _parser().parse_args(words)
    assert with_options(type(config)(), options, ("channels",)) == config
    assert with_options(TrainingConfig(), options) == training
    assert (options.images, options.study) == (images, tmp_path / "study")
    assert (options.title, options.variational) == ("Faces; rm -r", config.kind == "variational")


def test_more_images_than_the_server_takes_are_limited(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZPOINTS_MAX_IMAGES", "2")
    words = train_arguments(preview_of(images), tmp_path / "s", "", AutoencoderConfig(), TrainingConfig())
    assert _parser().parse_args(words).limit == 2


def test_a_model_is_imported_with_its_images_and_what_was_said_of_it(tmp_path: Path, images: Path) -> None:
    model, vectors = tmp_path / "a.keras", tmp_path / "z.npy"
    offer = Offer((images, model, vectors), "model")
    said = Wishes("-1,1", "nchw", (64, 48), "bottleneck", "none")
    options = _parser().parse_args(import_arguments(offer, tmp_path / "s", "Mine", said, "z_mean", "donor"))
    assert Wishes(options.range, options.layout, options.size, options.latent, options.log_variance) == said
    assert options.key == "z_mean"
    assert options.group == "donor"
    assert (options.paths, options.images, options.study) == ([model, vectors], images, tmp_path / "s")
    assert options.title == "Mine"


@pytest.mark.slow
def test_a_server_takes_no_more_than_it_is_told_to(
    tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = onnx_linear(tmp_path, pictures(20, (8, 8, 3)), 2)
    study = write_vectors(np.random.default_rng(0).normal(size=(9, 3)), tmp_path / "study")
    export_study(study.folder, tmp_path / "study.zip")
    monkeypatch.setenv("ZPOINTS_MAX_IMAGES", "2")
    with pytest.raises(InputError, match=r"holds 3 images, 2 are the most here\.$"):
        look_at([*models, images])
    monkeypatch.setenv("ZPOINTS_MAX_VECTORS", "4")
    with pytest.raises(InputError, match=r"study\.zip holds 9 vectors, 4 are the most here\.$"):
        look_at([tmp_path / "study.zip"])


def test_a_model_that_is_none_is_refused_before_a_job_is_ordered(tmp_path: Path, images: Path) -> None:
    (tmp_path / "a.keras").write_bytes(b"no model")
    with pytest.raises(InputError, match=r"a\.keras"):
        look_at([images, tmp_path / "a.keras"])
    with pytest.raises(InputError, match=r"would both be the images"):
        look_at([images, images, tmp_path / "a.keras"])


def test_vectors_are_imported_as_they_are(tmp_path: Path) -> None:
    offer = Offer((tmp_path / "z.npy",), "vectors")
    assert import_arguments(offer, tmp_path / "s", "") == [
        "import",
        str(tmp_path / "z.npy"),
        "--study",
        str(tmp_path / "s"),
    ]


@pytest.mark.parametrize(
    ("file", "name"),
    [("My faces.tar.gz", "my-faces"), ("z.npy", "z"), ("-.npy", "study"), ("Tür & Tor.zip", "tür-tor"), ("b", "b")],
)
def test_a_study_is_named_after_its_files(file: str, name: str) -> None:
    assert usual_name([Path(file)]) == name


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    assert free_name(tmp_path, "faces") == "faces"
    for name in ("faces", "faces-2"):
        (tmp_path / name).mkdir()
    assert free_name(tmp_path, "faces") == "faces-3"


def test_the_recipe_follows_from_number_size_and_colour(images: Path) -> None:
    preview = preview_of(images)
    config, training = recommended(preview)
    assert (config.image_size, config.channels, config.latent_size) == (28, 3, 32)
    assert (training.epochs, training.batch_size) == (60, 32)
    many = Preview(**{**vars(preview), "count": 30_000, "sizes": {(178, 218): 100}, "crop": 148, "grey": True})
    config, training = recommended(many)
    assert (config.image_size, config.channels, config.latent_size) == (96, 1, 256)
    assert (training.epochs, training.batch_size) == (13, 64)


def test_files_and_folders_of_images_are_listed_and_links_are_not(tmp_path: Path, picture: bytes) -> None:
    for name in ("pets/cat/1.png", "b/c/deep.npy", "notes.txt", ".hidden.npy", "a.zip"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
    (tmp_path / "link.npy").symlink_to("a.zip")
    (tmp_path / "out").symlink_to("/")
    assert picks(tmp_path) == ["a.zip", "b/c/deep.npy", "pets", "pets/cat"]
    assert picks(tmp_path / "nowhere") == []
    assert {".zip", ".npy", ".keras", ".png"} <= set(ACCEPTED)
