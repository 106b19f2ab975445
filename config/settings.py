"""The one settings file. Every knob is an environment variable with a default that needs no server.

Defaults: SQLite in WAL mode, a Celery broker made of files, media in ``var/media``. ``DATABASE_URL`` and ``BROKER_URL``
switch to PostgreSQL and Redis, ``MEDIA_S3_BUCKET`` to an S3 store. ``manage.py check`` names whatever is missing.
"""

import os
from pathlib import Path

import environ

from config import schedule

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)

# --- where things lie -------------------------------------------------------------------------------------------------
VAR_DIR = Path(env.str("HITSMITH_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- secrets and hosts ------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=True)
# The development key is refused by the system check as soon as DEBUG is off.
DEVELOPMENT_SECRET_KEY = "development-only-key-never-use-it-in-production-0123456789"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- what runs --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "config",
    "billing",
    "templates_engine",
    "generation",
    "creative",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'hitsmith.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Web and workers write at once: WAL lets readers go on, IMMEDIATE makes writers queue instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].update(CONN_HEALTH_CHECKS=True, CONN_MAX_AGE=60)  # below: plan a statement once
    DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who signs in -----------------------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
CSRF_FAILURE_VIEW = "creative.web.errors.csrf_refused"

# --- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "creative" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"  # never mounted: media goes through an access-checked view
MEDIA_S3_BUCKET = env.str("MEDIA_S3_BUCKET", default="")
if MEDIA_S3_BUCKET:
    _default_storage = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_S3_BUCKET,
            "endpoint_url": env.str("MEDIA_S3_ENDPOINT", default=None),
            "access_key": env.str("MEDIA_S3_ACCESS_KEY", default=None),
            "secret_key": env.str("MEDIA_S3_SECRET_KEY", default=None),
            "region_name": env.str("MEDIA_S3_REGION", default="us-east-1"),
            "default_acl": None,
            "querystring_expire": 900,
            "file_overwrite": True,  # names are content hashes: the same name is the same bytes
        },
    }
else:
    _default_storage = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
STORAGES = {
    "default": _default_storage,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
UPLOAD_MAX_PIXELS = env.int("UPLOAD_MAX_PIXELS", default=25_000_000)

# --- workers ----------------------------------------------------------------------------------------------------------
BROKER_URL = env.str("BROKER_URL", default="filesystem://")
CELERY_BROKER_URL = BROKER_URL
if BROKER_URL.startswith("filesystem"):
    _spool = VAR_DIR / "broker"
    for _name in ("queue", "done", "control"):
        (_spool / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_spool / "queue"),
        "data_folder_out": str(_spool / "queue"),
        "processed_folder": str(_spool / "done"),
        "control_folder": str(_spool / "control"),
        "store_processed": False,
    }
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "ring"
CELERY_TASK_ROUTES = schedule.ROUTES
RECONCILE_SECONDS = env.int("RECONCILE_SECONDS", default=15)
CELERY_BEAT_SCHEDULE = schedule.beat(RECONCILE_SECONDS)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
JOB_SILENT_SECONDS = env.int("JOB_SILENT_SECONDS", default=90)  # a worker silent for so long has lost its job
JOB_MAX_ATTEMPTS = 3
HOLD_LEASE_MINUTES = env.int("HOLD_LEASE_MINUTES", default=30)

# --- mail -------------------------------------------------------------------------------------------------------------
# Such as smtp+tls://user:password@mail.example.com:587; without it mail is written to the log of the worker.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Hitsmith <no-reply@localhost>")
# Where people reach the studio, for links in mails: https://studio.example.com
SITE_URL = env.str("SITE_URL", default="").rstrip("/")

# --- low credits ------------------------------------------------------------------------------------------------------
# A page says so, and whoever pays gets one mail per threshold and month, when so many percent of the plan's are left.
LOW_CREDIT_PERCENTS = env.list("LOW_CREDIT_PERCENTS", cast=int, default=[20, 5])
LOW_CREDIT_MAIL = env.bool("LOW_CREDIT_MAIL", default=True)
# Customers' own systems are told too: billing writes to creative's outbox. docs/webhooks.md says more.
BILLING_TELLS = "creative.webhooks.tell"
MEMBERSHIP_NOTICE_DAYS = env.int("MEMBERSHIP_NOTICE_DAYS", default=3)  # so long before a month ends it is said
WEBHOOK_PRIVATE_NETWORK = env.bool("WEBHOOK_PRIVATE_NETWORK", default=False)  # lets endpoints be http and private
WEBHOOK_SECONDS = env.float("WEBHOOK_SECONDS", default=10.0)  # an endpoint answers within so long
WEBHOOK_GIVE_UP = env.int("WEBHOOK_GIVE_UP", default=20)  # failures in a row after which an endpoint is switched off

# --- engines and the law ----------------------------------------------------------------------------------------------
DEFAULT_ENGINE = env.str("DEFAULT_ENGINE", default="showcase")
# One folder per engine with the weights of its model; `manage.py engines` says what is missing, and how to get it.
MODELS_DIR = Path(env.str("MODELS_DIR", default=str(VAR_DIR / "models")))
# Licences of models that ask for more than a notice, such as ltxv-open-weights: write one here once you have agreed.
ACCEPTED_LICENCES = env.list("ACCEPTED_LICENCES", default=[])
# Servers that film for us: a list in JSON, or the path of a YAML file with one. See docs/remote.md.
REMOTE_ENGINES = env.str("REMOTE_ENGINES", default="")
# "enforce": a clip that the quality gate rejects is filmed again, and at last otherwise; "report": it only says so.
GATE = env.str("GATE", default="enforce")
GATE_TAKES = env.int("GATE_TAKES", default=3)  # so often a shot is filmed before it is filmed otherwise
BEST_OF = env.int("BEST_OF", default=1)  # so many takes of every shot are filmed, and the best is kept, for one price
FONT_DIR = Path(env.str("FONT_DIR", default=str(BASE_DIR / "generation" / "fonts")))
# TC260-PG-20252A: 00, 11, unified social credit code (18), 1 = generates, model (4). An operator must set the real one.
DEVELOPMENT_AIGC_PROVIDER = "0011" + "91000000DEVELOPER0" + "1" + "0000"
AIGC_PROVIDER_CODE = env.str("AIGC_PROVIDER_CODE", default=DEVELOPMENT_AIGC_PROVIDER)
C2PA_CERT, C2PA_KEY = env.str("C2PA_CERT", default=""), env.str("C2PA_KEY", default="")

# --- voice ------------------------------------------------------------------------------------------------------------
# Nobody speaks by default. A server that speaks OpenAI's /v1/audio/speech, or sherpa-onnx voices in a folder: docs/sound.md.
VOICE_URL, VOICE_KEY, VOICE_FOLDER = (env.str(f"VOICE_{name}", default="") for name in ("URL", "KEY", "FOLDER"))
VOICE_MODEL, VOICE_NAME = env.str("VOICE_MODEL", default="tts-1"), env.str("VOICE_NAME", default="")

# --- learning from hit videos -----------------------------------------------------------------------------------------
# templates_engine opens no media and no connection of its own: these functions do it, with the house's limits.
TEMPLATES_FOOTAGE = "config.wiring.footage"
TEMPLATES_PHOTO = "config.wiring.photo"
TEMPLATES_TRANSITIONS = "config.wiring.Transitions"
TEMPLATES_HTTP = "config.wiring.ask"
# What turns speech into text where a hit comes without a transcript: JSON such as {"kind": "faster-whisper", "folder":
# "/models/whisper-small"}, {"kind": "sherpa-onnx", "folder": ...} or {"kind": "openai", "base": ..., "model": ...}.
TEMPLATES_ASR = env.str("TEMPLATES_ASR", default="")
# A language model that may say a script's lines in its own words: JSON such as {"base": ..., "model": ..., "token_env": ...}.
TEMPLATES_WRITER = env.str("TEMPLATES_WRITER", default="")
# The same for reading: which job each line of a hit does. Asked beside the trained model; bench/roles.py measures it.
TEMPLATES_TAGGER = env.str("TEMPLATES_TAGGER", default="")

# --- payment ----------------------------------------------------------------------------------------------------------
# Without a key the service sells by bank transfer alone, and its pages say so.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])  # two while one is being exchanged
STRIPE_API_VERSION = "2026-10-28.endive"  # the one that stripe-python 16.1 was made for
STRIPE_TRANSPORT = env.str("STRIPE_TRANSPORT", default="billing.providers.stripe.client.HouseTransport")
BILLING_HTTP = "config.wiring.exchange"
# Where a bank transfer goes, as the buyer reads it; several lines are allowed.
TRANSFER_ACCOUNT = env.str("TRANSFER_ACCOUNT", default="")
TRANSFER_SECOND_PERSON_FEN = env.int("TRANSFER_SECOND_PERSON_FEN", default=500_000)  # from here on two people confirm
# What one member of staff may do alone for one customer in 24 hours; above it a second person approves.
DESK_ALONE_CREDITS = env.int("DESK_ALONE_CREDITS", default=1_000)
DESK_ALONE_FEN = env.int("DESK_ALONE_FEN", default=100_000)
# What a second of an engine costs the operator, in fen, by the engine's name, such as {"showcase": 0.04, "*": 0.1};
# "*" stands for all others. Without it the desk shows no margin.
ENGINE_FEN_PER_SECOND = env.json("ENGINE_FEN_PER_SECOND", default={})
# The billing desk knows no ads: these functions say what a hold was for, and how long engines have filmed.
BILLING_WORKS = "config.desk_works.work"
BILLING_ENGINE_TIMES = "config.desk_works.engine_times"

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["billing.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["billing.authentication.HasOrganization"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["billing.api_door.PlanDoor"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.handle",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": None,
}
# Where requests are counted against the plan's rate: a Django cache that all web processes share, or "" = the database.
API_RATE_CACHE = env.str("API_RATE_CACHE", default="")
SPECTACULAR_SETTINGS = {
    "TITLE": "Hitsmith API",
    "DESCRIPTION": "Product photos in, finished, labelled, metered video ads out.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}

# --- safety -----------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if not DEBUG:
    SESSION_COOKIE_SECURE = env.bool("COOKIE_SECURE", default=True)
    CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logs -------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s  %(message)s", "datefmt": "%H:%M:%S"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("django.server", "celery.beat", "httpx2", "stripe")},
}
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # weights come from folders, never from a hub
