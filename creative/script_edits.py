"""Editing the lines of a draft: every saved script passes the guards and fits its time, or nothing changes.

A saved script is planned anew by the functions that drafted the ad, so captions, shots and price follow the words. Each
edit is a ``ScriptEdit``; ``Ad.script_version`` counts them, and whoever saves says which version he has read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.memberships import entitlements_for
from creative import quotes
from creative.drafts import prepare_again, priced, put_shots, unspoken_of
from creative.errors import NotFound, ScriptConflict, ScriptLocked, ScriptRefused
from creative.models import Ad, Campaign, ScriptEdit
from creative.prepared import Prepared
from creative.script_checks import Editing, ScriptCheck, check, editing, locked, words_from
from creative.scripts import Written
from generation.domain.timeline_json import timeline_to_dict
from templates_engine import rewording
from templates_engine.domain.retelling import BeatWords, retold, words_of
from templates_engine.domain.script import Script
from templates_engine.domain.script_json import script_from_dict, script_to_dict

MOST_BEATS = 40  # no script has more
Given = Sequence[tuple[str, str]]  # (spoken line, caption) of each beat, as typed


@dataclass(frozen=True)
class Change:
    """One line before and after an edit."""

    place: int
    role: str
    before: BeatWords
    after: BeatWords


@dataclass(frozen=True)
class Version:
    """An entry of the history, newest first: what edit ``number`` changed, by whom."""

    number: int
    actor: str
    at: datetime
    restored: int | None
    changes: tuple[Change, ...]


def check_script(ad: Ad, given: Given) -> ScriptCheck:
    """What is to be said of these lines. Stores nothing. Raises ``ScriptLocked``."""
    desk = editing(ad)
    return check(desk, words_from(given, desk.now))


def save_script(ad: Ad, given: Given, *, version: int, by: str = "", restored: int | None = None) -> Ad:
    """Put these lines in the place of version ``version``, and plan and price the ad anew; the ad as it stands then.

    Lines that are there already change nothing. Raises ``ScriptLocked``, ``ScriptConflict`` where ``version`` is not the
    one that is there, ``ScriptRefused`` with every reason, and what drafting raises; nothing has changed then.
    """
    desk = editing(ad)
    words = words_from(given, desk.now)
    if version != ad.script_version:
        raise ScriptConflict(ad.script_version)
    if words == words_of(desk.now):
        return ad
    found = check(desk, words)
    if not found.ok:
        raise ScriptRefused(found.problems())
    script = retold(desk.drafted, desk.now, words, desk.rate, desk.pools, desk.facts)
    prepared = prepare_again(ad, Written(desk.template, script, ()), entitlements_for(ad.organization))
    _put(ad, desk.now, prepared, ScriptEdit(number=version + 1, actor=by[:150], restored=restored))
    return ad


def restore(ad: Ad, number: int, *, version: int, by: str = "") -> Ad:
    """Bring the lines of version ``number`` back, as a new edit; 0 is the script as it was drafted.

    They are judged again, since facts and rules may have changed. Raises what ``save_script`` raises, and ``NotFound``.
    """
    words = words_of(script_at(ad, number))
    return save_script(ad, [(one.voice, one.caption) for one in words], version=version, by=by, restored=number)


def script_at(ad: Ad, number: int) -> Script:
    """Version ``number`` of the script. Raises ``NotFound``."""
    edits = ad.script_edits.order_by("number")
    edit = edits.first() if number == 0 else edits.filter(number=number).first()
    if edit is None:
        if number == 0:
            return script_from_dict(ad.script)
        raise NotFound("版本", "version")
    return script_from_dict(edit.before if number == 0 else edit.after)


def history(ad: Ad) -> tuple[Version, ...]:
    """Every edit, the newest first."""
    return tuple(
        Version(edit.number, edit.actor, edit.created_at, edit.restored, _changes(edit))
        for edit in ad.script_edits.all()
    )


def other_wordings(ad: Ad, place: int, given: Given) -> tuple[BeatWords, ...]:
    """Other ways to say beat ``place`` (from 0) beside the other lines. Raises ``ScriptLocked``, ``NotFound``."""
    desk = editing(ad)
    if not 0 <= place < len(desk.now.beats):
        raise NotFound("台词", "line")
    words = words_from(given, desk.now)
    avoid = (words[place].voice, *(one.voice for at, one in enumerate(words) if at != place))
    return rewording.other_wordings(desk.template, _as_told(desk, words), place, desk.facts, avoid=avoid)


def _as_told(desk: Editing, words: Sequence[BeatWords]) -> Script:
    """The script with these lines where they fit; else as it is saved."""
    try:
        return retold(desk.drafted, desk.now, words, desk.rate, desk.pools, desk.facts)
    except ValueError:
        return desk.now


def _put(ad: Ad, before: Script, prepared: Prepared, edit: ScriptEdit) -> None:
    """The ad's rows for another script, and the entry of its history, all or nothing."""
    with transaction.atomic():
        put_plan(ad, prepared, was=edit.number - 1, version=edit.number)
        edit.organization, edit.ad = ad.organization, ad
        edit.before, edit.after = script_to_dict(before), script_to_dict(prepared.written.script)
        edit.save(force_insert=True)
    ad.refresh_from_db()


def put_plan(ad: Ad, prepared: Prepared, *, was: int, version: int) -> None:
    """Write a draft's new plan and price where its script is still version ``was``; part of the caller's transaction.

    Raises ``ScriptLocked`` and ``ScriptConflict``.
    """
    quote = priced(prepared)[1]
    if ad.campaign_id is not None:  # locked first, as whoever orders a campaign does
        Campaign.objects.select_for_update().get(pk=ad.campaign_id)
    changed = Ad.objects.filter(pk=ad.pk, state=Ad.State.DRAFT, script_version=was).update(
        script=script_to_dict(prepared.written.script),
        script_unspoken=unspoken_of(prepared),
        timeline=timeline_to_dict(prepared.timeline),
        credits_quoted=sum(quote.credits),
        price_percent=quote.tariff.percent,
        script_version=version,
    )
    if not changed:
        ad.refresh_from_db()
        why = locked(ad)
        raise ScriptLocked(*why) if why is not None else ScriptConflict(ad.script_version)
    ad.shots.all().delete()
    put_shots(ad, prepared, quote)
    if ad.campaign_id is not None:
        quotes.quote_again(ad.campaign_id)


def _changes(edit: ScriptEdit) -> tuple[Change, ...]:
    before, after = script_from_dict(edit.before), script_from_dict(edit.after)
    pairs = zip(before.beats, words_of(before), words_of(after), strict=True)
    return tuple(Change(place, beat.role.value, old, new) for place, (beat, old, new) in enumerate(pairs) if old != new)
