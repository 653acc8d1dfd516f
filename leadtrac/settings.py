"""Settings in the order in which a request meets them. Secure by default; every value comes from the environment."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from leadtrac import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

# --- hosts and modes -------------------------------------------------------------------------------------------------
DEBUG = False
DEMO = env.flag("LEADTRAC_DEMO")  # simulated data, role buttons on the sign-in page; refused unless bound to loopback
AS_OWNER = env.flag("LEADTRAC_AS_OWNER")  # migrations and `prepare` only
ALLOWED_HOSTS = env.items("LEADTRAC_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.text("LEADTRAC_BASE_URL", "http://localhost:8000")
TRUSTED_PROXIES = env.items("LEADTRAC_TRUSTED_PROXIES")  # addresses or networks whose X-Forwarded-For and -Proto are believed
SECRET_KEY = env.text("LEADTRAC_SECRET_KEY", hint="50 random characters.")
MARKING = env.text("LEADTRAC_MARKING", "UNCLASSIFIED // LAW ENFORCEMENT SENSITIVE")

# --- keys outside the database ---------------------------------------------------------------------------------------
KEY_ENCRYPTION_KEY_FILE = env.file_path("LEADTRAC_KEK_FILE", VAR / "secrets" / "kek")
INDEX_KEY_FILE = env.file_path("LEADTRAC_INDEX_KEY_FILE", VAR / "secrets" / "index_key")
CONTEXT_SECRET_FILE = env.file_path("LEADTRAC_CONTEXT_SECRET_FILE", VAR / "secrets" / "context_secret")
LOG_KEY_FILE = env.file_path("LEADTRAC_LOG_KEY_FILE", VAR / "secrets" / "log_key")  # signs the checkpoints of the audit log
LOG_ORIGIN = env.text("LEADTRAC_LOG_ORIGIN", "leadtrac/audit")  # the log's name, for ever: it is signed with each checkpoint
CHECKPOINT_DIR = env.file_path("LEADTRAC_CHECKPOINT_DIR", VAR / "checkpoints")
SECOND_CHECKPOINT_DIR = env.text("LEADTRAC_SECOND_CHECKPOINT_DIR", "")  # another volume or party; empty: none
DROP_DIR = env.file_path("LEADTRAC_DROP_DIR", VAR / "drops")

# --- applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "access",  # first: its `shell` command replaces Django's
    "audit",
    "foundation",
    "ingest",
    "organizations",
    "subjects",
    "leads",
    "retention",
    "oversight",
    "leadtrac",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
]

# --- a request's way in ----------------------------------------------------------------------------------------------
MIDDLEWARE = [
    "access.origin.OriginMiddleware",  # first: everything after it reads where the request comes from
    "access.middleware.RequestReferenceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "access.session_middleware.SessionClockMiddleware",
    "leadtrac.middleware.NoticeMiddleware",
    "access.middleware.AccessMiddleware",  # last: it runs the view
]
ROOT_URLCONF = "leadtrac.urls"
WSGI_APPLICATION = "leadtrac.wsgi.application"
PUBLIC_VIEW_NAMES = frozenset({"openid_connect_login", "openid_connect_callback"})
CSRF_FAILURE_VIEW = "leadtrac.errors.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "foundation.templatetags.desk", "access.templatetags.access"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadtrac.context_processors.frame",
            ],
        },
    }
]

# --- what arrives in forms -------------------------------------------------------------------------------------------
FILE_UPLOAD_HANDLERS = [
    "foundation.uploads.AttachmentUploadHandler",  # first: what people attach to leads stays in memory
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- database --------------------------------------------------------------------------------------------------------
APPLICATION_ROLE = env.database("DATABASE_URL")["USER"]
DATABASES = {"default": env.database("DATABASE_OWNER_URL" if AS_OWNER else "DATABASE_URL")}
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "")
DATABASE_MAINTAIN_URL = env.text("DATABASE_MAINTAIN_URL", "")  # rewrites tables: `manage.py retention maintain`
if env.flag("LEADTRAC_DB_POOL"):  # web processes; workers keep one connection each
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 4, "timeout": 10}
if _suffix := env.text("LEADTRAC_DB_SUFFIX", ""):
    DATABASES["default"]["TEST"] = {"NAME": f"test_leadtrac_{_suffix}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # `access.middleware` opens the transaction, around rendering too

# --- who signs in ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "access.passwords.GuessableValidator"},
]
PASSWORD_RESET_TIMEOUT = 10 * 60
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "access.reset_tokens.LatestRequestToken"  # noqa: S105  # a name
ACCOUNT_ADAPTER = "leadtrac.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/15m/key,30/m/ip",  # one-time codes
    "login_source": "5/15m/key",  # passwords: one account from one source; see access.lockout
    "login_account": "50/h/key",  # passwords: one account from all devices that it does not know
}
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # it reads what `access.origin` found, as events do
SOCIALACCOUNT_ADAPTER = "leadtrac.accounts.FederatedAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address of mail proves nobody
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
OIDC_ISSUER = env.text("LEADTRAC_OIDC_ISSUER", "")  # the agency's identity provider; empty: none
OIDC_MFA_METHODS = env.items("LEADTRAC_OIDC_MFA_METHODS", "mfa,hwk,sc")  # RFC 8176: what of `amr` counts as a second factor
OIDC_MFA_CONTEXTS = env.items("LEADTRAC_OIDC_MFA_CONTEXTS")  # values of `acr` that do
SOCIALACCOUNT_PROVIDERS = env.identity_provider(OIDC_ISSUER)
USERSESSIONS_ADAPTER = "leadtrac.account_events.SessionsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "access.codes.AddKeyForm",
    "authenticate": "access.codes.AuthenticateForm",
    "authenticate_webauthn": "access.codes.AuthenticateByKeyForm",
    "reauthenticate": "access.codes.ReauthenticateForm",
    "reauthenticate_webauthn": "access.codes.ReauthenticateByKeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "LeadTrac"
MFA_TOTP_TOLERANCE = 1  # a code shown is still good while it is typed; each is accepted once
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost is a secure context for browsers
ANONYMOUS_USER_NAME = None  # guardian: nobody is anonymous here
GUARDIAN_MONKEY_PATCH_USER = False

# --- sessions and headers --------------------------------------------------------------------------------------------
_SECURE = BASE_URL.startswith("https://")
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # an administrator can end sessions
SESSION_COOKIE_NAME = "__Host-leadtrac" if _SECURE else "leadtrac"
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LONGEST_SESSION_SECONDS = 12 * 60 * 60  # from the first factor, whatever is done in it
IDLE_LOCK_SECONDS = env.number("LEADTRAC_IDLE_LOCK_SECONDS", 15 * 60)
IDLE_LOCK_PRIVILEGED_SECONDS = min(IDLE_LOCK_SECONDS, 10 * 60)  # whoever manages accounts
PARALLEL_SESSIONS = env.number("LEADTRAC_PARALLEL_SESSIONS", 2)  # a further sign-in ends the oldest
SESSION_COOKIE_AGE = LONGEST_SESSION_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
DEVICE_COOKIE_NAME = "__Host-device" if _SECURE else "device"  # says that this browser has signed in before
CSRF_COOKIE_NAME = "__Host-csrf" if _SECURE else "csrf"
CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = _SECURE
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_HSTS_PRELOAD = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

# --- language, dates -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DATE_INPUT_FORMATS = ["%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%m/%d/%Y"]  # the desk writes 10 Jul 2026

# --- static files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.file_path("LEADTRAC_STATIC_ROOT", VAR / "static")
_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *[
        (prefix, path)
        for prefix, path in (
            ("uswds", _MODULES / "@uswds" / "uswds" / "dist"),
            ("htmx", _MODULES / "htmx.org" / "dist"),
            ("cytoscape", _MODULES / "cytoscape" / "dist"),
            ("chart", _MODULES / "chart.js" / "dist"),
        )
        if path.is_dir()
    ],
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "leadtrac.static.PageAssets"},
}

# --- mail: links of forgotten passwords; that something waits, never what or about whom ---------------------------------
EMAIL_HOST = env.text("LEADTRAC_SMTP_HOST", "")
EMAIL_PORT = env.number("LEADTRAC_SMTP_PORT", 587)
EMAIL_HOST_USER = env.text("LEADTRAC_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("LEADTRAC_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("LEADTRAC_SMTP_TLS", default=True)
EMAIL_TIMEOUT = 20  # seconds
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = env.file_path("LEADTRAC_MAIL_DIR", DROP_DIR.parent / "mail")  # where no server is named, mails are files
DEFAULT_FROM_EMAIL = env.text("LEADTRAC_MAIL_FROM", "leadtrac@localhost")

# --- work in the background ------------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", hint="Start through the launcher, or give the address of your own Redis.")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "leadtrac"}}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3700, "global_keyprefix": env.text("LEADTRAC_QUEUE_PREFIX", "leadtrac:")}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# What needs the key of the log goes to a worker of its own, the only process that can read that key.
CELERY_TASK_ROUTES = {"oversight.tasks.seal_events": {"queue": "sealing"}, "oversight.tasks.verify_log": {"queue": "sealing"}}
CELERY_TIMEZONE = "UTC"

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["access.api_default_deny.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "leadtrac.errors.api_error",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LeadTrac",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {"OrganizationKindEnum": "organizations.models.Organization.Kind"},
}

# --- logs: never personal data ---------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "leadtrac.logs.JSONFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LEADTRAC_LOG_LEVEL", "INFO")},
    "loggers": {"django.db.backends": {"level": "WARNING"}, "fido2.server": {"level": "WARNING"}},  # the latter names credentials
}
LOG_PATHS = [Path(each) for each in env.text("LEADTRAC_LOG_PATHS", "").split(os.pathsep) if each]  # the canary scan reads them
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W005", "security.W021"] if not _SECURE else ["guardian.W001"]

# --- ours (units in the name) ----------------------------------------------------------------------------------------
EXTRACT_PART_ROWS = env.number("LEADTRAC_PART_ROWS", 10_000)
QUARANTINE_DAYS = 90
# What events say of no single record (search terms, reasons of administration) ends so long after its day; the events stay.
# Eighteen months: six at hand and twelve to be had, after M-26-14 as in records-audit-privacy.md, check 49. Unverified.
AUDIT_WORDS_DAYS = 549
DROP_FILE_DAYS = 30
UNUSED_DROP_DAYS = 90  # a checked drop that nobody applies is discarded so long after it came
PREVIEW_ROWS = 200_000
EVALUATION_BATCH_SUBJECTS = env.number("LEADTRAC_EVALUATION_BATCH", 500)
CLAIM_LEASE_HOURS = 24
REFERRAL_SAMPLE_PERMILLE = env.number("LEADTRAC_REFERRAL_SAMPLE_PERMILLE", 50)  # of the referrals, before they are sent
# a rule stops when second looks surely disagree with more than this share of its samples (lower end of the 95 percent interval)
DISAGREEMENT_STOP_PERCENT = env.number("LEADTRAC_DISAGREEMENT_STOP_PERCENT", 20)
QUALITY_SAMPLE_PERMILLE = env.number("LEADTRAC_QUALITY_SAMPLE_PERMILLE", 50)  # of the closings by the system
QUEUE_PAGE_ROWS = 50
BULK_BATCH_ROWS = env.number("LEADTRAC_BULK_BATCH", 200)  # leads a transaction of an act on many
BULK_PREPARE_INLINE = 5_000  # a longer list is made by a worker
COUNT_LIMIT = 1_000  # a list says "1,000+" beyond it
ARCHIVE_DIR = env.file_path("LEADTRAC_ARCHIVE_DIR", DROP_DIR.parent / "archive")  # sealed packages, one file a lead
ATTACHMENT_DIR = env.file_path(
    "LEADTRAC_ATTACHMENT_DIR", DROP_DIR.parent / "attachments"
)  # files of leads, each sealed under its lead's key
ATTACHMENT_BYTES = env.number("LEADTRAC_ATTACHMENT_MB", 10) * 1_000_000  # the most that one file may have
UPLOAD_BYTES = 3 * ATTACHMENT_BYTES  # a longer form is not read; a file that is a little too long gets words of its own
LARGE_UPLOADS = {"extract_receive": env.number("LEADTRAC_DROP_UPLOAD_MB", 2_000) * 1_000_000}  # drops by the browser
ATTACHMENT_BYTES_A_LEAD = env.number("LEADTRAC_ATTACHMENT_MB_A_LEAD", 100) * 1_000_000
ATTACHMENT_SCANNER = shlex.split(env.text("LEADTRAC_ATTACHMENT_SCANNER", ""))  # for example: clamdscan --no-summary -
ATTACHMENT_SCANNER_SECONDS = env.number("LEADTRAC_ATTACHMENT_SCANNER_SECONDS", 20)  # no answer by then refuses the file
DISPOSITION_BATCH_RECORDS = env.number("LEADTRAC_DISPOSITION_BATCH", 500)  # at most; the time of a batch decides
DISPOSITION_BATCH_SECONDS = 0.4  # aimed at: for so long a batch holds its locks
# How long after the last that was heard of them people without a lead are kept (docs/adr/0033): whose facts were all taken back;
# of whom nothing is alleged any more; who wait for evidence, or of whom a day may come that changes the verdict
EMPTIED_PERSON_DAYS = env.number("LEADTRAC_EMPTIED_PERSON_DAYS", 35)
ANSWERED_PERSON_DAYS = env.number("LEADTRAC_ANSWERED_PERSON_DAYS", 365)
WAITING_PERSON_DAYS = env.number("LEADTRAC_WAITING_PERSON_DAYS", 1_096)
SUPPRESSION_YEARS = 5  # how long after its destruction the same source row makes nothing
AUDIT_EXPORT_EVENTS = env.number("LEADTRAC_AUDIT_EXPORT_EVENTS", 200_000)  # a larger log leaves by command, not by page
BACKUP_HORIZON_DAYS = env.number("LEADTRAC_BACKUP_HORIZON_DAYS", 35)  # no backup and no WAL is kept longer
PDF_FONTS_DIR = _MODULES / "@expo-google-fonts"
EXPORT_PDF_ROWS = 1_000  # a longer list is read in a spreadsheet
EXPORT_ROWS = env.number("LEADTRAC_EXPORT_ROWS", 5_000)  # the most rows that one exported spreadsheet holds
