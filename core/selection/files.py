"""Rules as JSON: as files that a user takes home and brings back, and where one is too long for an address."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec
from msgspec import Struct

from core.errors import InputError
from core.selection.rules import Rule
from core.selection.text import LONGEST, as_text, parse
from core.settings import is_public, selections_folder
from core.storage import whole_file, writing

__all__ = ["MAX_BYTES", "Named", "digest_of", "from_address", "from_json", "to_address", "to_json"]

MAX_BYTES = 2**20
"""Bytes of a rule in a file: ten thousand names, with room."""

VERSION = 1

SHORT = 24
"""Hexadecimal digits of a digest in an address: 96 bits."""

STORED = re.compile(rf"@[0-9a-f]{{{SHORT}}}")

IN_ADDRESS = LONGEST - 100
"""Characters of a rule in an address; of a longer one, the digest stands there."""


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule in a file: its name, the version of what rules can say, and the rule."""

    selection: int
    name: str
    rule: Rule


def to_json(rule: Rule, name: str = "") -> bytes:
    """Return a rule with its name as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(Named(VERSION, name, rule)), indent=2) + b"\n"


def from_json(data: bytes, origin: str = "The file") -> Named:
    """Return the rule in a file, with its name; raise `InputError` if it is none, or of a later version."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{origin} has {len(data):,} bytes; a rule of a selection has {MAX_BYTES:,} at most.")
    try:
        named = msgspec.json.decode(data, type=Named)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{origin} holds no rule of a selection ({reason}); export one anew.") from None
    if named.selection != VERSION:
        raise InputError(f"{origin} is of version {named.selection}, {VERSION} is known; use a newer zpoints.")
    if len(named.name) > 80 or not named.name.isprintable():
        raise InputError(f"{origin} has a name that cannot be shown; give one of 80 characters at most.")
    return named


def digest_of(rule: Rule) -> str:
    """Return the digest of what a rule says, whatever its name: its identity in caches and files."""
    return hashlib.sha256(msgspec.json.encode(rule)).hexdigest()


def to_address(rule: Rule) -> str:
    """Return a rule as it stands in an address: as a text, or by its digest where that is too long.

    Raises
    ------
    InputError
        If it is too long and cannot be stored.
    """
    text = as_text(rule)
    if len(text) <= IN_ADDRESS:
        return text
    short = digest_of(rule)[:SHORT]
    path = _place(short)
    if not path.exists():
        if is_public():
            raise InputError("The rule is too long for an address, and this server stores nothing; make it shorter.")
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as partial:
            partial.write_bytes(to_json(rule))
    return f"@{short}"


def from_address(text: str) -> Rule:
    """Return the rule that stands in an address; raise `InputError` if there is none, or it is not stored here."""
    if not text.startswith("@"):
        return parse(text)
    path = _place(text[1:])
    if STORED.fullmatch(text) is None or not path.is_file():
        raise InputError(f"The rule {text[:40]!r} is not stored on this machine; bring it as a file.")
    rule = from_json(_read(path), str(path)).rule
    if not digest_of(rule).startswith(text[1:]):
        raise InputError(f"{path} holds another rule than its name says; remove it and bring the rule as a file.")
    return rule


def _place(short: str) -> Path:
    return selections_folder() / f"{short}.json"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); bring the rule as a file.") from None
