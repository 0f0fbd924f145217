"""Links, pictures and paths in the documentation lead to something."""

import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

import pytest

from tests.docs.markdown import PAGES, ROOT, anchor, blocks, headings, links, prose, read

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
    """Find the links of a page that lead to no file or to no heading."""
    found = []
    for target in links(read(page)):
        name, _, place = target.partition("#")
        aim = (page.parent / name).resolve() if name else page
        if not aim.exists() or (place and place not in anchors(aim)):
            found.append(target)
    return found


def missing_paths(page: Path) -> set[str]:
    """Find the paths of the working folder that are not there; in the container it is the same one."""
    named = set(re.findall(r"(?<![\w/])(?:user_data|tests|docs)/[\w./-]*\w(?![\w*])", read(page)))
    return {
        name for name in named if not (ROOT / name).exists() and not name.startswith(tuple(WRITTEN_LATER))
    }


def missing_files(page: Path) -> set[str]:
    """Find the files without a path that are not there."""
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
    """Each folder and file of the tree is there."""
    tree = blocks(read(ROOT / "CONTRIBUTING.md"), "text")[0].text
    names = [
        name for line in tree.splitlines() for name in re.findall(r"(\S+)/(?=\s|$)", line.split("  a ")[0])
    ]
    everything = {path.name for path in ROOT.rglob("*") if path.is_dir() and ".venv" not in path.parts}
    assert len(names) > 12
    assert {name for name in names if name.split("/")[-1] not in everything} == set()
