"""What a line does, as the tagger hears it, and a select to say better: the answer is kept as training data."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.access import Actor
from billing.models import Organization
from creative import previews
from creative.web.page import desk, show
from creative.web.words import chosen
from templates_engine import corrections
from templates_engine.corrections import Place
from templates_engine.domain.beats import Role
from templates_engine.errors import CorrectionInvalid


@dataclass(frozen=True)
class RoleLine:
    """What ``script/_role_picker.html`` shows as ``line``. ``role``: what the line is taken for; ``said``: the tagger's
    roles, the likeliest first, with blanks between; ``corrected``: a person said so; ``shared``: it may teach everybody.
    """

    text: str
    lang: str
    place: Place
    role: str
    said: str
    corrected: bool = False
    shared: bool = False

    @property
    def key(self) -> str:
        return f"{self.lang}-{self.place.position}"

    @property
    def roles(self) -> list[tuple[str, str]]:
        """(code, word) of all roles, for the select."""
        return [(role.value, chosen(*previews.ROLES[role.value])) for role in Role]


def role_lines(organization: Organization, texts: Sequence[str], lang: str) -> list[RoleLine]:
    """The lines of one ad with the roles that the organization's own tagger hears."""
    told = corrections.latest(organization, texts, lang)
    found = corrections.tagged(organization, texts, lang)
    return [
        RoleLine(
            text=text,
            lang=lang,
            place=Place.within(texts, position),
            role=roles[0][0].value,
            said=" ".join(role.value for role, _share in roles),
            corrected=corrections.one_line(text) in told,
            shared=getattr(told.get(corrections.one_line(text)), "shared", False),
        )
        for position, (text, roles) in enumerate(zip(texts, found, strict=True))
    ]


@require_POST
@desk("produce")
def correct(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep what a line does. htmx gets the picker again; a plain form goes back to where it came from."""
    posted = request.POST
    place = Place(_number(posted.get("position")), _number(posted.get("count")), posted.get("previous_text", ""),
                  posted.get("next_text", ""))  # fmt: skip
    by = actor.name
    text, lang, role, said = (posted.get(name, "") for name in ("text", "lang", "role", "said"))
    try:
        row = corrections.correct(
            actor.organization,
            text=text,
            lang=lang,
            place=place,
            role=role,
            said=said.split(),
            by=by,
            shared=posted.get("shared") == "yes",
        )
    except CorrectionInvalid as refusal:
        why = chosen(refusal.zh, refusal.detail)
        if request.headers.get("HX-Request"):
            return HttpResponse(why, status=refusal.status, content_type="text/plain; charset=utf-8")
        messages.error(request, why)
        return redirect(_back(request))
    if request.headers.get("HX-Request"):
        line = RoleLine(text, lang, place, row.role, said, corrected=True, shared=row.shared)
        return show(request, actor, "script/_role_picker.html", {"line": line, "back": _back(request)})
    messages.success(request, _("记下了：这句以后都算「%(role)s」。") % {"role": chosen(*previews.ROLES[row.role])})
    return redirect(_back(request))


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 9 else -1


def _back(request: HttpRequest) -> str:
    """The page that the form came from, if it is one of ours."""
    back = request.POST.get("back", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if own and back.startswith("/") else "/"
