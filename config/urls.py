"""Every address: the studio, the REST API, the admin desk, health."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.health import healthz

urlpatterns = [
    path("", include("creative.web.urls")),
    path("api/v1/", include("creative.api.urls")),
    path("api/v1/openapi.json", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/docs", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("billing/", include("billing.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/desk/", include("billing.desk.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
handler404 = "creative.web.errors.not_found"
handler403 = "creative.web.errors.forbidden"
handler500 = "creative.web.errors.server_error"
