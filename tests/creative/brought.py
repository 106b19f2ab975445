"""Hits that a shop has brought, for tests: scripts of their own making, as transcripts."""

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from billing.models import Organization
from creative.hits import about
from templates_engine import hit_intake
from templates_engine.hit_files import picture_name
from templates_engine.models import Hit
from tests.creative.photos import jpeg

LINES = (
    "你还在为{0}发愁吗？",
    "每次{0}都弄得一团糟，真的很烦",
    "直到我换了这一款",
    "它的{1}特别省心",
    "用了三个月还跟新的一样",
    "现在下单立减二十元",
    "点击左下角链接带走它",
)


def srt(number: int) -> str:
    """Fourteen seconds; other words for every number."""
    words = [line.format(f"第{number}件小事", f"设计{number}") for line in LINES]
    clock = [f"00:00:{2 * place:02},000" for place in range(len(words) + 1)]
    return "\n".join(f"{n}\n{clock[n]} --> {clock[n + 1]}\n{word}\n" for n, word in enumerate(words))


def own_hits(
    organization: Organization, count: int, *, category: str = "厨房", rights: str = "own", first: int = 0
) -> list[Hit]:
    """Measured hits, named s0, s1 ..."""
    files = [(f"s{number}.srt", io.BytesIO(srt(number).encode())) for number in range(first, first + count)]
    said = about(rights=rights, lang="zh", category=category, platform="抖音")
    return list(hit_intake.take(organization, files, said).taken)


def own_hit(organization: Organization) -> Hit:
    return own_hits(organization, 1)[0]


def seen_hit(organization: Organization) -> Hit:
    """A hit that has a picture of its one shot."""
    hit = own_hit(organization)
    default_storage.save(picture_name(hit, 0), ContentFile(jpeg(seed=5)))
    hit.pictures = 1
    hit.save(update_fields=["pictures"])
    return hit
