from creative.models.ads import Ad, AdOutput, AdShot, Brief, PaidClip
from creative.models.brand import BrandKit, MusicTrack
from creative.models.campaigns import Campaign
from creative.models.products import Asset, Product, ProductText
from creative.models.published import PublishedAd
from creative.models.recordings import LineRecording
from creative.models.requests import IdempotentRequest
from creative.models.reshoots import Reshoot
from creative.models.script_edits import ScriptEdit
from creative.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookMessage

__all__ = [
    "Ad",
    "AdOutput",
    "AdShot",
    "Asset",
    "BrandKit",
    "Brief",
    "Campaign",
    "IdempotentRequest",
    "LineRecording",
    "MusicTrack",
    "PaidClip",
    "Product",
    "ProductText",
    "PublishedAd",
    "Reshoot",
    "ScriptEdit",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
]
