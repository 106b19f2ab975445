"""The progress of an ad on a terminal; where nobody looks, one line for each stage."""

import logging
import shutil
import sys
from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from creative.progress import AdProgress

TALKATIVE = ("creative", "generation")  # loggers whose progress lines the bar replaces


class ProgressBar:
    """``show`` takes what ``production.progress`` gives. Inside the block only warnings are logged."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._stage = ""
        # The unit stands in for the time left: tqdm's own estimate knows nothing of stages.
        layout = "{desc} |{bar:24}| {percentage:3.0f} %  {unit}"
        # Past Django's wrapper, which colours everything red and ends each update with a new line.
        columns, lines = shutil.get_terminal_size()
        self._bar = tqdm(
            total=100,
            file=sys.stderr,
            ncols=columns,
            nrows=lines,
            bar_format=layout,
            disable=not sys.stderr.isatty(),
            ascii=" ━",
            unit="",
        )
        self._levels = {name: logging.getLogger(name).level for name in TALKATIVE}

    def __enter__(self) -> Self:
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        self._bar.close()

    def show(self, now: AdProgress) -> None:
        if self._bar.disable:
            if now.stage_en != self._stage:
                self._out.write(f"  {now.stage_zh} {now.stage_en}")
            self._stage = now.stage_en
            return
        self._bar.set_description_str(f"{now.stage_zh} {now.stage_en}", refresh=False)
        self._bar.unit = "" if now.eta_seconds is None else f"about {now.eta_seconds} s left"
        self._bar.n = now.percent
        self._bar.refresh()
