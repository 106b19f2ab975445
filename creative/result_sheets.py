"""An exported sheet of results, as it is uploaded: read, checked, and never kept as a file."""

import tempfile
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from creative.errors import ReportRefused
from creative.results import Reported
from templates_engine.analyse.errors import MetricsInvalid
from templates_engine.analyse.textfile import MOST_BYTES
from templates_engine.metrics_import import read_metrics


def read_sheet(upload: UploadedFile) -> tuple[Reported, ...]:
    """Its rows by id and age. Raises ``ReportRefused`` naming row and column."""
    if (upload.size or 0) > MOST_BYTES:
        raise ReportRefused(
            f"表格超过 {MOST_BYTES >> 20} MB，请只导出需要的列，或拆成几个文件。",
            f"the sheet is larger than {MOST_BYTES >> 20} MB: export fewer columns, or split it.",
        )
    with tempfile.TemporaryDirectory(prefix="results-") as folder:
        path = Path(folder) / (Path(upload.name or "").name[-80:] or "sheet")
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        try:
            metrics = read_metrics(path)
        except MetricsInvalid as error:
            zh = error.zh or "这个文件读不了：请存成 UTF-8 编码的 CSV 或 JSON 再上传"
            raise ReportRefused(f"{zh}。", f"{error.detail}.") from error
    return tuple(Reported(name, seen) for name, snapshots in metrics.items() for seen in snapshots)
