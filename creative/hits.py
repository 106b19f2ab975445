"""Hits at the desk: finding those that were asked for, and what a refusal says to a person."""

from collections.abc import Sequence

from billing.models import Organization
from creative.domain.platforms import platform_code
from creative.errors import BriefRefused, NotFound
from templates_engine import hits
from templates_engine.hit_intake import About
from templates_engine.models import Hit

LANGUAGES = ("", "zh", "en")
LONGEST = {"category": 40, "platform": 40, "campaign": 120}


def hit_of(organization: Organization, public_id: str) -> Hit:
    """The tenant's hit; NotFound otherwise."""
    hit = hits.find(organization, public_id)
    if hit is None:
        raise NotFound("爆款", "hit")
    return hit


def hits_of(organization: Organization, public_ids: Sequence[str]) -> list[Hit]:
    """All of these hits; NotFound where one is not the tenant's."""
    rows = list(Hit.objects.of(organization).filter(public_id__in=public_ids))
    if len(rows) != len(set(public_ids)):
        raise NotFound("爆款", "hit")
    return rows


def about(*, rights: str, lang: str = "", category: str = "", platform: str = "", campaign: str = "") -> About:
    """What an uploader says of the files, checked. Raises BriefRefused."""
    if rights not in Hit.Rights:
        raise BriefRefused(
            "请说明这些视频的使用权：own（自有）、licensed（已获授权）或 reference（公开参考）。",
            "say by which right: own, licensed or reference.",
        )
    if lang not in LANGUAGES:
        raise BriefRefused("语言只能是 zh、en，或留空自动判断。", "lang is zh, en, or empty to be told from the words.")
    given = {"category": category, "platform": platform, "campaign": campaign}
    for name, text in given.items():
        if len(text) > LONGEST[name] or not text.isprintable():
            raise BriefRefused(
                f"{name} 最多 {LONGEST[name]} 个字，写在一行里。",
                f"{name}: one line of at most {LONGEST[name]} characters.",
            )
    return About(rights, lang, category.strip(), platform_code(platform), campaign.strip())
