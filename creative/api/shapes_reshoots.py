"""How a reshoot is asked for, what it would cost, and what became of it."""

from typing import Any

from rest_framework import serializers

from creative.models import Reshoot


class ReshootIn(serializers.Serializer[Any]):
    """What is left out stays as it is, but for the seed: without one it is the next. ``photo``: the id of an asset."""

    seed = serializers.IntegerField(required=False)
    photo = serializers.CharField(required=False, allow_blank=True)
    move = serializers.CharField(required=False, allow_blank=True)
    strength = serializers.FloatField(required=False)


class ReshootQuoteOut(serializers.Serializer[Any]):
    """``credits``: 0 where you have paid for that very clip before."""

    index = serializers.IntegerField(source="shot.index")
    credits = serializers.IntegerField()
    duration_ms = serializers.IntegerField(source="ms")
    photo = serializers.CharField(source="asset.public_id")
    move = serializers.CharField(source="plan.move.value")
    strength = serializers.FloatField(source="plan.strength")
    seed = serializers.IntegerField(source="plan.seed")


class ReshootOut(serializers.ModelSerializer[Reshoot]):
    """The latest one. After ``failed`` and ``cancelled`` the ad is ready with its old film, and the credits are back."""

    kind = serializers.CharField(help_text="shot: one shot filmed anew; order: all of it cut in another order")
    state = serializers.CharField(help_text=", ".join(Reshoot.State.values))
    reason = serializers.CharField(source="reason_en")
    reason_zh = serializers.CharField(source="reason")

    class Meta:
        model = Reshoot
        fields = [
            "kind",
            "index",
            "state",
            "credits_quoted",
            "credits_settled",
            "reason_code",
            "reason",
            "reason_zh",
            "created_at",
            "finished_at",
        ]
