"""The CelebA images that the tests run on, and studies made from them.

The environment variable ``CELEBA`` names a folder with CelebA as downloaded. Without it the tests use faces that the
decoder of the bundled study makes, packed as CelebA is: pictures of 178×218 pixels in a zip, with both lists.
"""

from __future__ import annotations

import functools
import io
import itertools
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):
    share = str(max(1, (os.cpu_count() or 1) // int(workers)))
    for library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(library, share)  # before any is loaded: workers that use all cores each only wait

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings
from PIL import Image
from streamlit.components.v2 import manifest_scanner
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from core.networks import AutoencoderConfig, TrainingConfig
from core.sources.celeba import CELEBA_CROP, CELEBA_SIZE, PARTITIONS
from core.sources.images import ImageSource, open_images
from core.sources.labels import Labels, find_lists, join_labels, read_attributes, read_partitions
from core.statistics import Description
from core.storage import whole_folder
from core.study import Study, open_study
from core.study.building import choose_images, train_study
from core.study.describing import describe_study

settings.register_profile("quick", max_examples=15)
settings.register_profile("usual", max_examples=25)
settings.register_profile("thorough", max_examples=400)
settings.load_profile("usual")  # --hypothesis-profile=thorough looks closer

BUNDLED = Path(__file__).parents[1] / "studies" / "celeba"

DECODED_FACES = 400
"""Faces of the stand-in for CelebA."""

TINY = AutoencoderConfig(image_size=32, latent_size=16, filters=(8, 16))
TINY_TRAINING = TrainingConfig(epochs=12, batch_size=32, learning_rate=4e-3)
"""An autoencoder that trains in seconds."""

TINY_IMAGES = 300

SLOW = ("bundled", "tiny_study", "tiny_celeba")
"""Fixtures whose tests ``make quick`` leaves out: TensorFlow loads for seconds, in each worker."""

LONGEST = ("test_dashboard.py", "test_bundled.py", "test_pages.py", "test_kills.py", "test_foreign_models.py")
"""Files of tests that take a minute or more."""


os.environ["ZPOINTS_CACHE"] = tempfile.mkdtemp(prefix="zpoints-cache-")
os.environ["ZPOINTS_STUDIES"] = tempfile.mkdtemp(prefix="zpoints-studies-")
os.environ["ZPOINTS_JOBS"] = tempfile.mkdtemp(prefix="zpoints-jobs-")
os.environ["ZPOINTS_SELECTIONS"] = tempfile.mkdtemp(prefix="zpoints-selections-")
"""No test reads or fills the user's own cache or studies, or starts a job among the user's."""


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give each test an empty cache, a place for studies of its own, and no jobs."""
    number, base = next(_numbers), tmp_path_factory.getbasetemp()
    monkeypatch.setenv("ZPOINTS_CACHE", str(base / f"cache-{number}"))
    monkeypatch.setenv("ZPOINTS_STUDIES", str(base / f"studies-{number}"))
    monkeypatch.setenv("ZPOINTS_JOBS", str(base / f"jobs-{number}"))
    return base / f"cache-{number}"


_numbers = itertools.count()


@pytest.fixture(scope="session", autouse=True)
def components() -> Iterator[None]:
    """Let AppTest look through all that is installed once, not in each run, half of whose time that takes."""
    scan = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


def pytest_report_header() -> str:
    if given := os.environ.get("CELEBA"):
        return f"faces: CelebA in {given}"
    return f"faces: decoded from {BUNDLED}, because CELEBA names no folder with CelebA"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what trains a network, needs one that is trained, opens pages of one, or reads the bundled study.

    What opens pages is not counted among what covers the core, whose own tests do: following each line takes a third
    of their time. What takes longest comes first.
    """
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    for item in items:
        if {"pages", "browser"} & set(item.path.parts):
            item.add_marker(pytest.mark.no_cover)
        if not set(SLOW).isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


class _ByFile(LoadScopeScheduling):
    """Gives a file of tests to one worker, and all that is done in the browser to one that has the server."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browser" if "browser/" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return _ByFile(config, log)


@pytest.fixture(scope="session")
def bundled() -> Study:
    """Return the study that comes with the program."""
    if not BUNDLED.is_dir():
        pytest.skip(f"{BUNDLED} does not exist")
    return open_study(BUNDLED)


@pytest.fixture(scope="session")
def celeba(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with CelebA's zip and both of its lists."""
    if given := os.environ.get("CELEBA"):
        return Path(given)
    study: Study = request.getfixturevalue("bundled")

    def decode(folder: Path) -> None:
        with whole_folder(folder) as partial:
            _write_decoded_faces(study, partial)

    return made_once(tmp_path_factory, "celeba", decode)


@pytest.fixture(scope="session")
def celeba_source(celeba: Path) -> ImageSource:
    """Return CelebA's images."""
    return open_images(celeba)


@pytest.fixture(scope="session")
def faces(celeba_source: ImageSource) -> dict[str, bytes]:
    """Return 24 of CelebA's images by name, as files: JPEG, 178×218 pixels."""
    return {name: jpeg(celeba_source.image(name)) for name in celeba_source.names[:24]}


@pytest.fixture(scope="session")
def celeba_lists(celeba: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return CelebA's attributes and partitions."""
    attributes, partitions = find_lists(celeba)
    assert attributes is not None
    assert partitions is not None
    return read_attributes(attributes), read_partitions(partitions)


@pytest.fixture(scope="session")
def celeba_labels(celeba_source: ImageSource, celeba_lists: tuple[pd.DataFrame, pd.Series]) -> Labels:
    """Return attributes and partitions of 300 images, those of the tiny study."""
    return join_labels(choose_images(celeba_source, TINY_IMAGES, seed=0), *celeba_lists)


@pytest.fixture(scope="session")
def tiny_celeba(
    faces: dict[str, bytes], celeba_lists: tuple[pd.DataFrame, pd.Series], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a folder like CelebA's with 24 images; every sixth is held out for validation."""
    folder = tmp_path_factory.mktemp("tiny_celeba")
    partitions = pd.Series(np.where(np.arange(len(faces)) % 6, "train", "validation"), index=list(faces))
    write_celeba(folder, faces, celeba_lists[0].loc[list(faces)], partitions)
    return folder


@pytest.fixture(scope="session")
def tiny_study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of 300 images, trained for 12 epochs on 32×32 pixels, with 16 components."""

    def train(folder: Path) -> None:
        source, labels = (request.getfixturevalue(name) for name in ("celeba_source", "celeba_labels"))
        train_study(source, labels, TINY, TINY_TRAINING, folder)

    trained = made_once(tmp_path_factory, "tiny", train)
    return open_study(shutil.copytree(trained, tmp_path_factory.mktemp("studies") / "tiny"))


@pytest.fixture(scope="session")
def description(tiny_study: Study) -> Description:
    """Return the statistics of the tiny study."""
    return describe_study(tiny_study)


@pytest.fixture(scope="session")
def latents(tiny_study: Study) -> np.ndarray:
    """Return the vectors of the tiny study in double precision."""
    return tiny_study.latents.astype(np.float64)


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that one worker makes and all that run beside it read."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if workers else base) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            make(folder)
    return folder


def jpeg(picture: Image.Image) -> bytes:
    """Return a picture as a JPEG file."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def write_celeba(folder: Path, images: dict[str, bytes], attributes: pd.DataFrame, partitions: pd.Series) -> None:
    """Write images and both lists as CelebA's download has them."""
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        for name, data in images.items():
            archive.writestr(f"img_align_celeba/{name}", data)
    signs = np.where(attributes.to_numpy(bool), " 1", "-1")
    lines = [str(len(signs)), " ".join(attributes.columns) + " "]
    lines += [f"{name} {' '.join(row)}" for name, row in zip(attributes.index, signs, strict=True)]
    (folder / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n")
    lines = [f"{name} {PARTITIONS.index(partition)}" for name, partition in partitions.items()]
    (folder / "list_eval_partition.txt").write_text("\n".join(lines) + "\n")


def _write_decoded_faces(study: Study, folder: Path) -> None:
    chosen = np.unique(np.linspace(0, len(study) - 1, DECODED_FACES).astype(int))
    rows = study.rows.iloc[chosen].set_index("image")
    width, height = CELEBA_SIZE
    corner = ((width - CELEBA_CROP) // 2, (height - CELEBA_CROP) // 2)
    images = {}
    for name, face in zip(rows.index, study.load_autoencoder().decode(study.latents[chosen]), strict=True):
        decoded = Image.fromarray(face)
        picture = decoded.resize(CELEBA_SIZE)
        picture.paste(decoded.resize((CELEBA_CROP, CELEBA_CROP)), corner)
        images[name] = jpeg(picture)
    write_celeba(folder, images, rows[list(study.attributes)].fillna(False), rows["partition"])
