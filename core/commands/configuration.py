"""Options that follow from the fields of a configuration."""

from __future__ import annotations

import argparse
import inspect
import re
import types
from collections.abc import Collection, Iterator
from dataclasses import Field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["add_fields", "with_options"]

Configuration = TypeVar("Configuration", bound="DataclassInstance")

NUMPYDOC = re.compile(r"^(\w+) : .*\n((?:    .*\n?)+)", re.MULTILINE)
"""A field in the docstring of its class, and what is said of it."""


def add_fields(command: argparse.ArgumentParser, usual: DataclassInstance, without: Collection[str] = ()) -> None:
    """Add an option for each field of a configuration, but for those that something else decides.

    ``image_size: int`` becomes ``--image-size``, a field that is true or false ``--flip`` and ``--no-flip``, a tuple an
    option with several values. The help is what the field's metadata or the class's docstring says; where the metadata
    say of ``usual`` what the value follows from, it is left to the configuration.
    """
    for field, kind in _fields(usual, without):
        name, follows = f"--{field.name.replace('_', '-')}", field.metadata.get("usual")
        value = field.default if follows else getattr(usual, field.name)
        shown = follows or (" ".join(map(str, value)) if isinstance(value, tuple) else value)
        words = f"{_help(usual, field)} ({shown})".strip().replace("%", "%%")
        if kind is bool:
            command.add_argument(name, action=argparse.BooleanOptionalAction, default=value, help=words)
        elif get_origin(kind) is tuple:
            command.add_argument(name, type=get_args(kind)[0], nargs="+", default=value, help=words)
        else:
            command.add_argument(name, type=kind, default=value, help=words)


def with_options(usual: Configuration, options: argparse.Namespace, without: Collection[str] = ()) -> Configuration:
    """Return a configuration with the values of its options."""
    given = {field.name: getattr(options, field.name) for field, _ in _fields(usual, without)}
    return replace(usual, **{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()})


def _fields(usual: DataclassInstance, without: Collection[str]) -> Iterator[tuple[Field[Any], Any]]:
    """Yield the fields that have an option, and the types of their values; of ``int | None`` it is ``int``."""
    hints = get_type_hints(type(usual))
    for field in fields(usual):
        kind = hints[field.name]
        if get_origin(kind) in (Union, types.UnionType):
            kind = next(one for one in get_args(kind) if one is not type(None))
        if field.init and field.name not in without:
            yield field, kind


def _help(usual: DataclassInstance, field: Field[Any]) -> str:
    """Return the first sentence on a field."""
    said = field.metadata.get("help") or dict(NUMPYDOC.findall(f"{inspect.getdoc(type(usual))}\n")).get(field.name, "")
    return re.split(r"[.;:](?:\s|$)", " ".join(str(said).split()), maxsplit=1)[0]
