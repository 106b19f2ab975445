"""Results of published videos from an exported sheet (CSV or JSON), as snapshots by age.

One row is one video at one moment. Which column is which is told by its name (``metrics_columns``). A cell that is no
number is an error that names row and column: a sheet is taken whole or not at all.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from templates_engine.analyse.errors import MetricsInvalid
from templates_engine.analyse.textfile import read_text
from templates_engine.domain.analysis import Observation
from templates_engine.domain.errors import AnalysisInvalid
from templates_engine.metrics_columns import (
    COUNTS,
    CURRENCIES,
    SHARES,
    Column,
    Unreadable,
    column,
    count,
    is_empty,
    moment,
    money,
    share,
)

MOST_ROWS = 50_000
Metrics = Mapping[str, tuple[Observation, ...]]


@dataclass(frozen=True)
class _Row:
    """``place`` such as "results.csv, row 3"; ``cells`` by field, without the empty ones."""

    place: str
    cells: Mapping[str, tuple[Column, str]]


def read_metrics(path: Path) -> Metrics:
    """Snapshots of each video by rising age; under "" where the sheet names no videos. Raises MetricsInvalid."""
    text = read_text(path, MetricsInvalid)
    rows = _json_rows(path.name, text) if text.lstrip()[:1] in ("[", "{") else _csv_rows(path.name, text)
    found: dict[str, dict[tuple[str, int], tuple[str, Observation]]] = {}
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise MetricsInvalid(
                f"{path.name} has more than {MOST_ROWS} rows: split it",
                f"{path.name} 超过 {MOST_ROWS} 行，请拆成几个文件",
            )
        video, seen = _text(row, "video_id"), _observation(row)
        _keep(found.setdefault(video, {}), row.place, seen)
    if not found:
        raise MetricsInvalid(f"{path.name} holds no row of results", f"{path.name} 里没有一行数据")
    return {video: tuple(seen for _, (_, seen) in sorted(kept.items())) for video, kept in found.items()}


def of_video(metrics: Metrics, video_id: str) -> tuple[Observation, ...]:
    """The snapshots of one video: all of a sheet that names none. Raises MetricsInvalid where it is not in the sheet."""
    if set(metrics) == {""}:
        return metrics[""]
    if video_id not in metrics:
        raise MetricsInvalid(f"the sheet has no row for video {video_id!r}; it has {', '.join(sorted(metrics)[:5])}")
    return metrics[video_id]


def _keep(kept: dict[tuple[str, int], tuple[str, Observation]], place: str, seen: Observation) -> None:
    """The same report twice is one; two that differ cannot both be true."""
    key = seen.platform, seen.age_h
    before = kept.get(key)
    if before is not None and before[1] != seen:
        raise MetricsInvalid(
            f"{place}: differs from {before[0]} at the same age ({seen.age_h} h): delete one of them",
            f"{_zh(place)}：和 {_zh(before[0])} 是同一个视频、同样发布后 {seen.age_h} 小时，数字却不同，请删掉一行",
        )
    kept.setdefault(key, (place, seen))


def _observation(row: _Row) -> Observation:
    if "views" not in row.cells:
        raise MetricsInvalid(
            f"{row.place}: it needs the number of plays (播放量 / views)", f"{_zh(row.place)}：缺播放量"
        )
    counts = {field: _read(row, field) for field in COUNTS}
    shares = {field: _share(row, field) for field in SHARES}
    spend, currency = _money(row)
    try:
        return Observation(
            platform=_text(row, "platform"),
            age_h=_age(row),
            views=counts["views"] or 0,
            hold_3s=shares["hold_3s"],
            completion=shares["completion"],
            likes=counts["likes"],
            comments=counts["comments"],
            shares=counts["shares"],
            clicks=counts["clicks"],
            orders=counts["orders"],
            spend_fen=spend,
            currency=currency,
        )
    except AnalysisInvalid as error:
        raise MetricsInvalid(f"{row.place}: {error.detail}") from error


def _age(row: _Row) -> int:
    if "age_h" in row.cells:
        return _read(row, "age_h") or 0
    if "published" not in row.cells or "recorded" not in row.cells:
        raise MetricsInvalid(
            f"{row.place}: how old is the video? Add a column age_h (发布后小时), or 发布时间 and 数据时间",
            f"{_zh(row.place)}：不知道视频发布了多久，请加一列「发布后小时」，或者「发布时间」和「数据时间」两列",
        )
    published, recorded = (_moment(row, field) for field in ("published", "recorded"))
    hours = (recorded - published) / 3600
    if hours < 0:
        raise MetricsInvalid(
            f"{row.place}: the results are older than the video itself", f"{_zh(row.place)}：数据时间早于发布时间"
        )
    return int(hours)


def _read(row: _Row, field: str) -> int | None:
    if field not in row.cells:
        return None
    title, cell = row.cells[field]
    try:
        return count(cell)
    except Unreadable as error:
        raise _unreadable(row, title, cell, error) from error


def _share(row: _Row, field: str) -> float | None:
    if field not in row.cells:
        return None
    title, cell = row.cells[field]
    try:
        return share(cell, title.unit)
    except Unreadable as error:
        raise _unreadable(row, title, cell, error) from error


def _money(row: _Row) -> tuple[int | None, str]:
    named = _text(row, "currency").casefold()
    if named and named not in CURRENCIES:
        raise MetricsInvalid(
            f"{row.place}: currency {named!r} is not one of CNY, USD, EUR, GBP",
            f"{_zh(row.place)}：币种「{named}」不认识，可用 CNY、USD、EUR、GBP",
        )
    currency = CURRENCIES.get(named, "CNY")
    if "spend" not in row.cells:
        return None, currency
    title, cell = row.cells["spend"]
    try:
        fen, said = money(cell, title.unit)
    except Unreadable as error:
        raise _unreadable(row, title, cell, error) from error
    return fen, said or currency


def _moment(row: _Row, field: str) -> float:
    title, cell = row.cells[field]
    try:
        return (moment(cell) - moment("2000-01-01")).total_seconds()
    except Unreadable as error:
        raise _unreadable(row, title, cell, error) from error


def _unreadable(row: _Row, title: Column, cell: str, error: Unreadable) -> MetricsInvalid:
    shown = cell.strip()[:40]
    return MetricsInvalid(
        f"{row.place}, column {title.title!r}: {shown!r} {error}",
        f"{_zh(row.place)}，「{title.title}」一列：「{shown}」{error.zh}",
    )


def _zh(place: str) -> str:
    """``results.csv, row 3`` in Chinese."""
    name, comma, number = place.rpartition(", row ")
    return f"{name} 第 {number} 行" if comma else place


def _text(row: _Row, field: str) -> str:
    return row.cells[field][1].strip()[:200] if field in row.cells else ""


def _csv_rows(name: str, text: str) -> Iterator[_Row]:
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip()), delimiter=delimiter)
    try:
        columns = _columns(name, next(reader, []))
        for cells in reader:
            if any(not is_empty(cell) for cell in cells):
                yield _row(f"{name}, row {reader.line_num}", zip(columns, cells, strict=False))
    except csv.Error as error:
        raise MetricsInvalid(f"{name}, row {reader.line_num}: {error}") from error


def _columns(name: str, titles: list[str]) -> list[Column | None]:
    columns = [column(title) for title in titles]
    fields = [found.field for found in columns if found is not None]
    if "views" not in fields:
        shown = ", ".join(titles)[:200]
        raise MetricsInvalid(
            f"{name}: no column for plays (播放量 / views) among {shown!r}",
            f"{name}：没有「播放量」一列，现有的列：{shown}",
        )
    twice = next((field for field in fields if fields.count(field) > 1), None)
    if twice is not None:
        named = [found.title for found in columns if found is not None and found.field == twice]
        raise MetricsInvalid(
            f"{name}: {' and '.join(map(repr, named))} are the same column: delete one of them",
            f"{name}：{'、'.join(named)} 是同一种数据，请只留一列",
        )
    return columns


def _json_rows(name: str, text: str) -> Iterator[_Row]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MetricsInvalid(f"{name} is no JSON: {error}", f"{name} 不是有效的 JSON：{error}") from error
    if isinstance(document, Mapping):
        document = next((document[key] for key in ("rows", "data", "metrics", "videos") if key in document), [document])
    if not isinstance(document, list):
        raise MetricsInvalid(f"{name}: a list of rows is expected", f"{name}：应该是一个列表，每行一个对象")
    for number, entry in enumerate(document, start=1):
        if not isinstance(entry, Mapping):
            raise MetricsInvalid(
                f"{name}, row {number}: should be an object with names and values",
                f"{_zh(f'{name}, row {number}')}：应该是带列名的对象",
            )
        yield _row(f"{name}, row {number}", ((column(str(key)), _cell(value)) for key, value in entry.items()))


def _cell(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _row(place: str, pairs: "Iterator[tuple[Column | None, str]] | zip[tuple[Column | None, str]]") -> _Row:
    return _Row(
        place, {found.field: (found, cell) for found, cell in pairs if found is not None and not is_empty(cell)}
    )
