"""Pages on a study that is too large to be worked on at once: the same pages, with a sentence on what is sampled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import jobs
from core.selection import as_text, parse, select, selected
from core.space import inspection
from core.statistics import description as describing_vectors
from core.study import Study, clouds, describing, index, sampling
from core.study import description as opening
from core.study.writing import write_vectors
from pages.parts.loaders import vectors as loading
from pages.sections import bulk_cloud
from tests.pages.conftest import Open

COUNT, SAMPLED = 3000, "a uniform sample, 800 of the 3,000 vectors"

FAR = (10, 500, 1000, 1500, 2000, 2500)
"""Rows that lie together, far out."""


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    for module in (describing_vectors, describing, sampling, opening, clouds, bulk_cloud):
        monkeypatch.setattr(module, "EXACT", 1000)
    monkeypatch.setattr(sampling, "EACH_HALF", 400)
    rng = np.random.default_rng(0)
    vectors = rng.gamma(2.0, size=(COUNT, 1)) + rng.normal(size=(COUNT, 5))
    vectors[list(FAR)] += 60
    rows = pd.DataFrame({"image": [f"v{i}" for i in range(COUNT)], "red": vectors[:, 0] > 2})
    return write_vectors(vectors, tmp_path / "large", rows, title="Large")


@pytest.mark.parametrize(
    ("page", "choices", "sampled"),
    [
        ("bulk", {"view": "space", "colour": "Mahalanobis distance"}, True),
        ("bulk", {}, True),
        ("normality", {"removed": 20, "directions": "axis"}, True),
        ("correlations", {}, True),
        ("radii", {}, False),
        ("components", {}, False),
    ],
)
def test_every_page_opens_and_says_what_is_sampled(
    door: Open, large: Study, page: str, choices: dict[str, str | int], sampled: bool
) -> None:
    app = door(page, large.folder, **choices)
    assert not app.exception
    assert not app.error
    assert any(SAMPLED in caption.value for caption in app.caption) == sampled


@pytest.mark.parametrize("page", ["bulk", "faces", "radii"])
def test_a_selection_is_counted_over_all_vectors(door: Open, large: Study, page: str) -> None:
    studied = opening.open_study(large.folder)
    rule = parse("polygon(axis1, axis2: 0 -9, 9 -9, 9 9, 0 9) and red")
    count = int(select(rule, studied, describing.describe_study(studied)).sum())
    assert 100 < count < COUNT / 2
    app = door(page, large.folder, vectors=24, select=as_text(rule), fit_to="selection")
    assert not app.exception
    assert not app.error
    assert any(f"{count:,} of 3,000" in text.value for text in app.sidebar.markdown)


@pytest.mark.parametrize("page", ["bulk", "components"])
def test_what_is_selected_is_told_by_a_sample_and_by_all_when_asked(
    door: Open, large: Study, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selected, "READ", 100)
    app = door(page, large.folder, vectors=24, select="red")
    assert not app.exception
    assert not app.error
    by_sample, sampled = said(app), "Components and axes are those of a uniform sample, "
    assert (sampled in by_sample) == (page == "bulk")
    app.toggle(key_of("read_all", app)).set_value(True).run()
    assert not app.exception
    assert sampled not in said(app)
    few = door(page, large.folder, vectors=24, select="unusual(50)")
    assert not few.exception
    assert sampled not in said(few)
    assert not [one for one in few.toggle if "read_all" in str(one.key)]


def test_a_plane_shows_all_vectors_counted_and_another_one_when_asked(door: Open, large: Study) -> None:
    app = door("bulk", large.folder)
    assert not app.exception
    assert "The blue shade is all 3,000 of them, counted" in shown(app)
    app = door("bulk", large.folder, plane="component")
    assert "The blue shade is all" not in shown(app)
    app.button("count_cloud").click().run()
    assert not app.exception
    assert "The blue shade is all 3,000 of them, counted" in shown(app)
    studied = opening.open_study(large.folder)
    counted = clouds.find_cloud(studied, (("component", 0), ("component", 1)))
    assert counted is not None
    wanted = np.histogram2d(
        studied.latents[:, 1].astype(float), studied.latents[:, 0].astype(float), [counted.up, counted.across]
    )
    np.testing.assert_array_equal(counted.counts, wanted[0])
    assert counted.total == COUNT  # the cells reach as far as any vector


@pytest.fixture
def indexable(large: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(index, "EXACT", 1000)
    return large


def key_of(name: str, app: AppTest) -> str:
    return next(str(one.key) for one in app.toggle if name in str(one.key))


def shown(app: AppTest) -> str:
    return " ".join(text.value for text in (*app.markdown, *app.caption))


def said(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def test_without_an_index_a_page_looks_among_some_and_through_all_when_asked(
    door: Open, indexable: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "LIKE", 50)
    with monkeypatch.context() as patch:
        patch.setattr(loading, "nearest_vectors", lambda *_: pytest.fail("read all vectors"))
        app = door("faces", indexable.folder, vectors=24)
    assert not app.exception
    assert "the nearest among a uniform sample of 800 vectors and the" in said(app)
    app.toggle(key_of("through_all", app)).set_value(True).run()
    assert not app.exception
    assert "All 3,000 vectors were read to find the nearest" in said(app)


def test_what_lies_far_out_is_sure_to_have_its_nearest_shown(
    door: Open, indexable: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "LIKE", 50)
    named = str(indexable.rows["image"].iloc[FAR[0]])
    app = door("faces", indexable.folder, vectors=24, side="named", named=named)
    assert not app.exception
    assert "None of the 3,000 vectors is nearer" in said(app)
    near = next(one.value for one in app.dataframe if "euclidean" in one.value)
    assert sorted(near["row"]) == list(FAR)


def test_a_page_offers_to_make_an_index(door: Open, indexable: Study) -> None:
    app = door("faces", indexable.folder, vectors=24)
    assert not app.exception
    app.button("make_index").click().run()
    assert not app.exception
    assert [job.arguments[0] for job in jobs()] == ["index"]
    assert jobs()[0].title == "indexing large"


def test_with_an_index_a_page_says_what_it_finds_and_reads_no_more(
    door: Open, indexable: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.build_index(indexable, describing.describe_study(indexable))
    monkeypatch.setattr("core.space.inspection.nearest_exactly", None)
    app = door("faces", indexable.folder, vectors=24)
    assert not app.exception
    assert "through an index, and their distances are exact" in said(app)
    assert not [button for button in app.button if button.key == "make_index"]


def test_the_first_page_looks_for_no_nearest_vectors(
    door: Open, indexable: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.space.inspection.nearest_exactly", None)
    assert not door("start", indexable.folder, vectors=24).exception


def test_the_farthest_of_all_vectors_are_listed(door: Open, indexable: Study) -> None:
    app = door("bulk", indexable.folder, vectors=24)
    assert not app.exception
    described = describing.describe_study(indexable)
    expected = np.argsort(-np.asarray(described.distances), kind="stable")[:10]
    table = next(one.value for one in app.dataframe if "deviation" in one.value)
    assert table["row"].tolist() == expected.tolist()
    assert "Of all 3,000 vectors of Large, " in said(app)
