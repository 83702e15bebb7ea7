"""Settings of ASN LMS: twelve-factor, one page. What a variable means stands in docs/operations.md."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from asn_lms import embedded
from asn_lms.lib.secret import Secret

django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def secret(name: str) -> Secret[str]:
    """A secret from the environment, or from the file that NAME_FILE names; empty when there is neither."""
    file = env(f"{name}_FILE", default="")
    return Secret(Path(file).read_text(encoding="utf-8").strip() if file else str(env(name, default="")))


DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
PORT = env.int("PORT", default=8000)
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
IS_HTTPS = SITE_URL.startswith("https://")
IS_LOOPBACK = SITE_HOST in {"127.0.0.1", "localhost", "::1"}
if not IS_HTTPS and not IS_LOOPBACK:
    raise ImproperlyConfigured(
        "SITE_URL must start with https://. Plain http is served on this machine only (127.0.0.1)."
    )

DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="") or embedded.secret_key(DATA_DIR)
if IS_HTTPS and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short. Set it to at least 50 random characters.")
# Former keys: what they signed or sealed is still accepted.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = [SITE_HOST, *(["127.0.0.1", "localhost"] if IS_LOOPBACK else env.list("INTERNAL_HOSTS", default=[]))]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sites",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_htmx",
    "pgtrigger",
    "rules",
    "template_partials.apps.SimpleAppConfig",
    "treebeard",
    "accounts",
    "courses",
    "enrollments",
]
SITE_ID = 1

MIDDLEWARE = [
    # What every answer carries comes first, so that redirects and refusals of those below carry it too.
    "asn_lms.lib.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "asn_lms.lib.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.signin.bearer.BearerMiddleware",
    "accounts.people.languages.LanguageMiddleware",
    "accounts.jobs.idempotency.IdempotencyMiddleware",
    "accounts.people.zones.ZoneMiddleware",
    "accounts.signin.gatekeeper.GatekeeperMiddleware",
    "asn_lms.lib.throttle.SearchLimitMiddleware",
    "asn_lms.lib.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "asn_lms.urls"
WSGI_APPLICATION = "asn_lms.wsgi.application"
KIND_FOLDERS = sorted(p.parent for p in (BASE_DIR / "courses" / "lesson_kinds").glob("*/kind.py"))
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", *(folder / "templates" for folder in KIND_FOLDERS)],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
            "libraries": {
                "lms": "asn_lms.lib.tags",
                "siasn": "enrollments.siasn.tags",
                "mobile_data": "courses.taxonomy.tags",
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "accounts.roles.navigation.frame",
            ],
        },
    }
]

# --- PostgreSQL and Redis/Valkey: the same engines in every mode (docs/architecture.md) ---
DATABASE_URL = env("DATABASE_URL", default="") or embedded.urls(DATA_DIR).database
REDIS_URL = env("REDIS_URL", default="") or embedded.urls(DATA_DIR).redis
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=60), CONN_HEALTH_CHECKS=True, DISABLE_SERVER_SIDE_CURSORS=True
)
# Reports are read on a replica when it is named, and at most so many seconds behind (docs/scaling.md).
DATABASE_REPLICA_URL = env("DATABASE_REPLICA_URL", default="")
REPLICA_SECONDS = env.int("REPLICA_SECONDS", default=60)
DATABASE_ROUTERS = ["asn_lms.lib.reading.Router"]
if DATABASE_REPLICA_URL:
    DATABASES["replica"] = {**DATABASES["default"], **env.db_url_config(DATABASE_REPLICA_URL)}
    DATABASES["replica"]["OPTIONS"] = {"connect_timeout": 2, **DATABASES["replica"].get("OPTIONS", {})}
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "asn_lms.lib.cache.ForgivingRedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "asn"}}

# --- Who comes in ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "accounts.signin.backend.SessionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.signin.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "nip"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_CHANGE_EMAIL = True
PASSWORD_RESET_TIMEOUT = int(timedelta(days=1).total_seconds())
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # rendered and thrown away: see signin/adapter.py
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {"login": "accounts.signin.forms.SignInForm"}
RATE_LIMITS = env("RATE_LIMITS", default="on") != "off"
ACCOUNT_RATE_LIMITS = (
    {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip", "reset_password": "20/m/ip,5/m/key"}
    if RATE_LIMITS
    else False
)
SOCIALACCOUNT_ONLY = False
MFA_ADAPTER = "accounts.signin.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
# Addresses come from the office, not from who signs in: a second factor need not wait until one is confirmed.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOOPBACK
MFA_TOTP_ISSUER = "ASN LMS"
MFA_FORMS = {"add_webauthn": "accounts.signin.forms.AddKeyForm", "edit_webauthn": "accounts.signin.forms.EditKeyForm"}
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
if IS_HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
CSRF_FAILURE_VIEW = "asn_lms.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE, SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}

# --- Language and days ---
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Asia/Jakarta")

# --- Files ---
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(("kinds/" + f.name, f / "static") for f in KIND_FOLDERS if (f / "static").is_dir()),
]
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "media")))
MEDIA_URL = "media/"
# Behind nginx, files go out by X-Accel-Redirect below this internal path; empty: Django sends them itself.
MEDIA_ACCEL = env("MEDIA_ACCEL", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "asn_lms.lib.collected.CollectedFiles"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff2", "map"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Mail: without EMAIL_URL every mail is a file DATA_DIR/mail/*.eml ---
if env("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "asn_lms.lib.mailfiles.EmlFileBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="ASN LMS <asn-lms@contoh.go.id>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = ""
HELPDESK = {
    "name": env("HELPDESK_NAME", default="Helpdesk BKPSDM, Senin–Jumat 08.00–16.00 WIB"),
    "whatsapp": env("HELPDESK_WHATSAPP", default="62800000000"),
    "email": env("HELPDESK_EMAIL", default="bantuan@contoh.go.id"),
}
ORGANISATION = env("ORGANISATION", default="Kota Medan")

# --- Calls to other servers (asn_lms/lib/outbound.py) ---
# Origins ("http://10.1.2.3:8080") that may be private or plain HTTP; what else is called must be https and public.
OUTBOUND_INTERNAL = [origin.lower().rstrip("/") for origin in env.list("OUTBOUND_INTERNAL", default=[])]
OUTBOUND_CA_FILE = env("OUTBOUND_CA_FILE", default="")

# --- Signatures (docs/signing.md): the self-made authority signs until BSrE's service is named here ---
BSRE_V1_URL = env("BSRE_V1_URL", default="").rstrip("/")
BSRE_V2_URL = env("BSRE_V2_URL", default="").rstrip("/")
BSRE_USER = env("BSRE_USER", default="")
BSRE_PASSWORD = secret("BSRE_PASSWORD")
BSRE_SEAL_ID = env("BSRE_SEAL_ID", default="")
# A paper of BSrE's may take two minutes (domain reference §8.3).
BSRE_SECONDS = env.int("BSRE_SECONDS", default=120)
# A folder of roots (*.pem) whose signatures count as valid.
SIGNATURE_ROOTS = env("SIGNATURE_ROOTS", default="")
# --- SIASN (docs/siasn.md): an empty SIASN_URL means that this installation is not connected ---
SIASN = {
    "url": env("SIASN_URL", default="").rstrip("/"),
    "token_url": env("SIASN_TOKEN_URL", default="https://apimws.bkn.go.id/oauth2/token"),
    "consumer_key": env("SIASN_CONSUMER_KEY", default=""),
    "consumer_secret": secret("SIASN_CONSUMER_SECRET"),
    "sso_url": env("SIASN_SSO_URL", default=""),
    "sso_client": env("SIASN_SSO_CLIENT", default=""),
    "sso_user": env("SIASN_SSO_USER", default=""),
    "sso_password": secret("SIASN_SSO_PASSWORD"),
}
if SIASN["url"] and not all(SIASN.values()):
    missing = ", ".join(f"SIASN_{name.upper()}" for name, value in SIASN.items() if not value)
    raise ImproperlyConfigured(f"SIASN_URL is set, but these are missing: {missing}.")

# --- Celery ---
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A new process loads typst and pyHanko anew, which takes two seconds.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 10_000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 250_000  # KiB
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "priority_steps": [0, 3, 6, 9],
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_on_timeout": True,
}
CELERY_TASK_PUBLISH_RETRY = False
# Who goes first when work queues up (0 first): the clock's sweeps, then what somebody waits for, then bulk (docs/decisions).
CELERY_TASK_DEFAULT_PRIORITY = 3
CELERY_TASK_ROUTES = {
    "certificates.issue": {"priority": 6},
    "certificates.issue_waiting": {"priority": 9},
    "notices.send_waiting": {"priority": 9},
    "siasn.send_waiting": {"priority": 9},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "run" / "beat")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # What breaks a page is logged by asn_lms.errors, once, with the reference that the page shows.
    # pyHanko comments on every hostile paper that it reads, and on every one that it signs with no network.
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "CRITICAL"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
