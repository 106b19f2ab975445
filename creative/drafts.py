"""A draft: everything about an ad decided and priced, and nothing spent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from django.db import transaction

from billing.domain.plans import Entitlements
from billing.memberships import entitlements_for
from billing.models import Organization
from billing.public_ids import new_id
from creative import allowed, brand_words, brief, dressing, own_voice, payment, voicing
from creative.brief import Wanted
from creative.domain.prompts import prompt
from creative.domain.storyboard import Desk, Storyboard, storyboard, timeline_of
from creative.dressing import HOUSE, Dress
from creative.errors import BriefRefused, NoPhotos, NotFound
from creative.models import Ad, AdOutput, AdShot, Asset, Brief, Campaign, Product
from creative.payment import Quote
from creative.prepared import AdDraft, Prepared, ShotQuote, Wishes
from creative.products import facts_of
from creative.scripts import Written, write
from generation.domain.geometry import Box
from generation.domain.shot_plan import ImageRef, PlanRefused, ShotPlan, plan
from generation.domain.shot_plan_json import plan_to_dict
from generation.domain.timeline import Canvas
from generation.domain.timeline_json import timeline_to_dict
from generation.domain.timeline_rules import validate
from generation.models import SpokenLine
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.script_json import script_to_dict

FILLING_STEP = 7_919
FILLINGS = 4  # so often a script is filled anew to avoid a word that the brand does not use


def draft(
    organization: Organization,
    *,
    product: Product,
    lang: str,
    aspects: Sequence[str] = ("9:16",),
    seconds: int = 15,
    template_id: str = "",
    engine: str = "",
    seed: int = 1,
    theme: str = "ember",
    music: bool = True,
    pick: str = "explore",
    entitlements: Entitlements | None = None,
    agency: Organization | None = None,
    track: str = "",
    spoken: bool = False,
) -> AdDraft:
    """Write, cast, plan and price an ad, and keep it as a draft; nothing is spent.

    ``entitlements`` stand in for those of the membership where the operator of the machine makes the ad; ``agency``
    makes it for the merchant; ``track`` is the public id of the merchant's own music; ``spoken``: lines are spoken.

    Raises ``BriefRefused``, ``ProductIncomplete``, ``NoPhotos``, ``NoTemplateFits``, ``NotFound``; nothing is kept.
    """
    wishes = Wishes(lang, tuple(aspects), seconds, template_id, engine, seed, theme, music, pick)
    dress = dressing.dress_for(organization, agency, track=track, spoken=spoken)
    return keep(prepare(organization, product, wishes, entitlements or entitlements_for(organization), dress))


def prepare(
    organization: Organization,
    product: Product,
    wishes: Wishes,
    entitlements: Entitlements,
    dress: Dress | None = None,
) -> Prepared:
    """The slow half of a draft (about 0.1 s): reads rows and writes none. Raises what ``draft`` raises."""
    if product.organization_id != organization.pk or product.archived_at is not None:
        raise NotFound("商品", "product")
    wanted = brief.check(**asdict(wishes))
    facts = facts_of(product, wanted.lang)
    dress = dressing.dress_for(organization) if dress is None else dress
    written = _written(organization, facts, wanted, dress.forbidden)
    return _planned(new_id("ad"), product, wanted, written, facts, entitlements, dress)


def _written(organization: Organization, facts: ProductFacts, wanted: Wanted, forbidden: Sequence[str]) -> Written:
    """A script without a word that the brand never uses. Raises ``BriefRefused`` naming those that come up every time."""
    for turn in range(FILLINGS):
        seed = (wanted.seed + turn * FILLING_STEP) % (brief.MAX_SEED + 1)
        written = write(organization, facts, replace(wanted, seed=seed))
        words = brand_words.said_in(written.script, forbidden)
        if not words:
            return written
    raise BriefRefused(
        f"写出来的台词总带着品牌禁用词“{'、'.join(words)}”：请改商品资料、换剧本，或从禁用词里去掉它。",
        f"every script uses words that the brand forbids ({', '.join(words)}): change the facts, the template or the words.",
    )


def prepare_again(
    ad: Ad, written: Written, entitlements: Entitlements, own: Mapping[str, SpokenLine] | None = None
) -> Prepared:
    """A kept draft decided anew for another script of its brief. Raises ``NoPhotos``, ``BriefRefused``; writes no row.

    ``own``: recordings by the place of their beat, as text; those that are kept, where none are given.
    """
    own = own_voice.lines_of(ad, written.script) if own is None else own
    asked = ad.brief
    wishes = Wishes(
        asked.lang, tuple(asked.aspects), asked.target_ms // 1000, ad.template_id, asked.engine, asked.seed, asked.theme,
        asked.music, asked.pick,
    )  # fmt: skip
    facts = facts_of(ad.product, asked.lang)
    return _planned(ad.public_id, ad.product, brief.check(**asdict(wishes)), written, facts, entitlements,
                    dressing.dress_of(asked), own)  # fmt: skip


def _planned(
    ad_id: str,
    product: Product,
    wanted: Wanted,
    written: Written,
    facts: ProductFacts,
    entitlements: Entitlements,
    dress: Dress,
    own: Mapping[str, SpokenLine] | None = None,
) -> Prepared:
    assets = photos_of(product)
    told = voicing.told(product.organization, written.script, own=own or {}, house=dress.spoken)
    unspoken = None if told is None else written.script
    written = written if told is None else replace(written, script=told.script)
    board = _board(written, facts, assets, wanted, entitlements, dress)
    plans = _plans(board, wanted)
    timeline = timeline_of(board, [shot_plan.key for shot_plan in plans], timeline_id=ad_id)
    timeline = dressing.dressed(timeline, dress.kit)
    timeline = timeline if told is None else voicing.spoken(timeline, told)
    validate(timeline)
    return Prepared(ad_id, product, wanted, written, board, plans, timeline, assets, dress, unspoken)


def photos_of(product: Product) -> tuple[Asset, ...]:
    """The product's photos in the merchant's order; ``NoPhotos`` without any."""
    photos = tuple(
        Asset.objects.of(product.organization).filter(product=product, kind=Asset.Kind.PHOTO).order_by("position", "id")
    )
    if not photos:
        raise NoPhotos
    return photos


def image_of(asset: Asset) -> ImageRef:
    subject = None if asset.subject is None else Box(*asset.subject)
    return ImageRef(asset.sha256, asset.file, asset.width, asset.height, subject)


def _board(
    written: Written,
    facts: ProductFacts,
    assets: tuple[Asset, ...],
    wanted: Wanted,
    entitlements: Entitlements,
    dress: Dress,
) -> Storyboard:
    canvas = brief.canvas_of(wanted, entitlements)
    width, height = brief.film_size(canvas, wanted.engine)
    bed = dress.music(written.template.music, wanted.seed, wanted=wanted.music)
    desk = Desk(
        photos=tuple(image_of(asset) for asset in assets),
        moves=allowed.moves_within(wanted.engine.moves, entitlements),
        canvas=canvas,
        film=Canvas(width, height, canvas.fps),
        seed=wanted.seed,
        theme=wanted.theme,
        brand=facts.brand,
        mark=allowed.HOUSE_MARK if entitlements.watermark else facts.brand,
        offer=facts.offers[0] if facts.offers else "",
        music=bed,
        feel=dressing.feel_of(written.template.music, bed),
        evidence=dressing.evidence_of(facts, dress.kit),
        prompts=lambda role: prompt(facts, role, wanted.engine),
    )
    return storyboard(written.script, desk)


def _plans(board: Storyboard, wanted: Wanted) -> tuple[ShotPlan, ...]:
    try:
        return tuple(plan(wanted.engine, shot.request) for shot in board.shots)
    except PlanRefused as error:
        raise BriefRefused(f"这个引擎拍不了这样的镜头：{error}", f"{error}.") from error


def keep(prepared: Prepared, *, campaign: Campaign | None = None) -> AdDraft:
    """Price a prepared ad and write its rows."""
    organization, board = prepared.product.organization, prepared.board
    lengths, quote = priced(prepared)
    credits = quote.credits
    with transaction.atomic():
        ad = Ad.objects.create(
            public_id=prepared.ad_id,
            organization=organization,
            brief=_brief(prepared),
            product=prepared.product,
            campaign=campaign,
            template_id=prepared.written.template.id,
            choice=[asdict(reason) for reason in prepared.written.reasons],
            script=script_to_dict(prepared.written.script),
            script_unspoken=unspoken_of(prepared),
            timeline=timeline_to_dict(prepared.timeline),
            credits_quoted=sum(credits),
            price_percent=quote.tariff.percent,
        )
        put_shots(ad, prepared, quote)
        AdOutput.objects.bulk_create(AdOutput(ad=ad, aspect=aspect) for aspect in prepared.wanted.aspects)
    quotes = zip(board.shots, lengths, credits, strict=True)
    return AdDraft(ad, sum(credits), tuple(ShotQuote(s.index, s.role, ms, cost, cost == 0) for s, ms, cost in quotes))


def unspoken_of(prepared: Prepared) -> dict[str, object] | None:
    """The script with its times of before any voice, as a document; None where nobody speaks."""
    return None if prepared.unspoken is None else script_to_dict(prepared.unspoken)


def priced(prepared: Prepared) -> tuple[list[int], Quote]:
    """The milliseconds of every shot, in order, and what they cost."""
    lengths = [shot.request.frames * 1000 // shot.request.fps for shot in prepared.board.shots]
    filming = [payment.Filming(shot_plan.key, ms) for shot_plan, ms in zip(prepared.plans, lengths, strict=True)]
    return lengths, payment.price(prepared.product.organization, filming)


def put_shots(ad: Ad, prepared: Prepared, quote: Quote) -> None:
    """The rows of the shots of an ad that has none yet."""
    AdShot.objects.bulk_create(
        AdShot(
            ad=ad,
            index=shot.index,
            role=shot.role,
            asset=prepared.assets[shot.photo],
            plan=plan_to_dict(shot_plan),
            clip_key=shot_plan.key,
            credits=cost,
            list_credits=listed,
        )
        for shot, shot_plan, cost, listed in zip(
            prepared.board.shots, prepared.plans, quote.credits, quote.listed, strict=True
        )
    )


def _brief(prepared: Prepared) -> Brief:
    wanted = prepared.wanted
    return Brief.objects.create(
        organization=prepared.product.organization,
        product=prepared.product,
        lang=wanted.lang,
        aspects=list(wanted.aspects),
        target_ms=wanted.target_ms,
        template_id=wanted.template_id,
        pick=wanted.pick,
        engine=wanted.engine.id,
        theme=wanted.theme,
        music=wanted.music,
        track=prepared.dress.track,
        voice=HOUSE if prepared.dress.spoken else "",
        kit_of=prepared.dress.kit.organization if prepared.dress.kit else None,
        seed=wanted.seed,
    )
