"""The keys in .env, read as a shell and Docker Compose read them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from ict_lab.errors import LabError
from ict_lab.places import REPOSITORY

ENV_FILE = REPOSITORY / ".env"
_NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=")


def read_env(path: Path = ENV_FILE) -> dict[str, str]:
    """Return the variables of a file; none where it is not there.

    Raises
    ------
    LabError
        When the file or a line can't be read; a line is named by its number, for it may hold a secret.
    """
    if not path.exists():
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        # Its text may hold a secret, which the error of a decoder quotes.
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise LabError(f"{path.name} can't be read: {why}") from None
    read = [_variable(path, number, line) for number, line in enumerate(lines, 1)]
    return dict(variable for variable in read if variable)


def with_env(environment: Mapping[str, str], path: Path = ENV_FILE) -> dict[str, str]:
    """Return an environment with the variables of a file; what is set already wins.

    Raises
    ------
    LabError
        As `read_env`.
    """
    return {name: value for name, value in read_env(path).items() if value} | dict(environment)


def _variable(path: Path, number: int, line: str) -> tuple[str, str] | None:
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    found = _NAME.match(line)
    try:
        words = shlex.split(line[found.end() :], comments=True) if found else []
    except ValueError:
        found = None
    if not found or len(words) > 1:
        raise LabError(
            f"{path.name} line {number} must be NAME=VALUE, with single quotes around a value with spaces"
        )
    return found[1], "".join(words)
