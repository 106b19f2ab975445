"""Files in the storage: whole or not there, under names made of their content."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from generation import media
from generation.errors import MediaBroken, MediaMissing, StorageDown

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.txt"
    path.write_bytes(b"hello")
    return path


def test_names_keep_tenants_apart_and_folders_short() -> None:
    assert media.content_name("clips", 7, "abcdef", ".mp4") == "clips/7/ab/abcdef.mp4"


def test_what_is_stored_comes_back(hello: Path) -> None:
    assert media.store(hello, "a/b/hello.txt") == "a/b/hello.txt"
    with media.local("a/b/hello.txt") as path:
        assert path.read_bytes() == b"hello"
        assert path.suffix == ".txt"
    assert media.sha256_of(hello) == HELLO
    assert media.verified(hello, HELLO) == hello


def test_storing_twice_keeps_one_file_and_no_leftovers(hello: Path) -> None:
    media.store(hello, "a/hello.txt")
    media.store(hello, "a/hello.txt")
    assert [path.name for path in Path(default_storage.path("a")).iterdir()] == ["hello.txt"]


def test_a_write_that_breaks_off_leaves_no_part_of_a_file(hello: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(media.os, "fsync", full)
    with pytest.raises(StorageDown, match=r"cannot write a/hello.txt to the storage .*: check its space"):
        media.store(hello, "a/hello.txt")
    assert list(Path(default_storage.path("a")).iterdir()) == []


def test_a_missing_file_is_named() -> None:
    with (
        pytest.raises(MediaMissing, match=r"no file 'photos/x.png': upload the photo again"),
        media.local("photos/x.png"),
    ):
        pass


def test_other_bytes_are_refused(hello: Path) -> None:
    with pytest.raises(MediaBroken, match="upload it again"):
        media.verified(hello, "0" * 64)
