"""The places where ads are published, and the names that exports and people have for them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    code: str
    zh: str
    en: str


PLATFORMS = {
    code: Platform(code, zh, en)
    for code, zh, en in (
        ("douyin", "抖音", "Douyin"),
        ("kuaishou", "快手", "Kuaishou"),
        ("xiaohongshu", "小红书", "Xiaohongshu"),
        ("channels", "视频号", "WeChat Channels"),
        ("taobao", "淘宝", "Taobao"),
        ("bilibili", "哔哩哔哩", "Bilibili"),
        ("tiktok", "TikTok", "TikTok"),
        ("reels", "Instagram Reels", "Instagram Reels"),
        ("shorts", "YouTube Shorts", "YouTube Shorts"),
    )
}
LONGEST = 40
_ALSO = {
    "巨量引擎": "douyin",
    "巨量千川": "douyin",
    "千川": "douyin",
    "磁力金牛": "kuaishou",
    "rednote": "xiaohongshu",
    "微信视频号": "channels",
    "b站": "bilibili",
    "淘宝逛逛": "taobao",
    "instagram": "reels",
    "ig": "reels",
    "youtube": "shorts",
    "tiktok shop": "tiktok",
}


def platform_code(text: str) -> str:
    """``抖音`` as ``douyin``; a place that is not known here as it is written, in small letters."""
    plain = text.strip().casefold()
    return _CODES.get(plain, plain[:LONGEST])


_CODES = _ALSO | {
    name.casefold(): place.code for place in PLATFORMS.values() for name in (place.code, place.zh, place.en)
}
