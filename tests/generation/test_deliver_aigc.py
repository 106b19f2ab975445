"""The implicit AI label: its text, its way through a real file, and everything that must not pass for one."""

import json
import struct
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.deliver.aigc import FIELDS, KEY, aigc_value, is_registered_form, metadata_items, read_aigc
from generation.deliver.encode import Encoder
from generation.domain.cut_order import Quality
from generation.domain.timeline import Canvas
from generation.errors import CutRefused, DeliverableRefused
from tests.generation.footage import PROVIDER, grey

printable = st.text(
    alphabet=[chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\'], min_size=1, max_size=40
)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mp4(*items: tuple[str, str]) -> bytes:
    """The smallest file with these metadata items, built by the format's own definition."""
    handler = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    keys = b"".join(struct.pack(">I4s", 8 + len(key), b"mdta") + key.encode() for key, _ in items)
    values = b"".join(
        struct.pack(">II", 8 + 16 + len(value.encode()), number)
        + struct.pack(">I4sII", 16 + len(value.encode()), b"data", 1, 0)
        + value.encode()
        for number, (_, value) in enumerate(items, start=1)
    )
    body = handler + box(b"keys", struct.pack(">II", 0, len(items)) + keys) + box(b"ilst", values)
    meta = box(b"meta", bytes(4) + body)
    return box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", box(b"udta", meta)) + box(b"mdat", b"\0" * 4)


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "file.mp4"
    path.write_bytes(data)
    return path


GOOD = aigc_value(PROVIDER, "ad_1", "abc")


def test_the_label_has_the_seven_fields_in_order() -> None:
    assert json.loads(GOOD) == {
        "Label": "1",
        "ContentProducer": PROVIDER,
        "ProduceID": "ad_1",
        "ReservedCode1": "abc",
        "ContentPropagator": PROVIDER,
        "PropagateID": "ad_1",
        "ReservedCode2": "abc",
    }
    assert tuple(json.loads(GOOD)) == FIELDS
    assert " " not in GOOD


@pytest.mark.parametrize("bad", ["", "with space", "中文", 'quote"', "back\\slash", "tab\t", "\x7f"])
def test_values_of_other_characters_are_refused(bad: str) -> None:
    with pytest.raises(CutRefused, match="ProduceID"):
        aigc_value(PROVIDER, bad, "abc")


@given(printable, printable, printable)
def test_any_printable_value_is_read_back_from_the_boxes(code: str, produce_id: str, integrity: str) -> None:
    value = aigc_value(code, produce_id, integrity)
    assert list(metadata_items(mp4(("title", "x"), (KEY, value)))) == [("title", "x"), (KEY, value)]
    assert json.loads(value)["ProduceID"] == produce_id


def test_a_label_is_read_from_a_file(tmp_path: Path) -> None:
    assert read_aigc(saved(tmp_path, mp4((KEY, GOOD))))["ContentProducer"] == PROVIDER


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "0 AIGC labels"),
        ([("comment", GOOD)], "0 AIGC labels"),
        ([(KEY, GOOD), (KEY, GOOD)], "2 AIGC labels"),
        ([(KEY, GOOD), ("xAIGCx", GOOD)], "2 AIGC labels"),
        ([(KEY, "AIGC=1")], "no JSON"),
        ([(KEY, '{"Label":"1"}')], "lacks fields"),
        ([(KEY, GOOD.replace('"Label":"1"', '"Label":"3"'))], "lacks fields"),
        ([(KEY, "[1]")], "lacks fields"),
        ([(KEY, GOOD.replace("abc", "a c"))], "outside 0x21 to 0x7E"),
    ],
)
def test_anything_but_one_right_label_is_refused(tmp_path: Path, items: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(DeliverableRefused, match=message):
        read_aigc(saved(tmp_path, mp4(*items)))


def test_a_broken_file_is_refused_not_crashed_on(tmp_path: Path) -> None:
    whole = mp4((KEY, GOOD))
    for at in range(24, len(whole) - 12, 7):
        with pytest.raises(DeliverableRefused):
            read_aigc(saved(tmp_path, whole[:at]))
    big_key = whole.replace(struct.pack(">I4s", 12, b"mdta"), struct.pack(">I4s", 900, b"mdta"))
    with pytest.raises(DeliverableRefused, match="keys of the file are broken"):
        read_aigc(saved(tmp_path, big_key))


def test_our_encoder_writes_it_where_every_reader_looks(tmp_path: Path) -> None:
    path = tmp_path / "ad.mp4"
    with Encoder(path, Canvas(64, 64), Quality.PREVIEW, None, {KEY: GOOD}) as encoder:
        encoder.write(grey(90, 64, 64))
    assert json.dumps(dict(read_aigc(path)), separators=(",", ":")) == GOOD
    with av.open(str(path)) as container:
        assert container.metadata[KEY] == GOOD


def test_provider_codes() -> None:
    assert is_registered_form(PROVIDER)
    assert not is_registered_form("001191000000DEVELOPMENT1000")
    assert not is_registered_form(PROVIDER[:-1])
    assert not is_registered_form(PROVIDER.replace("MAD55", "MAD56"))  # its check character no longer fits
