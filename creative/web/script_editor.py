"""The editor of a draft's lines: the page, the check while somebody types, saving, and going back to a version."""

import re
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.access import Actor, allows
from creative import script_edits
from creative.errors import CreativeError, ScriptConflict, ScriptLocked
from creative.models import Ad
from creative.script_checks import Editing, check, editing, words_from
from creative.web.ads import ad_of
from creative.web.page import desk, show
from creative.web.recordings import heard_lines
from creative.web.refusals import explain
from creative.web.script_roles import role_lines
from creative.web.script_view import frames_of, rows_of, summary_of, typed_of
from creative.web.words import chosen
from templates_engine.domain.retelling import BeatWords
from templates_engine.domain.script import Script
from templates_engine.domain.script_json import script_from_dict

_USE = re.compile(r"(use-voice|use-caption|follow|undo|other|theirs)-(\d{1,2})")


@dataclass
class Sheet:
    """What was typed, and what a button asked to be done with it. ``replaced``: beats whose text areas changed by it."""

    typed: list[tuple[str, str]]
    replaced: set[int] = field(default_factory=set)
    others: dict[int, tuple[BeatWords, ...]] = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: HttpRequest, ad_id: str) -> HttpResponse:
    return _save(request, ad_id) if request.method == "POST" else _read(request, ad_id)


@desk()
def _read(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    ad = ad_of(actor, ad_id)
    if not allows(actor.role, "produce"):
        return _read_only(request, actor, ad, _("你的角色只能查看台词。"))
    try:
        now = editing(ad)
    except ScriptLocked as why:
        return _read_only(request, actor, ad, explain(why))
    return _page(request, actor, now, Sheet(typed_of(now.now)))


@desk("produce")
def _save(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    ad = ad_of(actor, ad_id)
    sheet = _typed(request, script_from_dict(ad.script))
    try:
        script_edits.save_script(ad, sheet.typed, version=_version(request), by=_name(actor))
    except ScriptLocked as why:
        return _read_only(request, actor, ad_of(actor, ad_id), explain(why), status=why.status)
    except ScriptConflict as conflict:
        now = editing(ad_of(actor, ad_id))
        return _page(request, actor, now, sheet, refusal=conflict, theirs=now.now)
    except CreativeError as refusal:
        return _page(request, actor, editing(ad), sheet, refusal=refusal)
    messages.success(request, _("台词存好了，镜头、字幕和报价都按新台词重新算过。"))
    return redirect("ad-script", ad.public_id)


@require_POST
@desk("produce")
def check_lines(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    """What is to be said of the typed lines; stores nothing. htmx gets the parts that change, a plain form the page."""
    ad = ad_of(actor, ad_id)
    now = editing(ad)
    sheet = _typed(request, now.now)
    _press(request, now, sheet)
    if not request.headers.get("HX-Request"):
        return _page(request, actor, now, sheet, version=_version(request))
    found = check(now, words_from(sheet.typed, now.now))
    rows = rows_of(now, found, sheet.typed, others=sheet.others, replaced=frozenset(sheet.replaced))
    context = {"ad": ad, "rows": rows, "summary": summary_of(now, found), "version": _version(request)}
    return show(request, actor, "script/_checked.html", context)


@require_POST
@desk("produce")
def restore(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    ad = ad_of(actor, ad_id)
    number = request.POST.get("number", "")
    try:
        script_edits.restore(
            ad,
            int(number) if number.isdecimal() and len(number) < 9 else -1,
            version=_version(request),
            by=_name(actor),
        )
    except ScriptLocked as why:
        return _read_only(request, actor, ad_of(actor, ad_id), explain(why), status=why.status)
    except CreativeError as refusal:
        if refusal.status == 404:
            raise
        now = editing(ad_of(actor, ad_id))
        return _page(request, actor, now, Sheet(typed_of(now.now)), refusal=refusal)
    messages.success(request, _("已经换回那一版台词。"))
    return redirect("ad-script", ad.public_id)


def _page(
    request: HttpRequest,
    actor: Actor,
    now: Editing,
    sheet: Sheet,
    *,
    refusal: CreativeError | None = None,
    theirs: Script | None = None,
    version: int | None = None,
) -> HttpResponse:
    """``version``: the one that the typed lines are based on; after a conflict was shown, the newest."""
    words = words_from(sheet.typed, now.now)
    found = check(now, words)
    ad = now.ad
    context = {
        "ad": ad,
        "rows": rows_of(now, found, sheet.typed, theirs=theirs, others=sheet.others),
        "summary": summary_of(now, found),
        "version": ad.script_version if version is None else version,
        "refusal": explain(refusal) if refusal else "",
        "problems": [(at, chosen(zh, en)) for at, zh, en in getattr(refusal, "problems", ())],
        "history": script_edits.history(ad),
        "recordings": heard_lines(ad),
        "heard": role_lines(ad.organization, [beat.voice for beat in now.now.beats], now.now.lang),
        "back": request.path.removesuffix("/check").removesuffix("/restore"),
    }
    return show(request, actor, "script/editor.html", context, place="ads", status=refusal.status if refusal else 200)


def _read_only(request: HttpRequest, actor: Actor, ad: Ad, why: str, *, status: int = 200) -> HttpResponse:
    script = script_from_dict(ad.script)
    lines = list(zip(script.beats, frames_of(ad, script), strict=True))
    context = {"ad": ad, "why": why, "lines": lines, "history": script_edits.history(ad)}
    context |= {"recordings": [line for line in heard_lines(ad) if line.row is not None], "read_only": True}
    return show(request, actor, "script/read_only.html", context, place="ads", status=status)


def _typed(request: HttpRequest, script: Script) -> Sheet:
    """The text areas; a beat that the form does not have stays as it is saved."""
    posted = request.POST
    return Sheet(
        [
            (posted.get(f"voice-{place}", voice), posted.get(f"caption-{place}", caption).replace("\r\n", "\n"))
            for place, (voice, caption) in enumerate(typed_of(script))
        ]
    )


def _press(request: HttpRequest, now: Editing, sheet: Sheet) -> None:
    """Do what the pressed button says to the typed lines."""
    for name, value in request.POST.items():
        pressed = _USE.fullmatch(name)
        if pressed is None or int(pressed[2]) >= len(sheet.typed):
            continue
        place = int(pressed[2])
        if pressed[1] == "other":
            sheet.others[place] = script_edits.other_wordings(now.ad, place, sheet.typed)
            continue
        sheet.typed[place] = _replaced(pressed[1], str(value), sheet.typed[place], typed_of(now.drafted)[place],
                                       typed_of(now.now)[place])  # fmt: skip
        sheet.replaced.add(place)


def _replaced(
    what: str, value: str, typed: tuple[str, str], drafted: tuple[str, str], saved: tuple[str, str]
) -> tuple[str, str]:
    """A new spoken line takes its caption with it: an empty one follows the line."""
    if what == "undo":
        return drafted
    if what == "theirs":
        return saved
    if what == "follow":
        return typed[0], ""
    text = value.replace("\r\n", "\n")
    voice, _line, caption = text.partition("\n")
    return (typed[0], text) if what == "use-caption" else (voice, caption)


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1


def _name(actor: Actor) -> str:
    return actor.name
