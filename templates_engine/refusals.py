"""What is wrong with the files of a hit, in Chinese: every refusal is worded in English where it is found, and put into
Chinese here (``refusals.yaml``), so that pages and the API can say both. The tests provoke each one, so that none is forgotten.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from templates_engine.domain.errors import TemplatesError

_BY_CODE = {
    "video_refused": "这个视频读不了：请重新导出 MP4 后再上传。",
    "transcript_invalid": "字幕文件读不了：请上传 SRT、VTT 或 JSON。",
    "metrics_invalid": "数据表读不了：请导出 CSV 后再上传。",
    "tool_missing": "这台机器缺少分析用的部件：请安装 hitsmith[learn]，或者只上传字幕文件。",
    "analysis_invalid": "分析结果前后矛盾：请重新导出视频后再上传。",
}
_OTHERWISE = "没有成功：请检查文件后再试。"


@dataclass(frozen=True)
class Refusal:
    """One file that was not taken, and why; ``code`` is stable for programs."""

    name: str
    code: str
    zh: str
    en: str


def refusal(name: str, error: TemplatesError) -> Refusal:
    return Refusal(name, error.code, chinese(error), error.detail)


def chinese(error: TemplatesError) -> str:
    """What ``error`` says, in Chinese: its own words, those of the table, or its kind in general."""
    own = str(getattr(error, "zh", ""))
    if own:
        return own
    for english, words in _table():
        match = english.fullmatch(error.detail)
        if match:
            return words.format(**match.groupdict())
    return _BY_CODE.get(error.code, _OTHERWISE)


@cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return tuple((re.compile(row["en"], re.DOTALL), row["zh"]) for row in rows)
