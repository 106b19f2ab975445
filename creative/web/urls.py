"""Addresses of the studio's pages. Every verb that changes something is a POST."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from creative.web import account, ads, campaigns, credits, home, new_ad, photos, products

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", account.SignIn.as_view(), name="sign-in"),
    path("sign-up", account.sign_up, name="sign-up"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("products", products.index, name="products"),
    path("products/new", products.create, name="product-new"),
    path("products/<str:product_id>", products.detail, name="product"),
    path("products/<str:product_id>/edit", products.edit, name="product-edit"),
    path("products/<str:product_id>/archive", products.archive, name="product-archive"),
    path("products/<str:product_id>/photos", photos.upload, name="photos"),
    path("products/<str:product_id>/photos/<str:asset_id>/remove", photos.remove, name="photo-remove"),
    path("products/<str:product_id>/new-ad", new_ad.new, name="ad-new"),
    path("products/<str:product_id>/new-ad/preview", new_ad.preview, name="ad-preview"),
    path("ads", ads.index, name="ads"),
    path("ads/<str:ad_id>", ads.detail, name="ad"),
    path("ads/<str:ad_id>/progress", ads.progress, name="ad-progress"),
    path("ads/<str:ad_id>/order", ads.order, name="ad-order"),
    path("ads/<str:ad_id>/cancel", ads.cancel, name="ad-cancel"),
    path("ads/<str:ad_id>/shots/<int:index>/reshoot", ads.reshoot, name="ad-reshoot"),
    path("campaigns", campaigns.index, name="campaigns"),
    path("campaigns/new", campaigns.create, name="campaign-new"),
    path("campaigns/<str:campaign_id>", campaigns.detail, name="campaign"),
    path("campaigns/<str:campaign_id>/grid", campaigns.grid, name="campaign-grid"),
    path("campaigns/<str:campaign_id>/order", campaigns.order, name="campaign-order"),
    path("campaigns/<str:campaign_id>/cancel", campaigns.cancel, name="campaign-cancel"),
    path("credits", credits.statement, name="credits"),
    path("media/", include("creative.media")),
    path("keys", account.api_keys, name="api-keys"),
    path("keys/<int:key_id>/revoke", account.revoke, name="api-key-revoke"),
]
