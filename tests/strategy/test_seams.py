"""The names of Freqtrade that the guards rest on are where they are looked for."""

import importlib
import inspect

import freqtrade
import pytest
from ict_host import seams

from tests.docs.texts import HOLE, texts_in
from tests.support.places import REPOSITORY


@pytest.mark.parametrize("seam", seams.SEAMS, ids=lambda seam: seam.where.partition(":")[2])
def test_freqtrade_has_it(seam: seams.Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seams, "SEAMS", (seam,))
    assert seams.missing() == []


@pytest.mark.parametrize(
    ("where", "parameters", "sentence"),
    [
        ("freqtrade.worker:Worker._snooze", (), "has no freqtrade.worker:Worker._snooze: the reason"),
        ("freqtrade.labourer:Worker._sleep", (), "has no freqtrade.labourer:Worker._sleep: the reason"),
        ("freqtrade.worker:Worker._sleep", ("how_long",), "Worker._sleep takes no how_long: the reason"),
    ],
)
def test_a_lost_name_is_found(
    where: str, parameters: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seams, "SEAMS", (seams.Seam(where, "the reason", parameters),))
    (said,) = seams.missing()
    assert sentence in said


@pytest.mark.parametrize("version", ["2026.8", "2025.12", "2019.9", "2026.8-dev-abc1234"])
def test_an_older_release_is_named(version: str) -> None:
    assert seams.version_fault(version) == f"Freqtrade must be 2026.9, was {version}"
    assert seams.is_too_old(version)


@pytest.mark.parametrize("version", ["2026.10", "2027.1", "2026.9-dev-abc1234", "docker-2026.10-dev-1", "?"])
def test_a_newer_release_is_named_and_may_be_tried(version: str) -> None:
    assert seams.version_fault(version) == f"Freqtrade must be 2026.9, was {version}"
    assert not seams.is_too_old(version)


@pytest.mark.parametrize("version", ["2026.9", "2026.9.1"])
def test_a_tested_release_is_fine(version: str) -> None:
    assert seams.version_fault(version) is None


def test_the_tested_release_is_the_one_that_is_installed_and_pinned() -> None:
    assert seams.version_fault(freqtrade.__version__) is None
    pinned = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8")
    assert f"=={seams.TESTED_VERSIONS[1]}\n" in pinned


@pytest.mark.parametrize("line", seams.LINES, ids=lambda line: line.text[:50])
def test_freqtrade_still_logs_it_in_these_words(line: seams.Line) -> None:
    source = inspect.getsource(importlib.import_module(line.logger))
    wanted = line.text.replace("{}", HOLE)
    assert any(text.startswith(wanted) for text in texts_in(source))


def test_other_words_are_not_found() -> None:
    source = inspect.getsource(importlib.import_module("freqtrade.worker"))
    assert not any(text.startswith(f"Mistake: {HOLE}") for text in texts_in(source))


def test_a_webhook_still_says_that_it_failed() -> None:
    source = inspect.getsource(importlib.import_module(seams.WEBHOOK))
    assert f'"{seams.WEBHOOK_FAILED}. Exception: %s", exc' in source
