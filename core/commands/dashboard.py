"""``open``: the dashboard in a browser."""

from __future__ import annotations

import argparse
import os
import sys

from core.settings import is_public, limits, program_folder
from core.study import open_study
from core.study.shelf import find_study

__all__ = ["add", "run", "server"]

NAMES = ("localhost", "127.0.0.1", "::1")
"""By which a browser on the same machine calls the server."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("open", help="start the dashboard, on a study if you like")
    command.add_argument("studies", nargs="*", metavar="STUDY", help="folder of a study, or its name in the list")
    command.add_argument("--port", type=int, default=8501, help="(%(default)s)")
    command.add_argument("--address", default="localhost", help="that the server listens on (%(default)s)")
    command.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="further name that browsers may call the server by; '*' for any (localhost alone)",
    )
    command.add_argument("--no-browser", action="store_true", help="open no window, as on a server")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Run the command: the dashboard takes the place of this process."""
    command = server(options)
    os.execv(command[0], command)  # noqa: S606


def server(options: argparse.Namespace) -> list[str]:
    """Return the command that starts the dashboard; raise `InputError` for a study or a limit that cannot be used."""
    folders = [find_study(study) for study in options.studies]
    for folder in folders:
        open_study(folder)
    said = {
        "port": options.port,
        "address": options.address,
        "headless": str(options.no_browser or is_public()).lower(),
        "maxUploadSize": limits().upload_mb,
    }
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(program_folder() / "dashboard.py")]
    command += [f"--server.{name}={value}" for name, value in said.items()]
    if options.host:
        command += [f"--server.allowedHosts={name}" for name in (*NAMES, *options.host)]
    return [*command, "--", *(str(folder.absolute()) for folder in folders)]
