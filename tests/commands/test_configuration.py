"""Options that follow from the fields of a configuration."""

import argparse
from dataclasses import dataclass, field

import pytest

from core.commands.configuration import add_fields, with_options
from core.networks import AutoencoderConfig, TrainingConfig


@dataclass(frozen=True)
class Recipe:
    """How a cake is baked.

    Attributes
    ----------
    eggs : int
        Whole ones. Two make
        a small cake.
    layers : tuple of int
        Thickness of each, in mm; 100% flat.
    oven : str, optional
        Its name.
    """

    eggs: int = 3
    layers: tuple[int, ...] = (20, 10)
    oven: str | None = None
    sweet: bool = True
    heat: float = field(default=180.0, metadata={"help": "in degrees"})


def parsed(usual: Recipe, *words: str, without: tuple[str, ...] = ()) -> Recipe:
    parser = argparse.ArgumentParser()
    add_fields(parser, usual, without)
    return with_options(usual, parser.parse_args(words), without)


def test_without_options_it_is_as_usual() -> None:
    assert parsed(Recipe(eggs=5)) == Recipe(eggs=5)


def test_each_field_has_an_option_of_its_type() -> None:
    words = ["--eggs", "1", "--layers", "5", "6", "7", "--oven", "big", "--no-sweet", "--heat", "2e2"]
    assert parsed(Recipe(), *words) == Recipe(1, (5, 6, 7), "big", sweet=False, heat=200.0)
    assert parsed(Recipe(sweet=False), "--sweet").sweet


def test_a_field_that_something_else_decides_has_none() -> None:
    with pytest.raises(SystemExit):
        parsed(Recipe(), "--eggs", "1", without=("eggs",))
    assert parsed(Recipe(eggs=9), without=("eggs",)).eggs == 9


def test_the_help_is_the_first_sentence_of_the_docstring_or_the_metadata() -> None:
    parser = argparse.ArgumentParser(prog="bake")
    add_fields(parser, Recipe())
    text = " ".join(parser.format_help().split())
    assert "--eggs EGGS Whole ones (3)" in text
    assert "Thickness of each, in mm (20 10)" in text
    assert "in degrees (180.0)" in text


@pytest.mark.parametrize("usual", [AutoencoderConfig(), TrainingConfig()], ids=lambda usual: type(usual).__name__)
def test_every_field_of_the_configurations_is_explained(usual: AutoencoderConfig | TrainingConfig) -> None:
    parser = argparse.ArgumentParser()
    add_fields(parser, usual)
    for action in parser._actions:
        assert action.help
        assert not action.help.startswith("(")
