"""Every route, on one screen."""

from allauth.account import views as accounts
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path

from soho.config.api import api
from soho.config.health import healthz, readyz
from soho.config.metrics import metrics
from soho.creations.delivery import media

admin.site.site_header = admin.site.site_title = "Soho"
# The operator comes in by the same rate-limited door as everybody.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # Django's own way to change its door

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/", api.urls),
    re_path(r"^media/(?P<key>[A-Za-z0-9/_.-]{1,200})$", media, name="media"),
    # Of allauth's views those that need no e-mail; a person here has a name and a password.
    path("accounts/login/", accounts.login, name="account_login"),
    path("accounts/logout/", accounts.logout, name="account_logout"),
    path("accounts/signup/", accounts.signup, name="account_signup"),
    path("accounts/password/change/", accounts.password_change, name="account_change_password"),
    path("accounts/reauthenticate/", accounts.reauthenticate, name="account_reauthenticate"),
    path("accounts/inactive/", accounts.account_inactive, name="account_inactive"),
    path("admin/", admin.site.urls),
    path("", include("soho.web.urls")),
]

handler400 = "soho.web.errors.bad_request"
handler403 = "soho.web.errors.forbidden"
handler404 = "soho.web.errors.not_found"
handler500 = "soho.web.errors.server_error"
