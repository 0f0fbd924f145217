"""What goes wrong in a tool, said so that a person can fix it: what was expected, what was found."""

from __future__ import annotations


class LabError(Exception):
    """A tool can't do what was requested; the message says why and what to do."""
