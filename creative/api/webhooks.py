"""/webhooks: where a customer's own systems are told, with which secret, and how each delivery went."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from creative import webhooks
from creative.api.base import DeskView, absolute
from creative.api.schema import PAGING, operation, page_of
from creative.domain.webhooks import EVENTS
from creative.models import WebhookDelivery, WebhookEndpoint


class WebhookIn(serializers.Serializer[Any]):
    """``events``: those to be told; none = all."""

    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS), default=list, max_length=len(EVENTS))


class WebhookOut(serializers.ModelSerializer[WebhookEndpoint]):
    """``enabled`` is false after too many failures in a row; ``disabled_reason`` is the code of the last one."""

    id = serializers.CharField(source="public_id")
    events = serializers.ListField(child=serializers.CharField())
    enabled = serializers.SerializerMethodField()

    class Meta:
        model = WebhookEndpoint
        fields = ["id", "url", "events", "enabled", "disabled_at", "disabled_reason", "failures", "created_at"]

    def get_enabled(self, endpoint: WebhookEndpoint) -> bool:
        return endpoint.disabled_at is None


class WebhookMade(WebhookOut):
    """As it was just made, with the secret that signatures are verified with. It is shown this once."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookOut.Meta):
        fields = [*WebhookOut.Meta.fields, "secret"]

    @extend_schema_field(serializers.CharField())
    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        return webhooks.secret_of(endpoint)


class DeliveryOut(serializers.ModelSerializer[WebhookDelivery]):
    """``status`` is the HTTP status of the last answer, null without one; ``error`` says why it was no success."""

    id = serializers.CharField(source="public_id")
    message = serializers.CharField(source="message.public_id")
    event = serializers.CharField(source="message.event")
    state = serializers.CharField(help_text=", ".join(WebhookDelivery.State.values))
    created_at = serializers.DateTimeField(source="message.created_at")
    next_try_at = serializers.SerializerMethodField()

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "message",
            "event",
            "state",
            "attempts",
            "status",
            "error",
            "took_ms",
            "created_at",
            "tried_at",
            "next_try_at",
        ]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_try_at(self, delivery: WebhookDelivery) -> object:
        return delivery.due_at if delivery.state == WebhookDelivery.State.PENDING else None


class WebhookView(DeskView):
    def endpoint(self, endpoint_id: str) -> WebhookEndpoint:
        return webhooks.endpoint_of(self.organization, endpoint_id)


class Webhooks(WebhookView):
    @operation("webhooks_list", "The endpoints that are told.", parameters=PAGING, responses={200: page_of(WebhookOut)})
    def get(self, request: Request) -> Response:
        return self.page(request, WebhookEndpoint.objects.of(self.organization), WebhookOut)

    @operation(
        "webhooks_create",
        "Register an https endpoint. The answer holds its secret, which is shown this once.",
        request=WebhookIn,
        responses={201: WebhookMade},
    )
    def post(self, request: Request) -> Response:
        given = WebhookIn(data=request.data)
        given.is_valid(raise_exception=True)
        made = webhooks.register(self.organization, **given.validated_data)
        where = absolute(request, reverse("api-webhook", args=[made.public_id]))
        return Response(WebhookMade(made).data, status=201, headers={"Location": where})


class WebhookDetail(WebhookView):
    @operation("webhooks_read", "One endpoint, without its secret.", responses={200: WebhookOut})
    def get(self, request: Request, endpoint_id: str) -> Response:
        return Response(WebhookOut(self.endpoint(endpoint_id)).data)

    @operation("webhooks_delete", "Forget an endpoint and its log; nothing more is sent there.", responses={204: None})
    def delete(self, request: Request, endpoint_id: str) -> Response:
        self.endpoint(endpoint_id).delete()
        return Response(status=204)


class WebhookEnable(WebhookView):
    @operation(
        "webhooks_enable",
        "Switch an endpoint on again; what waited for it goes out now.",
        responses={200: WebhookOut},
    )
    def post(self, request: Request, endpoint_id: str) -> Response:
        webhooks.enable(self.endpoint(endpoint_id))
        return Response(WebhookOut(self.endpoint(endpoint_id)).data)


class WebhookTest(WebhookView):
    @operation("webhooks_test", "Send a message of no meaning (webhook.test).", responses={202: DeliveryOut})
    def post(self, request: Request, endpoint_id: str) -> Response:
        return Response(DeliveryOut(webhooks.send_test(self.endpoint(endpoint_id))).data, status=202)


class WebhookDeliveries(WebhookView):
    @operation(
        "webhooks_deliveries",
        "What was sent there in the last 30 days, newest first.",
        parameters=PAGING,
        responses={200: page_of(DeliveryOut)},
    )
    def get(self, request: Request, endpoint_id: str) -> Response:
        rows = WebhookDelivery.objects.of(self.organization).filter(endpoint=self.endpoint(endpoint_id))
        return self.page(request, rows.select_related("message"), DeliveryOut)


class WebhookRedeliver(WebhookView):
    @operation("webhooks_redeliver", "Send one message once more.", responses={202: DeliveryOut})
    def post(self, request: Request, delivery_id: str) -> Response:
        found = webhooks.delivery_of(self.organization, delivery_id)
        webhooks.redeliver(found)
        found.refresh_from_db()
        return Response(DeliveryOut(found).data, status=202)
