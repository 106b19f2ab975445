"""The addresses of the REST API, below /api/v1/."""

from django.urls import path

from creative.api import account, ads, campaigns, products, reshoots, templates

urlpatterns = [
    path("products", products.Products.as_view(), name="api-products"),
    path("products/<str:product_id>", products.ProductDetail.as_view(), name="api-product"),
    path("products/<str:product_id>/assets", products.ProductAssets.as_view(), name="api-product-assets"),
    path("assets/<str:asset_id>", products.AssetDetail.as_view(), name="api-asset"),
    path("assets/<str:asset_id>/first", products.AssetFirst.as_view(), name="api-asset-first"),
    path("templates", templates.Templates.as_view(), name="api-templates"),
    path("templates/rank", templates.TemplateRank.as_view(), name="api-template-rank"),
    path("templates/<str:template_id>", templates.TemplateDetail.as_view(), name="api-template"),
    path("engines", account.Engines.as_view(), name="api-engines"),
    path("ads", ads.Ads.as_view(), name="api-ads"),
    path("ads/<str:ad_id>", ads.AdDetail.as_view(), name="api-ad"),
    path("ads/<str:ad_id>/progress", ads.AdProgressView.as_view(), name="api-ad-progress"),
    path("ads/<str:ad_id>/order", ads.AdOrder.as_view(), name="api-ad-order"),
    path("ads/<str:ad_id>/cancel", ads.AdCancel.as_view(), name="api-ad-cancel"),
    path("ads/<str:ad_id>/shots/<int:index>/reshoot", reshoots.ShotReshoot.as_view(), name="api-ad-reshoot"),
    path("campaigns", campaigns.Campaigns.as_view(), name="api-campaigns"),
    path("campaigns/<str:campaign_id>", campaigns.CampaignDetail.as_view(), name="api-campaign"),
    path("campaigns/<str:campaign_id>/order", campaigns.CampaignOrder.as_view(), name="api-campaign-order"),
    path("campaigns/<str:campaign_id>/cancel", campaigns.CampaignCancel.as_view(), name="api-campaign-cancel"),
    path("credits", account.Credits.as_view(), name="api-credits"),
    path("credits/statement", account.Statement.as_view(), name="api-statement"),
]
