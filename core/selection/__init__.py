"""Selections: rules that choose vectors of a study, what they choose, and what distinguishes it from the rest."""

from core.selection.distinctions import Distinctions, distinguish
from core.selection.files import digest_of, from_address, from_json, to_address, to_json
from core.selection.polygons import simplified
from core.selection.rules import Rule, joined
from core.selection.selected import Selected, check_rule, select
from core.selection.several import Several
from core.selection.text import as_text, parse

__all__ = [
    "Distinctions",
    "Rule",
    "Selected",
    "Several",
    "as_text",
    "check_rule",
    "digest_of",
    "distinguish",
    "from_address",
    "from_json",
    "joined",
    "parse",
    "select",
    "simplified",
    "to_address",
    "to_json",
]
