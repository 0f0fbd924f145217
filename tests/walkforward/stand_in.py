"""A walk-forward's surroundings: candles, code with a stand-in for Freqtrade, and the command line."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from ict_lab.walkforward.__main__ import main

from tests.support.markets import synthetic
from tests.support.patience import wait_for

DAYS = 26
# Enough before the first search for the strategy to look back on.
START = pd.Timestamp("2023-12-20", tz="UTC")


@dataclass(frozen=True)
class Scene:
    """A folder in which walk-forwards run.

    Attributes
    ----------
    folder
        It holds the candles, the code and what the stand-in does.
    """

    folder: Path

    @classmethod
    def make(cls, folder: Path, behaviour: dict[str, Any]) -> "Scene":
        """Write candles of four weeks, and the code that workers are sent."""
        scene = cls(folder)
        for name in ("candles/futures", "code/freqtrade", "losses", "marks", "ended"):
            (folder / name).mkdir(parents=True)
        stand_in = Path(__file__).with_name("freqtrade_stand_in.py")
        shutil.copy(stand_in, folder / "code" / "freqtrade" / "__main__.py")
        (folder / "code" / "freqtrade" / "__init__.py").touch()
        (folder / "code" / "ICTObFvgStrategy.py").write_text("class ICTObFvgStrategy: ...", encoding="utf-8")
        (folder / "config.json").write_text("{}", encoding="utf-8")
        candles = synthetic(DAYS * 96, seed=5)
        candles["date"] = pd.date_range(START, periods=len(candles), freq="15min")
        file = folder / "candles" / "futures" / "BTC_USDT_USDT-15m-futures.feather"
        candles[["date", "open", "high", "low", "close", "volume"]].to_feather(file)
        scene.behave(**behaviour)
        return scene

    def behave(self, **behaviour: Any) -> None:
        told = {"marks": str(self.folder / "marks"), "seconds": 0.2, "empty": [], "broken": [], **behaviour}
        (self.folder / "behaviour.json").write_text(json.dumps(told), encoding="utf-8")

    def run(self, name: str, *options: str) -> int:
        """Run a walk-forward of four windows, three days and two, into a folder of that name."""
        places = {"strategy-path": "code", "hyperopt-path": "losses", "config": "config.json"}
        places |= {"datadir": "candles", "folder": name, "worker-config": "behaviour.json"}
        line = [part for key, value in places.items() for part in (f"--{key}", str(self.folder / value))]
        days = ["--timerange", "20240102-20240113", "--train-days", "3", "--test-days", "2", "--epochs", "5"]
        return main([*line, *days, *options])

    def windows(self, name: str) -> list[dict[str, Any]]:
        content = json.loads((self.folder / name / "windows.json").read_text(encoding="utf-8"))
        return list(content["windows"])

    def is_done(self, name: str, window: int) -> bool:
        begun = (self.folder / name / "windows.json").exists()
        return begun and self.windows(name)[window - 1]["state"] == "done"

    def wait_for_mark(self, start: str) -> list[int]:
        """Wait until a worker's searches have begun; give their process numbers."""
        marks = self.folder / "marks"
        wait_for(lambda: list(marks.glob(f"{start}*")))
        return [int(path.name.rpartition("-")[2]) for path in marks.glob(f"{start}*")]

    def begun(self) -> int:
        return len(list((self.folder / "marks").iterdir()))
