"""A walk: a kind of autoencoder that is added in one module and one line is read, decodes, scores and is described."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
import safetensors.numpy
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.errors import InputError
from core.networks import registry
from core.networks.kinds import Kind
from core.study import Study, open_study
from core.study.files import WEIGHTS, file_facts

DASHBOARD = Path(__file__).parents[1] / "dashboard.py"


@dataclass(frozen=True)
class StripesConfig:
    """Vertical stripes: a latent component is the brightness of one column of the image."""

    kind: ClassVar[str] = "stripes"

    image_size: int
    channels: int = 3

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return self.image_size, self.image_size, self.channels

    @property
    def latent_size(self) -> int:
        return self.image_size

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def describe(self) -> tuple[str, ...]:
        return (f"**Decoder**: {self.image_size} stripes",)


class Stripes:
    """The autoencoder of stripes; its only weight is the gain."""

    def __init__(self, config: StripesConfig, gain: float) -> None:
        self.config, self.gain = config, gain
        self.image_shape = config.image_shape
        self.latent_size = config.latent_size

    def describe(self) -> tuple[str, ...]:
        return self.config.describe()

    def encode(self, images: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        scale = 255 if images.dtype == np.uint8 else 1
        return ((images / scale).mean(axis=(1, 3)) / self.gain).astype(np.float32)

    def decode_exactly(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        rows = np.clip(np.asarray(latents, np.float32) * self.gain, 0, 1)
        return np.broadcast_to(rows[:, None, :, None], (len(rows), *self.image_shape)).copy()

    def decode(self, latents: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        return np.rint(255 * self.decode_exactly(latents)).astype(np.uint8)

    def cycle(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        return self.encode(self.decode_exactly(latents))

    def decode_and_cycle(self, latents: npt.ArrayLike) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
        return self.decode(latents), self.cycle(latents)

    def save(self, path: str | Path) -> None:
        Path(path).write_bytes(safetensors.numpy.save({"gain": np.array([self.gain], np.float32)}))

    @classmethod
    def load(cls, path: str | Path, config: StripesConfig) -> Stripes:
        return cls(config, float(safetensors.numpy.load_file(path)["gain"][0]))


def read_config(values: Mapping[str, Any]) -> StripesConfig:
    return StripesConfig(**values)


@pytest.fixture
def stripes(tiny_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Add the kind to the registry; return a study of it."""
    monkeypatch.setitem(registry.KINDS, "stripes", Kind("stripes", read_config, Stripes.load))
    folder = Path(shutil.copytree(tiny_study.folder, tmp_path / "striped", ignore=shutil.ignore_patterns("fits")))
    config = StripesConfig(tiny_study.dimension)
    Stripes(config, 0.25).save(folder / WEIGHTS)
    said = json.loads((folder / "study.json").read_text())
    said["autoencoder"] = {"kind": config.kind, **config.to_dict()}
    said["files"][WEIGHTS] = msgspec.to_builtins(file_facts(folder / WEIGHTS))
    (folder / "study.json").write_text(json.dumps(said))
    return open_study(folder)


def test_a_study_of_a_new_kind_is_opened_with_it(stripes: Study) -> None:
    autoencoder = stripes.load_autoencoder()
    assert isinstance(autoencoder, Stripes)
    assert autoencoder.gain == 0.25


def test_a_study_of_a_kind_that_nobody_added_is_refused(stripes: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry.KINDS, "stripes")
    with pytest.raises(InputError, match="The kind of autoencoder 'stripes' is not known"):
        open_study(stripes.folder)


def test_the_command_line_decodes_with_a_new_kind(stripes: Study, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.npz"
    command = ["sample", "--study", str(stripes.folder), "--strategy", "mvn", "--count", "40", "--decode"]
    assert main([*command, "--out", str(drawn)]) == 0
    with np.load(drawn) as arrays:
        latents, images = arrays["latents"], arrays["images"]
    assert images.shape == (40, 16, 16, 3)
    assert np.ptp(images, axis=1).max() == 0  # stripes: all rows of an image are alike
    np.testing.assert_allclose(images[:, 0, :, 0], 255 * np.clip(latents / 4, 0, 1), atol=0.51)


@pytest.mark.parametrize("page", ["faces", "bulk", "paths", "studies"])
def test_pages_decode_with_a_new_kind_and_the_card_describes_it(
    stripes: Study, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    st.cache_resource.clear()
    monkeypatch.setattr(sys, "argv", [str(DASHBOARD), str(stripes.folder)])
    app = AppTest.from_file(str(DASHBOARD), default_timeout=120)
    if page != "faces":
        app.switch_page(f"pages/{page}.py")
    app.query_params["study"] = stripes.name
    app.run()
    assert not app.exception
    assert not app.error
    if page == "studies":
        assert any("**Decoder**: 16 stripes" in text.value for text in app.markdown)
