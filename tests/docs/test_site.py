"""The documentation as a site; `make site` builds it with warnings as errors, here is what it rests on."""

import importlib.util
import re
from types import ModuleType

import pytest

from tests.docs.markdown import PAGES, ROOT, read

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
