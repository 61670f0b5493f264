"""The API: every router in one place, one kind of sign-in, one kind of error."""

from soho import __version__
from soho.accounts.api import router as accounts
from soho.accounts.api_auth import Bearer, Session
from soho.creations.api import router as creations
from soho.creations.api_batches import router as batches
from soho.feed.api import router as feed
from soho.feed.comments_api import router as comments
from soho.problems.api import ProblemApi
from soho.profiles.api import router as profiles
from soho.providers.api import router as models
from soho.providers.diorama.api import router as diorama

api = ProblemApi(
    title="Soho",
    version=__version__,
    description=(
        "Make images and videos, follow them as drafts, publish them to the feed. Sign in with the session "
        "cookie (and its CSRF token), or send an API key as `Authorization: Bearer soho_...`. Errors are "
        "RFC 9457 problem documents with a stable `code`."
    ),
    auth=[Bearer(), Session()],
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", creations)
api.add_router("", batches)
api.add_router("", feed)
api.add_router("", comments)
api.add_router("", accounts)
api.add_router("", profiles)
api.add_router("", models)
api.add_router("", diorama)
