"""The command line: ``zpoints COMMAND`` or ``python -m core COMMAND``; see ``--help``.

Every command prints progress, exits with 0 on success and with 2 and one clear line on bad input, and leaves nothing
half-written, also when it is interrupted (130) or told to end (143).
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from core import __version__
from core.errors import InputError
from core.jobs import recording
from core.settings import cache_folder

COMMANDS = {
    "open": "dashboard",
    "train": "train",
    "encode": "encode",
    "import": "bring",
    "studies": "studies",
    "export": "export",
    "attributes": "attributes",
    "describe": "describe",
    "index": "index",
    "umap": "umap",
    "fit": "fit",
    "sample": "sample",
    "score": "score",
    "liars": "liars",
    "memorising": "memorising",
    "results": "results",
    "report": "report",
    "statistics": "statistics",
    "verify": "verify",
}
"""The module of each command, in the order of the help."""


RANGE = re.compile(r"-\d+,\d+")
"""A word that is no option though it begins with a minus sign."""


class Terminated(BaseException):
    """The system asks the program to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = argparse.Namespace(ended="repeat the command")  # most commands have words of their own
    try:
        with recording(), _ending_in_order():
            words = _with_ranges(sys.argv[1:] if arguments is None else arguments)
            _parser(words[0] if words else "").parse_args(words, options)
            options.run(options)
    except InputError as error:
        print(f"zpoints: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"zpoints: interrupted; {options.ended}.", file=sys.stderr)
        return 128 + signal.SIGINT
    except Terminated:
        print(f"zpoints: terminated; {options.ended}.", file=sys.stderr)
        return 128 + signal.SIGTERM
    return 0


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let SIGTERM end the block as an interruption does, so that nothing is left half-written."""
    if threading.current_thread() is not threading.main_thread():  # only that one may say what signals do
        yield
        return

    def end(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, as the commands do."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"zpoints: {message}; see {self.prog} --help.\n")


def _with_ranges(words: Sequence[str]) -> list[str]:
    """Return words of a command line, a range as ``-1,1`` joined to its option: argparse would take it for another."""
    joined: list[str] = []
    for word in words:
        if RANGE.fullmatch(word) and joined and joined[-1].startswith("--") and joined[-1] != "--":
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _parser(command: str = "") -> argparse.ArgumentParser:
    """Return what reads a command line; it loads all commands unless one is named, for that takes seconds."""
    cache = str(cache_folder()).replace("%", "%%")
    parser = _Parser(
        prog="zpoints" if Path(sys.argv[0]).stem == "zpoints" else "python -m core",
        description="Train autoencoders, encode faces, sample latent space, write statistics.",
        epilog="Statistics, fits and scores of a study are kept in its folder, or, where it is shipped or cannot be "
        f"written to, in {cache} (ZPOINTS_CACHE names another place), which holds up to 1 GB.",
    )
    parser.add_argument("--version", action="version", version=f"zpoints {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in [COMMANDS[command]] if command in COMMANDS else COMMANDS.values():
        import_module(f"core.commands.{module}").add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
