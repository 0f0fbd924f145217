"""The strategy's JSON file: read as Freqtrade reads it, and written so that nothing in it is lost."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import rapidjson
from freqtrade.optimize.hyperopt_tools import HYPER_PARAMS_FILE_FORMAT, HyperoptTools
from ict_host.parameters import FREQTRADE_SPACES

from ict import Params
from ict.errors import ParameterError
from ict.params import settings
from ict_lab.errors import LabError
from ict_lab.files import write_whole

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Stored:
    """What a strategy's JSON file says.

    Attributes
    ----------
    path : Path
        The file, which need not be there.
    strategy : str
        The class that it belongs to.
    document : dict
        Its whole content; empty where it is absent or can't be read.
    values : dict
        The settings of `ict` in it, by name, right or wrong.
    faults : tuple[str, ...]
        Sentences about faults that writing the file would fix.
    hindrance : str
        Why it must not be written; empty where it may.
    digest : str
        Identifies the bytes that were read; empty where there was no file.
    """

    path: Path
    strategy: str
    document: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    hindrance: str = ""
    digest: str = ""


def read_stored(path: Path, strategy: str) -> Stored:
    """Read a strategy's JSON file; what is wrong with it is part of the answer.

    Parameters
    ----------
    path : Path
        The strategy file's name with .json.
    strategy : str
        Name of the class.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Stored(path, strategy)
    except OSError as error:
        return Stored(path, strategy, hindrance=f"{path} could not be read: {error.strerror}")
    digest = _digest(content)
    try:
        document = HyperoptTools.load_params(content)
    except ValueError as error:
        fault = (
            f"{path.name} is no valid JSON ({error}): a bot does not start with it. "
            "Writing here keeps it as a backup"
        )
        return Stored(path, strategy, faults=(fault,), digest=digest)
    hindrance = _hindrance(document, path.name, strategy)
    if hindrance:
        return Stored(path, strategy, hindrance=hindrance, digest=digest)
    values = _settings_in(document["params"])
    return Stored(path, strategy, document, values, _faults(values, path.name), digest=digest)


def merged(stored: Stored, changes: Mapping[str, object], now: datetime) -> dict[str, Any]:
    """Put changed settings into the file's content; everything else in it stays.

    Parameters
    ----------
    changes : Mapping[str, object]
        Settings by name.
    now : datetime
        Goes into `export_time`, as when Freqtrade writes the file.
    """
    document = deepcopy(stored.document)
    params = document.setdefault("params", {})
    for name, value in changes.items():
        params.setdefault(settings()[name].space, {})[name] = value
    stamps = {"ft_stratparam_v": FORMAT_VERSION, "export_time": now.isoformat(sep=" ")}
    return {"strategy_name": stored.strategy} | document | stamps


def write(stored: Stored, changes: Mapping[str, object], now: datetime) -> Path | None:
    """Write changed settings into the file, whole or not at all, and keep what it was.

    Returns
    -------
    Path or None
        The backup of the file as it was; None where there was none.

    Raises
    ------
    LabError
        When it must not be written, has changed since it was read, or can't be written. It is then
        as it was.
    """
    if stored.hindrance:
        raise LabError(stored.hindrance)
    document = merged(stored, changes, now)
    _check(document, stored)
    text = rapidjson.dumps(document, indent=2, number_mode=HYPER_PARAMS_FILE_FORMAT)
    path = stored.path.resolve()
    try:
        before = path.read_bytes() if path.exists() else b""
        if _digest(before) != stored.digest:
            raise LabError(f"{path.name} has changed since the page read it: check the changes again")
        backup = _back_up(path, before, now) if before else None
        write_whole(path, text)
    except OSError as error:
        raise LabError(f"{path} could not be written ({error.strerror}); it is as it was") from error
    return backup


def _hindrance(document: object, name: str, strategy: str) -> str:
    fix = "fix it or move it away first"
    if not isinstance(document, dict) or not isinstance(document.get("params"), dict):
        return f"{name} must hold a block 'params', as Freqtrade writes it: {fix}"
    owner = document.get("strategy_name")
    if owner != strategy:
        return f"{name} must belong to {strategy}, its strategy_name is {owner!r}: {fix}"
    spaces = {setting.space for setting in settings().values()}
    for space, block in document["params"].items():
        if space not in spaces | FREQTRADE_SPACES:
            return f"{name} has a space {space!r}; known are: {', '.join(sorted(spaces))}: {fix}"
        if space in spaces and not isinstance(block, dict):
            return f"the space {space!r} of {name} must be a block of settings, was {block!r}: {fix}"
        for setting in block if space in spaces else ():
            belongs = settings()[setting].space if setting in settings() else None
            if belongs is None:
                return f"{name} has {setting!r}, which is not a setting of ict: {fix}"
            if belongs != space:
                return f"{setting} belongs in the space {belongs!r} of {name}, not {space!r}: {fix}"
    return ""


def _settings_in(params: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    ours = {setting.space for setting in settings().values()}
    return {name: value for space in params if space in ours for name, value in params[space].items()}


def _faults(values: Mapping[str, object], name: str) -> tuple[str, ...]:
    faults = []
    for setting, value in values.items():
        try:
            Params.parse({setting: value})
        except ParameterError as error:
            faults.append(f"{name}: {error}. A bot would not start with it")
    return tuple(faults)


def _check(document: Mapping[str, Any], stored: Stored) -> None:
    hindrance = _hindrance(document, stored.path.name, stored.strategy)
    faults = _faults(_settings_in(document["params"]), stored.path.name) if not hindrance else ()
    if hindrance or faults:
        raise LabError(hindrance or "; ".join(faults))


def _back_up(path: Path, content: bytes, now: datetime) -> Path:
    """Copy the file under a name that nothing has yet."""
    stamp = now.strftime("%Y%m%d-%H%M%S")
    for count in range(1_000):
        again = f"-{count}" if count else ""
        backup = path.with_name(f"{path.stem}.{stamp}{again}.backup.json")
        with suppress(FileExistsError), backup.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            return backup
    raise LabError(f"{path.with_name(path.stem)}.{stamp}*.backup.json: a thousand backups in one second")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else ""
