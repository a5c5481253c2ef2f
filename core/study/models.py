"""The files of an autoencoder that was made elsewhere: opened, told apart, and tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.foreign import LAYOUTS, RANGES, ForeignAutoencoder, ForeignConfig, Network, at_size
from core.networks.keras_models import KerasAutoencoder, KerasConfig, KerasNetwork, open_keras, split
from core.networks.laws import Laws, find_laws
from core.networks.onnx_models import OnnxAutoencoder, OnnxConfig, open_onnx
from core.networks.pairing import Tried, image_layouts, tell_apart, try_alone, try_together

__all__ = ["AUTO", "NONE", "SUFFIXES", "Model", "Wishes", "is_model", "open_model", "read_size", "try_model"]

AUTO = "auto"
"""Stands for what is to be found."""

NONE = "none"
"""Stands for what is to be left out."""

SUFFIXES = frozenset({".keras", ".onnx"})
"""Of files that hold networks."""

PICKLES = frozenset({".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".bin"})
"""Of files that are code as much as numbers."""

OLDER = frozenset({".h5", ".hdf5", ".pb", ".tflite"})
"""Of files that Keras wrote before, or that no other program reads."""

TRIED = 64
"""Images or vectors that networks are tried with."""


@dataclass(frozen=True)
class Wishes:
    """What a user says of a model instead of leaving it to be found.

    Attributes
    ----------
    value_range : str
        What black and white are: a key of :data:`core.networks.foreign.RANGES`, or ``auto``.
    layout : str
        ``nhwc``, ``nchw`` or ``auto``.
    size : tuple of int, optional
        Height and width of the images, where the networks take any.
    latent : str, optional
        Which output of an encoder is the latent vector, counted from 0; of one Keras model, the name of the layer
        whose output it is.
    log_variance : str
        Which output of an encoder holds the log variances of posteriors, counted from 0; ``auto``, or ``none`` where
        the vectors shall be no means.
    """

    value_range: str = AUTO
    layout: str = AUTO
    size: tuple[int, int] | None = None
    latent: str | None = None
    log_variance: str = AUTO

    def __post_init__(self) -> None:
        if self.value_range not in (AUTO, *RANGES):
            raise InputError(f"The range {self.value_range!r} is not known; give {AUTO}, {', '.join(RANGES)}.")
        if self.layout not in (AUTO, *LAYOUTS):
            raise InputError(f"The layout {self.layout!r} is not known; give {AUTO}, {', '.join(LAYOUTS)}.")
        if self.size is not None and not all(1 <= side <= 4096 for side in self.size):
            raise InputError(f"Images of {self.size} pixels are not possible; give height and width from 1 to 4,096.")
        if self.log_variance not in (AUTO, NONE) and not self.log_variance.isdecimal():
            raise InputError(
                f"The log variance {self.log_variance!r} is not known; give {AUTO}, {NONE}, or the number of an output."
            )

    @property
    def ranges(self) -> tuple[str, ...]:
        """Ranges to try."""
        return tuple(RANGES) if self.value_range == AUTO else (self.value_range,)

    @property
    def layouts(self) -> tuple[str, ...]:
        """Layouts to try."""
        return LAYOUTS if self.layout == AUTO else (self.layout,)

    @property
    def output(self) -> int | None:
        """Output of an encoder that is the latent vector; None where it is to be found, or a layer is named."""
        return int(self.latent) if self.latent is not None and self.latent.isdecimal() else None


@dataclass(frozen=True, eq=False)
class Model:
    """Networks that belong together.

    Attributes
    ----------
    autoencoder : ForeignAutoencoder
        Its ranges and layouts are those of the best guess once it was tried.
    paths : tuple of Path
        Encoder and decoder, or the one file of both.
    tried : Tried, optional
        What the trial found; None before it.
    laws : Laws
        What is known of posteriors.
    """

    autoencoder: ForeignAutoencoder
    paths: tuple[Path, ...]
    tried: Tried | None = None
    laws: Laws = field(default_factory=Laws)

    def describe(self) -> tuple[str, ...]:
        """Return what was found, one sentence each."""
        config = self.autoencoder.config
        height, width, channels = config.image_shape
        kind = {"keras": "Keras layers", "onnx": "ONNX graphs"}[config.kind]
        parts = "encoder and decoder" if config.has_encoder else "a decoder alone"
        colour = "colour" if channels == 3 else "grey"
        names = " and ".join(path.name for path in self.paths)
        lines = [
            f"{names}: {parts} of {kind}, {config.weights:,} weights, {width}×{height} pixels in {colour}, "
            f"{config.latent_size:,} components"
        ]
        if self.tried is not None:
            lines += _told(self.tried, config)
        lines += [self.laws.said] if self.laws.said else []
        return tuple(lines)


def read_size(text: str) -> tuple[int, int]:
    """Return height and width from ``64x48``; raise `InputError` on anything else."""
    height, _, width = text.lower().partition("x")
    if not (height.isdecimal() and width.isdecimal()):
        raise InputError(f"{text!r} is no size; give height and width as 64x48.")
    return int(height), int(width)


def is_model(path: Path) -> bool:
    """Return whether a path may hold networks: by its suffix, or, of a folder, by what lies in it."""
    return path.suffix.lower() in SUFFIXES | PICKLES | OLDER or (path.is_dir() and bool(_in_folder(path)))


def open_model(paths: Sequence[Path], wishes: Wishes) -> Model:
    """Open an encoder and a decoder, one Keras model that is both, or a decoder alone.

    Raises
    ------
    InputError
        If a file is refused or damaged, they do not fit together, or there are others than these.
    """
    files = [file for path in paths for file in (_in_folder(path) if path.is_dir() else [path])]
    for file in files:
        _require_readable(file)
    if len({file.suffix.lower() for file in files}) > 1 or len(files) > 2:
        listed = ", ".join(file.name for file in files[:4])
        raise InputError(f"{listed} are no encoder and decoder of one kind; give two .keras or two .onnx files.")
    return _keras(files, wishes) if files[0].suffix.lower() == ".keras" else _onnx(files, wishes)


def try_model(
    model: Model,
    wishes: Wishes,
    images: npt.NDArray[np.uint8] | None = None,
    vectors: npt.NDArray[np.floating] | None = None,
) -> Model:
    """Return a model with the ranges, layouts and output that were found by trying.

    Parameters
    ----------
    model : Model
    wishes : Wishes
    images : uint8 array of shape (n, height, width, channels), optional
        Photographs to encode and decode.
    vectors : array of shape (n, latent_size), optional
        To decode where there are no images.

    Raises
    ------
    InputError
        If there is neither, or nothing sound comes back.
    """
    one = model.autoencoder
    config, encoder, decoder = one.config, one.encoder, one.decoder
    ways = {"ranges": wishes.ranges, "layouts": wishes.layouts}
    if vectors is not None and images is None:
        tried = try_alone(decoder, config, np.asarray(vectors[:TRIED], np.float32), **ways)
        if encoder is not None:  # it is tried with what the decoder makes, whose range is known
            alone = type(one)(tried.configured(config), encoder, decoder)
            images = alone.decode(vectors[:TRIED])
    if images is not None and encoder is not None:
        tried = try_together(encoder, decoder, config, images[:TRIED], **ways, latent_output=wishes.output)
    elif vectors is None:
        raise InputError(f"{model.paths[0].name} is a decoder alone; give vectors that it decodes, or its encoder.")
    config, laws = tried.configured(config), Laws()
    if images is not None and encoder is not None and wishes.log_variance != NONE:
        told = None if wishes.log_variance == AUTO else int(wishes.log_variance)
        laws = find_laws(type(one)(config, encoder, decoder), tried.outputs, images[:TRIED], told)
        config = replace(config, log_variance_output=laws.output)
    return Model(type(one)(config, encoder, decoder), model.paths, tried, laws)


def _keras(files: Sequence[Path], wishes: Wishes) -> Model:
    networks = [open_keras(file) for file in files]
    if len(networks) == 2:
        sized = [_at(network, _size_of(networks, wishes)) for network in networks]
        encoder, decoder = tell_apart(sized[0], sized[1], (files[0], files[1]), wishes.size)
        return _model(KerasAutoencoder, KerasConfig, encoder, decoder, _in_order(files, sized, encoder), wishes)
    network = _at(networks[0], wishes.size)
    if _is_both(network, wishes):
        named = None if wishes.output is not None else wishes.latent
        encoder, decoder = split(network, files[0], named)
        return _model(KerasAutoencoder, KerasConfig, encoder, decoder, files, wishes)
    return _alone(KerasAutoencoder, KerasConfig, network, files[0], wishes)


def _onnx(files: Sequence[Path], wishes: Wishes) -> Model:
    networks = [open_onnx(file, wishes.size) for file in files]
    if len(networks) == 2:
        size = _size_of(networks, wishes)
        sized = [n if None not in n.input_shape else open_onnx(f, size) for n, f in zip(networks, files, strict=True)]
        encoder, decoder = tell_apart(sized[0], sized[1], (files[0], files[1]), wishes.size)
        return _model(OnnxAutoencoder, OnnxConfig, encoder, decoder, _in_order(files, sized, encoder), wishes)
    if _is_both(networks[0], wishes):
        raise InputError(f"{files[0]} is encoder and decoder in one; export them as two .onnx files.")
    return _alone(OnnxAutoencoder, OnnxConfig, networks[0], files[0], wishes)


def _model(
    kind: Callable[..., ForeignAutoencoder],
    config: Callable[..., ForeignConfig],
    encoder: Network,
    decoder: Network,
    paths: Sequence[Path],
    wishes: Wishes,
) -> Model:
    taken = {shape for shape, _ in image_layouts(encoder.input_shape, wishes.size)}
    made = [shape for shape, _ in image_layouts(decoder.output_shapes[0], wishes.size)]
    shape = next((s for s in made if s in taken), None)
    if shape is None:
        raise InputError(f"{paths[0]} takes other images than {paths[-1].name} makes; give two that fit.")
    facts = config(
        *shape,
        latent_size=math.prod(side or 1 for side in decoder.input_shape),
        has_encoder=True,
        weights=encoder.weight_count + decoder.weight_count,
        encoder_layers=encoder.layers[:1000],
        decoder_layers=decoder.layers[:1000],
        **_UNTRIED,
    )
    return Model(kind(facts, encoder, decoder), tuple(paths))


def _alone(
    kind: Callable[..., ForeignAutoencoder],
    config: Callable[..., ForeignConfig],
    decoder: Network,
    path: Path,
    wishes: Wishes,
) -> Model:
    made = image_layouts(decoder.output_shapes[0], wishes.size)
    if not made or None in decoder.input_shape or len(decoder.output_shapes) > 1:
        shown = ", ".join("×".join(str(side or "any") for side in shape) for shape in decoder.output_shapes)
        raise InputError(
            f"{path} makes {shown} of {'×'.join(str(side or 'any') for side in decoder.input_shape)}, so it is no "
            "decoder of images; give an encoder together with its decoder."
        )
    facts = config(
        *made[0][0],
        latent_size=math.prod(side or 1 for side in decoder.input_shape),
        has_encoder=False,
        weights=decoder.weight_count,
        encoder_layers=(),
        decoder_layers=decoder.layers[:1000],
        **_UNTRIED,
    )
    return Model(kind(facts, None, decoder), (path,))


_UNTRIED = {
    "input_range": "0,1",
    "output_range": "0,1",
    "input_layout": "nhwc",
    "output_layout": "nhwc",
    "latent_output": 0,
}


def _is_both(network: Network, wishes: Wishes) -> bool:
    """Return whether a network makes images of images of the same shape."""
    taken = {shape for shape, _ in image_layouts(network.input_shape, wishes.size)}
    return bool(taken & {shape for shape, _ in image_layouts(network.output_shapes[0], wishes.size)})


def _at(network: KerasNetwork, size: tuple[int, int] | None) -> KerasNetwork:
    """Return a network that takes images of any size as one of a certain size."""
    shape = at_size(network.input_shape, size)
    return network if shape == network.input_shape else network.at(shape)


def _size_of(networks: Sequence[Network], wishes: Wishes) -> tuple[int, int] | None:
    """Return the size of the images: what a user says, or what one of the networks makes."""
    if wishes.size is not None:
        return wishes.size
    made = [shape for network in networks for shape, _ in image_layouts(network.output_shapes[0])]
    return made[0][:2] if made else None


def _in_order(files: Sequence[Path], networks: Sequence[Network], encoder: Network) -> Sequence[Path]:
    return files if networks[0] is encoder else files[::-1]


def _in_folder(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())


def _require_readable(path: Path) -> None:
    kind = path.suffix.lower()
    if kind in PICKLES:
        raise InputError(
            f"{path} may be a pickle, which is code and is never opened; export encoder and decoder to ONNX, as "
            "docs/your-model.md shows."
        )
    if kind in OLDER:
        raise InputError(
            f"{path} is of a format that is not read; save the model as a .keras file, or export it to ONNX."
        )
    if kind not in SUFFIXES:
        raise InputError(f"{path} is neither vectors nor a model; give {', '.join(sorted(SUFFIXES))} files.")
    if not path.is_file():
        raise InputError(f"{path} does not exist or is no file; give the file of a model.")


def _told(tried: Tried, config: ForeignConfig) -> list[str]:
    """Return what a trial found, the rejected guesses among it."""
    best = tried.guesses[0]
    meant = f"pixels in [{best.input_range.replace(',', ', ')}]"
    if best.output_range != best.input_range:
        meant += f" in and [{best.output_range.replace(',', ', ')}] out"
    layouts = (
        best.input_layout
        if best.input_layout == best.output_layout
        else f"{best.input_layout} in, {best.output_layout} out"
    )
    if not math.isfinite(best.error):
        return [f"{meant}, {layouts}: judged by what the decoder makes of the vectors"]
    lines = [f"{meant}, {layouts}: mean squared error of reconstructions {best.error:.3g}"]
    others = [g for g in tried.guesses[1:] if g.input_range == g.output_range and g.input_layout == g.output_layout]
    if others:
        said = "; ".join(f"[{g.input_range.replace(',', ', ')}] {g.input_layout} {g.error:.3g}" for g in others[:5])
        lines.append(f"rejected: {said}")
    if len(tried.outputs) > 1:
        roles = ", ".join(f"{o.index} {o.role} ({o.error:.3g} when decoded)" for o in tried.outputs)
        lines.append(f"outputs of the encoder: {roles}; {config.latent_output} is taken for the latent vector")
    return lines
