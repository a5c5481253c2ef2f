"""The command line: ``python -m core train | encode | attributes | sample | statistics | score | results``.

Every command prints progress, exits with 0 on success and with 2 and one clear line on bad input, and leaves nothing
half-written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from core import __version__
from core.commands import attributes, encode, results, sample, score, statistics, train
from core.errors import InputError

COMMANDS = (train, encode, attributes, sample, score, results, statistics)
"""In the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except InputError as error:
        print(f"zpoints: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("zpoints: interrupted; repeat the command, a training goes on from its checkpoint.", file=sys.stderr)
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, as the commands do."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"zpoints: {message}; see {self.prog} --help.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m core", description="Train autoencoders, encode faces, sample latent space, write statistics."
    )
    parser.add_argument("--version", action="version", version=f"zpoints {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
