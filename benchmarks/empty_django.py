"""Django with nothing in it but one view: neither middleware nor applications."""

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET_KEY = "only for a benchmark that serves nobody"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.empty_django"
USE_TZ = True


def hello(request: HttpRequest) -> HttpResponse:
    """Five bytes."""
    return HttpResponse(b"hello", content_type="text/plain", headers={"Content-Length": "5"})


urlpatterns = [path("", hello)]


def application(environ, start_response):
    """The WSGI application, made when the first request comes: this file is its own settings module."""
    global _handler
    if _handler is None:
        import django

        django.setup(set_prefix=False)
        _handler = WSGIHandler()
    return _handler(environ, start_response)


_handler: WSGIHandler | None = None
