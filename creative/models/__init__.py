from creative.models.ads import Ad, AdOutput, AdShot, Brief, PaidClip
from creative.models.campaigns import Campaign
from creative.models.products import Asset, Product, ProductText
from creative.models.published import PublishedAd
from creative.models.requests import IdempotentRequest
from creative.models.reshoots import Reshoot
from creative.models.script_edits import ScriptEdit

__all__ = [
    "Ad",
    "AdOutput",
    "AdShot",
    "Asset",
    "Brief",
    "Campaign",
    "IdempotentRequest",
    "PaidClip",
    "Product",
    "ProductText",
    "PublishedAd",
    "Reshoot",
    "ScriptEdit",
]
