"""Bringing hits: each file is kept with a row, or refused with its reason. Videos wait for a worker, words alone do not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO

from django.db import IntegrityError, transaction

from billing.models import Organization
from billing.public_ids import new_id
from templates_engine import bell, hit_files, hit_queue, hit_uploads, hit_work, learning
from templates_engine.analyse import at_hand
from templates_engine.domain.analysis import Observation, TimedLine
from templates_engine.domain.analysis_json import line_to_dict, observation
from templates_engine.errors import TemplatesError
from templates_engine.hit_uploads import Bundle, Upload
from templates_engine.models import Hit
from templates_engine.refusals import Refusal

MOST_BYTES = 512 << 20  # of a video, as the reader takes
MOST_HITS = 2_000  # of one organization
MOST_WAITING = 200


@dataclass(frozen=True)
class About:
    """What the uploader knows of all files of one upload; ``lang`` empty: told from the words."""

    rights: str
    lang: str = ""
    category: str = ""
    platform: str = ""
    campaign: str = ""


@dataclass(frozen=True)
class Report:
    """``measured``: hits that got numbers from a sheet, old ones too."""

    taken: tuple[Hit, ...]
    measured: tuple[Hit, ...]
    refused: tuple[Refusal, ...]


def take(organization: Organization, files: Sequence[Upload], about: About) -> Report:
    """Keeps every good file: videos wait for a worker, transcripts alone are measured at once. Each other is in the report."""
    came = hit_uploads.sort(files)
    taken: list[Hit] = []
    refused = list(came.refused)
    for bundle in came.bundles:
        kept = _take(organization, bundle, about)
        if isinstance(kept, Refusal):
            refused.append(kept)
        else:
            taken.append(kept)
    measured: list[Hit] = []
    for sheet in came.sheets:
        found = _take_sheet(organization, sheet, taken)
        if isinstance(found, Refusal):
            refused.append(found)
        else:
            measured += found
    return Report(tuple(taken), tuple(measured), tuple(refused))


def _take(organization: Organization, bundle: Bundle, about: About) -> Hit | Refusal:
    """One hit: its row and its video, or neither."""
    try:
        lines = hit_uploads.lines_of(bundle.words) if bundle.words else ()
    except TemplatesError as error:
        return hit_uploads.refused(bundle.words[0] if bundle.words else bundle.name, error)
    size, sha256, suffix = _looked_at(bundle)
    refusal = _refusal(organization, bundle, size, sha256, suffix)
    if refusal is not None:
        return refusal
    hit = _row(organization, bundle, about, lines, sha256)
    try:
        return _kept(hit, bundle, suffix)
    except IntegrityError:  # the same name came in twice at the same moment
        hit_files.drop_all(hit, 0)
        return _taken_already(bundle)


def _looked_at(bundle: Bundle) -> tuple[int, str, str]:
    """Size and hash of the video, or of the words where there is none; the ending that its bytes deserve."""
    video, words = bundle.video, bundle.words
    file: IO[bytes] | None = video[1] if video else words[1] if words else None
    if file is None:
        return 0, "", ""
    file.seek(0)
    suffix = hit_files.kind(file.read(hit_files.HEAD))
    return (*hit_files.measured(file, MOST_BYTES), suffix)


def _refusal(organization: Organization, bundle: Bundle, size: int, sha256: str, suffix: str) -> Refusal | None:
    name, rows = bundle.shown, Hit.objects.of(organization).exclude(state=Hit.State.FAILED)
    wrong = _no_video(name, size, suffix) if bundle.video else None
    if wrong is not None:
        return wrong
    if rows.filter(video_id=bundle.name).exists():
        return _taken_already(bundle)
    same = rows.filter(sha256=sha256).first()
    if same is not None:
        zh, en = f"和「{same}」内容相同，已保留一份。", f"it is the same as {same}: one is kept"
        return Refusal(name, "duplicate", zh, en)
    return _too_many(name, rows.count(), rows.exclude(state=Hit.State.DONE).count())


def _no_video(name: str, size: int, suffix: str) -> Refusal | None:
    if size == 0:
        return Refusal(name, "empty", "文件是空的：请重新选择。", "the file is empty: choose it again")
    if size > MOST_BYTES:
        most = MOST_BYTES >> 20
        return Refusal(name, "too_heavy", f"超过 {most} MB：请压缩后再上传。", f"over {most} MB: make it smaller")
    if not suffix:
        zh = "内容不是 MP4、MOV 或 WebM 视频：请重新导出后上传。"
        return Refusal(name, "not_a_video", zh, "not an MP4, MOV or WebM inside: export the video again")
    if at_hand.SHOTS in at_hand.missing():
        zh = "这台机器没有安装视频分析（pip install 'hitsmith[learn]'）：可以只上传它的字幕文件。"
        en = "measuring videos is not installed here (pip install 'hitsmith[learn]'): send its transcript alone"
        return Refusal(name, "tool_missing", zh, en)
    return None


def _too_many(name: str, kept: int, waiting: int) -> Refusal | None:
    if kept >= MOST_HITS:
        zh, en = f"最多保留 {MOST_HITS} 支爆款：请先删除一些。", f"at most {MOST_HITS} hits are kept: delete some first"
        return Refusal(name, "too_many", zh, en)
    if waiting >= MOST_WAITING:
        zh = f"已有 {MOST_WAITING} 支在排队：请等分析完一些再传。"
        return Refusal(name, "too_many", zh, f"{MOST_WAITING} are waiting: send more when some are measured")
    return None


def _taken_already(bundle: Bundle) -> Refusal:
    zh = f"已有一支叫「{bundle.name}」的爆款：请改文件名，或先删除那一支。"
    en = f"there is a hit named {bundle.name!r} already: rename the file, or delete that one first"
    return Refusal(bundle.shown, "name_taken", zh, en)


def _row(organization: Organization, bundle: Bundle, about: About, lines: tuple[TimedLine, ...], sha256: str) -> Hit:
    return Hit(
        organization=organization,
        public_id=new_id("hit"),
        video_id=bundle.name,
        original_name=bundle.shown,
        lang=about.lang,
        category=about.category.strip()[:80],
        platform=about.platform.strip()[:40],
        campaign=about.campaign.strip()[:120],
        rights=about.rights,
        sha256=sha256,
        lines=[line_to_dict(line) for line in lines],
    )


def _kept(hit: Hit, bundle: Bundle, suffix: str) -> Hit:
    """Writes file and row, then has it measured. A failed hit of that name gives way."""
    if bundle.video:
        hit.video = hit_files.keep_video(hit, bundle.video[1], suffix)
    with transaction.atomic():
        Hit.objects.of(hit.organization).filter(video_id=hit.video_id, state=Hit.State.FAILED).delete()
        hit.save()
        if hit.video:
            bell.ring(bell.ANALYSE, hit.public_id)
    if not hit.video:
        claimed = hit_queue.take(hit.pk, "at once")
        if claimed is not None:
            hit_work.measure(claimed)
        hit.refresh_from_db()
    return hit


def _take_sheet(organization: Organization, sheet: Upload, taken: Sequence[Hit]) -> list[Hit] | Refusal:
    """The hits that the sheet gave numbers to. It is taken whole or not at all; videos that are no hits here are left out."""
    try:
        metrics = hit_uploads.metrics_of(sheet)
    except TemplatesError as error:
        return hit_uploads.refused(sheet[0], error)
    if set(metrics) == {""} and len(taken) == 1:
        metrics = {taken[0].video_id: metrics[""]}
    name = hit_uploads.shown_name(sheet[0])
    if set(metrics) == {""}:
        zh = "表格没有「视频ID」这一列：请加上，写视频文件名（不带扩展名）。"
        return Refusal(
            name, "no_ids", zh, "the sheet names no videos: add a column video_id with the names of their files"
        )
    rows = {hit.video_id: hit for hit in Hit.objects.of(organization).exclude(state=Hit.State.FAILED)}
    known = [video_id for video_id in metrics if video_id in rows]
    if not known:
        shown = "、".join(sorted(metrics)[:3])
        zh = f"表格里的视频（{shown}）都不在这里：「视频ID」要和上传的文件名一致。"
        return Refusal(name, "unknown_ids", zh, f"none of its videos ({shown}) is here: video_id must be a file's name")
    with transaction.atomic():
        return [_measured(rows[video_id], metrics[video_id]) for video_id in known]


def _measured(hit: Hit, new: Sequence[Observation]) -> Hit:
    # Only the hit itself: PostgreSQL locks no row that may be missing, as the analysis may.
    locked = Hit.objects.select_for_update(of=("self",))
    row = locked.select_related("organization", "analysis").get(pk=hit.pk)
    seen = hit_uploads.merged([observation(entry) for entry in row.metrics], new)
    row.metrics = [vars(found).copy() for found in seen]
    row.save(update_fields=["metrics"])
    if row.analysis is not None:
        learning.store(row.organization, replace(row.analysis.analysis(), metrics=seen))
    return row
