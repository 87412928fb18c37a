from django.contrib import admin
from django.urls import include, path

from annotation.api import api
from annotation.views.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("", include("accounts.urls")),
    path("", include("annotation.urls")),
]

handler403 = "annotation.views.refusals.forbidden_page"
handler404 = "annotation.views.refusals.not_found_page"
