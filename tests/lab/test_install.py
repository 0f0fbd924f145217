"""`make install`: into the Freqtrade of somebody else, again after an update, and out of it."""

from pathlib import Path

import pytest
from ict_lab.install import LIST, main, shipped

from tests.support.places import USER_DATA


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Make a user_data as `freqtrade create-userdir` does, with a strategy in it."""
    for name in ("strategies", "hyperopts", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "strategies" / "Mine.py").write_text("mine")
    return tmp_path


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_all_of_it_is_installed_and_taken_out_again(theirs: Path) -> None:
    assert main([str(theirs)]) == 0
    there = files(theirs)
    assert {
        "strategies/ICTObFvgStrategy.py", "strategies/ict/market/swings.py", "strategies/ict_host/check.py",
        "tools/ict_lab/report/page/style.css", "tools/loopback/server.py", "config/required.json",
        "hyperopts/ICTNetExpectancyLoss.py", "strategies/Mine.py", LIST,
    } <= there  # fmt: skip
    assert not [name for name in there if "__pycache__" in name or ".local." in name]
    (theirs / "strategies" / "ict" / "__pycache__").mkdir()
    (theirs / "strategies" / "ict" / "__pycache__" / "x.pyc").touch()
    assert main([str(theirs), "--remove"]) == 0
    assert files(theirs) == {"strategies/Mine.py"}
    assert {path.name for path in theirs.iterdir()} == {"strategies", "hyperopts", "data"}


def test_what_ships_is_what_the_repository_has() -> None:
    kept = ("strategies/ict/", "strategies/ict_host/", "strategies/ICT", "tools/", "config/", "hyperopts/")
    tracked = {
        name
        for name in files(USER_DATA)
        if name.startswith(kept) and "__pycache__" not in name and ".local." not in name
        if not (name.startswith("strategies/ICT") and name.endswith(".json"))
    }
    assert set(shipped()) == tracked


def test_an_update_takes_out_what_is_gone(theirs: Path) -> None:
    main([str(theirs)])
    old = theirs / "tools" / "ict_lab" / "old" / "gone.py"
    old.parent.mkdir()
    old.write_text("old")
    listed = (theirs / LIST).read_text().replace("{", f'{{"tools/ict_lab/old/gone.py": "{_OLD}",', 1)
    (theirs / LIST).write_text(listed)
    (theirs / "config" / "discord.json").unlink()
    assert main([str(theirs)]) == 0
    assert not old.parent.exists()
    assert (theirs / "config" / "discord.json").exists()


# sha256 of "old", by another program: printf old | sha256sum
_OLD = "cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4"


def test_what_is_theirs_is_left_alone_unless_forced(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (theirs / "config").mkdir()
    mine = theirs / "config" / "discord.json"
    mine.write_text("{}")
    assert main([str(theirs)]) == 2
    assert "config/discord.json in" in capsys.readouterr().err
    assert files(theirs) == {"strategies/Mine.py", "config/discord.json"}
    assert main([str(theirs), "--force"]) == 0
    mine.write_text("{changed}")
    assert main([str(theirs)]) == 2
    assert main([str(theirs), "--remove"]) == 0
    assert "config/discord.json is left: changed since." in capsys.readouterr().out
    assert files(theirs) == {"strategies/Mine.py", "config/discord.json"}


def test_a_folder_that_is_none(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("", "/nowhere", str(USER_DATA)):
        assert main([name]) == 2
        assert "FT must be the user_data of" in capsys.readouterr().err
    assert main([str(theirs), "--remove"]) == 2
    assert f"nothing is installed in {theirs}" in capsys.readouterr().err
