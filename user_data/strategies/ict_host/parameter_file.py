"""The strategy's JSON file, read strictly: Freqtrade skips what it can't read, and trades the defaults."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ict.params import settings

# What belongs in the block `params`, and has no effect beside it.
INSIDE = frozenset(
    {
        *settings(), *(setting.space for setting in settings().values()),
        "roi", "stoploss", "trailing", "protection", "max_open_trades",
    }
)  # fmt: skip
# Blocks in which Freqtrade itself looks for numbers.
OF_NUMBERS = ("roi", "stoploss", "max_open_trades")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ParameterFileError(ValueError):
    """The file can't be used; the text names it and the reason."""


def read(path: Path, strategy: str) -> dict[str, dict[str, Any]]:
    """Read the blocks of a strategy's JSON file.

    Parameters
    ----------
    path : Path
        The strategy file's name with .json; it need not be there.
    strategy : str
        Name of the class.

    Returns
    -------
    dict[str, dict[str, Any]]
        Space to its block; empty where there is no file.

    Raises
    ------
    ParameterFileError
        When any of it would be skipped, or taken for something else.
    """
    # A broken link is not a missing file.
    if not os.path.lexists(path):
        return {}
    document = _parsed(path)
    if not isinstance(document, dict) or not isinstance(document.get("params"), dict):
        raise ParameterFileError(f"{path} must hold a block 'params', as Freqtrade writes it")
    if misplaced := [name for name in document if name in INSIDE]:
        raise ParameterFileError(f"{path} has {misplaced[0]!r} beside 'params': it must be inside")
    if document.get("strategy_name") != strategy:
        owner = document.get("strategy_name")
        raise ParameterFileError(f"strategy_name in {path} must be {strategy!r}, was {owner!r}")
    blocks: dict[str, dict[str, Any]] = document["params"]
    for space, block in blocks.items():
        _check(space, block, path)
    return blocks


def _parsed(path: Path) -> Any:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ParameterFileError(f"{path} can't be read: {error.strerror}") from error
    if content.startswith(_BYTE_ORDER_MARK):
        raise ParameterFileError(f"{path} must be UTF-8 without a byte order mark")
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_without_repeats)
    except UnicodeDecodeError as error:
        raise ParameterFileError(f"{path} must be UTF-8, its byte {error.start} is not") from error
    except json.JSONDecodeError as error:
        raise ParameterFileError(
            f"{path} must be JSON, without comments and trailing commas: {error.msg} in line {error.lineno}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ParameterFileError(f"{path}: {error}") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    block = dict(pairs)
    if len(block) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in block if names.count(name) > 1)
        raise ValueError(f"{twice!r} appears twice in one block")
    return block


def _check(space: str, block: Any, path: Path) -> None:
    if not isinstance(block, dict):
        raise ParameterFileError(f"{space!r} in {path} must be a block of settings, was {block!r}")
    for name, value in block.items() if space in OF_NUMBERS else ():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterFileError(f"{name!r} of {space!r} in {path} must be a number, was {value!r}")
        if space == "roi" and not name.isdecimal():
            raise ParameterFileError(f"a name of 'roi' in {path} must be minutes, such as '60', was {name!r}")
