"""Measuring the hits that wait. Whatever goes wrong, the stranger's video goes, and the row says what was wrong."""

import logging
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from templates_engine import hit_files, hit_queue, learning
from templates_engine.analyse import at_hand
from templates_engine.analyse.analysing import Known, analyse, language
from templates_engine.analyse.errors import AnalysisStopped
from templates_engine.analyse.words_alone import words_alone
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.domain.analysis_json import line_from_dict, observation
from templates_engine.domain.beats import Role
from templates_engine.errors import TemplatesError
from templates_engine.models import Hit
from templates_engine.refusals import chinese

log = logging.getLogger(__name__)
STEP_S = 1.0  # a person who waits looks about as often
SILENT_S = 10.0  # what the heart lets pass before it writes in place of the work
TROUBLE = (
    "trouble",
    "机器出了问题，试了几次都没有分析成：请过一会儿再上传。",
    "the machine had trouble: upload it again later",
)


def work_one(worker: str) -> Hit | None:
    """Measures the hit whose turn it is; None when none waits."""
    hit = hit_queue.claim(worker)
    if hit is not None:
        measure(hit)
    return hit


def measure(hit: Hit) -> None:
    """Measures a claimed hit and keeps what was found, or what was wrong. Raises nothing."""
    try:
        over = _measured(hit)
    except AnalysisStopped:
        return
    except TemplatesError as error:
        over = hit_queue.fail(hit, error.code, chinese(error), error.detail)
    except Exception:  # a full disk, a storage that is away, a bug: another attempt may help, and the log has it
        log.exception("%s could not be measured", hit.public_id)
        over = not hit_queue.again(hit) and hit_queue.fail(hit, *TROUBLE)
    if over:
        forget_video(hit)


def _measured(hit: Hit) -> bool:
    """Whether ``hit`` is done; where it was deleted or lost meanwhile, nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="hitsmith-hit-") as place, _beating(hit) as heart:
        found = learning.tagged(_analysis(hit, Path(place), heart))
        made = sorted(Path(place).glob("*.jpg"))
        hit_files.keep_pictures(hit, made)
    done = _finish(hit, found, len(made))
    if not done and not Hit.objects.filter(pk=hit.pk).exists():
        hit_files.drop_all(hit, len(made))
    return done


def reap(now: datetime) -> None:
    """Gives the hits of silent workers to others, and deletes videos that should be gone."""
    for hit in hit_queue.silent(now):
        if not hit_queue.again(hit):
            hit_queue.fail(hit, *TROUBLE)
    for hit in Hit.objects.filter(state__in=(Hit.State.DONE, Hit.State.FAILED)).exclude(video=""):
        forget_video(hit)


def forget_video(hit: Hit) -> None:
    """Deletes the file of a hit that is over."""
    if hit_files.drop_video(hit):
        Hit.objects.filter(pk=hit.pk, video=hit.video).update(video="")


def _analysis(hit: Hit, place: Path, heart: "_Heart") -> VideoAnalysis:
    lines = tuple(line_from_dict(line) for line in hit.lines)
    if not hit.video:
        lang = hit.lang or language(lines)
        return words_alone(
            hit.video_id, lines, lang=lang, category=hit.category, platform=hit.platform, campaign=hit.campaign
        )
    known = Known(hit.video_id, hit.lang, hit.category, hit.platform, hit.campaign, lines)
    with hit_files.local(hit.video) as path:
        return analyse(path, known, at_hand.tools(with_lines=bool(lines)), progress=heart.step, pictures=place)


def _finish(hit: Hit, found: VideoAnalysis, pictures: int) -> bool:
    """Done, all at once. The results are those of this moment: a sheet may have come meanwhile."""
    with transaction.atomic():
        row = hit_queue.held(hit).select_for_update().first()
        if row is None:
            return False
        seen = tuple(observation(entry) for entry in row.metrics)
        row.analysis = learning.store(row.organization, replace(found, metrics=seen))
        row.state, row.percent, row.stage, row.lang = Hit.State.DONE, 100, "done", found.lang
        row.pictures = pictures
        row.told = sum(line.role is not Role.OTHER for line in found.told)
        row.save()
    return True


class _Heart:
    """Writes how far the work is, and stops it where the hit is gone."""

    def __init__(self, hit: Hit) -> None:
        self._hit, self._percent, self._stage = hit, 0, "opening"
        self._written, self._stopped = time.monotonic(), False

    def step(self, what: str, done: float) -> None:
        """``what`` as the analysis tells it: Chinese, then one English word."""
        stage = what.split()[-1]
        changed = stage != self._stage
        self._percent, self._stage = min(round(done * 100), 99), stage
        if changed or self.silence >= STEP_S:
            self.beat()
        if self._stopped:
            raise AnalysisStopped(f"{self._hit.public_id} was deleted, or given to another worker")

    @property
    def silence(self) -> float:
        return time.monotonic() - self._written

    def beat(self) -> None:
        self._written = time.monotonic()
        try:
            self._stopped |= not hit_queue.beat(self._hit, self._percent, self._stage)
        except DatabaseError as error:  # a busy database must not cost the work; only long silence loses the hit
            log.warning("no heartbeat for %s: %s", self._hit.public_id, error)


@contextmanager
def _beating(hit: Hit) -> Iterator[_Heart]:
    """A heart whose row is kept alive until the end of the block, however long one step takes."""
    heart, ended = _Heart(hit), threading.Event()
    thread = threading.Thread(target=_beat, args=(heart, ended), name=f"heart of {hit.public_id}", daemon=True)
    thread.start()
    try:
        yield heart
    finally:
        ended.set()
        thread.join()


def _beat(heart: _Heart, ended: threading.Event) -> None:
    try:
        while not ended.wait(SILENT_S / 10):
            if heart.silence >= SILENT_S:
                heart.beat()
    finally:
        connection.close()  # this thread's own
