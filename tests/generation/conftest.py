"""Footage that several tests of the cutting room read; filmed once, never changed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from generation.domain.cut_order import ClipFile
from tests.generation.footage import PHOTO, film, save_photo, small_timeline
from tests.generation.small_ads import dark_and_light_clips


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, ClipFile]:
    return film(tmp_path_factory.mktemp("clips"), small_timeline())


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return {PHOTO: save_photo(tmp_path_factory.mktemp("photos"))}


@pytest.fixture(scope="session")
def dark_and_light(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, ClipFile]:
    return dark_and_light_clips(tmp_path_factory.mktemp("two"))
