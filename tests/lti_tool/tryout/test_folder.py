"""The folder of a tryout: what it keeps, and what is said where it cannot."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from config import schema
from lti_tool.tryout.folder import CannotStart, Folder, claimed, open_database


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    with claimed(tmp_path / "var") as folder:
        key = folder.secret_key.read_text()
        mode = stat.S_IMODE(folder.secret_key.stat().st_mode)
    with claimed(tmp_path / "var") as folder:
        again = folder.secret_key.read_text()

    assert mode == 0o600
    assert len(key.strip()) == 64
    assert again == key


def test_a_key_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()

    with claimed(tmp_path) as folder:
        assert len(folder.secret_key.read_text().strip()) == 64


def test_two_tryouts_do_not_share_a_folder(tmp_path: Path) -> None:
    with claimed(tmp_path), pytest.raises(CannotStart, match="in use.*--folder"):
        claimed(tmp_path).__enter__()
    with claimed(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")

    with (
        pytest.raises(CannotStart, match=r"var cannot be used .* --folder"),
        claimed(tmp_path / "var"),
    ):
        pass


def test_a_database_is_made_and_migrated_once(tmp_path: Path) -> None:
    for _ in range(2):
        engine = open_database(Folder(tmp_path))
        schema.check(engine)
        engine.dispose()


def test_a_file_that_is_no_database_is_named_with_the_remedy(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.database.write_text("This is no database, but a text of some length. " * 40)

    with pytest.raises(CannotStart, match=r"cohorts.db cannot be used .*rm -r"):
        open_database(folder)


def test_a_damaged_database_is_named_with_the_remedy(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    open_database(folder).dispose()
    with folder.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40_000)

    with pytest.raises(CannotStart, match=r"cohorts.db cannot be used .*rm -r"):
        open_database(folder)


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    engine = open_database(folder)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(CannotStart, match="schema 9999.*newer version.*rm -r"):
        open_database(folder)
