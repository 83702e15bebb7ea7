"""The self-made authority: a root, a time stamp, and a signing key for each agency's seal and each person who tries it out.

It proves that nobody changed a paper since this installation issued it, and nothing in law: every name that it writes
says "CONTOH – tidak sah". Its keys are rows, made once by whoever needs them first.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from math import ceil

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from django.conf import settings
from django.db import connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import ngettext

from asn_lms.lib.sealed import SealBroken, seal, unseal
from asn_lms.lib.secret import Secret
from enrollments.signing import certs
from enrollments.signing.certs import Issued, Pen
from enrollments.signing.models import AuthorityKey
from enrollments.signing.trouble import KeysLocked, PassphraseTooShort, TooManyGuesses, WrongPassphrase

logger = logging.getLogger(__name__)

Role = AuthorityKey.Role
MARK = "CONTOH – tidak sah: "
# Key of the advisory lock under which keys are made.
MAKING_KEYS = 0x5167_4B65
SHORTEST_PASSPHRASE = 8
FREE_GUESSES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
PURPOSE = "signing.authority_key"


def seal_pen(organisation: str) -> Pen:
    """What signs unattended in the name of an agency."""
    rows = _rows(Role.SEAL, organisation) or _make(Role.SEAL, organisation, organisation, organisation, NoEncryption())
    return _pen(rows, _loaded(bytes(rows[Role.SEAL].certificate), bytes(rows[Role.SEAL].sealed_key)))


def person_pen(owner: str, name: str, organisation: str, passphrase: Secret[str]) -> Pen:
    """What signs for a person; the passphrase that they type the first time is theirs from then on.

    Raises PassphraseTooShort, and WrongPassphrase on any other one later; after some of these TooManyGuesses, for a while.
    """
    rows = _rows(Role.PERSON, owner)
    if rows is None:
        if len(passphrase.reveal()) < SHORTEST_PASSPHRASE:
            raise PassphraseTooShort
        rows = _make(Role.PERSON, owner, name, organisation, BestAvailableEncryption(passphrase.reveal().encode()))
    return _pen(rows, _opened(rows[Role.PERSON], passphrase))


def roots() -> list[x509.Certificate]:
    """The authority's root; none before anything was signed."""
    return [
        x509.load_der_x509_certificate(bytes(row.certificate)) for row in AuthorityKey.objects.filter(role=Role.ROOT)
    ]


def _rows(role: str, owner: str) -> dict[str, AuthorityKey] | None:
    wanted = Q(role__in=[Role.ROOT, Role.STAMP]) | Q(role=role, owner=owner)
    rows = {row.role: row for row in AuthorityKey.objects.filter(wanted)}
    return rows if role in rows else None


def _make(
    role: str, owner: str, name: str, organisation: str, lock: KeySerializationEncryption
) -> dict[str, AuthorityKey]:
    """Make what is missing; whoever comes second finds what the first has made."""
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING_KEYS])
        root_row = _found_or_made(
            Role.ROOT, "", lambda: certs.new_root(MARK + "akar", settings.ORGANISATION, now=now), NoEncryption()
        )
        root = _loaded(bytes(root_row.certificate), bytes(root_row.sealed_key))
        _found_or_made(
            Role.STAMP,
            "",
            lambda: certs.issue(root, MARK + "stempel waktu", settings.ORGANISATION, now=now, stamps_time=True),
            NoEncryption(),
        )
        _found_or_made(role, owner, lambda: certs.issue(root, MARK + name, organisation, now=now), lock)
    rows = _rows(role, owner)
    assert rows is not None
    return rows


def _found_or_made(role: str, owner: str, make: Callable[[], Issued], lock: KeySerializationEncryption) -> AuthorityKey:
    found = AuthorityKey.objects.filter(role=role, owner=owner).first()
    if found is not None:
        return found
    made = make()
    sealed = seal(made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, lock), PURPOSE)
    return AuthorityKey.objects.create(role=role, owner=owner, certificate=made.der, sealed_key=sealed)


def _pen(rows: dict[str, AuthorityKey], signer: Issued) -> Pen:
    root, stamper = (
        _loaded(bytes(rows[role].certificate), bytes(rows[role].sealed_key)) for role in (Role.ROOT, Role.STAMP)
    )
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    return Pen(signer, stamper, root, _list_of(root, today))


@lru_cache(maxsize=64)
def _loaded(certificate: bytes, sealed_key: bytes) -> Issued:
    """By the row's own bytes, so that a row that changed is never mixed up with what was loaded before."""
    key = load_der_private_key(_unsealed(sealed_key).reveal(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Issued(x509.load_der_x509_certificate(certificate), key)


def _opened(row: AuthorityKey, passphrase: Secret[str]) -> Issued:
    """Each time anew: what a passphrase opens stays open no longer than one paper.

    Guesses are counted under the row's lock, so that many at once are no more than one after the other, and committed before
    the caller hears of them. While the key is closed not even the right passphrase is tried.
    """
    locked = _unsealed(bytes(row.sealed_key))
    with transaction.atomic():
        row = AuthorityKey.objects.select_for_update(no_key=True).get(pk=row.pk)
        wait = _seconds_closed(row)
        key = None if wait else _key_in(locked, passphrase)
        if key is not None and row.wrong_guesses:
            _note_guesses(row, 0)
        elif key is None and not wait:
            _note_guesses(row, row.wrong_guesses + 1)
    if wait:
        minutes = -(-wait // 60)
        sentence = ngettext(
            "Too many wrong passphrases: none is tried for another %(minutes)d minute. Nothing more was signed.",
            "Too many wrong passphrases: none is tried for another %(minutes)d minutes. Nothing more was signed.",
            minutes,
        )
        raise TooManyGuesses(sentence % {"minutes": minutes})
    if key is None:
        raise WrongPassphrase
    return Issued(x509.load_der_x509_certificate(bytes(row.certificate)), key)


def _key_in(locked: Secret[bytes], passphrase: Secret[str]) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = load_der_private_key(locked.reveal(), password=passphrase.reveal().encode())
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _seconds_closed(row: AuthorityKey) -> int:
    """By the database's clock; 0 when it is open."""
    left: timedelta | None = (
        AuthorityKey.objects.filter(pk=row.pk, closed_until__gt=Now())
        .values_list(ExpressionWrapper(F("closed_until") - Now(), DurationField()), flat=True)
        .first()
    )
    return max(1, ceil(left.total_seconds())) if left else 0


def _note_guesses(row: AuthorityKey, wrong: int) -> None:
    """Five are free; the fifth closes the key for a minute, each further one for twice as long, up to an hour."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(wrong - FREE_GUESSES, 10)) if wrong >= FREE_GUESSES else None
    AuthorityKey.objects.filter(pk=row.pk).update(
        wrong_guesses=min(wrong, 1000), closed_until=Now() + pause if pause else None
    )
    if pause:
        logger.warning("Signing key %s closed for %s after %s wrong passphrases", row.pk, pause, wrong)


def _unsealed(sealed: bytes) -> Secret[bytes]:
    try:
        return Secret(unseal(sealed, PURPOSE))
    except SealBroken as error:
        raise KeysLocked from error


@lru_cache(maxsize=2)
def _list_of(root: Issued, day: datetime) -> bytes:
    """One list a day. It revokes nothing: who doubts this authority's keys replaces SECRET_KEY and begins a new one."""
    return certs.revocation_list(root, at=day)
