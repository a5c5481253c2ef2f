"""The plain words of every comparing page follow the sample."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.captions.plainly import HOW, LOOK, plainly
from core.space.sample import Sample
from core.statistics import describe
from core.strategies import Data, Knows, MultivariateNormal, Strategy
from pages.parts.front_door import PAGES


def test_every_comparing_page_has_words_and_every_group_a_way_to_draw() -> None:
    assert {*LOOK, "faces"} == {room.file for room in PAGES if room.compares}
    assert set(HOW) == set(Knows)
    vectors = np.random.default_rng(0).standard_normal((100, 3))
    described = describe(vectors, title="Cells")
    far = Sample(Data(), 0, (vectors + 50).astype(np.float32), describe(vectors + 50, described))
    near = Sample(Data(), 0, vectors.astype(np.float32), describe(vectors, described))
    said = "0 of 100 lie where 99% of Cells lie; a perfect sampler would put about 99 there, none of them a copy."
    assert plainly("bulk", far, described).endswith(said)
    begins = (
        "The first picture is of the data alone: nothing of *Data* is in it. If the vectors of Cells were one bell, "
    )
    assert plainly("normality", far, described).startswith(begins)
    assert "perfect sampler" not in plainly("normality", far, described)
    assert "99 of 100 lie" in plainly("bulk", near, described)


@pytest.mark.parametrize(
    ("power", "words"),
    [
        (1.0, "By their outermost members they are: where 10 of 1,000 in a bell would lie, "),
        (2.0, "They are not: where 1 of 100 in a bell would lie, "),
        (0.3, "not quite: where 10 of 1,000 in a bell would lie, "),
    ],
)
def test_data_are_called_a_bell_where_as_many_lie_far_out(power: float, words: str) -> None:
    vectors = np.random.default_rng(1).standard_normal((20_000, 5))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    described = describe(vectors * lengths ** (power - 1), title="Cells")
    drawn = vectors[:100].astype(np.float32)
    sample = Sample(MultivariateNormal(), 0, drawn, describe(drawn, described))
    assert re.search(words, plainly("normality", sample, described))
    assert re.search(words, plainly("normality", sample, described, sample))


def test_many_vectors_where_the_data_lie_are_not_good_if_they_are_copies_or_all_alike() -> None:
    vectors = np.random.default_rng(0).standard_normal((100, 3))
    described = describe(vectors, title="Cells")

    def said(strategy: Strategy, width: float) -> str:
        drawn = (width * vectors).astype(np.float32)
        return plainly("faces", Sample(strategy, 0, drawn, describe(drawn, described)), described)

    assert said(Data(), 1.0).endswith("about 99 there, none of them a copy.")
    assert said(MultivariateNormal(), 1.0).endswith("a perfect sampler would put about 99 there.")
    assert said(MultivariateNormal(), 0.1).endswith("there, and not all close to each other, as these are.")


@pytest.mark.parametrize("both", [False, True])
def test_only_what_a_study_has_is_to_be_looked_at(both: bool) -> None:
    vectors = np.random.default_rng(0).standard_normal((100, 3))
    described = describe(vectors, title="Cells")
    sample = Sample(MultivariateNormal(), 0, vectors.astype(np.float32), describe(vectors, described))
    against = sample if both else None
    assert "which side's are as clear" in plainly("faces", sample, described, sample)
    whole = plainly("faces", sample, described, against)
    given = plainly("faces", sample, described, against, decoded=False)
    bare = plainly("faces", sample, described, against, pictured=False, decoded=False)
    assert [("pictures" in text, "as clear" in text, "ycle error" in text) for text in (whole, given, bare)] == [
        (True, True, True),
        (True, False, False),
        (False, False, False),
    ]
    assert all("*Distance* tells most" in text for text in (whole, given, bare))
