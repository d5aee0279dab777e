"""The Django project: which apps, which database, how pages are made."""

from pathlib import Path

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from ripely.settings import read_settings

HERE = Path(__file__).parent
settings = read_settings()

# Who we are

SECRET_KEY = settings.secret
DEBUG = False
ALLOWED_HOSTS = ["*"]  # pages make no absolute address from the Host header
ROOT_URLCONF = "ripely.web.urls"

# What is in it

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "ripely.records.accounts",
    "ripely.records.backtests",
    "ripely.records.definitions",
    "ripely.records.estimates",
    "ripely.records.hot",
]
AUTH_USER_MODEL = "accounts.User"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ripely.web.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "ripely.web.middleware.with_product",
]

# Who may do what

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account-login"
LOGIN_REDIRECT_URL = "live-show"
LOGOUT_REDIRECT_URL = "account-login"
_HTTPS = settings.base_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "ripely_session"
CSRF_COOKIE_NAME = "ripely_csrf"
CSRF_TRUSTED_ORIGINS = [settings.base_url]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Where it is stored

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_address = conninfo_to_dict(settings.database_url or "")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.pop("dbname", "ripely"),
        "USER": _address.pop("user", ""),
        "PASSWORD": _address.pop("password", ""),
        "HOST": _address.pop("host", ""),
        "PORT": _address.pop("port", ""),
        "OPTIONS": _address,
    }
}

# How pages are made

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ripely.web.context.page",
            ],
            "builtins": ["template_partials.templatetags.partials", "ripely.web.tags"],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.filesystem.Loader"],
                        )
                    ],
                )
            ],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
# Served from where they are built: nothing is to be collected first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Which language and which clock

LANGUAGE_CODE = "en"  # Colleagues' pages; what contacts see is in `settings.language`.
TIME_ZONE = settings.timezone
USE_TZ = True

# What is told to the operator

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        # A stack trace for what failed on our side; a wrong address is nobody's business.
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
