"""What the commands say on a terminal, between Freqtrade's own tables."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

console = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a highlighted sentence."""
    console.print(f"\n[bold]{escape(text)}[/bold]")


def next_steps(steps: Mapping[str, str]) -> None:
    """Print commands to type next, each with what it gives."""
    say("Next")
    wide = max(map(len, steps))
    for command, gives in steps.items():
        console.print(f"  [bold]{escape(command.ljust(wide))}[/bold]  {escape(gives)}")
