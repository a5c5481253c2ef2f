"""``python -m core import``: autoencoders that were made elsewhere, with images, vectors, and what is known of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.study import open_study
from core.study.models import open_model, try_model
from tests.helpers.foreign import onnx_linear, pictures, write_pictures

pytestmark = pytest.mark.slow

SHAPE = (18, 24, 3)


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 70 images, their encoder and decoder, and their vectors."""
    folder = tmp_path_factory.mktemp("brought")
    images = pictures(70, SHAPE)
    write_pictures(folder / "images", images)
    encoder, _ = onnx_linear(folder, images, 5, outputs="log_variance,mean,sample")
    from core.networks.onnx_models import open_onnx

    tensor = (images / np.float32(255)).astype(np.float32).transpose(0, 3, 1, 2)
    blocks = [open_onnx(encoder).run(np.ascontiguousarray(tensor[i : i + 64]))[1] for i in (0, 64)]
    np.save(folder / "z.npy", np.concatenate(blocks))
    return folder


def refusal(command: list[object], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main([str(part) for part in command]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


def test_images_are_encoded_and_what_was_found_is_said_before(
    brought: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.DataFrame({"image": [f"{i:04}.jpeg" for i in range(60)], "bright": np.arange(60) % 2 == 0})
    table.to_csv(tmp_path / "known.csv", index=False)
    command = ["import", brought / "decoder.onnx", brought / "encoder.onnx", "--images", brought / "images"]
    command += ["--study", tmp_path / "mine", "--rows", tmp_path / "known.csv", "--title", "spots"]
    assert main([str(part) for part in command]) == 0
    said = capsys.readouterr().out
    assert "encoder.onnx and decoder.onnx: encoder and decoder of ONNX graphs" in said
    assert "24×18 pixels in colour, 5 components" in said
    assert "pixels in [0, 1], nchw: mean squared error of reconstructions" in said
    assert "1 is taken for the latent vector" in said
    assert "60 of 70 rows joined by name" in said
    study = open_study(tmp_path / "mine")
    assert (study.title, study.has_decoder, study.has_images, study.has_errors) == ("spots", True, True, True)
    assert study.posteriors is not None
    np.testing.assert_allclose(study.posteriors.means, np.load(brought / "z.npy"), atol=0.02)
    assert study.rows["bright"].isna().sum() == 10


def test_vectors_and_images_are_matched_and_the_order_is_verified(
    brought: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = np.load(brought / "z.npy")
    options = ["--images", brought / "images", "--study", tmp_path / "mine", "--replace"]
    networks = ["import", brought / "encoder.onnx", brought / "decoder.onnx"]
    assert main([str(part) for part in [*networks, brought / "z.npy", *options]]) == 0
    study = open_study(tmp_path / "mine")
    assert study.posteriors is not None
    np.testing.assert_allclose(study.posteriors.means, vectors, atol=0.02)
    decoded = study.load_autoencoder().decode_exactly(vectors)
    expected = np.square(decoded - pictures(70, SHAPE) / 255).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(study.rows["reconstruction_error"], expected, rtol=1e-4)

    order = np.random.default_rng(0).permutation(70)
    np.save(tmp_path / "mixed.npy", vectors[order])
    assert "do not agree: 64 images" in refusal([*networks, tmp_path / "mixed.npy", *options], capsys)
    named = pd.DataFrame(vectors[order], columns=[f"z_{i}" for i in range(5)])
    named.assign(image=[f"{i:04}.png" for i in order]).to_parquet(tmp_path / "named.parquet")
    assert main([str(part) for part in [*networks, tmp_path / "named.parquet", *options]]) == 0
    again = open_study(tmp_path / "mine")
    assert list(again.rows["image"]) == [f"{i:04}.png" for i in order]
    np.testing.assert_allclose(again.rows["reconstruction_error"], expected[order], rtol=1e-4)


def test_a_decoder_alone_works_from_vectors(brought: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", brought / "decoder.onnx", brought / "z.npy", "--study", tmp_path / "mine"]
    assert main([str(part) for part in command]) == 0
    assert "a decoder alone" in capsys.readouterr().out
    study = open_study(tmp_path / "mine")
    assert (study.has_decoder, study.has_images, set(study.digests)) == (
        True,
        False,
        {"decoder.onnx", "latents.npy", "rows.parquet"},
    )
    assert study.load_autoencoder().decode(study.latents[:2]).shape == (2, *SHAPE)


def test_a_table_gives_vectors_the_pictures_that_they_do_not_name(brought: Path, tmp_path: Path) -> None:
    count = len(np.load(brought / "z.npy"))
    pd.DataFrame({"picture": [f"{i:04}.png" for i in range(count)]}).to_csv(tmp_path / "rows.csv", index=False)
    command = ["import", brought / "z.npy", "--images", brought / "images", "--rows", tmp_path / "rows.csv"]
    assert main([*map(str, command), "--study", str(tmp_path / "mine")]) == 0
    assert open_study(tmp_path / "mine").rows["picture"].tolist()[1] == "0001.png"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["encoder.onnx", "--images", "images"], "so it is no decoder of images; give an encoder together with its"),
        (["decoder.onnx", "--images", "images"], "is a decoder alone, which encodes no image; give its encoder, too."),
        (["encoder.onnx", "encoder.onnx", "--images", "images"], "are no encoder and decoder of images (encoder.onnx"),
        (["encoder.onnx", "decoder.onnx"], "Nothing is there for encoder.onnx to encode or decode; give images, or"),
        (
            ["z.npy", "--images", "images"],
            "images could match; give a table of their rows with a column picture that names them, '0000.png' for one.",
        ),
        (["z.npy", "z.npy"], "would both be vectors; give one file of them."),
        (["decoder.onnx", "wide.npy"], "holds vectors of 6 components, decoder.onnx decodes 5; give those that belong"),
        (["images"], "images holds no vectors; give images as --images beside a model or vectors, or train on them"),
        (["model.pt"], "may be a pickle, which is code and is never opened; export encoder and decoder to ONNX"),
        (["model.h5"], "is of a format that is not read; save the model as a .keras file, or export it to ONNX."),
        (["encoder.onnx", "none.onnx"], "none.onnx does not exist or is no file; give the file of a model."),
        (["decoder.onnx", "z.npy", "--range", "0,2"], "The range '0,2' is not known; give auto, 0,1, -1,1, 0,255."),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    brought: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], complaint: str
) -> None:
    np.save(brought / "wide.npy", np.ones((3, 6)))
    for name in ("model.pt", "model.h5"):
        (brought / name).write_bytes(b"x")
    options = ("--", "auto", "0,2")
    command = ["import", *(part if part.startswith(options) else brought / part for part in given)]
    assert complaint in refusal([*command, "--study", tmp_path / "mine"], capsys)
    assert not list(tmp_path.iterdir())


def test_a_range_is_given_as_it_is_read(brought: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", str(brought), "--images", str(brought / "images"), "--study", str(tmp_path / "mine")]
    assert main([*command, "--range", "-1,1"]) == 0
    assert "pixels in [-1, 1]" in capsys.readouterr().out


def test_a_range_and_an_output_that_are_given_are_taken(brought: Path) -> None:
    from core.study.models import Wishes

    wishes = Wishes(value_range="-1,1", latent="0")
    model = open_model([brought], wishes)
    assert [path.name for path in model.paths] == ["encoder.onnx", "decoder.onnx"]
    tried = try_model(model, wishes, pictures(20, SHAPE))
    config = tried.autoencoder.config
    assert (config.input_range, config.output_range, config.latent_output) == ("-1,1", "-1,1", 0)
