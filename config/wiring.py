"""Where ``templates_engine`` and ``billing`` meet what they may not import: files and other machines, through ``generation``.

Named by the settings ``TEMPLATES_FOOTAGE``, ``TEMPLATES_PHOTO``, ``TEMPLATES_TRANSITIONS``, ``TEMPLATES_HTTP``
and ``BILLING_HTTP``; only errors are translated here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from billing.errors import ProviderDown
from generation.engines import transnet
from generation.errors import GenerationError
from generation.footage import reel
from generation.http import Client, Limits, Request, Upload
from generation.subject import read_photo
from templates_engine.analyse.errors import ToolMissing, VideoRefused
from templates_engine.analyse.footage import Footage, Picture


@contextmanager
def footage(path: Path) -> Iterator[Footage]:
    """A video for the analysis. Raises ``VideoRefused``."""
    try:
        with reel(path) as found:
            yield found
    except GenerationError as error:
        raise VideoRefused(str(error)) from error


def photo(path: Path) -> Picture:
    """A product photo, BGR. Raises ``VideoRefused``."""
    try:
        return read_photo(path)
    except GenerationError as error:
        raise VideoRefused(str(error)) from error


class Transitions:
    """The network that sees transitions between shots."""

    @property
    def version(self) -> str | None:
        return transnet.installed()

    def __call__(self, pictures: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        return transnet.predicted(pictures)


def ask(
    base: str,
    name: str,
    path: str,
    *,
    token: str = "",
    body: Mapping[str, object] | None = None,
    form: Mapping[str, str] | None = None,
    files: Sequence[tuple[str, str, str, bytes]] = (),
    seconds: float = 120.0,
) -> object:
    """POST to the server that an operator named, and its JSON answer. Raises ``ToolMissing`` when it gives none.

    ``name`` stands for the server in messages; ``files`` are (field, file name, type, content) of a multipart form.
    """
    request = Request("POST", path, form=form, uploads=[Upload(*file) for file in files], body=body)
    try:
        with Client(base, name, token=token, limits=Limits(silence=seconds, whole=seconds)) as client:
            return client.ask(request)
    except GenerationError as error:
        raise ToolMissing(str(error)) from error


def exchange(
    base: str, path: str, method: str, headers: Mapping[str, str], content: bytes, seconds: float
) -> tuple[int, Mapping[str, str], bytes]:
    """One request to a payment provider: (status, headers, body), refusals included. Raises ``ProviderDown``."""
    try:
        with Client(base, "the payment provider", limits=Limits(silence=seconds, whole=seconds)) as client:
            answer = client.exchange(method, path, headers, content)
    except GenerationError as error:
        raise ProviderDown(str(error)) from error
    return answer.status, answer.headers, answer.content
