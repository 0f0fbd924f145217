"""The names of Freqtrade that the guards rest on are where they are looked for."""

import importlib
import inspect

import freqtrade
import pytest
from ict_host.seams import habits, log_lines, messages, names

from tests.docs.texts import HOLE, texts_in
from tests.support.places import REPOSITORY


@pytest.mark.parametrize("seam", names.SEAMS, ids=lambda seam: seam.where.partition(":")[2])
def test_freqtrade_has_it(seam: names.Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "SEAMS", (seam,))
    assert names.missing() == []


@pytest.mark.parametrize(("where", "parameters", "sentence"), [
    ("freqtrade.worker:Worker._snooze", (), "has no freqtrade.worker:Worker._snooze: the reason"),
    ("freqtrade.labourer:Worker._sleep", (), "has no freqtrade.labourer:Worker._sleep: the reason"),
    ("freqtrade.worker:Worker._sleep", ("how_long",), "Worker._sleep takes no how_long: the reason"),
])  # fmt: skip
def test_a_lost_name_is_found(
    where: str, parameters: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "SEAMS", (names.Seam(where, "the reason", parameters),))
    (said,) = names.missing()
    assert sentence in said


@pytest.mark.parametrize(("version", "is_fine", "is_too_old"), [
    *((old, False, True) for old in ("2026.8", "2025.12", "2019.9", "2026.8-dev-abc1234")),
    *((new, False, False) for new in ("2026.10", "2027.1", "2026.9-dev-abc12", "docker-2026.10-dev-1", "?")),
    *((tested, True, False) for tested in ("2026.9", "2026.9.1", freqtrade.__version__)),
])  # fmt: skip
def test_releases(version: str, is_fine: bool, is_too_old: bool) -> None:
    """A newer one is named and may be tried; the tested one is installed and pinned."""
    said = None if is_fine else f"Freqtrade must be 2026.9, was {version}"
    assert (names.version_fault(version), names.is_too_old(version)) == (said, is_too_old)
    pinned = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8")
    assert f"=={names.TESTED_VERSIONS[1]}\n" in pinned


@pytest.mark.parametrize("line", [*log_lines.LINES, log_lines.STOP_IS_GONE], ids=lambda line: line.text[:50])
def test_freqtrade_still_logs_it_in_these_words(line: log_lines.Line) -> None:
    source = inspect.getsource(importlib.import_module(line.logger))
    wanted = line.text.replace("{}", HOLE)
    assert any(text.startswith(wanted) for text in texts_in(source))


def test_other_words_are_not_found_and_a_webhook_still_says_that_it_failed() -> None:
    source = inspect.getsource(importlib.import_module("freqtrade.worker"))
    assert not any(text.startswith(f"Mistake: {HOLE}") for text in texts_in(source))
    source = inspect.getsource(importlib.import_module(messages.WEBHOOK))
    assert f'"{messages.WEBHOOK_FAILED}. Exception: %s", exc' in source


@pytest.mark.parametrize("habit", habits.HABITS, ids=lambda habit: habit.holds.__name__)
def test_freqtrade_still_does_it(habit: habits.Habit) -> None:
    assert habit.holds()


def test_a_changed_habit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = habits.Habit(lambda: False, "Freqtrade waits for no tea")
    monkeypatch.setattr(habits, "HABITS", (habits.HABITS[0], gone))
    assert habits.changed() == ["Freqtrade waits for no tea"]


def test_an_export_without_what_was_given_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    place = "freqtrade.optimize.optimize_reports.bt_storage.store_backtest_results"
    monkeypatch.setattr(place, lambda config: config["configuration"])
    assert not habits.exports_what_was_given()
    assert not any(habits._is_as_read(owner, ["given"], "") for owner in (habits, None))
