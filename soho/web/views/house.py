"""Pages about the house itself: its API, its manifest, its styleguide."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from soho.web import samples


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as a page to browse and try."""
    return render(request, "pages/api-docs.html")


# What is somebody's own, or a program's. The feed, profiles, posts and their media are for everybody.
PRIVATE = (
    *("/settings", "/api", "/admin", "/accounts", "/create", "/creations", "/comments", "/people", "/house"),
    *("/welcome", "/operator"),
)


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read."""
    rules = [
        "User-agent: *",
        "Allow: /soho/",
        *(f"Disallow: {path}" for path in PRIVATE),
        "",
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(rules) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def web_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put Soho on its home screen."""
    manifest = {
        "name": "Soho",
        "short_name": "Soho",
        "description": "A studio and feed for AI video and images.",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#13100e",
        "theme_color": "#13100e",
        "icons": [
            {"src": static("soho/art/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("soho/art/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {
                "src": static("soho/art/icon-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "any maskable",
            },
        ],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state. Only while developing."""
    if not settings.DEBUG:
        raise Http404
    context = {
        "drafts": samples.drafts(),
        "posts": samples.posts(),
        "models": samples.models(),
        "comments": samples.comments(),
        "receipts": samples.receipts(),
        "queues": samples.queues(),
    }
    return render(request, "pages/styleguide.html", context)
