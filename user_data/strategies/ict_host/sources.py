"""A digest of the code that a result depends on: Freqtrade's cache knows the strategy's own file alone."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import freqtrade

import ict

# The key in Freqtrade's configuration, which its cache compares as a whole.
KEY = "ict_sources"
PACKAGES = (Path(ict.__file__).parent, Path(__file__).parent)


def digest_of(strategy: type) -> str:
    """Digest of our packages, of what else this strategy is made from, and of Freqtrade's version."""
    further = {*_files_of_bases(strategy), *_files_beside(strategy)}
    parts = (freqtrade.__version__, _packages(), _contents(further))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _package_files() -> Iterator[Path]:
    return (file for package in PACKAGES for file in package.rglob("*.py"))


@cache
def _packages() -> str:
    return _contents(_package_files())


def _contents(files: Iterable[Path]) -> str:
    return "\n".join(f"{file.name} {_content(file)}" for file in sorted(files))


def _files_of_bases(strategy: type) -> Iterator[Path]:
    """Files of the classes above a strategy; its own is the one that Freqtrade looks at."""
    host = Path(freqtrade.__file__).parent
    for base in strategy.__mro__[1:]:
        file = getattr(sys.modules.get(base.__module__), "__file__", None)
        if file and host not in Path(file).parents:
            yield Path(file)


def _files_beside(strategy: type) -> Iterator[Path]:
    """Files that are loaded from the strategy's own folder, such as entries of one's own that it imports.

    Those of the packages, which may lie there too, are left out: they count already.
    """
    folder = f"{Path(getattr(strategy, '__file__', '')).parent}{os.sep}"
    loaded = (getattr(module, "__file__", None) or "" for module in [*sys.modules.values()])
    packages = tuple(f"{package}{os.sep}" for package in PACKAGES)
    return (Path(file) for file in loaded if file.startswith(folder) and not file.startswith(packages))


@cache
def _content(file: Path) -> str:
    # Once a process: what was edited later is not what runs.
    return hashlib.sha256(file.read_bytes()).hexdigest()
