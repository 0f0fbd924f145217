"""Hooks of the site: pages that lie outside of docs/ are part of it, and links between pages still work.

MkDocs reads docs/ alone; README, rules and changelog are where GitHub shows them.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
# Where files that are no page are looked at; GitHub's workflows say which repository this is.
FILES = f"https://github.com/{os.environ.get('GITHUB_REPOSITORY', 'OWNER/NAME')}/blob/main/"
# Pages by their address in the site, and where they lie in the repository.
OUTSIDE = {
    "index.md": "README.md",
    "index.ko.md": "README.ko.md",
    "rules.md": "user_data/strategies/ict/README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
_LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages from outside of docs/."""
    # Here, for the tests of the links have no MkDocs.
    from mkdocs.structure.files import File

    for address, place in OUTSIDE.items():
        text = (REPOSITORY / place).read_text(encoding="utf-8")
        files.append(File.generated(config, address, content=relinked(text, place)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let the links of a page of docs/ lead where they lead in the repository."""
    address = page.file.src_uri
    return markdown if address in OUTSIDE else relinked(markdown, f"docs/{address}")


def relinked(text: str, place: str) -> str:
    """Return a page with its links as the site needs them.

    Parameters
    ----------
    text : str
        Markdown.
    place : str
        Where it lies in the repository, which its links are relative to.
    """

    def link(found: re.Match[str]) -> str:
        return found[1] + address(found[2], place) + found[3]

    return _LINK.sub(link, text)


def address(target: str, place: str) -> str:
    """Return where a link leads in the site: a page of it, or a file that is only in the repository."""
    if "://" in target or target.startswith("#"):
        return target
    name, mark, anchor = target.partition("#")
    aim = posixpath.normpath(posixpath.join(posixpath.dirname(place), name))
    inside = {where: here for here, where in OUTSIDE.items()}
    if aim in inside:
        return inside[aim] + mark + anchor
    if aim.startswith("docs/"):
        return aim.removeprefix("docs/") + mark + anchor
    return f"{FILES}{aim}{mark}{anchor}"
