"""Templates of one's own, and agencies that lend theirs."""

import io
from dataclasses import replace

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from billing.memberships import start_period
from billing.models import Organization
from creative import brand
from creative.models import Ad, Asset, LineRecording, MusicTrack
from generation.models import SpokenLine
from templates_engine import library, sharing
from templates_engine.domain.template import Engagement, Lineage, Member, ScriptTemplate, Words
from templates_engine.domain.template_json import to_dict
from templates_engine.models import TemplateShare, TemplateVersion
from templates_engine.seeding import seeds

MINE = "tpl_mine_zh_v1"
LENT = "tpl_lent_zh_v1"
HITS = 9


def learned(template_id: str = MINE, **changes: object) -> ScriptTemplate:
    """A template as if learned from nine hits with views, orders and a bootstrap."""
    seed = next(seed for seed in seeds() if seed.id == "tpl_reveal_led_zh_v1")
    found = replace(
        seed,
        id=template_id,
        name=Words("保温杯 · 提问开场", "Mugs: question opening"),
        members=tuple(Member(f"secret-{number}.mp4", 1.0, number % 3) for number in range(HITS)),
        stability=0.87,
        engagement=Engagement(
            "orders_per_view", HITS, 252_859, 0.0021, 0.0014, 0.0029, "category/kitchen", 0.0018, 4.9
        ),
        reach=Engagement("views_vs_category", HITS, 252_859, 1.25, 0.84, 1.6, "category/kitchen", 1.0, 20.9),
        lineage=Lineage("", (("category", "kitchen"), ("lang", "zh")), HITS),
        provenance=replace(seed.provenance, source="own", rights="our own videos"),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def own_template(organization: Organization, template_id: str = MINE, **changes: object) -> TemplateVersion:
    return library.publish(to_dict(learned(template_id, **changes)), organization)


def agency(name: str = "Star MCN") -> Organization:
    """An agency on the platinum plan, which serves ten merchants."""
    made = Organization.objects.create(name=name, kind=Organization.Kind.AGENCY)
    start_period(made, "platinum", key="test")
    return made


def offer(organization: Organization, owner: Organization | None = None) -> TemplateShare:
    """An agency's template offered to ``organization``, which has not answered yet."""
    owner = owner or agency()
    own_template(owner, LENT)
    return sharing.share(owner, LENT, organization.public_id)


def own_track(organization: Organization) -> MusicTrack:
    """A piece of music with its rights on record."""
    return MusicTrack.objects.create(
        organization=organization, title="晨光", artist="林间乐队", source="https://music.example/1", licence="CC BY 4.0",
        stated_by="alice", file=default_storage.save("music/own.wav", ContentFile(b"RIFF")), sha256="7" * 64, ms=6000,
    )  # fmt: skip


def own_recording(ad: Ad) -> LineRecording:
    """The first line of an ad in the merchant's own voice, as if it had been measured."""
    line = SpokenLine.objects.create(
        tenant=ad.organization_id, key="6" * 64, text="x", by="own recording", sha256="6" * 64, ms=2000,
        file=default_storage.save("voice/own.wav", ContentFile(b"RIFF")),
    )  # fmt: skip
    return LineRecording.objects.create(organization=ad.organization, ad=ad, place=0, text="x", line=line)


def own_logo(organization: Organization) -> Asset:
    """The logo of a brand kit."""
    out = io.BytesIO()
    Image.new("RGB", (120, 60), (11, 122, 75)).save(out, "PNG")
    logo = brand.set_logo(organization, "logo.png", out.getvalue()).logo
    assert logo is not None
    return logo
