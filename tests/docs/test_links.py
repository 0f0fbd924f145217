"""Links, pictures and paths in the documentation lead to something."""

import re
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
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page."""
    return {anchor(words) for _, words in headings(read(page))}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(read(page)):
        name, _, place = target.partition("#")
        aim = (page.parent / name).resolve() if name else page
        assert aim.exists(), target
        assert not place or place in anchors(aim), target


@each_page
def test_paths_exist(page: Path) -> None:
    named = set(re.findall(r"(?<![\w/])(?:user_data|tests|docs)/[\w./-]*\w(?![\w*])", read(page)))
    # In the working folder of the container it is the same one.
    missing = {name for name in named if not (ROOT / name).exists()}
    assert {name for name in missing if not name.startswith(tuple(WRITTEN_LATER))} == set()


@each_page
def test_files_that_are_named_exist(page: Path) -> None:
    names = set(re.findall(r"`([\w.]+\.(?:json|yml|toml))`", prose(read(page))))
    places = (ROOT, ROOT / "user_data" / "config")
    assert {name for name in names if not any((place / name).exists() for place in places)} <= {"report.json"}


def test_every_page_is_listed_in_the_readme_of_its_language() -> None:
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    korean = {page for page in pages if page.endswith(".ko.md")}
    assert pages - korean <= set(links(read(ROOT / "README.md")))
    assert korean <= set(links(read(ROOT / "README.ko.md")))


@each_page
def test_every_picture_has_words_for_those_who_cannot_see_it(page: Path) -> None:
    assert [target for words, target in re.findall(r"!\[(.*?)\]\(([^)]+)\)", read(page)) if not words] == []


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
