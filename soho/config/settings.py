"""Every setting, and the only reader of the environment.

With nothing set, everything runs embedded and keeps its data in one folder. `DATABASE_URL`, `REDIS_URL` (or
`REDIS_HOST` and `REDIS_PORT`) and the `R2_*` variables each swap one part for a real server.
docs/configuration.md lists them all.
"""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from soho.config import environment as env
from soho.config.brokers import cache_options, transport_options
from soho.config.databases import database_from_url
from soho.config.live import live_sources, live_url
from soho.config.logs import logging_settings
from soho.embedded import addresses

# --- Where things are
# -------------------------------------------------------------------------------------------------

SOHO_HOME = env.home()
HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, at_least=1)
DEBUG = env.flag("SOHO_DEBUG")
_any_address = ("127.0.0.1", "0.0.0.0")  # noqa: S104 - compared with, not bound to
BASE_URL = env.text("SOHO_BASE_URL", f"http://{'localhost' if HOST in _any_address else HOST}:{PORT}").rstrip(
    "/"
)
if urlsplit(BASE_URL).scheme not in {"http", "https"} or not urlsplit(BASE_URL).hostname:
    raise ImproperlyConfigured(
        f"SOHO_BASE_URL is {BASE_URL!r}; set it to the address people open, such as https://soho.example."
    )
SECRET_KEY = env.secret_key(SOHO_HOME)
ALLOWED_HOSTS = [
    *{"localhost", "127.0.0.1", "[::1]", urlsplit(BASE_URL).hostname or ""},
    *filter(None, (host.strip() for host in env.text("SOHO_ALLOWED_HOSTS").split(","))),
]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

# --- Parts
# ------------------------------------------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL")
DATABASE_IS_EMBEDDED = not DATABASE_URL
DATABASES = {
    "default": database_from_url(
        DATABASE_URL or addresses.database_url(SOHO_HOME), pool_size=env.number("SOHO_DATABASE_POOL", 10)
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_redis_parts = env.together("REDIS_HOST", "REDIS_PORT") if env.text("REDIS_PORT") else None
if not _redis_parts and env.text("REDIS_HOST"):
    _redis_parts = {"REDIS_HOST": env.text("REDIS_HOST"), "REDIS_PORT": "6379"}
REDIS_URL = (
    env.text("REDIS_URL")
    or (_redis_parts and "redis://{REDIS_HOST}:{REDIS_PORT}/0".format(**_redis_parts))
    or ""
)
if REDIS_URL and urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
REDIS_IS_EMBEDDED = not REDIS_URL
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL or addresses.redis_url(SOHO_HOME),
        "KEY_PREFIX": "soho",
        "OPTIONS": cache_options(REDIS_URL or addresses.redis_url(SOHO_HOME)),
    }
}
CELERY_BROKER_URL = addresses.celery_url(REDIS_URL or addresses.redis_url(SOHO_HOME))

# None: objects live in MEDIA_FOLDER.
R2 = env.together("R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_ENDPOINT_URL", "R2_BUCKET_NAME")
MEDIA_FOLDER = Path(env.text("SOHO_MEDIA", str(SOHO_HOME / "media"))).expanduser().absolute()
R2_PUBLIC_URL = env.text("R2_PUBLIC_URL").rstrip("/")
if R2_PUBLIC_URL and not R2:
    raise ImproperlyConfigured(
        "R2_PUBLIC_URL is set but R2_ACCESS_KEY_ID is not; set all R2_* variables, "
        "or none to keep media in SOHO_HOME."
    )
# Where browsers cannot reach the bucket's endpoint, the web reads from it for them.
MEDIA_REDIRECT = env.flag("SOHO_MEDIA_REDIRECT", True)
for _name, _url in (("R2_ENDPOINT_URL", R2 and R2["R2_ENDPOINT_URL"]), ("R2_PUBLIC_URL", R2_PUBLIC_URL)):
    if _url and (urlsplit(_url).scheme not in {"http", "https"} or not urlsplit(_url).hostname):
        raise ImproperlyConfigured(
            f"{_name} is {_url!r}; set it to an address such as https://media.example."
        )

# --- Rules of the house
# -----------------------------------------------------------------------------------------------

GRANT_TOKENS = env.number("SOHO_GRANT_TOKENS", 50)
PRICES = {"image": env.number("SOHO_IMAGE_PRICE", 1), "video": env.number("SOHO_VIDEO_PRICE", 10)}

# How to get more tokens, in the operator's words, told to who has too few.
TOKENS_HELP = env.text("SOHO_TOKENS_HELP")[:500]

# Modules with a `provider`; the first that makes a kind of media is its default.
PROVIDERS = [path.strip() for path in env.text("SOHO_PROVIDERS", "soho.providers.diorama").split(",")]
# Free previews that one web process has drawn at the same time; 0 offers none.
PREVIEWS = env.number("SOHO_PREVIEWS", 1)
# Which other models are offered (soho/providers/configuration.py).
CONFIG_IS_NAMED = bool(env.text("SOHO_CONFIG"))
CONFIG_FILE = Path(env.text("SOHO_CONFIG", str(SOHO_HOME / "soho.toml"))).expanduser().absolute()
DIORAMA_PERCENT = min(env.number("SOHO_DIORAMA_PERCENT", 100, at_least=5), 100)

LEASE_SECONDS = env.seconds("SOHO_LEASE_SECONDS", 30)
HEARTBEAT_SECONDS = env.seconds("SOHO_HEARTBEAT_SECONDS", 1)
PROBE_SECONDS = env.seconds("SOHO_PROBE_SECONDS", 60)
SWEEP_SECONDS = env.seconds("SOHO_SWEEP_SECONDS", 5)
ATTEMPT_SECONDS = env.seconds("SOHO_ATTEMPT_SECONDS", 600)
BACKOFF_SECONDS = env.seconds("SOHO_BACKOFF_SECONDS", 5)
RUNNING_PER_USER = env.number("SOHO_RUNNING_PER_USER", 2, at_least=1)
IMAGE_WAIT_SECONDS = env.seconds("SOHO_IMAGE_WAIT_SECONDS", 30)
UNDO_SECONDS = env.seconds("SOHO_UNDO_SECONDS", 10)
CLOCK_SECONDS = env.seconds("SOHO_CLOCK_SECONDS", 2)
# Below 2 GiB an archive needs no ZIP64, which not every unpacker knows.
MAX_ZIP_BYTES = min(env.number("SOHO_MAX_ZIP_MIB", 1900, at_least=1), 1900) * 1024 * 1024
MAX_MEDIA_BYTES = env.number("SOHO_MAX_MEDIA_MIB", 512, at_least=1) * 1024 * 1024
ORPHAN_GRACE_SECONDS = env.seconds("SOHO_ORPHAN_GRACE_SECONDS", 3600)
if HEARTBEAT_SECONDS * 2 > LEASE_SECONDS:
    raise ImproperlyConfigured("SOHO_LEASE_SECONDS must be at least twice SOHO_HEARTBEAT_SECONDS.")

# --- Live events
# ---------------------------------------------------------------------------------------------------------

BEHIND_PROXY = env.flag("SOHO_BEHIND_PROXY")
LIVE_PORT = env.number("SOHO_LIVE_PORT", min(PORT + 1, 65535), at_least=1)
LIVE_URL = live_url(
    env.text("SOHO_LIVE_URL"), own_address=BEHIND_PROXY or BASE_URL.startswith("https://"), port=LIVE_PORT
)
LIVE_TICK_SECONDS = env.seconds("SOHO_LIVE_TICK_SECONDS", 0.5)
LIVE_STREAM_SECONDS = env.seconds("SOHO_LIVE_STREAM_SECONDS", 600)
LIVE_STREAMS = env.number("SOHO_LIVE_STREAMS", 5000, at_least=1)
LIVE_STREAMS_PER_PERSON = env.number("SOHO_LIVE_STREAMS_PER_PERSON", 10, at_least=1)
LIVE_STREAMS_PER_ADDRESS = env.number("SOHO_LIVE_STREAMS_PER_ADDRESS", 100, at_least=1)

# --- Django
# -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "soho.accounts",
    "soho.ledger",
    "soho.providers",
    "soho.creations",
    "soho.generation",
    "soho.feed",
    "soho.web",
    "allauth",
    "allauth.account",
    "ninja",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "soho.config.identified.identified",
    "soho.config.measuring.measured",
    # Then, so that a front page that is handed to everybody costs nothing but itself.
    "soho.feed.front_page.FrontPage",
    "soho.config.compressing.Compressing",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "soho.problems.middleware.api_problems",
]
ROOT_URLCONF = "soho.config.urls"
WSGI_APPLICATION = "soho.config.wsgi.application"
APPEND_SLASH = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
# A prompt, a caption and their JSON are small; no film ever travels through a request body here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# A person's own picture is the one file that forms take.
FILE_UPLOAD_HANDLERS = [
    "soho.profiles.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "soho.web.jinja.environment",
            "context_processors": ["soho.web.context.page"],
        },
    },
    {
        # Django's admin is written in Django's own templates.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("SOHO_STATIC", str(SOHO_HOME / "static"))).expanduser().absolute()
# As long as nothing was collected there, files come from the packages themselves, under their plain names.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "soho.web.static_storage.HashedStaticFiles"},
}

# --- People
# -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["soho.accounts.backends.Recognition"]
SESSION_ENGINE = "soho.accounts.sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/create"
LOGOUT_REDIRECT_URL = "/soho/explore"
ACCOUNT_ADAPTER = "soho.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USERNAME_VALIDATORS = "soho.accounts.names.username_validators"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login": env.text("SOHO_LOGIN_RATE", "30/m/ip"),
    "login_failed": env.text("SOHO_LOGIN_FAILED_RATE", "10/m/ip,5/5m/key"),
    "signup": env.text("SOHO_SIGNUP_RATE", "20/m/ip"),
    "change_password": "5/m/user",
}

# --- Safety
# -----------------------------------------------------------------------------------------------------------

_secure = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "soho.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Whose address the rate limits count: the proxy's last X-Forwarded-For, or the connection's own.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
X_FRAME_OPTIONS = "DENY"
_media_hosts = [
    f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    for url in (R2_PUBLIC_URL, R2["R2_ENDPOINT_URL"] if R2 and MEDIA_REDIRECT else "")
    if url
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_media_hosts],
        # blob: is a preview, which the page holds itself.
        "media-src": [SELF, "blob:", *_media_hosts],
        "font-src": [SELF],
        "connect-src": [
            SELF,
            *live_sources(LIVE_URL, scheme=urlsplit(BASE_URL).scheme, hosts=ALLOWED_HOSTS),
        ],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- The bell
# ---------------------------------------------------------------------------------------------------------

CELERY_TASK_IGNORE_RESULT = True
# The row is the job: a lost or repeated message does no harm, so the simplest delivery (acknowledge first) is
# the right one.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.number("SOHO_WORKER_CONCURRENCY", 1, at_least=1)
CELERY_TASK_TIME_LIMIT = ATTEMPT_SECONDS + 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = transport_options()
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# How many tasks Celery lets go by before it closes the pool of connections: never; see soho/config/celery.py.
CELERY_DB_REUSE_MAX = 2**62
# Three lanes, so that neither an image nor a sweep waits behind a video: "video", "image" and "upkeep".
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "soho.generation.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS * 2},
    },
    "publish-house-posts": {
        "task": "soho.house.tasks.publish_ready",
        "schedule": 3.0,
        "options": {"expires": 6},
    },
    # What is due: drafts to be published at their time, deletions whose undo is over.
    "tell-the-time": {
        "task": "soho.creations.tasks.tell_the_time",
        "schedule": CLOCK_SECONDS,
        "options": {"expires": CLOCK_SECONDS * 2},
    },
    "probe-models": {
        "task": "soho.generation.tasks.probe_models",
        "schedule": PROBE_SECONDS,
        "options": {"expires": PROBE_SECONDS},
    },
    "stop-leftovers": {
        "task": "soho.generation.tasks.stop_leftovers",
        "schedule": SWEEP_SECONDS * 2,
        "options": {"expires": SWEEP_SECONDS * 4},
    },
    "remove-objects": {
        "task": "soho.creations.tasks.remove_objects",
        "schedule": 15.0,
        "options": {"expires": 30},
    },
    "catch-up": {
        "task": "soho.feed.tasks.catch_up",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "remove-orphans": {
        "task": "soho.creations.tasks.remove_orphans",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(SOHO_HOME / "celerybeat-schedule")

# --- Measures
# -----------------------------------------------------------------------------------------------------------

METRICS_TOKEN = env.text("SOHO_METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("SOHO_METRICS_TOKEN is too short; use at least 16 random characters.")
METRICS_PORT = env.number("SOHO_METRICS_PORT", 0)
METRICS_FOLDER = env.metrics_folder(SOHO_HOME)

# Where traces go (soho/tracing.py); empty: nowhere.
TRACES_ENDPOINT = env.traces_endpoint()
TRACES_SERVICE = env.text("OTEL_SERVICE_NAME", "soho")

LOGGING_CONFIG = None
LOGGING = logging_settings(env.text("SOHO_LOG_LEVEL", "INFO"), as_json=env.flag("SOHO_LOG_JSON"))

NINJA_PAGINATION_MAX_LIMIT = 100
