"""The discriminant of a selection, named by its rule: so it stays what it was when something else is selected."""

from __future__ import annotations

from core.errors import InputError
from core.selection.rules import Rule
from core.selection.selected import check_rule, rule_within
from core.selection.text import as_text
from core.space.quantities import OF_RULES, Trait, named_quantity
from core.study import Study

__all__ = ["discriminant_of", "read_discriminant"]

LONGEST = 1800
"""Characters of such a quantity: as many as an address has room for."""


def discriminant_of(rule: Rule) -> str | None:
    """Return the quantity that is the coordinate along the discriminant of a rule; None where its text is too long."""
    quantity = named_quantity(OF_RULES[0], Trait(as_text(rule)))
    return quantity if len(quantity) <= LONGEST else None


def read_discriminant(quantity: str, study: Study) -> str:
    """Return the discriminant of a rule that a text names, as :func:`discriminant_of` writes it.

    Raises
    ------
    InputError
        If it names none, or a study cannot follow the rule.
    """
    try:
        rule = rule_within(quantity)
    except ValueError:
        rule = None
    if rule is None:
        raise InputError(f"{quantity[:40]!r} is neither an attribute nor a selection that could be told apart.")
    check_rule(rule, study)
    return named_quantity(OF_RULES[0], Trait(as_text(rule)))
