"""ONNX models of a user, run by ONNX Runtime once they have passed a trial; the graphs are kept as they are."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.networks.foreign import ForeignAutoencoder, ForeignConfig
from core.networks.kinds import Kind
from core.networks.onnx_trial import Facts, try_onnx
from core.networks.runtime import open_session

__all__ = ["DECODER", "ENCODER", "KIND", "OnnxAutoencoder", "OnnxConfig", "OnnxNetwork", "open_onnx"]

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"
"""Files of a study."""


@dataclass(frozen=True)
class OnnxConfig(ForeignConfig):
    """What is known of an autoencoder of ONNX graphs."""

    kind: ClassVar[str] = "onnx"


class OnnxNetwork:
    """A graph that has passed its trial.

    Parameters
    ----------
    data : bytes
        Of the file.
    facts : Facts
        What the trial found.
    """

    def __init__(self, data: bytes, facts: Facts) -> None:
        self.data, self.facts = data, facts
        self._session = open_session(data)
        self._input = self._session.get_inputs()[0].name

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of an input without the number in a block; None where any size will do."""
        return self.facts.input_shape

    @property
    def output_shapes(self) -> tuple[tuple[int | None, ...], ...]:
        """Shapes of the outputs, likewise."""
        return self.facts.output_shapes

    @property
    def layers(self) -> tuple[str, ...]:
        """Operators of the graph."""
        return self.facts.operators

    @property
    def weight_count(self) -> int:
        """Number of weights."""
        return self.facts.weights

    def run(self, block: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
        """Return the outputs for a block of inputs; where the graph asks for a number of them, in blocks of that."""
        size = self.facts.block or len(block)
        parts = [self._run(block[start : start + size], size) for start in range(0, len(block), size)]
        return tuple(np.concatenate(outputs) for outputs in zip(*parts, strict=True))

    def _run(self, block: npt.NDArray[np.float32], size: int) -> list[npt.NDArray[np.float32]]:
        missing = size - len(block)
        filled = np.concatenate([block, np.zeros((missing, *block.shape[1:]), np.float32)]) if missing else block
        outputs = self._session.run(None, {self._input: filled.astype(self.facts.input_type, copy=False)})
        return [np.asarray(output, np.float32)[: len(block)] for output in outputs]


class OnnxAutoencoder(ForeignAutoencoder):
    """An autoencoder of ONNX graphs."""

    encoder: OnnxNetwork | None
    decoder: OnnxNetwork

    def save(self, path: str | Path) -> None:
        """Write the decoder's graph, and the encoder's beside it."""
        Path(path).write_bytes(self.decoder.data)
        if self.encoder is not None:
            Path(path).with_name(ENCODER).write_bytes(self.encoder.data)

    @classmethod
    def load(cls, path: str | Path, config: OnnxConfig) -> OnnxAutoencoder:
        """Try the graphs of a study, as they were when they came, and open them.

        Raises
        ------
        InputError
            If a file is missing or does not pass.
        """
        path = Path(path)
        encoder = open_onnx(path.with_name(ENCODER), config.image_shape[:2]) if config.has_encoder else None
        return cls(config, encoder, open_onnx(path))


def open_onnx(path: str | Path, size: tuple[int, int] | None = None) -> OnnxNetwork:
    """Return the graph in an ONNX file, after a trial.

    Parameters
    ----------
    path : path
    size : tuple of int, optional
        Height and width of an image, where the graph takes images of any size.

    Raises
    ------
    InputError
        As :func:`core.networks.onnx_trial.try_onnx`.
    """
    with tempfile.TemporaryDirectory(prefix="zpoints-") as folder:
        out = Path(folder) / "model.onnx"
        facts = try_onnx(Path(path), size, out)
        return OnnxNetwork(out.read_bytes(), facts)


def _files(config: OnnxConfig) -> tuple[str, ...]:
    return (DECODER, ENCODER) if config.has_encoder else (DECODER,)


KIND = Kind(OnnxConfig.kind, OnnxConfig.from_dict, OnnxAutoencoder.load, _files, lambda _, config: config.weights)
"""For the registry of kinds."""
