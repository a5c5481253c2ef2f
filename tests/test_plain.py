"""Names that a user brings are read and never obeyed."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plain import as_text
from core.tables import to_csv

HOSTILE = (
    "<b>bold</b>", "<a href='x'>x</a>", "&lt;i&gt;", "[x](http://x.y)", "![x](y.png)", "*x*", "__x__", "_x_", "`x`",
    "$x$ and $y$", ":material/delete:", ":red[x]", ":smile:", "~~x~~", "a | b", "www.x.y", "https://x.y", "\\*x\\*",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_no_markup(name: str) -> None:
    text = as_text(name)
    assert html.unescape(text) == text
    assert not re.search(r"[<>*`\[\]$\\~|]|\b_\w|\w_\b|:\w+:|://|www\.", text)
    assert as_text(text) == text


@pytest.mark.parametrize(
    "name", ["my cells", "celeba_vae", "Müller & Söhne", "a: b", "5 µm", "T-Zellen (links)", "50 %"]
)
def test_a_usual_name_stays_as_it_is(name: str) -> None:
    assert as_text(name) == name


@given(st.text(max_size=40))
def test_every_name_keeps_its_length(name: str) -> None:
    assert len(as_text(name)) == len(name)


def test_no_cell_of_a_file_is_a_formula() -> None:
    table = pd.DataFrame({"=1+1": ["=cmd()", "+1", "-x", "@x", "\tx", "x", None], "n": [-1.0, 2, 3, 4, 5, 6, 7]})
    told = to_csv(table).decode().splitlines()
    assert told[0] == "'=1+1,n"
    assert [line.split(",")[0] for line in told[1:]] == ["'=cmd()", "'+1", "'-x", "'@x", "'\tx", "x", ""]
    assert told[1].endswith(",-1.0")
    marked = to_csv(table.assign(kind=pd.Categorical(["=a"] * 7))).decode().splitlines()
    assert all(line.endswith(",'=a") for line in marked[1:])
