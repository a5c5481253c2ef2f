"""Model files that were made to do harm: each is refused with one sentence, in bounded memory, and nothing is run."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from core.errors import InputError
from core.networks import apart, keras_archive, onnx_trial
from core.networks.keras_config import checked_config
from core.networks.onnx_trial import try_onnx
from tests.helpers.foreign import graph, onnx_linear, pictures

LIMIT = 1_500_000_000
"""Bytes that a child may have taken."""

MEASURED = """#!{python} -IS
import os, resource, subprocess, sys
ended = subprocess.run([{python!r}, *sys.argv[1:]]).returncode
with open({peaks!r}, "a") as file:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=file)
if ended < 0:
    os.kill(os.getpid(), -ended)
sys.exit(ended)
"""
"""Runs Python and notes the most memory that it took: in a process between, whose own memory a child inherits."""


@pytest.fixture(scope="module", autouse=True)
def peaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the file that names the most kilobytes that each child took."""
    folder = tmp_path_factory.mktemp("measured")
    python = folder / "python"
    python.write_text(MEASURED.format(python=sys.executable, peaks=str(folder / "peaks")))
    python.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(python))
        yield folder / "peaks"


def layer(name: str, config: dict[str, Any], module: str = "keras.layers", **more: Any) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None, **more}


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    start = layer("InputLayer", {"batch_shape": [None, 8], "dtype": "float32", "name": "x"})
    return layer("Sequential", {"name": "model", "layers": [start, *layers]}, "keras")


def dense(**more: Any) -> dict[str, Any]:
    return layer("Dense", {"name": "dense", "units": 4, "activation": "relu", **more})


def archive(path: Path, config: Any, weights: bytes = b"") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("metadata.json", "{}")
        file.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        file.writestr("model.weights.h5", weights)
    return path


def hdf5(fill: Callable[[h5py.File], object]) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        work()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    return str(caught.value)


LAMBDA = {"class_name": "__lambda__", "config": {"value": "4wEAAAA=", "defaults": None, "closure": None}}

CONFIGURATIONS = {
    "a Lambda layer": (
        sequential(layer("Lambda", {"name": "evil", "function": LAMBDA})),
        "holds a Lambda 'evil', which",
    ),
    "a lambda for an activation": (sequential(dense(activation=LAMBDA)), "holds a Lambda, which is code"),
    "a lambda in what is not even read": (
        {**sequential(), "compile_config": {"loss": LAMBDA}},
        "holds a Lambda, which",
    ),
    "a class of the user's": (
        sequential(layer("Sampling", {}, "__main__", registered_name="Sampling")),
        "'Sampling' of",
    ),
    "a registered name": (sequential({**dense(), "registered_name": "Custom>Dense"}), "registered as 'Custom>Dense'"),
    "another module": (sequential(layer("system", {"args": ["true"]}, "os")), "'system' of the module 'os', which"),
    "a layer of another module": (
        sequential(layer("Dense", {"units": 1}, "evil.layers")),
        "of the module 'evil.layers'",
    ),
    "a layer that runs a saved model": (sequential(layer("TFSMLayer", {"filepath": "/tmp/x"})), "'TFSMLayer' of the"),
    "a function": (
        sequential(dense(activation=layer("function", "f", "builtins", registered_name="f"))),
        "'function' of the module 'builtins'",
    ),
    "an activation of the user's": (sequential(dense(activation="Custom>mine")), "'Custom>mine', which is code of its"),
    "an unknown activation": (sequential(dense(activation="mine")), "the activation 'mine', which is not one of Keras"),
    "a layer in a layer": (
        sequential(layer("Bidirectional", {"layer": layer("LSTM", {})})),
        "'Bidirectional' of the module",
    ),
    "an initializer of the user's": (
        sequential(dense(kernel_initializer=layer("Mine", {}, "mine"))),
        "'Mine' of the module 'mine'",
    ),
    "no model": (layer("Dense", {"units": 1}), "holds 'Dense', not a functional or sequential Keras model"),
    "a list": ([1, 2], "not a functional or sequential Keras model"),
    "a type that is none": (sequential(dense(dtype="object")), "holds the type 'object'"),
}


@pytest.mark.parametrize(("config", "complaint"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_configuration_that_is_code_is_refused_unrun(config: Any, complaint: str) -> None:
    assert complaint in refused(lambda: checked_config(config, Path("model.keras")))


def test_a_configuration_that_is_nested_without_end_is_refused() -> None:
    nested: Any = 1
    for _ in range(200):
        nested = {"config": [nested]}
    assert "nested too deeply" in refused(lambda: checked_config(sequential(dense(x=nested)), Path("m.keras")))


def external(file: h5py.File) -> None:
    file["layers"] = h5py.ExternalLink("/etc/passwd", "/")


def soft(file: h5py.File) -> None:
    file["layers/a"] = np.ones(3)
    file["b"] = h5py.SoftLink("/layers/a")


def stored_elsewhere(file: h5py.File) -> None:
    file.create_dataset("layers/a", (4,), "f4", external=[("/etc/passwd", 0, 16)])


def endless(file: h5py.File) -> None:
    file.create_group("layers")
    file["layers/again"] = file["layers"]


def enormous(file: h5py.File) -> None:
    file.create_dataset("layers/a", (2**40,), "f4", chunks=(2**16,), compression="gzip")


def texts(file: h5py.File) -> None:
    file["layers/a"] = np.array([b"abc"])


def objects(file: h5py.File) -> None:
    file.create_dataset("layers/a", data=["x", "y"], dtype=h5py.string_dtype())


WEIGHTS = {
    "an external link": (external, "holds a link to elsewhere in its weights ('layers')"),
    "a soft link": (soft, "holds a link to elsewhere in its weights ('b')"),
    "external storage": (stored_elsewhere, "keeps layers/a in another file"),
    "a group in itself": (endless, "nests its weights too deeply"),
    "an array of 4 TiB": (enormous, "holds more than 100,000,000 weights"),
    "texts": (texts, "holds |S3 in layers/a, which are no weights"),
    "strings": (objects, "holds object in layers/a, which are no weights"),
    "NaN": (lambda file: file.create_dataset("layers/a", data=[np.nan]), "holds NaN or infinity in layers/a"),
}


@pytest.mark.parametrize(("fill", "complaint"), WEIGHTS.values(), ids=WEIGHTS)
def test_weights_that_lead_elsewhere_or_are_none_are_refused(
    tmp_path: Path, fill: Callable[[h5py.File], object], complaint: str
) -> None:
    path = archive(tmp_path / "model.keras", sequential(dense()), hdf5(fill))
    request = {"path": str(path), "weights": str(tmp_path / "w.safetensors")}
    assert complaint in refused(lambda: keras_archive._work(request))
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]


ARCHIVES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (
        lambda p: p.write_bytes(archive(p, sequential()).read_bytes()[:200]),
        "cannot be read as a .keras file",
    ),
    "empty": (lambda p: p.write_bytes(b""), "cannot be read as a .keras file"),
    "no configuration": (lambda p: zipfile.ZipFile(p, "w").close(), "holds no config.json"),
    "no JSON": (lambda p: archive(p, "{"), "cannot be read as a .keras file"),
    "no HDF5": (lambda p: archive(p, sequential(dense()), b"x" * 100), "cannot be read as a .keras file ("),
    "a zip bomb": (lambda p: archive(p, " " * (9 * 2**20)), "unpacks to more than 8 MiB in config.json"),
}


@pytest.mark.parametrize(("make", "complaint"), ARCHIVES.values(), ids=ARCHIVES)
def test_an_archive_that_is_none_is_refused_and_nothing_is_left(
    tmp_path: Path, make: Callable[[Path], object], complaint: str
) -> None:
    make(tmp_path / "model.keras")
    (tmp_path / "work").mkdir()
    assert complaint in refused(lambda: keras_archive.read_archive(tmp_path / "model.keras", tmp_path / "work"))
    assert not list((tmp_path / "work").iterdir())


def test_a_bomb_of_weights_is_refused_by_what_it_says_and_by_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path / "model.keras", sequential(dense()), b"\0" * (3 * 2**20))
    request = {"path": str(path), "weights": str(tmp_path / "w.safetensors")}
    monkeypatch.setattr(keras_archive, "MAX_FILE", 2**21)
    assert "unpacks to more than 2 MiB in model.weights.h5" in refused(lambda: keras_archive._work(request))
    data = bytearray(path.read_bytes())
    size = (3 * 2**20).to_bytes(4, "little")
    data = data.replace(size, (1000).to_bytes(4, "little"))  # a header that lies
    path.write_bytes(data)
    assert "cannot be read as a .keras file" in refused(lambda: keras_archive._work(request))


def custom(model: Any) -> None:
    model.opset_import.append(helper.make_opsetid("com.evil", 1))
    model.graph.node[0].domain = "com.evil"


def function(model: Any) -> None:
    body = [helper.make_node("Identity", ["a"], ["b"])]
    model.functions.append(helper.make_function("", "Mine", ["a"], ["b"], body, [helper.make_opsetid("", 17)]))


def elsewhere(name: str) -> Callable[[Any], None]:
    def spoil(model: Any) -> None:
        tensor = model.graph.initializer[0]
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", name), ("length", "64")):
            tensor.external_data.add(key=key, value=value)

    return spoil


def wide(model: Any) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 2**60


def loop(model: Any) -> None:
    body = helper.make_graph([helper.make_node("Identity", ["c"], ["d"])], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["", ""], ["v"], body=body))


def swollen(model: Any) -> None:
    """Let a graph of a few bytes ask for 64 GiB."""
    shape = numpy_helper.from_array(np.array([2**16, 2**18], np.int64), "huge")
    model.graph.initializer.append(shape)
    model.graph.node.append(helper.make_node("ConstantOfShape", ["huge"], ["zeros"]))
    model.graph.node.append(helper.make_node("ReduceSum", ["zeros"], ["sum"], keepdims=0))
    last = model.graph.output[0].name
    model.graph.node.append(helper.make_node("Add", [last, "sum"], ["swollen"]))
    model.graph.output[0].name = "swollen"


def unknown(model: Any) -> None:
    model.graph.node[0].op_type = "Format Disk"


def one_too_many(model: Any) -> None:
    model.graph.input.append(helper.make_tensor_value_info("second", TensorProto.FLOAT, ["n", 2]))


def of_texts(model: Any) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING


def broken(model: Any) -> None:
    model.graph.node[0].input[0] = "nothing"


GRAPHS = {
    "an operator of another domain": (custom, "needs operators of 'com.evil', which this program does not run"),
    "functions": (function, "defines functions of its own ('Mine')"),
    "data in another folder": (elsewhere("../secret.bin"), "keeps data in '../secret.bin', which is no file beside it"),
    "data at the root": (elsewhere("/etc/passwd"), "keeps data in '/etc/passwd', which is no file beside it"),
    "data behind a link": (elsewhere("link.bin"), "keeps data in 'link.bin', which is no file beside it"),
    "data beyond the end": (elsewhere("short.bin"), "asks for data beyond the end of 'short.bin'"),
    "an absurd dimension": (wide, "no images or vectors"),
    "a loop": (loop, "holds a loop or a branch (Loop), which may never end"),
    "64 GiB of zeros": (swollen, ""),
    "an unknown operator": (unknown, "holds the operator 'Format Disk', which ONNX does not know"),
    "two inputs": (one_too_many, "takes 2 inputs, not images or vectors alone"),
    "texts": (of_texts, "takes an input of another type than decimal numbers"),
    "a graph that is torn": (broken, "does not run ("),
}


@pytest.mark.parametrize(("spoil", "complaint"), GRAPHS.values(), ids=GRAPHS)
def test_a_graph_that_could_do_harm_is_refused(tmp_path: Path, spoil: Callable[[Any], None], complaint: str) -> None:
    (tmp_path / "short.bin").write_bytes(b"x" * 10)
    (tmp_path / "link.bin").symlink_to("/etc/passwd")
    path, _ = onnx_linear(tmp_path, pictures(9, (4, 4, 1)), 2, spoil=spoil)
    out = tmp_path / "out.onnx"
    work = try_onnx if not complaint else lambda path, size, out: onnx_trial._work(request(path, size, out))
    assert complaint in refused(lambda: work(path, None, out))


def request(path: Path, size: Any, out: Path) -> dict[str, Any]:
    return {"path": str(path), "size": size, "out": str(out)}


def test_data_beside_a_graph_become_part_of_it(tmp_path: Path) -> None:
    path, _ = onnx_linear(tmp_path, pictures(9, (4, 4, 1)), 2)
    whole = onnx_trial._work(request(path, None, tmp_path / "whole.onnx"))
    onnx.save(onnx.load(path), path, save_as_external_data=True, location="encoder.onnx.data", size_threshold=0)
    assert (tmp_path / "encoder.onnx.data").exists()
    assert onnx_trial._work(request(path, None, tmp_path / "gathered.onnx")) == whole
    gathered = onnx.load(tmp_path / "gathered.onnx", load_external_data=False)
    assert not any(tensor.external_data for tensor in gathered.graph.initializer)


@pytest.mark.slow
def test_a_trial_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [helper.make_node("Expand", ["x", "wide"], ["a0"])]
    nodes += [helper.make_node("Erf", [f"a{i}"], [f"a{i + 1}"]) for i in range(2000)]
    nodes.append(helper.make_node("ReduceSum", ["a2000", "axis"], ["y"], keepdims=0))
    constants = {"wide": np.array([1, 1, 2_000_000]), "axis": np.array([2])}
    model = graph("slow", nodes, ("x", [1, 2, 1]), [("y", [1, 2])], constants)
    onnx.save(model, tmp_path / "slow.onnx")
    monkeypatch.setattr(apart, "SECONDS", 3.0)
    said = refused(lambda: try_onnx(tmp_path / "slow.onnx", None, tmp_path / "out.onnx"))
    assert "slow.onnx was given up after 3 seconds" in said


def test_children_that_read_hostile_files_have_stayed_within_their_memory(peaks: Path) -> None:
    found = [int(line) * 1024 for line in peaks.read_text().splitlines()]
    assert found
    assert max(found) < LIMIT


SOUND = {
    "config": json.dumps(sequential(dense())),
}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_configuration_is_refused_or_harmless(data: st.DataObject) -> None:
    text = bytearray(SOUND["config"].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(32, 126))
    try:
        config = json.loads(text)
    except ValueError:
        return
    try:
        checked = checked_config(config, Path("model.keras"))
    except InputError:
        return
    assert "Custom>" not in json.dumps(checked)


@pytest.mark.slow
@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_end_in_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["keras", "onnx"]))
    if kind == "keras":
        weights = hdf5(lambda f: f.create_dataset("layers/dense/vars/0", data=np.ones((8, 4), np.float32)))
        path = archive(tmp_path / "model.keras", sequential(dense()), damaged(weights, data))
        work: Callable[[], object] = lambda: keras_archive.read_archive(path, tmp_path)  # noqa: E731
    else:
        path, _ = onnx_linear(tmp_path, pictures(9, (4, 4, 1)), 2)
        path.write_bytes(damaged(path.read_bytes(), data))
        work = lambda: try_onnx(path, None, tmp_path / "out.onnx")  # noqa: E731
    with suppress(InputError):
        work()


def damaged(sound: bytes, data: st.DataObject) -> bytes:
    torn = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 6))):
        torn[data.draw(st.integers(0, len(torn) - 1))] = data.draw(st.integers(0, 255))
    return bytes(torn[: data.draw(st.one_of(st.just(len(torn)), st.integers(0, len(torn))))])
