"""The house keeps its order: imports run one way, the market is pure, no function outgrows a screen."""

import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from ict import Params, analyse
from ict.columns import GROUPS
from tests.support import source
from tests.support.compare import names_of
from tests.support.fast import EVERY_COLUMN
from tests.support.markets import synthetic
from tests.support.places import HYPEROPTS, LAB, LOOPBACK, REPOSITORY, STRATEGIES, TOOLS

PACKAGE = STRATEGIES / "ict"
README = PACKAGE / "README.md"

PACKAGE_FILES = source.python_files(PACKAGE)
STRATEGY_FILES = sorted(STRATEGIES.glob("*.py"))
ROOTS = (STRATEGIES, HYPEROPTS, TOOLS)
ALL_FILES = [path for root in ROOTS for path in source.python_files(root)]
# What ships: each may import itself and what is named here. The exchange stands apart.
HOUSE: dict[str, set[str]] = {
    "ict": set(),
    "ict_host": {"ict"},
    "strategies": {"ict", "ict_host"},
    "loopback": set(),
    "ict_lab": {"ict", "ict_host", "strategies", "loopback"},
}
# A walk through candles, the state of a run that goes on, a message on its way, the account of an exchange.
CHANGE_WITH_TIME = {
    "loopback/account/algo_orders.py": {"AlgoOrder"},
    "loopback/account/orders.py": {"Order"},
    "loopback/account/positions.py": {"Position"},
    "loopback/exchange.py": {"Exchange"},
    "loopback/faults.py": {"Fault"},
    "loopback/settings.py": {"Settings"},
    "loopback/weights.py": {"Limits", "_Counter"},
    "ict_lab/chance/exits.py": {"_Walk"},
    "ict_lab/chaos/campaign.py": {"Campaign"},
    "ict_lab/chaos/checks.py": {"Round"},
    "ict_lab/soak/figures.py": {"Figures", "Memory"},
    "ict_lab/walkforward/state.py": {"Record"},
    "ict_host/channels.py": {"Post"},
}
OUTSIDE = {"tests", "pytest", "hypothesis"}

# Each layer may import from itself and from those before it.
FOUNDATION = {"ict.errors", "ict.candles", "ict.params"}
MAY_IMPORT = {
    "foundation": {"foundation"},
    "market": {"foundation", "market"},
    "exits": {"foundation", "exits"},
    "desk": {"foundation", "exits", "desk"},
    "catalogue": {"foundation", "market", "catalogue"},
    "confluence": {"foundation", "market", "catalogue", "confluence"},
    "columns": {"foundation", "market", "catalogue", "confluence", "columns"},
    "analysis": {"foundation", "market", "catalogue", "columns", "analysis"},
    "drawing": {"foundation", "market", "catalogue", "columns", "drawing"},
    "ict": {"foundation", "analysis"},
}
# All that pure code needs: no host, no exchange, no log, no clock, no chance, no files, no network.
KNOWN_TO_THE_PACKAGE = {
    "ict", "numpy", "pandas", "talib", "__future__", "abc", "bisect", "collections", "contextlib",
    "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "itertools", "json",
    "math", "operator", "re", "string", "types", "typing", "urllib.parse",
}  # fmt: skip


def short(path: Path) -> str:
    """Path of a file within its folder, for the name of a test."""
    (root,) = (root for root in ROOTS if path.is_relative_to(root))
    return path.relative_to(root).as_posix()


each_file = pytest.mark.parametrize("path", ALL_FILES, ids=short)
each_package_file = pytest.mark.parametrize("path", PACKAGE_FILES, ids=short)


def module_of(path: Path) -> str:
    """Full name of a file that ships."""
    parts = Path(short(path)).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(module: str) -> str | None:
    """Part of the house that a module belongs to, None for what is not ours."""
    top = module.split(".")[0]
    if top in HOUSE:
        return top
    return "strategies" if re.match(r"ICT[A-Z]", top) else None


def layer_of(module: str) -> str:
    """Layer of a module of the package."""
    if module in FOUNDATION:
        return "foundation"
    return module.split(".")[1] if "." in module else "ict"


def imports_of(path: Path) -> set[str]:
    """Modules that a file imports."""
    return source.imported_modules(path.read_text(encoding="utf-8"), module_of(path).rpartition(".")[0])


def wrong_imports(module: str, imported: set[str]) -> set[str]:
    """Find imports of the package's own modules that run against the layers."""
    own = {name for name in imported if name == "ict" or name.startswith("ict.")}
    # Inside of the package, its own front door would be a circle.
    return {name for name in own if layer_of(name) not in MAY_IMPORT[layer_of(module)]}


def imports_from_above(module: str, imported: set[str]) -> set[str]:
    """Find imports of what lies above a module in the house, or outside of it."""
    floor = floor_of(module)
    assert floor, f"{module} needs a place in this test"
    above = HOUSE.keys() - HOUSE[floor] - {floor}
    return {name for name in imported if floor_of(name) in above} | foreign_imports(imported, OUTSIDE)


def foreign_imports(imported: set[str], foreign: set[str]) -> set[str]:
    """Find imports of something that must not be known."""
    return {name for name in imported for other in foreign if name == other or name.startswith(f"{other}.")}


@each_file
def test_the_house_stands_on_what_lies_below(path: Path) -> None:
    assert not imports_from_above(module_of(path), imports_of(path))


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("ict.market.zones", "import ict_host"),
        ("ict.market.zones", "from ict_host.live import SIDES"),
        ("ict.market.zones", "from ict_lab.trades import Backtest"),
        ("ict.market.zones", "def late():\n    import ict_lab.trades"),
        ("ict.desk.sizing", "from ICTObFvgStrategy import ICTObFvgStrategy"),
        ("ict.desk.sizing", "if TYPE_CHECKING:\n    from tests.support import source"),
        ("ict_host.live", "from ICTObTrendStrategy import ICTObTrendStrategy"),
        ("ict_host.live", "from ict_lab.errors import LabError"),
        ("ICTObFvgStrategy", "import ict_lab.trades"),
        ("ict_lab.trades", "import pytest"),
        ("loopback.clock", "from ict.params import Params"),
        ("ict_host.live", "from loopback.clock import Clock"),
    ],
)
def test_an_import_from_above_is_found(module: str, imported: str) -> None:
    assert imports_from_above(module, source.imported_modules(imported, module.rpartition(".")[0]))


def test_what_lies_below_may_be_imported() -> None:
    below = {"ict.params", "ict_host.live", "ICTObFvgStrategy", "freqtrade", "numpy", "testsuite", "icterine"}
    assert not imports_from_above("ict_lab.trades", below)
    assert not imports_from_above("ICTObTrendStrategy", below)
    assert imports_from_above("ict_host.check", below) == {"ICTObFvgStrategy"}
    assert imports_from_above("ict.params", below) == {"ict_host.live", "ICTObFvgStrategy"}


@each_package_file
def test_imports_run_one_way(path: Path) -> None:
    assert layer_of(module_of(path)) in MAY_IMPORT, f"{module_of(path)} needs a layer in this test"
    assert not wrong_imports(module_of(path), imports_of(path))


def test_an_import_against_the_way_is_found() -> None:
    assert wrong_imports("ict.market.swings", {"ict.confluence"}) == {"ict.confluence"}
    assert wrong_imports("ict.market.swings", {"ict.desk.levels"})
    assert wrong_imports("ict.desk.levels", {"ict.market.zones"})
    assert wrong_imports("ict.candles", {"ict.market.chart"})
    assert wrong_imports(
        "ict.market.swings", source.imported_modules("from .. import confluence", "ict.market")
    )
    assert not wrong_imports("ict.analysis", {"ict.columns", "ict.candles", "numpy"})


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Find a chain of imports that comes back to where it began."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_is_circular() -> None:
    assert not circle({module_of(path): imports_of(path) for path in ALL_FILES})
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})


TOOL_NAMES = {path.parent.name for path in LAB.glob("*/__init__.py")}
# What several tools need.
SHARED_BY_TOOLS = {"bots", "chance"}


def other_tools(module: str, imported: set[str]) -> set[str]:
    """Find imports of a tool by another one, or by what they share."""
    others = TOOL_NAMES - SHARED_BY_TOOLS - set(module.split(".")[1:2])
    return foreign_imports(imported, {f"ict_lab.{tool}" for tool in others})


@pytest.mark.parametrize("path", source.python_files(LAB), ids=lambda path: "/".join(path.parts[-2:]))
def test_no_tool_imports_another(path: Path) -> None:
    assert not other_tools(module_of(path), imports_of(path))


def test_an_import_of_another_tool_is_found() -> None:
    assert {"chance", "report", "tune", "verdict", "walkforward"} <= TOOL_NAMES
    assert other_tools("ict_lab.report.cautions", {"ict_lab.verdict.sharpe"})
    assert other_tools("ict_lab.chance.replay", {"ict_lab.verdict"})
    assert not other_tools("ict_lab.report.cautions", {"ict_lab.chance.draws", "ict_lab.report.measure"})


def unknown_imports(imported: set[str], known: set[str]) -> set[str]:
    """Find imports of what is not known to be harmless."""
    return imported - {name for name in imported if foreign_imports({name}, known)}


@each_package_file
def test_the_package_knows_no_host_and_no_clock(path: Path) -> None:
    assert not unknown_imports(imports_of(path), KNOWN_TO_THE_PACKAGE)
    assert not source.clock_calls(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "snippet", ["now = datetime.now(UTC)", "x = pd.Timestamp.now()", "t = time.time()", "d = date.today()"]
)
def test_a_clock_is_found(snippet: str) -> None:
    assert source.clock_calls(snippet)


@pytest.mark.parametrize(
    "name",
    [
        "freqtrade.persistence",
        "ccxt",
        "logging",
        "urllib.request",
        "urllib",
        "time",
        "random",
        "os",
        "importlib",
    ],
)
def test_an_import_that_is_not_pure_is_found(name: str) -> None:
    assert unknown_imports({name, "datetime", "collections.abc"}, KNOWN_TO_THE_PACKAGE) == {name}


@pytest.mark.parametrize(
    "path",
    source.python_files(LOOPBACK),
    ids=lambda path: path.name,
)
def test_the_loopback_exchange_knows_neither_side(path: Path) -> None:
    """The stand-in for Binance is no part of what it tests."""
    imported = source.imported_modules(path.read_text(encoding="utf-8"))
    assert not foreign_imports(imported, {"ict", "ict_host", "ict_lab", "freqtrade"})


@each_package_file
def test_no_loop_over_rows(path: Path) -> None:
    assert not source.found(source.ROW_LOOPS, path.read_text(encoding="utf-8"))


@each_file
def test_no_look_ahead(path: Path) -> None:
    assert not source.found(source.LOOKS_AHEAD, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "snippet",
    [
        "later = frame['close'].shift(-1)",
        "later = frame['close'].shift(periods=-2)",
        "mean = close.rolling(5, center=True).mean()",
        "filled = column.bfill()",
        "best = np.maximum.accumulate(high[::-1])[::-1]",
        "later = np.roll(close, -1)",
    ],
)
def test_a_look_ahead_is_found(snippet: str) -> None:
    assert source.found(source.LOOKS_AHEAD, snippet)
    assert not source.found(
        source.LOOKS_AHEAD, f'"""{snippet[:5]} .shift(-1) in a text."""\nx = close.shift(1)'
    )


@pytest.mark.parametrize(
    "snippet",
    [
        "for row in frame.itertuples():\n    pass",
        "for i, row in frame.iterrows():\n    pass",
        "x = frame.apply(f, axis=1)",
        "for i in range(len(close)):\n    pass",
    ],
)
def test_a_loop_over_rows_is_found(snippet: str) -> None:
    assert source.found(source.ROW_LOOPS, snippet)


@each_file
def test_nothing_is_too_long(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not source.long_functions(text, 40)
    assert len(text.splitlines()) <= (300 if path in STRATEGY_FILES else 450)


def test_a_long_function_is_found() -> None:
    lines = "\n".join(f"    x{i} = {i}" for i in range(41))
    assert source.long_functions(f"def long():\n    '''Say.\n\n    More.\n    '''\n{lines}", 40) == ["long"]
    assert not source.long_functions(f"def fits():\n    '''Say.'''\n{lines}", 41)


@each_file
def test_values_do_not_change(path: Path) -> None:
    """What was found, set or decided stays so: every dataclass is frozen but those that say why."""
    mutable = set(source.mutable_values(path.read_text(encoding="utf-8")))
    assert mutable <= CHANGE_WITH_TIME.get(short(path), set())


def test_a_value_that_could_change_is_found() -> None:
    for thawed in ("@dataclass", "@dataclass(slots=True)", "@dataclasses.dataclass(frozen=False)"):
        assert source.mutable_values(f"{thawed}\nclass Zone:\n    top: float") == ["Zone"]
    assert source.mutable_values("@dataclass(frozen=True, slots=True)\nclass Zone:\n    top: float") == []


@each_file
def test_everything_public_is_documented(path: Path) -> None:
    assert not source.undocumented(path.read_text(encoding="utf-8"))


def test_a_missing_docstring_is_found() -> None:
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


def test_a_lost_rule_is_found() -> None:
    assert source.rules_defined_in("**OB-1 Block.** Text of OB-9. **BOS-1 A, CHOCH-1 B.**") == {
        "OB-1",
        "BOS-1",
        "CHOCH-1",
    }
    assert source.rules_in_docstrings('"""Find (OB-1)."""\n# FVG-1\nx = "ZONE-1"') == {"OB-1"}


def undescribed(columns: list[str], markdown: str) -> list[str]:
    """Columns that no name in code in the text stands for; `*` and `<timeframe>` stand for a word."""
    patterns = []
    for name in source.documented_columns(markdown):
        pattern = re.sub(r"\\\*|<\w+>", r"\\w+", re.escape(name))
        pattern = re.sub(r"\\\{(.+?)\\\}", lambda m: f"({m[1].replace(',', '|')})", pattern)
        # The README tells of one higher timeframe for all.
        patterns.append(pattern.replace("_4h", "_(1h|4h|1d)"))
    return [name for name in columns if not any(re.fullmatch(pattern, name) for pattern in patterns)]


def test_every_column_is_described() -> None:
    """Every column of every group stands in the README's section of columns."""
    section = README.read_text(encoding="utf-8").partition("\n## Columns")[2]
    columns = names_of(analyse(synthetic(60, seed=71), Params(**EVERY_COLUMN), groups=GROUPS))
    assert not undescribed(columns, section)


def test_a_column_without_a_description_is_found() -> None:
    text = "`ict_{bull,bear}_top`, `ict_trend_<timeframe>`, `ict_atr_*`"
    columns = ["ict_bull_top", "ict_trend_4h", "ict_atr_1d", "ict_new", "ict_calf_top"]
    assert undescribed(columns, text) == ["ict_new", "ict_calf_top"]


def test_there_is_something_to_check() -> None:
    assert len(PACKAGE_FILES) >= 20
    assert len(STRATEGY_FILES) >= 2
    assert {floor_of(module_of(path)) for path in ALL_FILES} == HOUSE.keys()


def test_the_checkers_see_all_that_ships() -> None:
    """Types in the strictest way, and no function with more branches than ruff allows."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["mypy"]["strict"]
    assert settings["mypy"]["files"] == [
        "user_data/strategies",
        "user_data/hyperopts",
        "user_data/tools",
    ]
    assert not [block for block in settings["mypy"]["overrides"] if block.get("ignore_errors")]
    assert "C90" in settings["ruff"]["lint"]["select"]
    assert not [short(path) for path in ALL_FILES if "noqa" in path.read_text(encoding="utf-8")]
    assert {layer_of(module_of(path)) for path in PACKAGE_FILES} >= set(MAY_IMPORT)
