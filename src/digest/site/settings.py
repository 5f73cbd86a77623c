"""Django's settings, made from a home and the environment; nobody edits this file to install Digest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

from digest import config as configuration

HOME = Path(os.environ.get("DIGEST_HOME", ".")).resolve()
ENVIRONMENT = configuration.Environment()
CONFIG = configuration.load(HOME)
VAR = HOME / "var"

_key_file = VAR / "secret.key"
_keys = ENVIRONMENT.get("DIGEST_SECRET_KEY") or (_key_file.read_text() if _key_file.exists() else "")
KEYS = tuple(_keys.split()) or ("unset: run `digest init`",)
"""The key ring: the first signs, all verify, so that links in old letters outlive a change of keys."""
SECRET_KEY = KEYS[0]
SECRET_KEY_FALLBACKS = list(KEYS[1:])

_url = ENVIRONMENT.get("DIGEST_DATABASE_URL") or f"sqlite:///{VAR / 'digest.sqlite3'}"
_database: dict[str, Any] = dict(dj_database_url.parse(_url))
if _database["ENGINE"].endswith("sqlite3"):
    # FULL, because NORMAL may forget a committed intent when the power goes; IMMEDIATE, because a read that turns
    # into a write deep inside a transaction cannot wait for the lock.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # A cut network breaks no connection by itself: both ends give up after 25 s without an answer, so that a worker
    # stops sending, and its lock becomes free, before anybody wonders.
    _database["OPTIONS"] = {
        "application_name": "digest",
        "connect_timeout": 10,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
        "-c tcp_user_timeout=20000",
        **_database.get("OPTIONS", {}),
    }
DATABASES = {"default": _database}

AUTH_USER_MODEL = "store.User"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "digest.store",
    # Its migrations are PostgreSQL's own.
    *(["procrastinate.contrib.django"] if _database["ENGINE"].endswith("postgresql") else []),
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "digest.site.proxied.noticed",
    "digest.site.unreadable.refuse",
    "digest.site.cookieless.apart",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "digest.site.urls"
WSGI_APPLICATION = "digest.site.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

SITE_ADDRESS = CONFIG.site.address
_https = SITE_ADDRESS.startswith("https://")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", SITE_ADDRESS.split("//", 1)[1].split("/")[0].rsplit(":", 1)[0]]
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS] if _https else []
# A proxy in front speaks https to the world; cookies follow the public address.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "digest.site.lost.forged"
SESSION_COOKIE_AGE = 14 * 86400
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "SAMEORIGIN"

LANGUAGE_CODE = CONFIG.site.language
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
STATIC_URL = "/static/"
# The studio's own few files are served from where they lie: nothing is collected anywhere.
STATICFILES_DIRS = [Path(__file__).resolve().parents[1] / "studio" / "static"]
WHITENOISE_USE_FINDERS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
