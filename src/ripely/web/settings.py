"""The Django project: which apps, which database, how pages are made."""

from pathlib import Path

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
    "ripely.records.accounts",
    "ripely.records.definitions",
    "ripely.records.hot",
]
AUTH_USER_MODEL = "accounts.User"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

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
            ],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]

# Which language and which clock

LANGUAGE_CODE = settings.language
TIME_ZONE = settings.timezone
USE_TZ = True
