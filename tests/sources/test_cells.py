"""Vectors in AnnData files, written as its specification says, without the package."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.sources import cells, hdf5
from core.sources.vectors import open_vectors

pytestmark = pytest.mark.slow

COUNT = 5

MUTATIONS = 30

VALUES = np.random.default_rng(0).normal(size=(COUNT, 3)).astype(np.float32)
TEXT = h5py.string_dtype()


def write(path: Path) -> None:
    """Write cells with two embeddings and a column of each kind."""
    with h5py.File(path, "w") as file:
        file["X"] = np.ones((COUNT, 7))
        file["obsm/X_umap"], file["obsm/X_pca"] = np.zeros((COUNT, 2)), VALUES
        known = file.create_group("obs")
        known.attrs["_index"], known.attrs["column-order"] = "barcode", np.array(["kind", "age", "dead", "count"], TEXT)
        known["barcode"] = np.array([f"cell {i}" for i in range(COUNT)], TEXT)
        known["age"], known["dead"] = np.arange(COUNT) / 2, np.arange(COUNT) % 2 == 0
        known["kind/codes"], known["kind/categories"] = np.array([1, 0, -1, 1, 1], np.int8), np.array(["B", "T"], TEXT)
        known["count/values"], known["count/mask"] = np.arange(COUNT), np.arange(COUNT) == 2


def test_an_embedding_is_taken_with_what_is_known_of_each_cell(tmp_path: Path) -> None:
    write(tmp_path / "z.h5ad")
    found = open_vectors(tmp_path / "z.h5ad")
    np.testing.assert_array_equal(found.array, VALUES)
    assert found.names is not None
    assert list(found.names[:2]) == ["cell 0", "cell 1"]
    assert found.describe().endswith("(from obsm/X_pca), named, and columns kind, age, dead, count")
    assert found.columns["kind"].fillna("").tolist() == ["T", "B", "", "T", "T"]
    assert found.columns["dead"].tolist() == [True, False, True, False, True]
    assert found.columns["count"].isna().tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(("key", "dimension"), [("X", 7), ("X_umap", 2), ("obsm/X_umap", 2)])
def test_a_key_names_another_array(tmp_path: Path, key: str, dimension: int) -> None:
    write(tmp_path / "z.h5ad")
    assert hdf5.read(tmp_path / "z.h5ad", tmp_path, key).array.shape == (COUNT, dimension)


def test_a_key_that_is_not_there_is_refused_with_what_is(tmp_path: Path) -> None:
    write(tmp_path / "z.h5ad")
    with pytest.raises(InputError, match=r"z\.h5ad has no array 'Y'; there is X, obsm/X_pca, obsm/X_umap\.$"):
        open_vectors(tmp_path / "z.h5ad", "Y")


def test_without_embeddings_and_cells_the_measurements_are_taken(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "z.h5ad", "w") as file:
        file["X"] = VALUES
    found = open_vectors(tmp_path / "z.h5ad")
    assert (found.taken, found.names, list(found.columns)) == ("X", None, [])
    pd.testing.assert_index_equal(found.columns.index, pd.RangeIndex(COUNT))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda f: f.__delitem__("obsm/X_pca") or f.__setitem__("obsm/X_pca", h5py.ExternalLink("o.h5", "/X")),
         "missing or leads elsewhere"),
        (lambda f: f.__delitem__("obs/age") or f.__setitem__("obs/age", h5py.SoftLink("/X")),
         "missing or leads elsewhere"),
        (lambda f: f.__delitem__("obsm/X_pca") or f.create_dataset(
            "obsm/X_pca", (COUNT, 3), "f4", external=[("/etc/hostname", 0, 60)]), "kept outside the file"),
        (lambda f: f.__delitem__("obsm/X_pca") or f.create_dataset(
            "obsm/X_pca", (10**9, 1000), "f8", chunks=(1000, 1000)), "has more than 4 GiB"),
        (lambda f: f.__delitem__("obsm/X_pca") or f.create_dataset("obsm/X_pca", (2**25, 8), "f4", chunks=(1024, 8)),
         "unpacks to more than 50 times what"),
        (lambda f: f.__delitem__("obsm/X_pca") or f.create_dataset(
            "obsm/X_pca", (2**20, 8), "f4", chunks=(2**23, 8), maxshape=(None, 8)), "in pieces of more than 128 MiB"),
        (lambda f: f.__delitem__("obsm/X_pca") or f.create_dataset(
            "obsm/X_pca", (COUNT, 3), "f4", scaleoffset=3), "packed in a way that is not known"),
        (lambda f: f.__delitem__("obs/barcode") or f.create_dataset("obs/barcode", (COUNT,), "S20000"),
         "holds texts of more than 4,096 characters"),
        (lambda f: f["obs/barcode"].__setitem__(0, "x" * 20_000), "holds a text of more than 4,096 characters"),
        (lambda f: f.__delitem__("obsm/X_pca") or f.create_group("obsm/X_pca").create_dataset("data", data=[1.0]),
         "is sparse or a table"),
        (lambda f: f.__delitem__("obs/age") or f.__setitem__("obs/age", np.arange(3)), "not one value for each"),
        (lambda f: f.__delitem__("obs") or f.__setitem__("obs", np.zeros(5)), "obs is no group"),
        (lambda f: f.__delitem__("obsm/X_pca") or f.__setitem__("obsm/X_pca", np.zeros((5, 1, 1))), "of shape"),
    ],
)  # fmt: skip
def test_what_leads_elsewhere_or_is_too_large_is_refused(tmp_path: Path, change: object, complaint: str) -> None:
    write(tmp_path / "z.h5ad")
    with h5py.File(tmp_path / "z.h5ad", "a") as file:
        change(file)
    with pytest.raises(InputError, match=rf"^[^\n]*{complaint}[^\n]*\.$"):
        hdf5.read(tmp_path / "z.h5ad", tmp_path)


def test_texts_are_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "z.h5ad")
    monkeypatch.setattr(hdf5, "TEXTS", 2)
    found = hdf5.read(tmp_path / "z.h5ad", tmp_path)
    assert found.names is not None
    assert list(found.names) == [f"cell {i}" for i in range(COUNT)]


@pytest.mark.parametrize("end", ["os.abort()", "time.sleep(60)", "1 / 0"])
def test_a_file_that_ends_its_reader_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    write(tmp_path / "z.h5ad")
    monkeypatch.setattr(cells, "READER", (sys.executable, "-c", f"import os, time; {end}"))
    monkeypatch.setattr(cells, "SECONDS", 0.5)
    with pytest.raises(InputError, match=r"z\.h5ad is damaged so that it cannot be read as AnnData; .*\.$"):
        open_vectors(tmp_path / "z.h5ad")


MEASURED = """
import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(ended)
"""
"""Runs a command and prints the most memory that it took: a process of its own, since a child inherits its parent's."""


@pytest.mark.slow  # starts the reader
def test_a_text_that_every_cell_refers_to_does_not_fill_the_memory(tmp_path: Path) -> None:
    path, count, many = tmp_path / "z.h5ad", 100_000, 5_000_000
    with h5py.File(path, "w") as file:
        file["obsm/X_pca"] = np.zeros((count, 2), np.float16)
        names = file.create_dataset("obs/_index", (count,), TEXT, chunks=(count,))
        names[-1] = "x" * many
        place = names.id.get_chunk_info(0).byte_offset
    data = bytearray(path.read_bytes())
    data[place : place + 16 * count] = data[place + 16 * (count - 1) : place + 16 * count] * count
    path.write_bytes(data)  # half a terabyte of names
    command = [sys.executable, "-c", MEASURED, *cells.READER, path, "", tmp_path]
    done = subprocess.run(command, cwd=cells.ROOT, env=os.environ | cells.FRUGAL, capture_output=True, check=False)
    assert done.returncode == hdf5.REFUSED
    assert int(done.stdout.split()[-1]) * 1024 < 1.5e9


def ending(path: Path) -> int:
    """Read a file in a process of its own; return how that ends: 0, 2 (refused), 1 (an error) or a signal."""
    child = os.fork()
    if not child:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
            resource.setrlimit(resource.RLIMIT_AS, (16 * 2**30, 16 * 2**30))
            hdf5.read(path, path.parent)
            status = 0
        except InputError as error:
            status = 1 if "\n" in str(error) else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.slow
def test_a_mutated_file_opens_is_refused_or_ends_its_reader(tmp_path: Path) -> None:
    write(tmp_path / "sound.h5ad")
    sound = (tmp_path / "sound.h5ad").read_bytes()
    filled = [place for place, byte in enumerate(sound) if byte]
    rng = random.Random(0)
    endings = []
    for _ in range(MUTATIONS):
        data = bytearray(sound)
        for place in rng.choices(filled, k=rng.randint(1, 4)):
            data[place] = rng.randrange(256)
        (tmp_path / "mutated.h5ad").write_bytes(data)
        endings.append(ending(tmp_path / "mutated.h5ad"))
    assert 1 not in endings
    assert {0, 2} <= set(endings)
