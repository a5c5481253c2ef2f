"""Moments, axes and counts as arrays of a file, and back: of a whole study, or of a span that a worker summarised."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from core.statistics.axes import PrincipalAxes
from core.statistics.histograms import Histograms
from core.statistics.lattice import Lattice
from core.statistics.moments import Moments
from core.statistics.outermost import Outermost
from core.statistics.summary import Frame, Part
from core.study.kept import Arrays

__all__ = ["FRAME", "frame_of", "moments_in", "pack_frame", "pack_moments", "pack_part", "part_in"]

FRAME = "frame.npz"
"""What workers count against, beside what they find."""

Packed = dict[str, npt.NDArray[Any]]


def pack_moments(moments: Moments) -> Packed:
    """Return moments as arrays, each by its name with ``moments_`` before it."""
    return {f"moments_{f.name}": np.asarray(getattr(moments, f.name)) for f in fields(Moments)}


def moments_in(arrays: Arrays) -> Moments:
    """Return the moments that :func:`pack_moments` made arrays of."""
    raw = {f.name: arrays[f"moments_{f.name}"] for f in fields(Moments)}
    scalars = {"count": int(raw.pop("count")), "radial_fourth": float(raw.pop("radial_fourth"))}
    return Moments(**scalars, **raw)  # type: ignore[arg-type]


def pack_frame(frame: Frame) -> Packed:
    """Return a frame as arrays; of its counts, which are none, their shapes."""
    arrays = {f"axes_{f.name}": np.asarray(getattr(frame.axes, f.name)) for f in fields(PrincipalAxes)}
    counted: dict[str, Any] = {"histograms": frame.histograms, "lattice": frame.lattice}
    for name, one in counted.items():
        arrays |= {f"{name}_{f.name}": np.asarray(getattr(one, f.name)) for f in fields(one) if f.name != "counts"}
        arrays[f"{name}_shape"] = np.asarray(one.counts.shape)
    return arrays


def frame_of(arrays: Arrays) -> Frame:
    """Return the frame that :func:`pack_frame` made arrays of."""

    def known(kind: Any, name: str) -> dict[str, Any]:
        values = {f.name: arrays[f"{name}_{f.name}"] for f in fields(kind) if f.name != "counts"}
        return {field: value.item() if value.ndim == 0 else value for field, value in values.items()}

    def empty(name: str) -> npt.NDArray[np.int64]:
        return np.zeros(tuple(arrays[f"{name}_shape"]), np.int64)

    return Frame(
        PrincipalAxes(**known(PrincipalAxes, "axes")),
        Histograms(**known(Histograms, "histograms"), counts=empty("histograms")),
        Lattice(**known(Lattice, "lattice"), counts=empty("lattice")),
    )


def pack_part(part: Part, lengths: npt.NDArray[np.float32]) -> Packed:
    """Return what a span contributes to a frame as arrays, counts in 32 bits."""
    counts = {"histogram": part.histogram, "lattice": part.lattice, "outermost": part.outermost.counts}
    arrays: Packed = {name: values.astype(np.int32) for name, values in counts.items()}
    return {**arrays, "third": part.third, "fourth": part.fourth, "lengths": lengths}


def part_in(arrays: Arrays) -> tuple[Part, npt.NDArray[np.float32]]:
    """Return what :func:`pack_part` made arrays of."""
    wide = {name: arrays[name].astype(np.int64) for name in ("histogram", "lattice", "outermost")}
    outermost = Outermost(wide.pop("outermost"))
    return Part(**wide, third=arrays["third"], fourth=arrays["fourth"], outermost=outermost), arrays["lengths"]
