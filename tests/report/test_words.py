"""Markdown of captions and TeX of formulas, as HTML in which nothing else is markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.report.formulas import formula
from core.report.words import blocks, inline
from core.strategies import STRATEGIES, Strategy

TAGS = re.compile(r"</?(?:i|em|strong|code|sub|sup|a|p|ul|li)(?: class=formula| href=\"https://[^\"<>]*\")?>")


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.key)
def test_no_tex_is_left_of_the_formula_of_a_strategy(strategy: type[Strategy]) -> None:
    assert not re.search(r"[\\{}^_]|mathcal|sqrt", formula(strategy.formula))


@pytest.mark.parametrize(
    ("tex", "html"),
    [
        (r"b\sqrt{N/3}", "b√(N/3)"),
        (r"\frac{s}{k - 1}", "(s/k − 1)"),
        (r"x_j^2", "x<sub>j</sub><sup>2</sup>"),
        (r"\mathcal{U}(a,\, b)", "U(a,\u2009 b)"),
        (r"e^ {-d}", "e<sup>−d</sup>"),
        (r"a < b \unknown", "a &lt; b unknown"),
        ("x_", "x<sub></sub>"),
    ],
)
def test_a_formula_is_letters_signs_and_places(tex: str, html: str) -> None:
    assert formula(tex) == f"<i class=formula>{html}</i>"


def test_a_caption_keeps_its_formulas() -> None:
    assert inline("a *b* **c** `d<` $e^2$ [f](https://g.h/?i)") == (
        "a <em>b</em> <strong>c</strong> <code>d&lt;</code> <i class=formula>e<sup>2</sup></i> "
        '<a href="https://g.h/?i">f</a>'
    )


def test_blocks_are_paragraphs_and_lists() -> None:
    assert blocks("- a\n  b\n- <c>\n\nd\ne") == "<ul><li>a b</li><li>&lt;c&gt;</li></ul><p>d e</p>"
    assert blocks("") == ""


def test_no_address_but_https_becomes_a_link() -> None:
    assert inline("[a](javascript:alert)") == "[a](javascript:alert)"


@given(st.text(alphabet="<>&\"'*`[]()$\\{}^_/:- ahtps\n"))
def test_no_text_becomes_markup_but_by_the_few_marks(text: str) -> None:
    for html in (inline(text), blocks(text), formula(text)):
        assert not set("<>") & set(TAGS.sub("", html))
