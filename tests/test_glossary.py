"""The glossary: each term once, and every tooltip speaks of one of them."""

from __future__ import annotations

import ast
from pathlib import Path

from core.glossary import GLOSSARY, as_page, explain
from core.space.story import STORY

ROOT = Path(__file__).parents[1]


def test_no_term_is_defined_twice_and_each_in_full_sentences() -> None:
    terms = [term for term, _ in GLOSSARY]
    assert len(terms) == len(set(terms))
    assert all(meaning[0].isupper() and meaning.endswith(".") for _, meaning in GLOSSARY)


def test_every_term_of_a_tooltip_is_there() -> None:
    used = {step.term for step in STORY}
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "explain":
                used |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    assert len(used) > len(STORY)
    assert all(explain(term) for term in used)


def test_the_printed_glossary_is_this_one() -> None:
    assert as_page() in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
