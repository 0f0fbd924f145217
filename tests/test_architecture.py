"""The house keeps its order: imports run one way, the market is pure, no function outgrows a screen."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support import source
from tests.support.places import HYPEROPTS, LAB, LOOPBACK, REPOSITORY, STRATEGIES, TOOLS

SETTINGS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PACKAGE = STRATEGIES / "ict"
README = PACKAGE / "README.md"

PACKAGE_FILES = source.python_files(PACKAGE)
STRATEGY_FILES = sorted(STRATEGIES.glob("*.py"))
ROOTS = (STRATEGIES, HYPEROPTS, TOOLS)
ALL_FILES = [path for root in ROOTS for path in source.python_files(root)]
# A walk through candles, the state of a run that goes on, a message on its way, the account of an exchange.
CHANGE_WITH_TIME = {
    "loopback/account/algo_orders.py": {"AlgoOrder"}, "loopback/account/orders.py": {"Order"},
    "loopback/account/positions.py": {"Position"}, "loopback/exchange.py": {"Exchange"},
    "loopback/faults.py": {"Fault"}, "loopback/settings.py": {"Settings"},
    "loopback/weights.py": {"Limits", "_Counter"}, "ict_lab/replay/positions.py": {"Held"},
    "ict_lab/chaos/campaign.py": {"Campaign"}, "ict_lab/chaos/checks.py": {"Round"},
    "ict_lab/soak/figures.py": {"Figures", "Memory"}, "ict_lab/walkforward/state.py": {"Record"},
    "ict_host/channels.py": {"Post"},
}  # fmt: skip
# All that pure code needs: no host, no exchange, no log, no clock, no chance, no files, no network.
KNOWN_TO_THE_PACKAGE = {
    "ict", "numpy", "pandas", "talib", "__future__", "abc", "bisect", "collections", "contextlib", "csv",
    "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "itertools",
    "json", "math", "operator", "pkgutil", "re", "string", "types", "typing", "unicodedata",
    "urllib.parse",
}  # fmt: skip


def short(path: Path) -> str:
    (root,) = (root for root in ROOTS if path.is_relative_to(root))
    return path.relative_to(root).as_posix()


def module_of(path: Path) -> str:
    parts = Path(short(path)).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    return source.imported_modules(path.read_text(encoding="utf-8"), module_of(path).rpartition(".")[0])


def offenders(files: list[Path], law: Callable[[str], object]) -> dict[str, object]:
    found = {short(path): law(path.read_text(encoding="utf-8")) for path in files}
    return {name: what for name, what in found.items() if what}


def contracts(place: Path) -> tuple[int, str]:
    """Check the contracts of pyproject.toml at some place: the exit code and the report."""
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [lint, "--no-logo", "--no-cache"],
        cwd=place, env={"PYTHONPATH": "user_data/strategies:user_data/tools"}, capture_output=True, text=True,
    )  # fmt: skip
    return run.returncode, run.stdout


def test_the_contracts_are_kept() -> None:
    code, report = contracts(REPOSITORY)
    assert code == 0, report


# A contract, a file, and what it must not import.
AGAINST = [
    ("house", "strategies/ict/market/zones.py", "import ict_host"),
    ("house", "strategies/ict/market/zones.py", "def late():\n    from ict_lab.trades import Backtest"),
    ("house", "strategies/ict_host/live.py", "from ict_lab.errors import LabError"),
    ("house", "strategies/ict_host/live.py", "from loopback.clock import Clock"),
    ("exchange", "tools/loopback/clock.py", "from ict.params import Params"),
    ("exchange", "tools/loopback/clock.py", "import freqtrade.constants"),
    ("strategies", "strategies/ict_host/live.py", "from ICTObTrendStrategy import ICTObTrendStrategy"),
    ("parts", "strategies/ict_host/entry.py", "from ict_host.exits import IctExits"),
    ("tests", "strategies/ict/desk/sizing.py", "if TYPE_CHECKING:\n    from tests.support import source"),
    ("chart", "strategies/ict/market/swings.py", "from .. import setups"),
    ("chart", "strategies/ict/candles.py", "from ict.market.chart import Chart"),
    ("desk", "strategies/ict/exits/__init__.py", "from ict.desk.levels import Levels"),
    ("desk", "strategies/ict/desk/levels.py", "from ict.words.languages import WORDS"),
    ("apart", "strategies/ict/market/swings.py", "import ict.desk.levels"),
    ("asked", "strategies/ict/desk/levels.py", "from ict.market.zones import Zones"),
    ("tools", "tools/ict_lab/report/cautions.py", "import ict_lab.verdict.sharpe"),
    ("tools", "tools/ict_lab/chance/own_trades.py", "import ict_lab.verdict"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[tuple[str, str, str], int]]:
    """Break all contracts on a copy of what ships: the linter's report, and where each line was added."""
    place = tmp_path_factory.mktemp("house")
    shutil.copy(REPOSITORY / "pyproject.toml", place)
    for root in (STRATEGIES, TOOLS):
        target = place / root.relative_to(REPOSITORY)
        shutil.copytree(root, target, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    added = {}
    for row in AGAINST:
        path = place / "user_data" / row[1]
        text = f"{path.read_text(encoding='utf-8')}\n{row[2]}"
        added[row] = len(text.splitlines())
        path.write_text(f"{text}\n", encoding="utf-8")
    return contracts(place)[1], added


@pytest.mark.parametrize("row", AGAINST)
def test_an_import_against_the_way_is_found(
    broken: tuple[str, dict[tuple[str, str, str], int]], row: tuple[str, str, str]
) -> None:
    report, added = broken
    (name,) = (one["name"] for one in SETTINGS["importlinter"]["contracts"] if one["id"] == row[0])
    # Its own part of the report, to the next heading.
    part = report.split("Broken contracts")[1].split(f"\n{name}\n---")[1].split("\n---")[0]
    module = ".".join(Path(row[1]).with_suffix("").parts[1:]).removesuffix(".__init__")
    assert re.search(rf"- +{module} -> \S+ \(l\.{added[row]}\)", part)


def test_every_contract_is_tried_and_every_strategy_named() -> None:
    table = SETTINGS["importlinter"]["contracts"]
    assert {row["id"] for row in table} == {contract for contract, _, _ in AGAINST}
    (named,) = (row["forbidden_modules"] for row in table if row["id"] == "strategies")
    assert named == [path.stem for path in STRATEGY_FILES]


def test_strategies_know_no_tool_and_no_test() -> None:
    """They are no package, so no contract sees them."""
    files = [*STRATEGY_FILES, *source.python_files(HYPEROPTS)]
    tools = {"ict_lab", "loopback", "tests"}
    assert not {path.name for path in files if foreign_imports(imports_of(path), tools)}


def foreign_imports(imported: set[str], foreign: set[str]) -> set[str]:
    """Find imports of something that must not be known."""
    return {name for name in imported for other in foreign if name == other or name.startswith(f"{other}.")}


def circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_is_circular() -> None:
    assert not circle({module_of(path): imports_of(path) for path in ALL_FILES})
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})


def unknown_imports(imported: set[str], known: set[str]) -> set[str]:
    """Find imports of what is not known to be harmless."""
    return imported - {name for name in imported if foreign_imports({name}, known)}


def test_the_package_knows_no_host_and_no_clock() -> None:
    assert not {
        name for path in PACKAGE_FILES for name in unknown_imports(imports_of(path), KNOWN_TO_THE_PACKAGE)
    }
    assert not offenders(PACKAGE_FILES, source.clock_calls)
    for call in ("datetime.now(UTC)", "pd.Timestamp.now()", "time.time()", "date.today()"):
        assert source.clock_calls(f"now = {call}")


@pytest.mark.parametrize("name", [
    "freqtrade.persistence", "ccxt", "logging", "urllib.request", "urllib", "time", "random", "os",
    "importlib",
])  # fmt: skip
def test_an_import_that_is_not_pure_is_found(name: str) -> None:
    assert unknown_imports({name, "datetime", "collections.abc"}, KNOWN_TO_THE_PACKAGE) == {name}


AHEAD = [
    "later = frame['close'].shift(-1)", "later = frame['close'].shift(periods=-2)",
    "mean = close.rolling(5, center=True).mean()", "filled = column.bfill()",
    "best = np.maximum.accumulate(high[::-1])[::-1]", "later = np.roll(close, -1)",
]  # fmt: skip
LOOPS = [
    "for row in frame.itertuples():\n    pass", "for i, row in frame.iterrows():\n    pass",
    "x = frame.apply(f, axis=1)", "for i in range(len(close)):\n    pass",
]  # fmt: skip


def test_no_loop_over_rows_and_no_look_ahead() -> None:
    assert not offenders(PACKAGE_FILES, lambda text: source.found(source.ROW_LOOPS, text))
    assert not offenders(ALL_FILES, lambda text: source.found(source.LOOKS_AHEAD, text))
    for snippet in LOOPS:
        assert source.found(source.ROW_LOOPS, snippet)
    for snippet in AHEAD:
        assert source.found(source.LOOKS_AHEAD, snippet)
        harmless = f'"""{snippet[:5]} .shift(-1) in a text."""\nx = close.shift(1)'
        assert not source.found(source.LOOKS_AHEAD, harmless)


def test_nothing_is_too_long() -> None:
    assert not offenders(ALL_FILES, lambda text: source.long_functions(text, 40))
    # A language has a line a text.
    code = [path for path in ALL_FILES if path.parent.name != "languages"]
    assert not offenders(code, lambda text: len(text.splitlines()) > 450)
    assert not offenders(STRATEGY_FILES, lambda text: len(text.splitlines()) > 300)
    # And a long function is found.
    lines = "\n".join(f"    x{i} = {i}" for i in range(41))
    assert source.long_functions(f"def long():\n    '''Say.\n\n    More.\n    '''\n{lines}", 40) == ["long"]
    assert not source.long_functions(f"def fits():\n    '''Say.'''\n{lines}", 41)


def test_values_do_not_change() -> None:
    """What was found, set or decided stays so: every dataclass is frozen but those that change with time."""
    assert offenders(ALL_FILES, lambda text: set(source.mutable_values(text))) == CHANGE_WITH_TIME
    for thawed in ("@dataclass", "@dataclass(slots=True)", "@dataclasses.dataclass(frozen=False)"):
        assert source.mutable_values(f"{thawed}\nclass Zone:\n    top: float") == ["Zone"]
    assert source.mutable_values("@dataclass(frozen=True, slots=True)\nclass Zone:\n    top: float") == []


def test_everything_public_is_documented() -> None:
    assert not offenders(ALL_FILES, source.undocumented)
    snippet = "class A:\n    '''Say.'''\n    def b(self): pass\n    def _c(self): pass\ndef d(): pass"
    assert source.undocumented(snippet) == ["module", "b", "d"]


def test_every_rule_is_written_and_coded() -> None:
    """Each rule of the README is cited by a docstring, and each cited rule is in the README."""
    cited = {
        rule for path in ALL_FILES for rule in source.rules_in_docstrings(path.read_text(encoding="utf-8"))
    }
    written = source.rules_defined_in(README.read_text(encoding="utf-8"))
    assert {"OB-1", "FVG-3", "CHOCH-1", "SIG-2", "RISK-2"} <= written
    assert not written - cited, "rules that no docstring cites"
    assert not cited - written, "rules that the README does not have"
    text = "**OB-1 Block.** Text of OB-9. **BOS-1 A, CHOCH-1 B.**"
    assert source.rules_defined_in(text) == {"OB-1", "BOS-1", "CHOCH-1"}
    assert source.rules_in_docstrings('"""Find (OB-1)."""\n# FVG-1\nx = "ZONE-1"') == {"OB-1"}


def test_the_checkers_see_all_that_ships() -> None:
    """Types in the strictest way, and no function with more branches than ruff allows."""
    assert min(map(len, (PACKAGE_FILES, source.python_files(LAB), source.python_files(LOOPBACK)))) >= 20
    assert SETTINGS["mypy"]["strict"]
    assert SETTINGS["mypy"]["files"] == [root.relative_to(REPOSITORY).as_posix() for root in ROOTS]
    assert not [block for block in SETTINGS["mypy"]["overrides"] if block.get("ignore_errors")]
    assert "C90" in SETTINGS["ruff"]["lint"]["select"]
    assert not offenders(ALL_FILES, lambda text: "noqa" in text)
