"""The names of Freqtrade that the guards rest on are where they are looked for."""

import pytest
from ict_host import seams


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
