"""The league in files: one HTML page that loads nothing, and one Markdown table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ict import __version__
from ict_lab.files import write_whole
from ict_lab.league.results import League
from ict_lab.league.tables import overview, tables_of
from ict_lab.verdict.output import as_markdown_table

TEMPLATE = Path(__file__).with_name("page.html.j2")


def write(league: League, notes: Sequence[str], folder: Path) -> list[Path]:
    """Write page and table.

    Parameters
    ----------
    league : League
        What was found.
    notes : Sequence[str]
        What a reader has to know besides: what was missing, how it was run.
    folder : pathlib.Path
        Where to.

    Returns
    -------
    list[pathlib.Path]
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / "league.html": as_html(league, notes), folder / "league.md": as_markdown(league, notes)}
    for path, text in files.items():
        write_whole(path, text)
    return list(files)


def as_html(league: League, notes: Sequence[str]) -> str:
    """Return the page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(TEMPLATE.name).render(
        sentence=league.sentence, tables=list(tables_of(league)), notes=notes, version=__version__
    )


def as_markdown(league: League, notes: Sequence[str]) -> str:
    """Return the table that counts, and the notes."""
    listed = "\n".join(f"- {note}" for note in notes)
    return f"**{league.sentence}**\n\n{as_markdown_table(overview(league))}\n\n{listed}\n"
