"""Which of two networks is the encoder, and how images are laid out for them: found by their shapes and by trying."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.backend import BLOCK, unit_range
from core.networks.foreign import (
    LAYOUTS,
    RANGES,
    ForeignConfig,
    ImageShape,
    Network,
    from_range,
    images_of,
    tensor_of,
    to_range,
)

__all__ = ["Guess", "Output", "Tried", "image_layouts", "tell_apart", "try_alone", "try_together"]

Floats = npt.NDArray[np.float32]

TOLERANCE = 0.1
"""How far beyond a range, in units of its width, a decoder's pixels may lie that is alone."""

HANDICAP = 1.1
"""How many times as large the error is taken where pixels go in and come out in two ranges, which few networks do."""


@dataclass(frozen=True)
class Guess:
    """How pixels may be meant, and how large the reconstruction error is then.

    Attributes
    ----------
    input_range, output_range, input_layout, output_layout : str
        As :class:`core.networks.foreign.ForeignConfig` has them.
    latent_output : int
        Which of the encoder's outputs was decoded.
    error : float
        Mean squared, pixels in [0, 1]; NaN where it cannot be measured.
    """

    input_range: str
    output_range: str
    input_layout: str
    output_layout: str
    latent_output: int
    error: float


@dataclass(frozen=True)
class Output:
    """One of the outputs of an encoder: what it is taken for, and the reconstruction error when it is decoded."""

    index: int
    role: Literal["mean", "log variance", "sample", "vector"]
    error: float


@dataclass(frozen=True)
class Tried:
    """What came out when networks were tried: guesses, the best first, and what the encoder's outputs are."""

    guesses: tuple[Guess, ...]
    outputs: tuple[Output, ...]

    def configured(self, config: ForeignConfig) -> ForeignConfig:
        """Return a configuration with the best guess."""
        best = self.guesses[0]
        return replace(
            config,
            input_range=best.input_range,
            output_range=best.output_range,
            input_layout=best.input_layout,
            output_layout=best.output_layout,
            latent_output=best.latent_output,
        )


def image_layouts(
    shape: tuple[int | None, ...], size: tuple[int, int] | None = None
) -> tuple[tuple[ImageShape, str], ...]:
    """Return which images a tensor may hold, and in which layouts; nothing where it can hold none.

    Parameters
    ----------
    shape : tuple of int
        Without the number in a block. A vector is taken for the pixels of a square, of the given size otherwise.
    size : tuple of int, optional
        Height and width.
    """
    if None in shape or not shape:
        return ()
    known = [side for side in shape if side is not None]
    if len(known) == 3:
        height, width, channels = known
        last = (((height, width, channels), "nhwc"),) if channels in (1, 3) else ()
        channels, height, width = known
        first = (((height, width, channels), "nchw"),) if channels in (1, 3) else ()
        return last + first
    if len(known) == 2:
        return (((known[0], known[1], 1), "nhwc"),)
    for channels in (1, 3) if len(known) == 1 else ():
        side = math.isqrt(known[0] // channels)
        height, width = size or (side, side)
        if height * width * channels == known[0]:
            return tuple(((height, width, channels), layout) for layout in LAYOUTS[:channels])
    return ()


def tell_apart(
    first: Network, second: Network, paths: tuple[Path, Path], size: tuple[int, int] | None = None
) -> tuple[Network, Network]:
    """Return the encoder and the decoder of two networks, by their shapes; by their names where both orders fit.

    Raises
    ------
    InputError
        If neither makes of the other's outputs what that takes.
    """
    pairs = [(first, second, paths), (second, first, paths[::-1])]
    fitting = [pair for pair in pairs if _fits(pair[0], pair[1], size)]
    if not fitting:
        said = "; ".join(f"{p.name} makes {_shown(n)}" for p, n in zip(paths, (first, second), strict=True))
        raise InputError(
            f"{paths[0]} and {paths[1].name} are no encoder and decoder of images ({said}); give two that fit."
        )

    def unlikelihood(pair: tuple[Network, Network, tuple[Path, ...]]) -> tuple[bool, int, bool]:
        encoder, decoder, (encoder_path, _) = pair
        size = math.prod(_known(decoder.input_shape))
        return len(encoder.input_shape) <= len(decoder.input_shape), size, "enc" not in encoder_path.stem.lower()

    encoder, decoder, _ = min(fitting, key=unlikelihood)
    return encoder, decoder


def try_together(
    encoder: Network,
    decoder: Network,
    config: ForeignConfig,
    images: npt.NDArray[np.uint8],
    *,
    ranges: Sequence[str] = tuple(RANGES),
    layouts: Sequence[str] = LAYOUTS,
    latent_output: int | None = None,
) -> Tried:
    """Encode and decode images in every way that the networks allow, and measure how far they come back.

    Parameters
    ----------
    encoder, decoder : Network
    config : ForeignConfig
        With the shape of the images and the size of the latent space; its ranges and layouts are not used.
    images : uint8 array of shape (n, height, width, channels)
    ranges, layouts : sequences of str
        That are tried.
    latent_output : int, optional
        Which of the encoder's outputs to take; found by trying otherwise.

    Raises
    ------
    InputError
        If the encoder has no such output, or nothing finite comes back.
    """
    size = config.image_shape[:2]
    enters = [name for shape, name in image_layouts(encoder.input_shape, size) if shape == config.image_shape]
    leaves = [name for shape, name in image_layouts(decoder.output_shapes[0], size) if shape == config.image_shape]
    candidates = _vector_outputs(encoder, config.latent_size)
    if latent_output is not None and latent_output not in candidates:
        raise InputError(f"The encoder's output {latent_output} is no latent vector; possible are {candidates}.")
    guesses: list[Guess] = []
    varying: set[int] = set()
    truth = unit_range(images)
    for input_range in ranges:
        for input_layout in _allowed(enters, layouts):
            tensor = tensor_of(to_range(images, input_range), input_layout, encoder.input_shape)
            outputs, again = _in_blocks(encoder, tensor), _in_blocks(encoder, tensor)
            for index in candidates:
                if not np.array_equal(outputs[index], again[index], equal_nan=True):
                    varying.add(index)
                vectors = outputs[index].reshape(len(images), *_latent_shape(decoder, config.latent_size))
                decoded = _in_blocks(decoder, vectors)[0]
                for output_layout in _allowed(leaves, layouts):
                    pixels = images_of(decoded, output_layout, config.image_shape)
                    for output_range in ranges:
                        error = float(np.square(from_range(pixels, output_range) - truth).mean(dtype=np.float64))
                        guesses.append(Guess(input_range, output_range, input_layout, output_layout, index, error))
    outputs_found = _roles(guesses, candidates, varying)
    taken = latent_output
    if taken is None:
        taken = next(output.index for output in outputs_found if output.role in ("mean", "vector"))
    sound = sorted((g for g in guesses if g.latent_output == taken and math.isfinite(g.error)), key=_unlikelihood)
    if not sound:
        raise InputError("Nothing but NaN or infinity comes back from the networks; give others, or other images.")
    return Tried(tuple(sound), outputs_found)


def try_alone(
    decoder: Network,
    config: ForeignConfig,
    vectors: Floats,
    *,
    ranges: Sequence[str] = tuple(RANGES),
    layouts: Sequence[str] = LAYOUTS,
) -> Tried:
    """Decode vectors, and take the narrowest range that holds the pixels.

    Raises
    ------
    InputError
        If a pixel is not finite.
    """
    decoded = _in_blocks(decoder, vectors.reshape(len(vectors), *_latent_shape(decoder, config.latent_size)))[0]
    if not np.isfinite(decoded).all():
        raise InputError("The decoder gives NaN or infinity for these vectors; give those that belong to it.")
    low, high = float(decoded.min()), float(decoded.max())
    size = config.image_shape[:2]
    leaves = [name for shape, name in image_layouts(decoder.output_shapes[0], size) if shape == config.image_shape]

    def beyond(name: str) -> float:
        start, end = RANGES[name]
        return max(start - low, high - end, 0.0) / (end - start)

    holding = [name for name in ranges if beyond(name) <= TOLERANCE] or [min(ranges, key=beyond)]
    best = min(holding, key=lambda name: RANGES[name][1] - RANGES[name][0])
    ordered = [best, *(name for name in ranges if name != best)]
    guesses = [Guess(n, n, layout, layout, 0, math.nan) for n in ordered for layout in _allowed(leaves, layouts)]
    return Tried(tuple(guesses), ())


def _unlikelihood(guess: Guess) -> float:
    return guess.error if guess.input_range == guess.output_range else HANDICAP * guess.error


def _roles(guesses: Sequence[Guess], candidates: Sequence[int], varying: set[int]) -> tuple[Output, ...]:
    """Return what each output is: a sample varies, the mean decodes best, what decodes worse is the log variance."""
    best = {i: min((g.error for g in guesses if g.latent_output == i), default=math.inf) for i in candidates}
    best = {i: error if math.isfinite(error) else math.inf for i, error in best.items()}
    if len(candidates) == 1:
        return (Output(candidates[0], "vector", best[candidates[0]]),)
    steady = [i for i in candidates if i not in varying] or list(candidates)
    mean = min(steady, key=lambda i: best[i])
    return tuple(
        Output(i, "mean" if i == mean else "sample" if i in varying else "log variance", best[i]) for i in candidates
    )


def _vector_outputs(encoder: Network, size: int) -> list[int]:
    return [
        i for i, shape in enumerate(encoder.output_shapes) if math.prod(_known(shape)) == size and None not in shape
    ]


def _fits(encoder: Network, decoder: Network, size: tuple[int, int] | None) -> bool:
    if None in decoder.input_shape or not decoder.output_shapes:
        return False
    pictures = {shape for shape, _ in image_layouts(decoder.output_shapes[0], size)}
    taken = {shape for shape, _ in image_layouts(encoder.input_shape, size)}
    return bool(pictures & taken and _vector_outputs(encoder, math.prod(_known(decoder.input_shape))))


def _latent_shape(decoder: Network, size: int) -> tuple[int, ...]:
    return tuple(size if side is None else side for side in decoder.input_shape)


def _in_blocks(network: Network, tensor: Floats) -> list[Floats]:
    parts = [network.run(tensor[start : start + BLOCK]) for start in range(0, len(tensor), BLOCK)]
    return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]


def _allowed(found: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [name for name in found if name in wanted] or list(found)


def _known(shape: tuple[int | None, ...]) -> list[int]:
    return [side for side in shape if side is not None]


def _shown(network: Network) -> str:
    made = ", ".join("×".join(map(str, shape)) for shape in network.output_shapes)
    return f"{made} of {'×'.join(map(str, network.input_shape))}"
