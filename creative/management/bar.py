"""The progress of an ad on a terminal; where nobody looks, one line for each stage."""

from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from creative.progress import AdProgress


class ProgressBar:
    """``show`` takes what ``production.progress`` gives."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._stage = ""
        layout = "{desc} |{bar}| {percentage:3.0f} % {postfix}"
        self._bar = tqdm(total=100, file=out, bar_format=layout, disable=not out.isatty(), leave=True, ascii=" ━")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()

    def show(self, now: AdProgress) -> None:
        if self._bar.disable:
            if now.stage_en != self._stage:
                self._out.write(f"  {now.stage_zh} {now.stage_en}")
            self._stage = now.stage_en
            return
        self._bar.set_description_str(f"{now.stage_zh} {now.stage_en}", refresh=False)
        self._bar.set_postfix_str("" if now.eta_seconds is None else f"about {now.eta_seconds} s left", refresh=False)
        self._bar.n = now.percent
        self._bar.refresh()
