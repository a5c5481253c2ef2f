"""Latent vectors of a user's files."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.sources.vectors import open_vectors

SENTENCE = r"^[^\n]+\.$"
COUNT, DIMENSION = 12, 5


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(COUNT, DIMENSION))


def names(values: np.ndarray) -> list[str]:
    return [f"{i:06}.jpg" for i in range(len(values))]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
def test_an_array_keeps_the_precision_that_it_came_in(tmp_path: Path, values: np.ndarray, dtype: str) -> None:
    np.save(tmp_path / "z.npy", values.astype(dtype))
    found = open_vectors(tmp_path / "z.npy")
    np.testing.assert_array_equal(found.array, values.astype(dtype))
    assert found.array.dtype == np.dtype(dtype).newbyteorder("=")
    assert found.names is None


def test_an_array_stays_on_the_disk(tmp_path: Path, values: np.ndarray) -> None:
    np.save(tmp_path / "z.npy", values)
    assert isinstance(open_vectors(tmp_path / "z.npy").array, np.memmap)


def test_whole_numbers_are_vectors_too(tmp_path: Path) -> None:
    np.save(tmp_path / "z.npy", np.arange(12).reshape(4, 3))
    np.testing.assert_array_equal(open_vectors(tmp_path / "z.npy").array, np.arange(12.0).reshape(4, 3))


@pytest.mark.parametrize("pack", [np.savez, np.savez_compressed])
def test_of_several_packed_arrays_the_vectors_are_found(tmp_path: Path, values: np.ndarray, pack: object) -> None:
    pack(tmp_path / "z.npz", images=np.zeros((COUNT, 4, 4, 3), np.uint8), latents=values, labels=np.zeros((COUNT, 2)))
    np.testing.assert_array_equal(open_vectors(tmp_path / "z.npz").array, values)


def test_packed_arrays_that_do_not_say_which_are_the_vectors_are_listed(tmp_path: Path, values: np.ndarray) -> None:
    np.savez(tmp_path / "z.npz", a=values, b=values)
    with pytest.raises(InputError, match=r"holds a \(12, 5\), b \(12, 5\), and no single array .*'latents'\.$"):
        open_vectors(tmp_path / "z.npz")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_names_its_rows_and_keeps_its_other_columns(tmp_path: Path, values: np.ndarray, separator: str) -> None:
    table = pd.DataFrame(values, columns=[f"z_{j}" for j in range(DIMENSION)])
    table.insert(0, "image", names(values))
    table["donor"] = [f"donor {i % 3}" for i in range(COUNT)]
    table["smiling"] = np.arange(COUNT) % 2 == 0
    table.to_csv(tmp_path / "z.csv", index=False, sep=separator)
    found = open_vectors(tmp_path / "z.csv")
    np.testing.assert_array_equal(found.array, values)
    assert found.names is not None
    assert list(found.names) == names(values)
    assert list(found.columns) == ["donor", "smiling"]
    assert found.describe() == (
        "12 vectors of 5 components in float64 (from columns z_0 … z_4), named, and columns donor, smiling"
    )


def test_a_parquet_column_of_lists_is_vectors(tmp_path: Path, values: np.ndarray) -> None:
    table = pd.DataFrame({"id": np.arange(COUNT), "embedding": list(values.astype(np.float32))})
    table.to_parquet(tmp_path / "z.parquet")
    found = open_vectors(tmp_path / "z.parquet")
    np.testing.assert_array_equal(found.array, values.astype(np.float32))
    assert found.names is not None
    assert list(found.names[:2]) == ["0", "1"]


def test_what_is_pickled_is_never_unpickled(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "harm",))

    np.save(tmp_path / "object.npy", np.array([[Hostile()]], object), allow_pickle=True)
    np.savez(tmp_path / "object.npz", latents=np.array([[Hostile()]], object))
    (tmp_path / "pickled.npy").write_bytes(pickle.dumps(Hostile()))
    for name in ("object.npy", "object.npz", "pickled.npy"):
        with pytest.raises(InputError, match=SENTENCE):
            open_vectors(tmp_path / name)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(5),
        np.zeros((2, 3, 4)),
        np.zeros((0, 3)),
        np.zeros((3, 0)),
        np.zeros((2, 2), complex),
        np.array([["a"]]),
    ],
    ids=lambda a: f"{a.dtype}{a.shape}",
)
def test_an_array_that_is_no_vectors_is_refused_with_its_shape(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "z.npy", array)
    with pytest.raises(InputError, match=SENTENCE):
        open_vectors(tmp_path / "z.npy")


def test_a_packed_array_that_promises_too_much_is_not_unpacked(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 1000)})
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("latents.npy", header.getvalue() + bytes(1000))
    with pytest.raises(InputError, match=r"unpacks to more than 4 GiB; save it as a \.npy file\.$"):
        open_vectors(tmp_path / "bomb.npz")


def test_what_was_packed_is_mapped_and_what_grows_like_no_vectors_is_refused(
    tmp_path: Path, values: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "z.npz", latents=values)
    assert isinstance(open_vectors(tmp_path / "z.npz").array, np.memmap)
    np.savez_compressed(tmp_path / "zeros.npz", latents=np.zeros((2000, 8)))
    monkeypatch.setattr("core.sources.vectors.UNSUSPECTED", 2**16)
    with pytest.raises(InputError, match=r"zeros\.npz unpacks to more than 50 times its size, as no vectors do; .*\.$"):
        open_vectors(tmp_path / "zeros.npz")


def test_too_many_whole_numbers_are_not_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "z.npy", np.zeros((40, 4), np.int8))
    monkeypatch.setattr("core.sources.vectors.MAX_CONVERTED", 1000)
    with pytest.raises(InputError, match=r"holds int8, too many to be converted; save them as float32\.$"):
        open_vectors(tmp_path / "z.npy")


def test_more_than_a_packed_array_promises_is_not_read(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2, 3)})
    with zipfile.ZipFile(tmp_path / "long.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("latents.npy", header.getvalue() + bytes(50_000_000))
    assert open_vectors(tmp_path / "long.npz").array.shape == (2, 3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty.csv", ""),
        ("head.csv", "image,z_0\n"),
        ("words.csv", "image,smiling\na.jpg,yes\n"),
        ("twice.csv", "z,z\n1.5,2.5\n"),
        ("ragged.csv", "z_0,z_1\n1.5,2.5\n1.5,2.5,3.5\n"),
        ("binary.csv", "\0\1\2"),
        ("note.txt", "1.5"),
        ("page.parquet", "<html>"),
    ],
)
def test_a_file_that_is_no_table_of_vectors_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=SENTENCE):
        open_vectors(tmp_path / name)


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.npy", tmp_path):
        with pytest.raises(InputError, match="does not exist or is no file"):
            open_vectors(path)


def test_lists_of_different_lengths_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"z": [[1.0, 2.0], [1.0]]}).to_parquet(tmp_path / "z.parquet")
    with pytest.raises(InputError, match="lists of different lengths"):
        open_vectors(tmp_path / "z.parquet")


def _files(values: np.ndarray) -> dict[str, bytes]:
    table = pd.DataFrame(values, columns=[f"z_{j}" for j in range(DIMENSION)]).assign(image=names(values))
    buffers = {kind: io.BytesIO() for kind in ("npy", "npz", "parquet")}
    np.save(buffers["npy"], values)
    np.savez_compressed(buffers["npz"], latents=values)
    table.to_parquet(buffers["parquet"])
    return {kind: buffer.getvalue() for kind, buffer in buffers.items()} | {"csv": table.to_csv(index=False).encode()}


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["npy", "npz", "parquet", "csv"]),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.binary(min_size=0, max_size=6), st.booleans()), min_size=1, max_size=4
    ),
)
def test_a_mutated_file_opens_or_is_refused(
    values: np.ndarray, tmp_path_factory: pytest.TempPathFactory, kind: str, edits: list[tuple[float, bytes, bool]]
) -> None:
    data = _files(values)[kind]
    for place, new, replace in edits:
        start = int(place * len(data))
        data = data[:start] + new + data[start + len(new) * replace :]
    path = tmp_path_factory.getbasetemp() / f"mutated.{kind}"
    path.write_bytes(data)
    try:
        assert open_vectors(path).array.ndim == 2
    except InputError as error:
        said = str(error)
    else:
        said = open_vectors(path).describe()
    assert "\n" not in said
