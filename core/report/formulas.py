"""Formulas of captions and strategies, in the small part of TeX that they are written in, as HTML."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

__all__ = ["formula"]

SIGNS = {
    "mu": "μ", "nu": "ν", "sigma": "σ", "Sigma": "Σ", "lambda": "λ", "Phi": "Φ", "chi": "χ", "theta": "θ",
    "epsilon": "ε", "varepsilon": "ε", "sim": " ∼ ", "in": " ∈ ", "le": " ≤ ", "propto": " ∝ ", "odot": " ⊙ ",
    "dots": "…", "langle": "⟨", "rangle": "⟩", "sum": "∑", "quad": "\u2003", "mathcal": "", "mathrm": "", "text": "",
}  # fmt: skip
"""What a command of TeX is written as; one that sets letters in another type leaves them as they are."""

SPACES = {",": "\u2009", ";": "\u2005", " ": " "}

SUP, SUB = Markup("<sup>{}</sup>"), Markup("<sub>{}</sub>")

PART = re.compile(r"\\[A-Za-z]+|\\.|[\^_{}]|[^\\\^_{}]")


def formula(tex: str) -> Markup:
    """Return a formula as HTML of letters, ``<sub>``, ``<sup>`` and signs; what is no TeX that it knows stays text."""
    parts = PART.findall(tex)
    parts.reverse()
    return Markup("<i class=formula>{}</i>").format(_run(parts))


def _run(parts: list[str]) -> Markup:
    """Return what stands up to the end of a group."""
    done = Markup("")
    while parts and (part := parts.pop()) != "}":
        done += _one(part, parts)
    return done


def _one(part: str, parts: list[str]) -> Markup:
    """Return a part with what it takes as its argument."""
    if part == "{":
        return _run(parts)
    if part in "^_":
        return (SUP if part == "^" else SUB).format(_argument(parts))
    if not part.startswith("\\"):
        return escape("−" if part == "-" else part)
    name = part[1:]
    if name == "sqrt":
        return Markup("√({})").format(_argument(parts))
    if name == "frac":
        return Markup("({}/{})").format(_argument(parts), _argument(parts))
    return escape(SIGNS.get(name, SPACES.get(name, name)))


def _argument(parts: list[str]) -> Markup:
    while parts and parts[-1] == " ":
        parts.pop()
    return _one(parts.pop(), parts) if parts else Markup("")
