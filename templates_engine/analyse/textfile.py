"""Text files from strangers, whatever they were saved as."""

from pathlib import Path

from templates_engine.domain.errors import TemplatesError

MOST_BYTES = 8 << 20
# GB18030 reads nearly anything, so it comes last: it holds GBK and GB2312, which Chinese tools still write.
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(path: Path, refuse: type[TemplatesError]) -> str:
    """The text, with line ends as ``\\n``. Raises ``refuse`` for what is missing, huge, or no text."""
    if not path.is_file():
        raise refuse(f"there is no file {path.name}")
    if path.stat().st_size > MOST_BYTES:
        raise refuse(f"{path.name} is larger than {MOST_BYTES >> 20} MiB, which no such file needs to be")
    content = path.read_bytes()
    text = _decoded(content)
    if text is None or "\0" in text:
        raise refuse(f"{path.name} is no text: save it as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str | None:
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
