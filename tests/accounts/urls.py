"""A small API behind the product's own sign-in, to look at the sign-in alone."""

from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI

from soho.accounts.api_auth import signed_in
from soho.problems import documents

api = NinjaAPI(auth=signed_in, urls_namespace="accounts-under-test", docs_url=None)
documents.install(api)


@api.get("/who")
def who(request: HttpRequest) -> dict[str, str]:
    return {"user": str(request.user), "auth": str(request.auth)}


@api.post("/act")
def act(request: HttpRequest) -> dict[str, str]:
    return {"user": str(request.user)}


urlpatterns = [path("api/", api.urls)]
