"""The plain words of every comparing page follow the sample."""

from __future__ import annotations

import numpy as np

from core.captions.plainly import HOW, LOOK, plainly
from core.space.sample import Sample
from core.statistics import describe
from core.strategies import Data, Knows, MultivariateNormal, Strategy
from pages.parts.front_door import PAGES


def test_every_comparing_page_has_words_and_every_group_a_way_to_draw() -> None:
    assert set(LOOK) == {room.file for room in PAGES if room.compares}
    assert set(HOW) == set(Knows)
    vectors = np.random.default_rng(0).standard_normal((100, 3))
    described = describe(vectors, title="Cells")
    far = Sample(Data(), 0, (vectors + 50).astype(np.float32), describe(vectors + 50, described))
    near = Sample(Data(), 0, vectors.astype(np.float32), describe(vectors, described))
    said = "0 of 100 lie where 99% of Cells lie; a perfect sampler would put about 99 there, none of them a copy."
    assert plainly("bulk", far, described).endswith(said)
    assert "of a bell 1% lie farther out than a certain distance, of Cells" in plainly("normality", far, described)
    assert "perfect sampler" not in plainly("normality", far, described)
    assert "99 of 100 lie" in plainly("bulk", near, described)


def test_many_vectors_where_the_data_lie_are_not_good_if_they_are_copies_or_all_alike() -> None:
    vectors = np.random.default_rng(0).standard_normal((100, 3))
    described = describe(vectors, title="Cells")

    def said(strategy: Strategy, width: float) -> str:
        drawn = (width * vectors).astype(np.float32)
        return plainly("faces", Sample(strategy, 0, drawn, describe(drawn, described)), described)

    assert said(Data(), 1.0).endswith("about 99 there, none of them a copy.")
    assert said(MultivariateNormal(), 1.0).endswith("a perfect sampler would put about 99 there.")
    assert said(MultivariateNormal(), 0.1).endswith("there, and not all close to each other, as these are.")
