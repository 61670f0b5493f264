"""The `/media/` door: an object goes to whoever may see its creation, and to nobody else."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from soho.accounts.actions import user_for_api_key
from soho.creations import queries
from soho.creations.objects import owner_of, storage
from soho.storage.keys import avatar_of
from soho.storage.serve import object_response

# A published object's bytes never change, but it may be unpublished: caches ask again after an hour.
PUBLISHED = "public, max-age=3600"
PRIVATE = "private, max-age=300"
# Another picture has another address. One that was removed may linger in caches for a day.
AVATAR = "public, max-age=86400, immutable"
SIGNED_SECONDS = 600


@require_safe
def media(request: HttpRequest, key: str) -> HttpResponseBase:
    """The object `key`:

    from the local folder by ranges, from an S3 server by a redirect to a signed address, or by ranges too
    where `SOHO_MEDIA_REDIRECT=0` says that browsers cannot reach it.
    """
    if avatar_of(key):
        # A few kilobytes that many pages show: without a redirect, and whoever knows the address may look.
        return object_response(request, storage(), key, cache_control=AVATAR)
    creation_id = owner_of(key)
    if creation_id is None:
        raise Http404
    audience = queries.audience(creation_id, _viewer(request))
    if audience is None:
        raise Http404
    caching = PUBLISHED if audience == "everyone" else PRIVATE
    if settings.R2 and settings.MEDIA_REDIRECT:
        address = storage().signed_url(key, SIGNED_SECONDS)
        if address:
            response = HttpResponseRedirect(address)
            # Shorter than the signature lives, so that no cache hands out a dead address.
            response["Cache-Control"] = f"private, max-age={SIGNED_SECONDS // 2}"
            return response
    return object_response(request, storage(), key, cache_control=caching)


def _viewer(request: HttpRequest) -> UUID | None:
    """Who asks: by session, or by API key as programs do. A bad key is nobody."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        user = user_for_api_key(key)
        return user.pk if user else None
    return request.user.pk
