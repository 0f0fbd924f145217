"""Freqtrade's backtest cache: a result is used again only where nothing that it depends on has changed."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ict_host import sources
from ict_host.parameters import IctParameters

from tests.strategy.host import load
from tests.strategy.support import Workplace, copied_strategies
from tests.support.places import STRATEGIES

REUSED = "Reusing result of previous backtest"
TIMERANGE = "20240301-20240304"


def test_an_edit_in_a_package_makes_a_new_run(workplaces: Callable[..., Workplace], tmp_path: Path) -> None:
    """Twice the same is the same; an edit is not. Which files count is the next test's."""
    strategies = copied_strategies(tmp_path / "strategies")
    place = workplaces("cache", strategies)

    def is_reused() -> bool:
        run = place.analyse(
            "backtesting", TIMERANGE, "--cache", "day", "--export", "trades", strategy="ICTOrderBlockStrategy"
        )
        assert run.returncode == 0, run.stderr[-3000:]
        return REUSED in run.stderr

    assert [is_reused(), is_reused()] == [False, True]
    path = strategies / "ict" / "market" / "swings.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n# edited\n", encoding="utf-8")
    assert not is_reused()


def test_what_the_digest_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """All files of both packages, the strategy above a preset, and the version of Freqtrade."""
    files = {file.name for file in sources._package_files()}
    assert {"params.py", "zones.py", "sizing.py", "parameters.py", "sources.py"} <= files
    preset = type(load({}, name="ICTOrderBlockStrategy"))
    assert STRATEGIES / "ICTObFvgStrategy.py" in sources._files_of_bases(preset)
    before = sources.digest_of(IctParameters)
    assert sources.digest_of(IctParameters) == before
    monkeypatch.setattr("freqtrade.__version__", "2999.1")
    assert sources.digest_of(IctParameters) != before


def test_a_module_that_a_strategy_of_ones_own_imports_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "from ICTObFvgStrategy import ICTObFvgStrategy\nfrom my_entries import mine\n\n\n"
    (tmp_path / "my_entries.py").write_text("from ict.setups.entries import find_entries as mine\n")
    body = "class Own(ICTObFvgStrategy):\n    find_entries = staticmethod(mine)\n"
    (tmp_path / "Own.py").write_text(text + body)
    own = type(load({}, folder=tmp_path, name="Own"))
    # It is forgotten at the end.
    monkeypatch.setitem(sys.modules, "my_entries", sys.modules.pop("my_entries"))
    assert {file.name for file in sources._files_beside(own)} == {"my_entries.py"}
    before = sources.digest_of(own)
    sources._content.cache_clear()
    (tmp_path / "my_entries.py").write_text("from ict.setups.entries import find_entries as mine  # edited\n")
    assert sources.digest_of(own) != before
