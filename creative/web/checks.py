"""What was read back from a finished file, as lines for the page: its checks, and the evidence of its AI label."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creative.web.words import Word, Words
from generation.deliver.report import Checked, report_of
from generation.models import Rendition

CHECKS: Words = {
    "codec": gettext_lazy("视频编码"),
    "profile": gettext_lazy("编码规格"),
    "pixel format": gettext_lazy("像素格式"),
    "colours": gettext_lazy("色彩标记"),
    "size": gettext_lazy("画面尺寸"),
    "frame rate": gettext_lazy("帧率"),
    "frames": gettext_lazy("总帧数"),
    "constant frame rate": gettext_lazy("帧率恒定"),
    "longest group": gettext_lazy("最长关键帧间隔"),
    "index before data": gettext_lazy("边下边播"),
    "has sound": gettext_lazy("声音"),
    "audio codec": gettext_lazy("音频编码"),
    "audio form": gettext_lazy("音频格式"),
    "picture and sound end": gettext_lazy("音画同时结束"),
    "loudness": gettext_lazy("响度"),
    "true peak": gettext_lazy("真峰值"),
    "no black picture": gettext_lazy("没有黑屏"),
    "no flat picture": gettext_lazy("没有空白画面"),
    "no frozen picture": gettext_lazy("没有卡住的画面"),
    "no flicker": gettext_lazy("没有闪烁"),
    "decoding order": gettext_lazy("时间戳递增"),
    "duration": gettext_lazy("时长与计划一致"),
    "clipped samples": gettext_lazy("没有爆音"),
    "captions inside the safe box": gettext_lazy("字幕都在安全区内"),
    "caption contrast": gettext_lazy("字幕对比度"),
}
GROUP_WORDS: Words = {
    "picture": gettext_lazy("画面格式"),
    "time": gettext_lazy("时间"),
    "seen": gettext_lazy("画面内容"),
    "captions": gettext_lazy("字幕"),
    "sound": gettext_lazy("声音"),
    "other": gettext_lazy("其他"),
}
PLAIN = {
    "True": "",
    "False": "",
    "none": "",
    "no captions": "",
    "(1, 1, 1, 1)": "BT.709",
}  # what says nothing beside a tick


@dataclass(frozen=True)
class Line:
    """``bad`` marks what a person should look at."""

    word: Word
    value: str
    bad: bool = False


@dataclass(frozen=True)
class Group:
    word: Word
    lines: list[Line]

    @property
    def bad(self) -> bool:
        return any(line.bad for line in self.lines)


def evidence(rendition: Rendition) -> dict[str, object]:
    """The context of ``ads/_checks.html``: checks by group, which platforms take the file, and what to know about it."""
    report = report_of(rendition.checks, rendition.label, rendition.notes)
    groups = [Group(GROUP_WORDS[name], [_line(check) for check in checks]) for name, checks in report.groups]
    return {"groups": groups, "fits": report.fits, "notes": report.notes}


def _line(check: Checked) -> Line:
    return Line(CHECKS.get(check.name, check.name), PLAIN.get(check.measured, check.measured), bad=not check.passed)


def label_lines(rendition: Rendition) -> list[Line]:
    """The visible label as it was seen in the decoded picture, and the metadata as it was read from the bytes."""
    label = rendition.label
    glyph = _("最小字高 %(found)s 像素，法定至少 %(needed)s 像素") % {
        "found": label["smallest_glyph_px"],
        "needed": label["required_glyph_px"],
    }
    registered = label["provider_code_registered_form"]
    code = label["content_producer"]
    return [
        Line(_("画面文字"), label["text"]),
        Line(_("出现"), _("从第一帧起 %(seconds)s 秒") % {"seconds": label["seconds"]}),
        Line(_("字号"), glyph),
        Line(
            _("制作者编码"),
            code if registered else _("%(code)s（开发用编码，投放前请换成正式编码）") % {"code": code},
            not registered,
        ),
        Line(_("作品编号"), label["produce_id"]),
        *_signature(label),
    ]


def _signature(label: dict[str, object]) -> list[Line]:
    """Films from before signatures say nothing about them."""
    if "c2pa" not in label:
        return []
    signed = label["c2pa"] == "signed"
    return [Line(_("C2PA 签名"), str(label["c2pa_signer"]) if signed else _("未签名（没有设置证书）"))]
