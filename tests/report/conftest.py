"""What reports of the tests are about: a small study of vectors alone, with a title that wants to be markup."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.study import Study
from core.study.writing import write_vectors

HOSTILE = "<script>alert(1)</script> & **Zellen** {{ 7 * 7 }} </title>"


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of 200 vectors of 6 components with two attributes."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6)) + 1
    rows = pd.DataFrame({"image": [f"<i>{n}" for n in range(200)], "<b>round": rng.random(200) < 0.5})
    return write_vectors(vectors, tmp_path_factory.mktemp("report") / "plate <7>", rows, title=HOSTILE)
