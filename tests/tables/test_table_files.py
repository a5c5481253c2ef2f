"""Tables are written as CSV that opens anywhere, with every digit."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from core.space.planes import make_plane
from core.space.sample import Sample, draw_reference, draw_sample
from core.space.ways import between, curve_in_plane
from core.statistics import Description, find_core, largest_coordinates, shape
from core.study import Study
from core.tables import (
    attribute_table,
    axis_table,
    component_table,
    correlation_table,
    cut_table,
    distance_table,
    ellipse_table,
    history_table,
    pair_table,
    path_table,
    plane_table,
    quantile_table,
    radius_table,
    shape_table,
    summary_table,
    to_csv,
    vector_table,
)
from tests.helpers.ladder import AT_ONCE
from tests.helpers.planes import AXES


@pytest.fixture(scope="module")
def tables(tiny_study: Study, description: Description, sample: Sample) -> dict[str, pd.DataFrame]:
    """Every table, in each of its forms."""
    reference = draw_reference(tiny_study, description, 30, 0)
    samples = [draw_sample(tiny_study, description, s(), 50, 0) for s in AT_ONCE]
    moments, drawn = description.moments, sample.description
    plane = make_plane(description, description.axes.along(tiny_study.latents, AXES), [reference, sample], AXES)
    curve = curve_in_plane(description, AXES, "ellipse")
    shapes = [("", shape(tiny_study.latents)), ("sample", shape(sample.vectors))]
    return {
        "components": component_table(description),
        "components of a sample": component_table(description, sample),
        "correlations": correlation_table(description.moments),
        "correlations of a sample": correlation_table(description.moments, sample.description.moments),
        "radii": radius_table(description, tiny_study.rows["image"]),
        "radii of a sample": radius_table(sample.description),
        "axes": axis_table(description),
        "vectors": vector_table(sample),
        "vectors of images": vector_table(reference),
        "summary": summary_table(description, samples),
        "pairs": pair_table(tiny_study.latents, moments, drawn.moments),
        "plane": plane_table(plane),
        "ellipses": ellipse_table([plane]),
        "shapes": shape_table("component", 0, shapes),
        "cuts": cut_table(description, largest_coordinates(tiny_study.latents, description.axes)),
        "distances": distance_table(description),
        "quantiles": quantile_table(description, find_core(tiny_study.latents, description, 0.8), drawn.distances),
        "path": path_table(curve, description.axes.mahalanobis(curve.vectors), np.linspace(0, 1, len(curve))),
        "history": history_table(tiny_study),
        "attributes": attribute_table(tiny_study.rows, tiny_study.columns),
    }


def test_every_csv_opens_without_options_and_holds_every_digit(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        read = pd.read_csv(io.BytesIO(to_csv(table)))
        assert read.shape == table.shape, name
        assert list(read.columns) == list(table.columns), name
        for column in table:
            values = table[column].to_numpy()
            if pd.api.types.is_numeric_dtype(table[column]):
                np.testing.assert_array_equal(read[column].to_numpy().astype(values.dtype), values, err_msg=name)
            else:
                assert list(read[column].astype(object).fillna("")) == list(values), name


def test_a_csv_has_one_header_row_then_one_row_per_line(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        lines = to_csv(table).decode("utf-8").splitlines()
        assert len(lines) == len(table) + 1, name
        assert lines[0] == ",".join(table.columns), name


def test_columns_are_unique_and_need_no_quoting(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        assert table.columns.is_unique, name
        assert all(str(c).replace("_", "").isalnum() and str(c) == str(c).lower() for c in table.columns), name


def test_names_in_other_alphabets_and_with_commas_survive_the_csv(description: Description) -> None:
    names = [f"Gesicht ä, {i}.jpg" for i in range(len(description.radii) - 1)] + ['a "quoted" 顔.png']
    read = pd.read_csv(io.BytesIO(to_csv(radius_table(description, pd.Series(names)))))
    assert list(read["image"]) == names


def test_a_path_stands_frame_by_frame_with_its_vectors(description: Description) -> None:
    curve = curve_in_plane(description, AXES, "circle", frames=7)
    distances, errors = description.axes.mahalanobis(curve.vectors), np.linspace(0.1, 0.7, 7)
    table = path_table(curve, distances, errors)
    assert list(table.columns[:8]) == [
        "path", "frame", "position", "radius", "mahalanobis", "cycle_error", "across", "up"
    ]  # fmt: skip
    assert set(table["path"]) == {"Circle"}
    assert list(table["frame"]) == [1, 2, 3, 4, 5, 6, 7]
    np.testing.assert_array_equal(table["position"], curve.positions)
    np.testing.assert_allclose(table["radius"], np.linalg.norm(curve.vectors, axis=1))
    np.testing.assert_array_equal(table[["mahalanobis", "cycle_error"]], np.column_stack([distances, errors]))
    np.testing.assert_array_equal(table[["across", "up"]], curve.points)
    np.testing.assert_array_equal(table[[f"z_{j}" for j in range(16)]], curve.vectors)


def test_a_way_outside_of_a_plane_has_no_coordinates_in_one(description: Description, latents: np.ndarray) -> None:
    way = between(description, latents[0], latents[1], "arc", 3)
    table = path_table(way, np.zeros(3), np.zeros(3))
    assert not {"across", "up"} & set(table.columns)
    np.testing.assert_allclose(table.iloc[0, -16:].to_numpy(float), latents[0], atol=1e-9)
