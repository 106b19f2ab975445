"""``manage.py analyse_video``: what one hit video is made of. Needs no database, no worker and no account."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from templates_engine.analyse import asr
from templates_engine.analyse.analysing import Known, Tools, analyse
from templates_engine.analyse.footage import photo
from templates_engine.analyse.ocr import RapidReader
from templates_engine.analyse.shots import AdaptiveCuts, Cutter
from templates_engine.analyse.telling import told
from templates_engine.analyse.transcript import read_transcript
from templates_engine.analyse.transnet import TransNetCuts
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.domain.analysis_json import to_dict
from templates_engine.domain.errors import TemplatesError
from templates_engine.metrics_import import of_video, read_metrics

CUTTERS: dict[str, Callable[[], Cutter]] = {"adaptive": AdaptiveCuts, "transnetv2": TransNetCuts}


class Command(BaseCommand):
    help = "Measure one hit video: shots, camera, captions, speech, tempo; such as: analyse_video hit.mp4 --srt hit.srt"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the video")
        parser.add_argument("--srt", type=Path, metavar="FILE", help="what is said: SRT, VTT or JSON")
        parser.add_argument("--metrics", type=Path, metavar="FILE", help="its results: an exported sheet, CSV or JSON")
        parser.add_argument("--id", help="its name in that sheet; without it, the file's name")
        parser.add_argument("--lang", choices=["zh", "en"], default="", help="without it, told from its words")
        parser.add_argument("--category", default="", help="such as home or kitchen")
        parser.add_argument("--platform", default="", help="such as douyin or tiktok")
        parser.add_argument("--campaign", default="")
        parser.add_argument(
            "--product", type=Path, action="append", default=[], metavar="PHOTO", help="may be repeated"
        )
        parser.add_argument("--shots", choices=sorted(CUTTERS), default="adaptive", help="how cuts are found")
        parser.add_argument("--no-captions", action="store_true", help="do not read burnt-in captions")
        parser.add_argument("--json", action="store_true", help="print the whole analysis as JSON")
        parser.add_argument("--strip", type=Path, metavar="PNG", help="draw a picture of each shot into this file")

    def handle(self, **options: Any) -> None:
        try:
            analysis = self._analysis(options)
        except TemplatesError as error:
            raise CommandError(error.detail) from error
        except KeyboardInterrupt as error:
            raise CommandError("已停止，什么都没有写入 stopped, nothing was written", returncode=130) from error
        if options["json"]:
            self.stdout.write(json.dumps(to_dict(analysis), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(told(analysis))

    def _analysis(self, options: dict[str, Any]) -> VideoAnalysis:
        video: Path = options["file"]
        name = options["id"] or video.stem
        known = Known(
            video_id=name,
            lang=options["lang"],
            category=options["category"],
            platform=options["platform"],
            campaign=options["campaign"],
            lines=() if options["srt"] is None else read_transcript(options["srt"]),
            metrics=() if options["metrics"] is None else of_video(read_metrics(options["metrics"]), name),
            photos=[photo(path) for path in options["product"]],
        )
        tools = Tools(
            cutter=CUTTERS[options["shots"]],
            captions=None if options["no_captions"] else RapidReader(),
            speech=None if known.lines else asr.configured(),
        )
        return analyse(video, known, tools, progress=self._told(), strip=options["strip"])

    def _told(self) -> Any:
        """Progress in tenths, on stderr: stdout is for the result."""
        last = -1

        def tell(what: str, done: float) -> None:
            nonlocal last
            if int(done * 10) > last:
                last = int(done * 10)
                self.stderr.write(f"{done:4.0%} {what}")

        return tell
