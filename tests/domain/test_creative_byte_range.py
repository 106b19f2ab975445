"""One byte range of a file, after RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative.domain.byte_range import Unsatisfiable, byte_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-", (0, 99)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-500", (0, 99)),
        (" bytes=5-6 ", (5, 6)),
        ("", None),
        ("bytes=-", None),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_the_part_that_is_sent(header: str, expected: tuple[int, int] | None):
    assert byte_range(header, 100) == expected


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=100-200", 100), ("bytes=-0", 100), ("bytes=0-", 0)]
)
def test_a_part_outside_the_file_is_unsatisfiable(header: str, size: int):
    with pytest.raises(Unsatisfiable):
        byte_range(header, size)


@given(st.text(max_size=30), st.integers(0, 10**12))
def test_whatever_comes_the_part_lies_in_the_file(header: str, size: int):
    try:
        part = byte_range(header, size)
    except Unsatisfiable:
        return
    assert part is None or 0 <= part[0] <= part[1] < size
