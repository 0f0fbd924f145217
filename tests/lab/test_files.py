"""A file is written whole or not at all."""

from pathlib import Path

import pytest
from ict_lab.files import write_whole


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, or a kill right before the end: what was there stays."""
    file = tmp_path / "page.json"
    write_whole(file, "old")
    file.chmod(0o640)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("os.fsync", "Path.replace"):
        with monkeypatch.context() as broken:
            broken.setattr(f"ict_lab.files.{step}", full)
            with pytest.raises(OSError, match="No space left"):
                write_whole(file, "new")
        assert file.read_text(encoding="utf-8") == "old"
    write_whole(file, "new")
    assert file.read_text(encoding="utf-8") == "new"
    assert file.stat().st_mode & 0o777 == 0o640, "its permissions stay"
    assert [path.name for path in tmp_path.iterdir()] == ["page.json"]
