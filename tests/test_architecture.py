"""The house keeps its order: imports run one way, the market is pure, no function outgrows a screen."""

import re
from pathlib import Path

import pytest

from ict import Params, analyse
from ict.columns import GROUPS
from tests.support import source
from tests.support.compare import names_of
from tests.support.fast import EVERY_COLUMN
from tests.support.markets import synthetic

REPOSITORY = Path(__file__).resolve().parents[1]
STRATEGIES = REPOSITORY / "user_data" / "strategies"
PACKAGE = STRATEGIES / "ict"
LAB = STRATEGIES / "ict_lab"
LOOPBACK = REPOSITORY / "tests" / "loopback"
README = PACKAGE / "README.md"

PACKAGE_FILES = source.python_files(PACKAGE)
STRATEGY_FILES = sorted(STRATEGIES.glob("*.py"))
ALL_FILES = [*PACKAGE_FILES, *STRATEGY_FILES]

# Each layer may import from itself and from those before it; desk stands beside market.
FOUNDATION = {"ict.errors", "ict.candles", "ict.params"}
MAY_IMPORT = {
    "foundation": {"foundation"},
    "market": {"foundation", "market"},
    "desk": {"foundation", "desk"},
    "confluence": {"foundation", "market", "desk", "confluence"},
    "columns": {"foundation", "market", "desk", "confluence", "columns"},
    "analysis": {"foundation", "market", "desk", "confluence", "columns", "analysis"},
    "drawing": {"foundation", "market", "drawing"},
    "ict": {"foundation", "analysis"},
}
FOREIGN_TO_THE_PACKAGE = {
    "freqtrade", "ccxt", "logging", "requests", "urllib.request", "http", "socket", "asyncio", "time",
    "random", "tests", "os", "pathlib", "subprocess", "threading", "ict_parameters",
}  # fmt: skip

each_file = pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: path.name)
each_package_file = pytest.mark.parametrize("path", PACKAGE_FILES, ids=lambda path: path.name)


def module_of(path: Path) -> str:
    """Full name of a file of the package."""
    parts = path.relative_to(STRATEGIES).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


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


def foreign_imports(imported: set[str], foreign: set[str]) -> set[str]:
    """Find imports of something that must not be known."""
    return {name for name in imported for other in foreign if name == other or name.startswith(f"{other}.")}


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


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Chains of imports that come back to where they began."""
    found: list[list[str]] = []

    def follow(chain: list[str]) -> None:
        for name in sorted(graph.get(chain[-1], ())):
            if name in chain:
                found.append([*chain[chain.index(name) :], name])
            else:
                follow([*chain, name])

    for start in graph:
        follow([start])
    return found


def test_no_import_is_circular() -> None:
    assert not circles({module_of(path): imports_of(path) for path in PACKAGE_FILES})
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}})


TOOLS = {path.parent.name for path in LAB.glob("*/__init__.py")}
# What several tools need.
SHARED_BY_TOOLS = {"chance"}


def other_tools(module: str, imported: set[str]) -> set[str]:
    """Find imports of a tool by another one, or by what they share."""
    others = TOOLS - SHARED_BY_TOOLS - set(module.split(".")[1:2])
    return foreign_imports(imported, {f"ict_lab.{tool}" for tool in others})


@pytest.mark.parametrize("path", source.python_files(LAB), ids=lambda path: "/".join(path.parts[-2:]))
def test_no_tool_imports_another(path: Path) -> None:
    assert not other_tools(module_of(path), imports_of(path))


def test_an_import_of_another_tool_is_found() -> None:
    assert {"chance", "report", "tune", "verdict", "walkforward"} <= TOOLS
    assert other_tools("ict_lab.report.cautions", {"ict_lab.verdict.sharpe"})
    assert other_tools("ict_lab.chance.replay", {"ict_lab.verdict"})
    assert not other_tools("ict_lab.report.cautions", {"ict_lab.chance.draws", "ict_lab.report.measure"})


@each_package_file
def test_the_package_knows_no_host_and_no_clock(path: Path) -> None:
    assert not foreign_imports(imports_of(path), FOREIGN_TO_THE_PACKAGE)
    assert not source.clock_calls(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "snippet", ["now = datetime.now(UTC)", "x = pd.Timestamp.now()", "t = time.time()", "d = date.today()"]
)
def test_a_clock_is_found(snippet: str) -> None:
    assert source.clock_calls(snippet)
    assert foreign_imports(
        source.imported_modules("from freqtrade.persistence import Trade"), FOREIGN_TO_THE_PACKAGE
    )
    assert not foreign_imports({"freqtraders", "datetime", "osprey"}, FOREIGN_TO_THE_PACKAGE)


def test_only_strategy_files_know_freqtrade() -> None:
    users = [path for path in ALL_FILES if foreign_imports(imports_of(path), {"freqtrade"})]
    assert users
    assert {path.parent for path in users} == {STRATEGIES}


@each_file
def test_nothing_imports_the_tests(path: Path) -> None:
    assert not foreign_imports(imports_of(path), {"tests", "pytest", "hypothesis"})


@pytest.mark.parametrize(
    "path",
    [path for path in source.python_files(LOOPBACK) if not path.name.startswith(("test_", "conftest"))],
    ids=lambda path: path.name,
)
def test_the_loopback_exchange_knows_neither_side(path: Path) -> None:
    """The stand-in for Binance is no part of what it tests."""
    imported = source.imported_modules(path.read_text(encoding="utf-8"))
    assert not foreign_imports(imported, {"ict", "freqtrade"})


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
    assert len(text.splitlines()) <= (300 if path.parent == STRATEGIES else 450)


def test_a_long_function_is_found() -> None:
    lines = "\n".join(f"    x{i} = {i}" for i in range(41))
    assert source.long_functions(f"def long():\n    '''Say.\n\n    More.\n    '''\n{lines}", 40) == ["long"]
    assert not source.long_functions(f"def fits():\n    '''Say.'''\n{lines}", 41)


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
    assert {layer_of(module_of(path)) for path in PACKAGE_FILES} >= set(MAY_IMPORT)
