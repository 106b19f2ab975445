"""/ads/{id}/script: the lines of a draft, what is to be said of them, and saving them."""

from rest_framework.request import Request
from rest_framework.response import Response

from creative import script_edits
from creative.api.ads import AdView
from creative.api.schema import operation
from creative.api.shapes_script import ScriptCheckIn, ScriptCheckOut, ScriptIn, ScriptOut
from creative.models import Ad
from creative.script_checks import locked
from templates_engine.domain.script_json import script_from_dict


def _script(ad: Ad) -> Response:
    script, why = script_from_dict(ad.script), locked(ad)
    shown = {
        "version": ad.script_version,
        "lang": script.lang,
        "editable": why is None,
        "locked": None if why is None else {"zh": why[0], "en": why[1]},
        "credits_quoted": ad.credits_quoted,
        "lines": script.beats,
        "history": script_edits.history(ad),
    }
    return Response(ScriptOut(shown).data)


class AdScript(AdView):
    @operation(
        "ads_script_read", "The lines of an ad, whether they can be edited, and every edit.", responses={200: ScriptOut}
    )
    def get(self, request: Request, ad_id: str) -> Response:
        return _script(self.ad(ad_id))

    @operation(
        "ads_script_save",
        "Save other lines for a draft: its captions, shots and price follow. 409 where ``version`` is not the one that is "
        "there, 422 with every reason where a line may not be said or does not fit; nothing is saved then.",
        request=ScriptIn,
        responses={200: ScriptOut},
    )
    def put(self, request: Request, ad_id: str) -> Response:
        ad = self.ad(ad_id)
        given = ScriptIn(data=request.data)
        given.is_valid(raise_exception=True)
        version = given.validated_data["version"]
        return _script(script_edits.save_script(ad, given.given(), version=version, by=self.actor.name))


class AdScriptCheck(AdView):
    @operation(
        "ads_script_check",
        "What is to be said of these lines: time, guards, numbers and facts, other wordings. Stores nothing.",
        request=ScriptCheckIn,
        responses={200: ScriptCheckOut},
    )
    def post(self, request: Request, ad_id: str) -> Response:
        ad = self.ad(ad_id)
        given = ScriptCheckIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = ScriptCheckOut(script_edits.check_script(ad, given.given())).data
        place = given.validated_data.get("wordings_for")
        if place is not None:
            words = script_edits.other_wordings(ad, place, given.given())
            found["wordings"] = [{"voice": one.voice, "caption": one.caption} for one in words]
        return Response(found)
