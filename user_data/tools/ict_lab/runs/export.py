"""A backtest export of Freqtrade as it lies on disk: results, configuration, strategy, parameters."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from freqtrade.constants import LAST_BT_RESULT_FN
from freqtrade.data.btanalysis import get_latest_backtest_filename

from ict_lab.errors import LabError

WANTED = "a backtest export of Freqtrade (a .zip of `freqtrade backtesting --export trades`)"
NEEDED = {"trades", "pairlist", "timeframe", "backtest_start_ts", "backtest_end_ts", "starting_balance"}


@dataclass(frozen=True)
class Export:
    """What one strategy's backtest left on disk.

    Attributes
    ----------
    strategy : str
        Name of the class.
    results : Mapping
        Freqtrade's own statistics, its trades among them.
    source : pathlib.Path
        The file that was read.
    config : Mapping
        Freqtrade's configuration; empty where the export has none, as a .json.
    code : str
        Text of the strategy's own file; empty where the export has none.
    hyper_params : Mapping
        The strategy's JSON file, space by space.
    """

    strategy: str
    results: Mapping[str, Any] = field(repr=False)
    source: Path
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)
    code: str = field(default="", repr=False)
    hyper_params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)


def read_exports(path: Path | str) -> list[Export]:
    """Read an export, one result a strategy in it.

    Parameters
    ----------
    path : pathlib.Path or str
        The .zip (or, of older Freqtrades, .json) file, or a folder whose latest result is read.

    Raises
    ------
    LabError
        When there is no such file, or it is no backtest export.
    """
    file = file_at(Path(path))
    texts = _texts_in(file)
    results = _results_in(file, texts.get(f"{file.stem}.json", ""))
    return [_export(name, result, file, texts) for name, result in results.items()]


def file_at(path: Path) -> Path:
    """Return the export at a path, in a folder the latest one.

    Raises
    ------
    LabError
        When there is none.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise LabError(f"no backtest export at {path}: neither a file nor a folder; make backtest makes one")
    try:
        file: Path = path / get_latest_backtest_filename(path)
    except (ValueError, TypeError) as error:
        raise LabError(
            f"no backtest export in the folder {path}: its {LAST_BT_RESULT_FN} names none. "
            "Run `freqtrade backtesting` first, or name a .zip file"
        ) from error
    if not file.is_file():
        raise LabError(f"{path / LAST_BT_RESULT_FN} names {file.name}, which no longer exists")
    return file


def _texts_in(file: Path) -> dict[str, str]:
    if file.suffix != ".zip":
        return {f"{file.stem}.json": file.read_text(encoding="utf-8", errors="replace")}
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if name.endswith((".json", ".py"))]
            # A renamed archive keeps the names inside it.
            stem = next((name[:-12] for name in names if name.endswith("_config.json")), file.stem)
            texts = {name: archive.read(name).decode("utf-8", "replace") for name in names}
    except zipfile.BadZipFile as error:
        raise LabError(f"{file} must be {WANTED}, was no zip archive") from error
    return {name.replace(stem, file.stem, 1): text for name, text in texts.items()}


def _results_in(file: Path, text: str) -> Mapping[str, Mapping[str, Any]]:
    if not text:
        raise LabError(f"{file} must be {WANTED}, has no {file.stem}.json in it")
    try:
        content = json.loads(text)
    except ValueError as error:
        raise LabError(f"{file} must be {WANTED}, could not be read: {error}") from error
    results = content.get("strategy") if isinstance(content, dict) else None
    if not isinstance(results, dict) or not all(_is_result(result) for result in results.values()):
        raise LabError(f"{file} must be {WANTED}, holds something else")
    return results


def _is_result(result: object) -> bool:
    return isinstance(result, dict) and set(result) >= NEEDED


def _export(name: str, results: Mapping[str, Any], file: Path, texts: Mapping[str, str]) -> Export:
    def text(ending: str) -> str:
        return texts.get(f"{file.stem}_{ending}", "")

    try:
        config = json.loads(text("config.json") or "{}")
        params = json.loads(text(f"{name}.json") or "{}").get("params", {})
    except (ValueError, AttributeError) as error:
        raise LabError(f"{file}: its settings can't be read: {error}") from error
    return Export(name, results, file, config, text(f"{name}.py"), params)
