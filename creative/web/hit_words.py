"""What the pages of hits call things."""

from django.utils.translation import gettext_lazy as _

from creative.web.words import Words

STATES: Words = {
    "pending": _("排队中"),
    "working": _("分析中"),
    "done": _("已分析"),
    "failed": _("没有成功"),
}
STAGES: Words = {
    "opening": _("打开文件"),
    "picture": _("看画面"),
    "sound": _("听声音"),
    "strip": _("存画面"),
    "done": _("写入结果"),
}
RIGHTS: Words = {"own": _("自有"), "licensed": _("已获授权"), "reference": _("公开参考")}
RIGHTS_LONG: Words = {
    "own": _("我们自己的视频"),
    "licensed": _("已获授权"),
    "reference": _("公开视频，只作参考"),
}
AUTO_LANGUAGE = _("自动判断")
TOOLS: Words = {
    "shots": _("镜头识别没有安装：现在不能分析视频，但只上传字幕文件（SRT、VTT、JSON）照样能学模板。"),
    "captions": _("画面文字识别（OCR）没有安装：不会读画面上的字幕，请给每支视频配上字幕文件。"),
    "voice": _("人声检测没有安装：语速和停顿只按字幕估算。"),
    "speech": _("没有接语音识别：只有口播、画面上没有字的视频，请配上字幕文件。"),
}
SOURCES: Words = {"transcript": _("字幕文件"), "speech": _("语音识别"), "screen": _("画面文字")}
CAPTIONS: Words = {
    "bold_center": _("居中大字"),
    "lower_third": _("下方字幕条"),
    "price_tag": _("价格牌"),
    "clean": _("小字"),
}
POSITIONS: Words = {"top": _("上方"), "center": _("中间"), "bottom": _("下方")}
