"""An ONNX file, looked at and tried before anything believes it: what it holds, and what it gives for one block.

Run in a process of its own (see :mod:`core.networks.apart`). What could run code, read other files or never end is
refused unrun: operators of other domains, functions, loops and branches, data outside the file's folder.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.apart import run_apart, serve
from core.networks.foreign import at_size
from core.networks.runtime import import_onnxruntime

__all__ = ["BLOCK_SIZES", "Facts", "try_onnx"]

DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml"})
"""Whose operators ONNX Runtime knows by itself."""

MAX_FILE = 450 * 10**6
"""Bytes of a file with what belongs to it: a hundred million weights in float32, and the graph."""

MAX_NODES, MAX_SIDE = 20_000, 2**16
"""Operators of a graph, and size of a tensor along one axis of an input."""

MAX_VALUES = 2**26
"""Numbers of an input or output."""

BLOCK_SIZES = (64, 1)
"""Images or vectors that a block of a graph may hold where it does not say how many itself."""

FLOATS = {1: "float32", 10: "float16", 11: "float64"}
"""Types of ONNX that inputs and outputs may have."""

EXTERNAL = 1
"""Where a tensor says that its data lie in another file."""

REMEDY = "export the model anew, with fixed sizes and standard operators"


@dataclass(frozen=True)
class Facts:
    """What was found in a file.

    Attributes
    ----------
    input_shape : tuple
        Without the number in a block; None where the graph takes any size.
    input_type : str
    block : int, optional
        Inputs that a block must hold; None for any number.
    output_shapes : tuple of tuple of int
        As tried, or as the graph says where it was not; without the number in a block.
    operators : tuple of str
    weights : int
        Numbers in the graph's tensors.
    """

    input_shape: tuple[int | None, ...]
    input_type: str
    block: int | None
    output_shapes: tuple[tuple[int | None, ...], ...]
    operators: tuple[str, ...]
    weights: int

    @classmethod
    def of(cls, said: dict[str, Any]) -> Facts:
        """Return the facts that a child has written as JSON."""
        return cls(
            tuple(said["input_shape"]),
            said["input_type"],
            said["block"],
            tuple(tuple(shape) for shape in said["output_shapes"]),
            tuple(said["operators"]),
            said["weights"],
        )


def try_onnx(path: Path, size: tuple[int, int] | None, out: Path) -> Facts:
    """Look at an ONNX file, run it once, and write it with all its data into one file.

    Parameters
    ----------
    path : Path
    size : tuple of int, optional
        Height and width of an image, where the graph leaves them open.
    out : Path
        Is written.

    Raises
    ------
    InputError
        If the file is damaged or too large, holds anything that is refused, or does not run in the time and memory
        that a trial has.
    """
    request = {"path": str(path), "size": size, "out": str(out)}
    return Facts.of(run_apart("core.networks.onnx_trial", request, path, REMEDY))


def _work(request: dict[str, Any]) -> dict[str, Any]:
    path, size = Path(request["path"]), request["size"]
    model = _read(path)
    graph = model.graph
    _require_plain(path, model)
    _gather_external(path, model)
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1 or not graph.output:
        raise InputError(f"{path} takes {len(inputs)} inputs, not images or vectors alone; {REMEDY}.")
    sides, kind = _sides(path, inputs[0]), inputs[0].type.tensor_type.elem_type
    shape = at_size(sides[1:], size)
    data = model.SerializeToString()
    Path(request["out"]).write_bytes(data)
    facts = {
        "input_shape": shape,
        "input_type": FLOATS[kind],
        "block": sides[0],
        "operators": [node.op_type for node in graph.node if node.op_type != "Constant"][:2000],
        "weights": sum(math.prod(tensor.dims) for tensor in graph.initializer if tensor.data_type in FLOATS),
    }
    if None in shape:
        return {**facts, "output_shapes": [[None]] * len(graph.output)}
    return {**facts, **_tried(path, data, [side or 0 for side in shape], sides[0], FLOATS[kind])}


def _read(path: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError

    _require_small(path)
    try:
        model = onnx.ModelProto.FromString(path.read_bytes())
    except (OSError, DecodeError, ValueError) as error:
        raise InputError(f"{path} cannot be read as an ONNX file ({str(error)[:160].rstrip('.')}); {REMEDY}.") from None
    if not model.graph.node:
        raise InputError(f"{path} cannot be read as an ONNX file (it holds no operator); {REMEDY}.")
    return model


def _require_small(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"{path} does not exist or is no file; give an ONNX file.")
    if path.stat().st_size > MAX_FILE:
        raise InputError(f"{path} has more than {MAX_FILE // 10**6} MB; give a smaller model.")


def _require_plain(path: Path, model: Any) -> None:
    """Raise `InputError` if a graph holds anything that is not an operator of ONNX on numbers."""
    if model.functions:
        raise InputError(f"{path} defines functions of its own ({model.functions[0].name[:60]!r}); {REMEDY}.")
    if len(model.graph.node) > MAX_NODES:
        raise InputError(f"{path} has {len(model.graph.node):,} operators, {MAX_NODES:,} are the most; {REMEDY}.")
    if wrong := next((o.domain for o in model.opset_import if o.domain not in DOMAINS), None):
        raise InputError(f"{path} needs operators of {wrong[:60]!r}, which this program does not run; {REMEDY}.")
    for node in model.graph.node:
        if node.domain not in DOMAINS:
            raise InputError(f"{path} holds the operator {node.op_type[:60]!r} of {node.domain[:60]!r}; {REMEDY}.")
        if not (node.op_type.isascii() and node.op_type.isidentifier() and len(node.op_type) <= 60):
            raise InputError(f"{path} holds the operator {node.op_type[:60]!r}, which ONNX does not know; {REMEDY}.")
        if any(a.HasField("g") or a.graphs for a in node.attribute):
            raise InputError(f"{path} holds a loop or a branch ({node.op_type[:60]}), which may never end; {REMEDY}.")


def _tensors(model: Any) -> Iterator[Any]:
    graph = model.graph
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
                yield from (sparse.values, sparse.indices)


def _gather_external(path: Path, model: Any) -> None:
    """Take data that lie in another file of the same folder into the model; refuse those that lie elsewhere."""
    total = 0
    for tensor in _tensors(model):
        if tensor.data_location != EXTERNAL and not tensor.external_data:
            continue
        said = {entry.key: entry.value for entry in tensor.external_data}
        name = said.get("location", "")
        place = path.parent / name
        if not name or Path(name).name != name or "\\" in name or place.is_symlink() or not place.is_file():
            raise InputError(
                f"{path} keeps data in {name[:80]!r}, which is no file beside it; save the model with all its data, or "
                "give the folder that it was exported to."
            )
        try:
            start, length = int(said.get("offset", 0)), int(said.get("length", place.stat().st_size))
        except ValueError:
            start = length = -1
        if min(start, length) < 0 or start + length > place.stat().st_size:
            raise InputError(f"{path} asks for data beyond the end of {name[:80]!r}; {REMEDY}.")
        total += length
        if total > MAX_FILE:
            raise InputError(f"{path} has more than {MAX_FILE // 10**6} MB of data; give a smaller model.")
        with place.open("rb") as file:
            file.seek(start)
            tensor.raw_data = file.read(length)
        tensor.ClearField("external_data")
        tensor.ClearField("data_location")


def _sides(path: Path, value: Any) -> list[int | None]:
    """Return the shape of an input, None where it is open."""
    kind = value.type.tensor_type
    if kind.elem_type not in FLOATS or not kind.HasField("shape"):
        raise InputError(f"{path} takes an input of another type than decimal numbers, or of no shape; {REMEDY}.")
    sides = [side.dim_value if side.HasField("dim_value") else None for side in kind.shape.dim]
    known = [side for side in sides if side is not None]
    if not 2 <= len(sides) <= 5 or not all(1 <= s <= MAX_SIDE for s in known) or math.prod(known) > MAX_VALUES:
        raise InputError(f"{path} takes an input of shape {tuple(sides)[:8]}, no images or vectors; {REMEDY}.")
    return sides


def _tried(path: Path, data: bytes, shape: list[int], block: int | None, kind: str) -> dict[str, Any]:
    """Return what the graph gives for a block of zeros."""
    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        for count in BLOCK_SIZES if block is None else (block,):
            outputs = session.run(None, {name: np.zeros((count, *shape), kind)})
            _require_results(path, outputs, count)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - the errors of ONNX Runtime have no common class but this
        said = " ".join(str(error).split())
        if "alloc" in said.lower():
            raise MemoryError from None
        raise InputError(f"{path} does not run ({said[:200].rstrip('.')}); {REMEDY}.") from None
    return {"output_shapes": [o.shape[1:] for o in outputs]}


def _require_results(path: Path, outputs: Sequence[npt.NDArray[Any]], count: int) -> None:
    for output in outputs:
        if output.dtype.name not in FLOATS.values() or output.shape[:1] != (count,):
            raise InputError(
                f"{path} gives {output.dtype.name} of shape {output.shape} for {count} inputs, not decimal numbers for "
                f"each; {REMEDY}."
            )


if __name__ == "__main__":
    serve(_work)
