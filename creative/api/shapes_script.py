"""How the lines of a draft, what is to be said of them and their history look over the wire."""

from typing import Any

from rest_framework import serializers

from creative.script_edits import MOST_BEATS


class ScriptLineIn(serializers.Serializer[Any]):
    """``caption``: phrases parted by ``|`` or new lines; empty follows the spoken line."""

    voice = serializers.CharField(allow_blank=True, max_length=1_000, trim_whitespace=False)
    caption = serializers.CharField(allow_blank=True, max_length=1_000, default="", trim_whitespace=False)


class ScriptLinesIn(serializers.Serializer[Any]):
    """``lines``: one for each beat, in order. Beats at the end that are left out stay as they are."""

    lines = serializers.ListField(child=ScriptLineIn(), max_length=MOST_BEATS)

    def given(self) -> list[tuple[str, str]]:
        return [(line["voice"], line["caption"]) for line in self.validated_data["lines"]]


class ScriptCheckIn(ScriptLinesIn):
    """``wordings_for``: a beat (from 0) for which other wordings are wanted, too."""

    wordings_for = serializers.IntegerField(required=False, min_value=0)


class ScriptIn(ScriptLinesIn):
    """``version``: the one that was read; where another is there now, the answer is 409 and nothing is saved."""

    version = serializers.IntegerField(min_value=0)


class ScriptWordsOut(serializers.Serializer[Any]):
    voice = serializers.CharField()
    caption = serializers.CharField()


class AdviceOut(serializers.Serializer[Any]):
    zh = serializers.CharField()
    en = serializers.CharField()


class ScriptFindingOut(serializers.Serializer[Any]):
    """``words``: what is objected to, as the guards read it; ``law``: the article, empty for a rule of the house."""

    category = serializers.CharField(source="category.value")
    verdict = serializers.CharField(source="verdict.value", help_text="needs_evidence or block")
    words = serializers.ListField(child=serializers.CharField())
    law = serializers.CharField()
    reason = AdviceOut()
    suggestion = AdviceOut()


class PieceOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    marked = serializers.BooleanField()


class SaidOut(serializers.Serializer[Any]):
    """``pieces``: the text, cut where words are objected to; ``mended``: a line near to it that would pass, or empty."""

    text = serializers.CharField()
    pieces = PieceOut(many=True, source="marked")
    mended = serializers.CharField()


class TraceOut(serializers.Serializer[Any]):
    """``path``: the fact that states the number, such as ``attributes.0``; empty where none does."""

    number = serializers.CharField()
    path = serializers.CharField()
    fact = serializers.CharField()


class ScriptFactOut(serializers.Serializer[Any]):
    path = serializers.CharField()
    text = serializers.CharField()


class ScriptBeatOut(serializers.Serializer[Any]):
    """``fit``: short, fits or too_long. ``hidden``: the caption does not go onto the screen. Only ``ok`` beats are saved."""

    role = serializers.CharField(source="role.value")
    ok = serializers.BooleanField()
    verdict = serializers.CharField(source="verdict.value", help_text="ok, needs_evidence or block")
    need_ms = serializers.IntegerField(source="time.need_ms")
    beat_ms = serializers.IntegerField(source="time.beat_ms")
    fit = serializers.CharField(source="time.fit.value")
    hidden = serializers.BooleanField()
    edited = serializers.BooleanField(help_text="not as the ad was drafted")
    voice = SaidOut()
    caption = SaidOut()
    findings = ScriptFindingOut(many=True)
    numbers = TraceOut(many=True)
    facts = ScriptFactOut(many=True)


class ScriptCheckOut(serializers.Serializer[Any]):
    """``over_ms``: by how much the lines together are too long. ``wordings``: as asked for by ``wordings_for``."""

    ok = serializers.BooleanField()
    total_ms = serializers.IntegerField()
    target_ms = serializers.IntegerField()
    over_ms = serializers.IntegerField()
    beats = ScriptBeatOut(many=True)
    wordings = ScriptWordsOut(many=True, required=False)


class ScriptChangeOut(serializers.Serializer[Any]):
    beat = serializers.IntegerField(source="place")
    role = serializers.CharField()
    before = ScriptWordsOut()
    after = ScriptWordsOut()


class ScriptVersionOut(serializers.Serializer[Any]):
    """``restored``: the version that was brought back, if it was one; ``actor`` is empty for a program."""

    number = serializers.IntegerField()
    actor = serializers.CharField()
    at = serializers.DateTimeField()
    restored = serializers.IntegerField(allow_null=True)
    changes = ScriptChangeOut(many=True)


class ScriptLineOut(serializers.Serializer[Any]):
    role = serializers.CharField(source="role.value")
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    voice = serializers.CharField()
    caption = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())


class ScriptOut(serializers.Serializer[Any]):
    """``editable``: false with the reason in ``locked`` once the ad is no draft any more."""

    version = serializers.IntegerField()
    lang = serializers.CharField()
    editable = serializers.BooleanField()
    locked = AdviceOut(allow_null=True)
    credits_quoted = serializers.IntegerField()
    lines = ScriptLineOut(many=True)
    history = ScriptVersionOut(many=True)
