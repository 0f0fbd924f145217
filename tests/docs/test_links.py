"""Links, pictures and paths in the documentation lead to something."""

import importlib.util
import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from ict_lab.docs.commands import PAGES, blocks, prose, read

from tests.docs.markdown import anchor, headings, links
from tests.support.places import REPOSITORY as ROOT

WRITTEN_LATER = {
    # By Freqtrade, our tools, or the reader.
    "user_data/backtest_results", "user_data/config/NAME.json", "user_data/config/my.local.json",
    "user_data/data", "user_data/now-tradesv3", "user_data/plot", "user_data/tradesv3",
    "user_data/trials.jsonl", "user_data/journal-tradesv3",
    "user_data/walkforward", "user_data/league",
    "user_data/strategies/ICTObFvgStrategy.json", "user_data/strategies/KillZoneStrategy.py",
    "user_data/strategies/SweepStrategy.py", "user_data/strategies/IctFreqaiStrategy.py",
    "user_data/config/freqai.local.json",
}  # fmt: skip


@cache
def anchors(page: Path) -> set[str]:
    return {anchor(words) for _, words in headings(read(page))}


def dead_links(page: Path) -> list[str]:
    found = []
    for target in links(read(page)):
        name, _, place = target.partition("#")
        aim = (page.parent / name).resolve() if name else page
        if not aim.exists() or (place and place not in anchors(aim)):
            found.append(target)
    return found


def missing_paths(page: Path) -> set[str]:
    named = set(re.findall(r"(?<![\w/])(?:user_data|tests|docs)/[\w./-]*\w(?![\w*])", read(page)))
    return {
        name for name in named if not (ROOT / name).exists() and not name.startswith(tuple(WRITTEN_LATER))
    }


def missing_files(page: Path) -> set[str]:
    names = set(re.findall(r"`([\w.]+\.(?:json|yml|toml))`", prose(read(page)))) - {"report.json"}
    places = (ROOT, ROOT / "user_data" / "config")
    return {name for name in names if not any((place / name).exists() for place in places)}


def test_every_page_is_listed_in_the_readme_of_its_language() -> None:
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    korean = {page for page in pages if page.endswith(".ko.md")}
    assert pages - korean <= set(links(read(ROOT / "README.md")))
    assert korean <= set(links(read(ROOT / "README.ko.md")))


@pytest.mark.parametrize("find", [
    dead_links, missing_paths, missing_files,
    # A picture without words for those who cannot see it.
    lambda page: re.findall(r"!\[\]\(([^)]+)\)", read(page)),
])  # fmt: skip
def test_what_is_named_is_there(find: Callable[[Path], Collection[str]]) -> None:
    assert {page.name: found for page in PAGES if (found := find(page))} == {}


def test_a_link_that_leads_nowhere_is_found() -> None:
    assert links("[a](docs/none.md) ![b](x.png) [c](https://example.org)") == ["docs/none.md", "x.png"]
    assert anchor("What the numbers are") == "what-the-numbers-are"
    assert anchor("make tune: the settings by hand") == "make-tune-the-settings-by-hand"


def test_the_house_is_as_the_contributors_are_told() -> None:
    tree = blocks(read(ROOT / "CONTRIBUTING.md"), "text")[0].text
    names = [
        name for line in tree.splitlines() for name in re.findall(r"(\S+)/(?=\s|$)", line.split("  a ")[0])
    ]
    everything = {path.name for path in ROOT.rglob("*") if path.is_dir() and ".venv" not in path.parts}
    assert len(names) > 12
    assert {name for name in names if name.split("/")[-1] not in everything} == set()


# The site; `make site` builds it with warnings as errors, here is what it rests on


CONFIG = read(ROOT / "mkdocs.yml")


@pytest.fixture(scope="module")
def site() -> ModuleType:
    """Load the hooks as MkDocs does, from their file."""
    spec = importlib.util.spec_from_file_location("site_hooks", ROOT / "docs" / "site.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_is_in_the_navigation(site: ModuleType) -> None:
    named = re.findall(r"[\w.]+\.md", CONFIG.partition("\nnav:")[2])
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} | {*site.OUTSIDE}
    assert len(named) == len(pages)
    assert {*named} == pages
    outside = {ROOT / place for place in site.OUTSIDE.values()}
    assert outside >= {path for path in PAGES if path.parent == ROOT}
    assert all(path.is_file() for path in outside)


@pytest.mark.parametrize(("target", "place", "address"), [
    ("docs/tools.md#news", "README.md", "tools.md#news"),
    ("README.ko.md", "README.md", "index.ko.md"),
    ("../README.md#quick-start", "docs/tools.md", "index.md#quick-start"),
    ("../../../docs/images/patterns/ote.svg", "user_data/strategies/ict/README.md",
     "images/patterns/ote.svg"),
    ("../user_data/strategies/ict/README.md", "docs/setups.md", "rules.md"),
    ("risk.md", "docs/setups.md", "risk.md"),
    ("#news", "docs/tools.md", "#news"),
    ("https://example.org/a.md", "docs/tools.md", "https://example.org/a.md"),
    ("LICENSE", "README.md", "https://github.com/OWNER/NAME/blob/main/LICENSE"),
])  # fmt: skip
def test_a_link_leads_where_it_does_on_github(
    site: ModuleType, monkeypatch: pytest.MonkeyPatch, target: str, place: str, address: str
) -> None:
    monkeypatch.setattr(site, "FILES", "https://github.com/OWNER/NAME/blob/main/")
    assert site.relinked(f"a [b]({target}) ![c](x://y)", place) == f"a [b]({address}) ![c](x://y)"
