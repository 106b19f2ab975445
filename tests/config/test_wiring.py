"""The doors between templates_engine and generation: errors of the one become errors of the other."""

from pathlib import Path

import pytest

from config import wiring
from templates_engine.analyse.errors import ToolMissing, VideoRefused


def test_a_photo_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.jpg"
    path.write_bytes(b"no picture")
    with pytest.raises(VideoRefused):
        wiring.photo(path)


def test_a_server_that_has_no_address_gives_no_answer() -> None:
    with pytest.raises(ToolMissing, match="the speech server"):
        wiring.ask("http://", "the speech server", "/v1/audio/transcriptions", body={"model": "m"})
