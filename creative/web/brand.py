"""Pages of the brand: the kit with a preview that the server draws, and the music that may be used."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.access import Actor
from creative import brand, music_tracks
from creative.brand_files import taken
from creative.brand_previews import kit_preview
from creative.errors import BrandRefused, CreativeError, UploadRefused
from creative.models import BrandKit
from creative.music_tracks import Rights
from creative.web.brand_words import CORNERS, LAYOUTS, MOODS, style_words
from creative.web.page import desk, show
from creative.web.words import chosen

NO_STORE = "private, no-store"


@desk("produce")
def kit(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET shows the kit, or tries on what stands in the address; POST saves, or shows what is wrong with what was typed."""
    own, problem, given = brand.kit_of(actor.organization), None, None
    tried = request.GET if "name" in request.GET else QueryDict()  # what a link gained on its way is no kit
    if tried:
        given, problem = _given(tried), _wrong(tried)
    if request.method == "POST":
        given = _given(request.POST)
        try:
            brand.save_kit(actor.organization, given)
        except BrandRefused as refusal:
            problem = refusal
        else:
            messages.success(request, _("已保存。之后做的广告会用新的品牌设置。"))
            return redirect("brand")
    asked = "" if problem is not None else tried.urlencode()
    context = _page(own, given) | {"problem": problem, "asked": asked, "inherited": _inherited(actor, own)}
    return show(request, actor, "brand/kit.html", context, place="brand", status=422 if problem else 200)


def _wrong(data: QueryDict) -> BrandRefused | None:
    try:
        brand.read(_given(data))
    except BrandRefused as refusal:
        return refusal
    return None


@require_safe
@desk("produce")
def preview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The kit as it would be with what stands in the form; a wrong field gives the saved kit's picture."""
    own = brand.kit_of(actor.organization)
    if request.GET:
        _try_on(own, _given(request.GET))
    lang = chosen("zh", "en")
    picture = kit_preview(actor.organization, brand.brand_of(own, lang), lang, own.caption_style)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": NO_STORE})


@require_POST
@desk("produce")
def logo(request: HttpRequest, actor: Actor) -> HttpResponse:
    file = request.FILES.get("logo")
    if file is None:
        brand.remove_logo(actor.organization)
        messages.success(request, _("标志已撤下。"))
        return redirect("brand")
    return _uploaded(
        request, lambda: brand.set_logo(actor.organization, file.name or "", taken(file)), _("标志已换上。")
    )


@require_POST
@desk("produce")
def typeface(request: HttpRequest, actor: Actor) -> HttpResponse:
    file = request.FILES.get("font")
    if file is None:
        brand.remove_font(actor.organization)
        messages.success(request, _("已换回自带字体。"))
        return redirect("brand")
    licence = request.POST.get("licence", "")
    return _uploaded(
        request, lambda: brand.set_font(actor.organization, file.name or "", taken(file), licence), _("字体已换上。")
    )


@require_safe
@desk("produce")
def tracks(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _tracks(request, actor)


@require_POST
@desk("produce")
def add_track(request: HttpRequest, actor: Actor) -> HttpResponse:
    file = request.FILES.get("track")
    told = {name: request.POST.get(name, "") for name in ("title", "artist", "source", "licence", "proof")}
    bpm = request.POST.get("bpm", "").strip()
    problem: CreativeError | None = None
    if file is None:
        problem = UploadRefused("empty", "请选择一个音乐文件。", "choose a music file.")
    else:
        try:
            music_tracks.add_track(
                actor.organization, file.name or "", taken(file), Rights(**told),
                bpm=_number(bpm or "100"), by=actor.name,
            )  # fmt: skip
        except (BrandRefused, UploadRefused) as refusal:
            problem = refusal
    if problem is None:
        messages.success(request, _("音乐已收好，做广告时可以选它。"))
        return redirect("brand-tracks")
    return _tracks(request, actor, problem, told | {"bpm": bpm})


@require_POST
@desk("produce")
def remove_track(request: HttpRequest, actor: Actor, track_id: str) -> HttpResponse:
    music_tracks.archive_track(music_tracks.track_of(actor.organization, track_id))
    messages.success(request, _("已撤下。用过它的广告不受影响。"))
    return redirect("brand-tracks")


def _tracks(
    request: HttpRequest, actor: Actor, problem: CreativeError | None = None, told: Mapping[str, str] | None = None
) -> HttpResponse:
    context = {
        "tracks": music_tracks.tracks_of(actor.organization),
        "suffixes": ",".join(music_tracks.SUFFIXES),
        "problem": problem,
        "told": told,
    }
    return show(request, actor, "brand/tracks.html", context, place="brand", status=422 if problem else 200)


def _number(text: str) -> int:
    """0, which no music has as its tempo, for what is no number."""
    try:
        return int(text)
    except ValueError:
        return 0


def _uploaded(request: HttpRequest, take: Callable[[], BrandKit], done: str) -> HttpResponse:
    try:
        take()
    except (BrandRefused, UploadRefused) as refusal:
        messages.error(request, chosen(refusal.zh, refusal.en))
    else:
        messages.success(request, done)
    return redirect("brand")


def _given(data: QueryDict) -> dict[str, object]:
    """The form's fields as ``brand.read`` takes them; forbidden words come one on a line."""
    plain: dict[str, object] = {
        name: data.get(name, "") for name in ("name", "main", "ground", "caption_style", "card_layout", "corner")
    }
    words = data.get("forbidden", "").replace("，", "\n").replace(",", "\n").splitlines()
    return plain | {"opacity": data.get("opacity") or 60, "moods": data.getlist("moods"), "forbidden": words}


def _try_on(own: BrandKit, given: Mapping[str, object]) -> None:
    """Put what stands in the form on the kit in memory; nothing is saved."""
    try:
        draft = brand.read(given)
    except BrandRefused:
        return
    own.name, own.colour_main, own.colour_ground = draft.name, draft.main, draft.ground
    own.caption_style, own.card_layout = draft.caption_style, draft.card_layout
    own.watermark_corner, own.watermark_opacity = draft.corner, draft.opacity


def _inherited(actor: Actor, own: BrandKit) -> bool:
    """Whether ads of this client wear the agency's kit for now."""
    return actor.agency is not None and own.is_empty and not brand.kit_of(actor.agency).is_empty


def _page(own: BrandKit, given: Mapping[str, object] | None) -> dict[str, object]:
    fields = given or {
        "name": own.name, "main": own.colour_main, "ground": own.colour_ground, "caption_style": own.caption_style,
        "card_layout": own.card_layout, "corner": own.watermark_corner, "opacity": own.watermark_opacity,
        "moods": own.moods, "forbidden": own.forbidden_words,
    }  # fmt: skip
    words = fields["forbidden"]
    return {
        "kit": own,
        "fields": fields,
        "forbidden": "\n".join(words) if isinstance(words, (list, tuple)) else "",
        "suggested": brand.suggestions(own),
        "styles": style_words(),
        "layouts": LAYOUTS.items(),
        "corners": CORNERS.items(),
        "moods": MOODS.items(),
    }
