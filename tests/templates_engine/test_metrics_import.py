"""Sheets of results as merchants export them; a bad cell is named and nothing of the sheet is taken."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.analyse.errors import MetricsInvalid
from templates_engine.domain.analysis import Observation
from templates_engine.metrics_columns import count
from templates_engine.metrics_import import Metrics, of_video, read_metrics


def read(tmp_path: Path, content: str, encoding: str = "utf-8") -> Metrics:
    path = tmp_path / "results.csv"
    path.write_bytes(content.encode(encoding))
    return read_metrics(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_export(tmp_path: Path, encoding: str) -> None:
    sheet = (
        "视频ID,平台,发布时间,数据时间,播放量,点赞数,评论数,转发量,完播率,3秒留存率(%),成交订单数,消耗(元),备注\n"
        'v1,抖音,2026/11/01 10:00,2026/11/02 10:30,"12,345",1.2万,-,88,45.2%,61.5,17,"¥1,234.50",好\n'
        "v2,抖音,2026-11-01,2026-11-04,3万,,,,0.4,,,,\n"
    )
    found = read(tmp_path, sheet, encoding)
    assert found == {
        "v1": (
            Observation(
                platform="抖音", age_h=24, views=12345, hold_3s=0.615, completion=0.452, likes=12000, shares=88,
                orders=17, spend_fen=123450,
            ),
        ),
        "v2": (Observation(platform="抖音", age_h=72, views=30000, completion=0.4),),
    }  # fmt: skip


def test_an_english_export_with_snapshots_by_age(tmp_path: Path) -> None:
    sheet = (
        "Video\tage_h\tViews\tCompletion rate\tOrders\tSpend\n"
        "v1\t72\t9k\t41%\t12\t$30\nv1\t24\t4,000\t40%\t5\t$12.5\nv1\t24\t4000\t40%\t5\t$12.50\n"
    )
    first, second = read(tmp_path, sheet)["v1"]
    assert (first.age_h, first.views, first.spend_fen, first.currency) == (24, 4000, 1250, "USD")
    assert (second.age_h, second.views, second.orders) == (72, 9000, 12)


def test_json_rows_and_a_sheet_that_names_no_video(tmp_path: Path) -> None:
    rows = {"rows": [{"views": 1200, "age_h": 24, "likes": "1.5k", "completion": 0.31, "author": "x"}]}
    found = read(tmp_path, json.dumps(rows))
    assert of_video(found, "anything") == (Observation(platform="", age_h=24, views=1200, likes=1500, completion=0.31),)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("播放量,age_h,点赞\n12万,24,很多\n", r"row 2, column '点赞': '很多' should be a number"),
        ("views,age_h\n100,24\nabc,24\n", r"row 3, column 'views': 'abc' should be a number"),
        ("views,age_h\n12.5,24\n", "should be a whole number"),
        ("views,age_h\n-5,24\n", "cannot be negative"),
        ("views,age_h\n99999999999999999999,24\n", "is too large"),
        ("views,age_h,完播率\n100,24,45\n", "should be a share: write 45% or 0.45"),
        ("views,age_h,完播率\n100,24,145%\n", "between 0 % and 100 %"),
        ("views,likes\n100,5\n", "how old is the video"),
        ("views,发布时间,数据时间\n100,yesterday,2026-11-02\n", "column '发布时间': 'yesterday' should be a date"),
        ("views,发布时间,数据时间\n100,2026-11-03,2026-11-02\n", "older than the video"),
        ("likes,age_h\n5,24\n", "no column for plays"),
        ("views,播放量,age_h\n5,5,24\n", "'views' and '播放量' are the same column"),
        ("views,age_h\n,24\n", "row 2: it needs the number of plays"),
        ("views,age_h\n", "holds no row"),
        ("", "no column for plays"),
        ("views,age_h\n100,24\n101,24\n", "row 3: differs from results.csv, row 2 at the same age"),
        ("views,age_h,currency,spend\n100,24,gold,5\n", "currency 'gold'"),
        ('{"rows": [5]}', "row 1: should be an object"),
        ('[{"views": "x", "age_h": 24}]', "row 1, column 'views': 'x' should be a number"),
        ('[{"views": true, "age_h": 24}]', "'true' should be a number"),
        ("[{", "is no JSON"),
    ],
)
def test_a_bad_sheet_is_refused_with_its_place(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(MetricsInvalid, match=says):
        read(tmp_path, content)


def test_a_video_that_is_not_in_the_sheet_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "video_id,views,age_h\nv1,100,24\n")
    with pytest.raises(MetricsInvalid, match=r"no row for video 'v2'; it has v1"):
        of_video(found, "v2")


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**12))
def test_separators_do_not_change_a_number(value: int) -> None:
    assert count(f"{value:,}") == count(str(value)) == count(f" {value:,} ".replace(",", "，")) == value
