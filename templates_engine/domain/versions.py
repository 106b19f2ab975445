"""Versions of learned templates: which earlier one a new one continues, and what has changed, in words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from templates_engine.domain.align import Order, similarity
from templates_engine.domain.reasons import ROLE_NAMES
from templates_engine.domain.template import ScriptTemplate, Words
from templates_engine.domain.template_words import path

# From this likeness of beats on it is the same template, seen again with more or newer hits.
SAME = 0.6
# Differences of a share, a presence or a stability below this are noise.
NOTABLE = 0.05
NOTABLE_MS = 1_000


def continued(new: Sequence[ScriptTemplate], existing: Iterable[ScriptTemplate]) -> tuple[ScriptTemplate, ...]:
    """``new`` with their ids set: the next version of the most similar template of the same group that no other of them
    continues, or a family of its own.
    """
    newest: dict[str, ScriptTemplate] = {}
    for template in existing:
        if template.family not in newest or newest[template.family].version < template.version:
            newest[template.family] = template
    taken: set[str] = set()
    found: list[ScriptTemplate] = []
    for template in new:
        parent = _parent(template, [old for family, old in newest.items() if family not in taken])
        if parent is not None:
            named = replace(template, id=f"{parent.family}_v{parent.version + 1}")
        else:
            named = replace(template, id=f"{_free_family(template.family, newest.keys() | taken)}_v1")
        taken.add(named.family)
        if named.lineage is not None:
            named = replace(named, lineage=replace(named.lineage, parent=parent.id if parent else ""))
        found.append(named)
    return tuple(found)


def unchanged(old: ScriptTemplate, new: ScriptTemplate) -> bool:
    """Whether ``new`` says in all respects what ``old`` says, but for its id, its day and its lineage."""
    return replace(new, id=old.id, provenance=old.provenance, lineage=old.lineage) == old


def diff(old: ScriptTemplate, new: ScriptTemplate) -> tuple[Words, ...]:
    """What ``new`` does otherwise, each change a sentence; empty where nothing notable changed."""
    return (*_order(old, new), *_beats(old, new), *_whole(old, new), *_members(old, new))


def order_of(template: ScriptTemplate) -> Order:
    """Roles of the beats, runs of the same role made one."""
    roles = [beat.role for beat in template.beats]
    return tuple(role for place, role in enumerate(roles) if place == 0 or roles[place - 1] is not role)


def _parent(template: ScriptTemplate, candidates: Sequence[ScriptTemplate]) -> ScriptTemplate | None:
    stem = _stem(template.family)
    alike = [
        (similarity(order_of(template), order_of(old)), old.id, old)
        for old in candidates
        if _stem(old.family) == stem and old.lineage is not None and old.lang == template.lang
    ]
    best = max(alike, default=None, key=lambda found: found[:2])
    return best[2] if best is not None and best[0] >= SAME else None


def _stem(family: str) -> str:
    """The family without the number that tells the templates of one group apart."""
    return re.sub(r"_\d+$", "", family)


def _free_family(family: str, taken: Iterable[str]) -> str:
    used = set(taken)
    number = 1
    while f"{_stem(family)}_{number}" in used:
        number += 1
    return f"{_stem(family)}_{number}"


def _order(old: ScriptTemplate, new: ScriptTemplate) -> tuple[Words, ...]:
    before, after = order_of(old), order_of(new)
    if before == after:
        return ()
    was, now = path(before), path(after)
    return (Words(f"段落顺序变了：原来 {was.zh}，现在 {now.zh}。", f"The order changed from {was.en} to {now.en}."),)


def _beats(old: ScriptTemplate, new: ScriptTemplate) -> tuple[Words, ...]:
    """Beats that both have, matched by role and by the how-manieth of that role they are."""
    found: list[Words] = []
    for role in dict.fromkeys(order_of(new)):
        pairs = zip(*([beat for beat in one.beats if beat.role is role] for one in (old, new)), strict=False)
        for before, after in pairs:
            name = ROLE_NAMES[role]
            if abs(after.share.p50 - before.share.p50) >= NOTABLE:
                found.append(
                    Words(
                        f"{name.zh}占整条的时间从 {before.share.p50:.0%} 变为 {after.share.p50:.0%}。",
                        f"The {name.en} takes {after.share.p50:.0%} of the ad, was {before.share.p50:.0%}.",
                    )
                )
            if abs(after.presence - before.presence) >= 2 * NOTABLE:
                found.append(
                    Words(
                        f"有{name.zh}的视频从 {before.presence:.0%} 变为 {after.presence:.0%}。",
                        f"{after.presence:.0%} of the videos have a {name.en}, were {before.presence:.0%}.",
                    )
                )
    return tuple(found)


def _whole(old: ScriptTemplate, new: ScriptTemplate) -> tuple[Words, ...]:
    found: list[Words] = []
    was, now = old.duration.p50, new.duration.p50
    if abs(now - was) >= NOTABLE_MS:
        found.append(
            Words(
                f"常见时长从 {was / 1000:.0f} 秒变为 {now / 1000:.0f} 秒。",
                f"The usual length is {now / 1000:.0f} s, was {was / 1000:.0f} s.",
            )
        )
    if abs(new.pace.p50 - old.pace.p50) >= 0.3:
        unit = Words("字", "characters") if new.lang == "zh" else Words("词", "words")
        found.append(
            Words(
                f"语速从每秒 {old.pace.p50:.1f} {unit.zh}变为 {new.pace.p50:.1f} {unit.zh}。",
                f"The pace is {new.pace.p50:.1f} {unit.en} a second, was {old.pace.p50:.1f}.",
            )
        )
    if old.stability is not None and new.stability is not None and abs(new.stability - old.stability) >= NOTABLE:
        found.append(
            Words(
                f"稳定度从 {old.stability:.0%} 变为 {new.stability:.0%}。",
                f"Its stability is {new.stability:.0%}, was {old.stability:.0%}.",
            )
        )
    return tuple(found)


def _members(old: ScriptTemplate, new: ScriptTemplate) -> tuple[Words, ...]:
    before, after = ({member.video_id for member in one.members} for one in (old, new))
    if before == after:
        return ()
    joined, left = len(after - before), len(before - after)
    return (
        Words(
            f"现在学自 {len(after)} 条视频：新增 {joined} 条，去掉 {left} 条。",
            f"It now stands on {len(after)} videos: {joined} joined, {left} left.",
        ),
    )
