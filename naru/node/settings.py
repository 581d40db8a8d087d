"""Django's settings, all of them derived from one `NodeOptions`. Importing them writes nothing."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.functional import SimpleLazyObject, lazy

from naru.domain.on_demand import Suppliers
from naru.formats import plain_text
from naru.formats.cda import forms, overview, show
from naru.formats.fhir.records.bookings import FhirAppointments
from naru.formats.pdf import PdfPress
from naru.node import codes, reading, relay
from naru.node.document_checker import DocumentChecker
from naru.node.options import NodeOptions
from naru.node.referral_papers import CdaReferralPapers
from naru.node.roles import open_doors
from naru.security.keys import open_ring, secret_key
from naru.storage import postgresql, sqlite
from naru.storage.objects import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from naru.domain.bookings import Wanted
    from naru.domain.referral_papers import Arrived
    from naru.domain.scheduling import Appointment
    from naru.exchange.access import Access


def _controls(now: datetime) -> object:
    from naru.node import controls

    return controls.look(now)


def _expiries() -> object:
    from naru.node import expiries

    return expiries.expiries()


def _offer() -> object:
    from naru.faces.fhir.scopes import OFFER

    return OFFER


def _take_referral(access: "Access", arrived: "Arrived") -> None:
    from naru.referrals.arrivals import take

    take(access, arrived)


def _unopened(access: "Access", document: str) -> "Sequence[UUID]":
    from naru.referrals.arrivals import unopened

    return unopened(access, document)


def _hear_opened(access: "Access", referral: "UUID") -> None:
    from naru.referrals.arrivals import opened

    opened(access, referral)


def _hold_letters(patients: "Sequence[UUID]", now: "datetime") -> None:
    from naru.referrals.held import hold_letters

    hold_letters(patients, now)


def _take_appointment(
    access: "Access", appointment: "UUID", patient: "UUID", wanted: "Wanted"
) -> "Appointment | None":
    from naru.referrals.bookings import take

    return take(access, appointment, patient, wanted)


def _take_encounter(access: "Access", appointment: "UUID", patient: "UUID", *, came: bool) -> bool:
    from naru.scheduling.records import encountered

    return encountered(access, appointment, patient, came=came)


def _is_booked_elsewhere(access: "Access", appointment: "UUID") -> bool:
    from naru.scheduling.records import is_booked_elsewhere

    return is_booked_elsewhere(access, appointment)


def _tell_referrals(access: "Access", appointment: "Appointment", what: str) -> None:
    from naru.referrals.bookings import heard

    heard(access, appointment, what)


def _death_noted(patient: "UUID") -> bool:
    from naru.exchange.patients.deaths import noted

    return noted(patient)


NARU = NodeOptions.from_environment()
AFFINITY_DOMAIN = codes.load(NARU.codes)
forms.use(NARU.forms)
# Who assembles what is asked for on demand; a room that can do more for a format is named here.
ON_DEMAND = Suppliers(
    by_mime_type={"text/xml": overview.assemble, "text/plain": plain_text.overview}
)
# Who reads what documents and single records say (`naru.domain.content_reading`).
READERS = reading.READERS
# Who checks a submitted document by its form (`naru.domain.findings`), and what then becomes of it.
DOCUMENT_CHECKING = NARU.checking
CHECK_DOCUMENT = DocumentChecker(NARU.cda_schemas)
# Who writes and reads the papers of referrals (`naru.domain.referral_papers`), and who takes one
# that an EMR handed over, hears that the receiver opened one, or holds what a consent's end closes.
REFERRAL_PAPERS = CdaReferralPapers()
TAKE_REFERRAL = _take_referral
UNOPENED_REFERRALS = _unopened
HEAR_OPENED = _hear_opened
HOLD_LETTERS = _hold_letters
# Who writes and reads the records of appointments (`naru.domain.bookings`), who does what an
# institution's own Appointment or Encounter asks of a schedule, who booked at another's, and who
# hears of each step.
APPOINTMENT_RECORDS = FhirAppointments()
TAKE_APPOINTMENT = _take_appointment
TAKE_ENCOUNTER = _take_encounter
IS_BOOKED_ELSEWHERE = _is_booked_elsewhere
TELL_REFERRALS = _tell_referrals
# Whether an institution noted the death of a patient (rule 2).
DEATH_NOTED = _death_noted
# Who hands referrals to HIRA's relay (`naru.hira.port.Relay`); None where there is no such.
RELAY = relay.connected(NARU.data)
# Who prints and signs papers (`naru.domain.paper.Press`).
PRESS = PdfPress()
# What protects records here, and what runs out (`naru.domain.operation`).
LOOK_AT_CONTROLS = _controls
EXPIRIES = _expiries
SQLITE = sqlite.install()
if not NARU.database:
    sqlite.require_sound(SQLITE)

DATABASES = {
    "default": postgresql.database(NARU.database)
    if NARU.database
    else sqlite.database(NARU.database_file)
}
# Opened at first use, so after first start; importing the settings writes nothing.
OBJECT_STORE = SimpleLazyObject(lambda: open_store(NARU.objects_url, open_ring(NARU.keys)))
# What tokens may open; read at first use, since the doors need Django set up.
NARU_OFFER = SimpleLazyObject(_offer)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",  # For its static file alone.
    "naru.accounts",
    "naru.security",
    "naru.directory",
    "naru.patients",
    "naru.terminology",
    "naru.consent",
    "naru.registry",
    "naru.repository",
    "naru.records",
    "naru.audit",
    "naru.outbox",
    "naru.notifications",
    "naru.deliveries",
    "naru.tickets",
    "naru.ledger",
    "naru.scheduling",
    "naru.statistics",
    "naru.referrals",
    "naru.hira",
    "naru.node",
    "naru.ui",
    "naru.viewer",
    "naru.portal",
    "naru.clinic",
    "naru.desk",
    "naru.console",
    "naru.public",
    "naru.signin",
    "naru.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "naru.node.headers.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "naru.ui.language.ChosenLanguage",
    "naru.ui.not_allowed.NotAllowedInWords",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "naru.signin.asking.WhoAsks",
    "naru.ui.long_address.LongAddressInWords",
]

ROOT_URLCONF = "naru.node.urls"
WSGI_APPLICATION = "naru.node.wsgi.application"
APPEND_SLASH = False  # A wire door has one address; a redirect would drop a posted body.

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
                "naru.ui.frame.frame",
                "naru.demo.switcher_views.switcher",
            ],
        },
    },
]

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # Presenters turn to KST; nothing inside does.

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# What the operator's page lists.
NARU_DOORS = open_doors(NARU.roles)

# Static files are served from the rooms' own folders: nothing to collect, no other server.
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(show.__file__).parent / "static"]  # The style of shown documents.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

DEBUG = False
ALLOWED_HOSTS = list(NARU.hosts)
SECRET_KEY = lazy(lambda: secret_key(NARU.keys), str)()  # Read at first use, so after first start.

SESSION_ENGINE = "naru.security.page_sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = NARU.secure_cookies
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "naru-session"
SESSION_COOKIE_AGE = 8 * 60 * 60  # One working day.
CSRF_FAILURE_VIEW = "naru.ui.views.forbidden_form"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Wire doors read the stream themselves under limits of their own; these bound forms only.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_HANDLERS = [
    # Never the handler that writes temporary files: no plaintext of a document on disk.
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "naru.node.log_lines.Line",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django names the path of every refused request; ours go to the audit instead.
        "django.request": {"level": "ERROR"},
        # It quotes what strangers send, and writes as an error of ours what is answered by 400.
        "django.security": {"level": "CRITICAL"},
        # It names each credential that signs in.
        "fido2": {"level": "WARNING"},
    },
}
