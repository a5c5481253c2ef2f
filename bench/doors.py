"""From files to an opened study, through the door in headless Chromium; the job runs on the same cores.

The peer is the limit that the project sets itself, the floor the job alone, from when it begins until it ends. Images
are those that ``CELEBA`` names, or else faces that the bundled study decodes.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper, save
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench import Measurement, limited
from bench.dashboard import ARGUMENTS, CHROMIUM, ROOT, quiet, server
from core.jobs.files import read_report
from core.sources.images import open_images
from core.study import open_study

__all__ = ["measure"]

COUNT, SIDE, LATENT = 2000, 64, 32
VECTORS = (100_000, 64)
WAIT = 900_000
"""Milliseconds until an end is given up."""


def measure() -> Iterator[Measurement]:
    """Yield the three ways, the shortest first: vectors alone, a model with images, images to be trained on."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        images = root / "faces.zip"
        recipe = {"Size in pixels": str(SIDE), "Epochs": "2"}
        ways: tuple[tuple[str, Callable[[], Sequence[Path]], str, Mapping[str, str], float], ...] = (
            ("100,000 vectors of 64 components", lambda: [_write_vectors(root / "vectors.npy")], "Import", {}, 10.0),
            ("two ONNX files and 2,000 images", lambda: _write_model_and(images), "Import", {}, 60.0),
            ("a zip of 2,000 faces, 2 epochs of 64×64", lambda: [images], "Train", recipe, 180.0),
        )
        for number, (name, write, verb, fields, limit) in enumerate(ways):
            files = write()
            place = root / str(number)
            variables = {f"ZPOINTS_{what}": str(place / what.lower()) for what in ("STUDIES", "JOBS", "CACHE")}
            with server(ROOT / "dashboard.py", **variables) as (url, _):
                page = browser.new_page()
                page.set_default_timeout(WAIT)
                page.goto(f"{url}/studies")
                quiet(page, WAIT)
                seconds = _open(page, files, verb, fields)
                page.close()
            (job,) = (p for p in (place / "jobs").iterdir() if (p / "report.json").is_file())
            report = read_report(job)
            assert report is not None
            assert report.ended is not None
            yield limited(name, "s", seconds, limit, report.ended - report.begun)
        browser.close()


def _open(page: Page, files: Sequence[Path], verb: str, fields: Mapping[str, str]) -> float:
    """Return the seconds from the click on the door to the opened study."""
    main = page.get_by_test_id("stMain")
    started = time.perf_counter()
    page.locator("summary", has_text="New study").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(files)
    start = main.get_by_role("button", name=verb, exact=True)
    start.wait_for()
    if fields:
        page.locator("summary", has_text="Recipe").click()
        for label, value in fields.items():
            page.get_by_label(label, exact=True).fill(value)
            page.keyboard.press("Tab")
        page.get_by_text(f"looks at all images {fields['Epochs']} times").wait_for()
        quiet(page, WAIT)
    start.click()
    main.get_by_role("link", name="Open", exact=True).click()
    page.get_by_role("heading", level=1, name="Do these vectors decode to faces?").wait_for()
    quiet(page, WAIT)
    return time.perf_counter() - started


def _write_vectors(path: Path) -> Path:
    np.save(path, np.random.default_rng(0).normal(size=VECTORS).astype(np.float32))
    return path


def _write_model_and(images: Path) -> list[Path]:
    return [*_write_model(images.parent), _write_images(images)]


def _write_images(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for i, picture in enumerate(_pictures()):
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=90)
            archive.writestr(f"{i:06}.jpg", file.getvalue())
    return path


def _pictures() -> Iterator[Image.Image]:
    if given := os.environ.get("CELEBA"):
        source = open_images(given)
        yield from (source.image(name) for name in source.names[:COUNT])
        return
    study = open_study(ROOT / "studies" / "celeba")
    for face in study.load_autoencoder().decode(study.latents[:COUNT]):
        yield Image.fromarray(face).resize((178, 218))


def _write_model(folder: Path) -> list[Path]:
    """Write an encoder and a decoder with random weights, one convolution each, channels first."""
    rng = np.random.default_rng(0)
    half, flat = SIDE // 4, 8 * (SIDE // 4) ** 2

    def weights(name: str, *shape: int) -> TensorProto:
        return numpy_helper.from_array(_random(rng, shape), name)

    sides: dict[str, Any] = {"kernel_shape": [4, 4], "strides": [4, 4]}
    encoder = helper.make_graph(
        [
            helper.make_node("Conv", ["image", "kernel"], ["seen"], **sides),
            helper.make_node("Relu", ["seen"], ["bent"]),
            helper.make_node("Flatten", ["bent"], ["flat"]),
            helper.make_node("MatMul", ["flat", "matrix"], ["z"]),
        ],
        "encoder",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", LATENT])],
        [weights("kernel", 8, 3, 4, 4), weights("matrix", flat, LATENT)],
    )
    shape = numpy_helper.from_array(np.array([-1, 8, half, half], np.int64), "shape")
    decoder = helper.make_graph(
        [
            helper.make_node("MatMul", ["z", "matrix"], ["flat"]),
            helper.make_node("Reshape", ["flat", "shape"], ["seen"]),
            helper.make_node("ConvTranspose", ["seen", "kernel"], ["drawn"], **sides),
            helper.make_node("Sigmoid", ["drawn"], ["image"]),
        ],
        "decoder",
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", LATENT])],
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [weights("matrix", LATENT, flat), shape, weights("kernel", 8, 3, 4, 4)],
    )
    paths = [folder / "encoder.onnx", folder / "decoder.onnx"]
    for graph, path in zip((encoder, decoder), paths, strict=True):
        save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)
    return paths


def _random(rng: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    return rng.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype(np.float32)
