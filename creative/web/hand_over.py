"""The archive for the editor, made when it is asked for and sent as it is read."""

import tempfile
from pathlib import Path
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative.hand_over import write_hand_over
from creative.web.ads import ad_of
from creative.web.page import desk


@require_POST
@desk("produce")
def archive(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    """A POST, because making it takes seconds of work: no crawler or preview may start it."""
    ad = ad_of(actor, ad_id)
    with tempfile.TemporaryDirectory(prefix="hitsmith-hand-over-") as folder:
        path = Path(folder) / f"{ad.public_id}.zip"
        write_hand_over(ad, path)
        file = path.open("rb")  # stays readable when its name is gone
    answer = FileResponse(file, as_attachment=True, filename=path.name, content_type="application/zip")
    answer["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, answer)  # a streamed answer goes through the same doors
