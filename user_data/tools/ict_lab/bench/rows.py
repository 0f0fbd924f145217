"""One line of the report: two things measured in the same run, and the bar between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from rich import box
from rich.table import Table

_NONE = "–"


@dataclass(frozen=True)
class Sample:
    """Seconds of the same thing done several times."""

    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        """The fastest one: whatever else the machine does adds to the others."""
        return min(self.seconds)

    def __str__(self) -> str:
        unit, factor = ("s", 1.0) if self.least >= 1 else ("ms", 1e3)
        least, middle = (
            f"{second * factor:.3g}" if second * factor < 100 else f"{second * factor:.0f}"
            for second in (self.least, median(self.seconds))
        )
        return f"{least} {unit} ({middle})"


@dataclass(frozen=True)
class Bar:
    """What a figure is held to; `at_least` says on which side."""

    value: float
    at_least: bool
    unit: str = "×"

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}{self.unit}"

    def met_by(self, figure: float) -> bool:
        """Whether the figure is on the right side."""
        return figure >= self.value if self.at_least else figure <= self.value


@dataclass(frozen=True)
class Row:
    """A figure with what it was made from; without a bar it only informs."""

    what: str
    ours: str
    theirs: str
    figure: float
    bar: Bar | None
    unit: str = "×"

    @property
    def met(self) -> bool:
        """Whether the bar is met; True where there is none."""
        return self.bar is None or self.bar.met_by(self.figure)


def at_least(value: float) -> Bar:
    """Set the bar for how many times faster we are."""
    return Bar(value, at_least=True)


def at_most(value: float, unit: str = "×") -> Bar:
    """Set the bar for what something of ours may cost."""
    return Bar(value, at_least=False, unit=unit)


def compare(what: str, ours: Sample, theirs: Sample, bar: Bar | None) -> Row:
    """Put two samples side by side: how many times faster (a bar `at_least`), else what ours costs."""
    faster = theirs.least / ours.least
    figure = faster if bar is not None and bar.at_least else 1 / faster
    return Row(what, str(ours), str(theirs), figure, bar)


def measured(what: str, figure: float, bar: Bar | None, unit: str, ours: str) -> Row:
    """Hold a figure of our own to its bar."""
    return Row(what, ours, _NONE, figure, bar, unit)


def table(rows: Iterable[Row]) -> Table:
    """Lay the rows out for a terminal."""
    shown = Table(box=box.SIMPLE_HEAD, caption="least (median) of several turns; only ratios are claimed")
    shown.add_column("what")
    for name in ("ours", "theirs", "ratio", "bar"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("met", justify="center", no_wrap=True)
    for row in rows:
        verdict = _NONE if row.bar is None else "[green]yes[/]" if row.met else "[bold red]MISSED[/]"
        figure = f"{row.figure:.3g}{row.unit}" if row.figure < 100 else f"{row.figure:.0f}{row.unit}"
        shown.add_row(row.what, row.ours, row.theirs, figure, str(row.bar or _NONE), verdict)
    return shown
