"""Every route, on one screen."""

from django.contrib import admin
from django.urls import include, path, re_path

from soho.config.api import api
from soho.config.health import healthz
from soho.creations.delivery import media

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", api.urls),
    re_path(r"^media/(?P<key>[A-Za-z0-9/_.-]{1,200})$", media, name="media"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("soho.web.urls")),
]

handler400 = "soho.web.errors.bad_request"
handler403 = "soho.web.errors.forbidden"
handler404 = "soho.web.errors.not_found"
handler500 = "soho.web.errors.server_error"
