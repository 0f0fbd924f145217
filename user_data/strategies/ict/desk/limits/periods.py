"""Days and weeks, by UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

WEEK = timedelta(weeks=1)


def day_start(now: datetime) -> datetime:
    """First moment of the UTC day of `now`."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def next_day(now: datetime) -> datetime:
    """First moment of the next UTC day."""
    return day_start(now) + timedelta(days=1)


def week_start(now: datetime) -> datetime:
    """First moment of the UTC week of `now`, which begins on Monday."""
    today = day_start(now)
    return today - timedelta(days=today.weekday())


def next_week(now: datetime) -> datetime:
    """First moment of the next UTC week."""
    return week_start(now) + WEEK
