"""Activating, acknowledging, issuing and taking back tokens."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from accounts.signin.codes import fingerprint, new_code
from accounts.signin.models import ActivationCode, ApiToken, PrivacyAcknowledgement, PrivacyNotice
from accounts.signin.queries import waiting_in
from accounts.signin.rules import may_print_codes
from accounts.signin.tokens import new_token, token_hash
from asn_lms.lib.refusals import NotYours, Refusal

CODE_LASTS = timedelta(days=14)
WRONG_TRIES = 5


@dataclass(frozen=True)
class PrintedCode:
    """One line of the sheet: the code is readable here and nowhere else."""

    person: User
    code: str
    expires_at: datetime


@transaction.atomic
def print_codes(agency: Agency, *, by: User, now: datetime | None = None) -> list[PrintedCode]:
    """Make a fresh one-time code for everybody in the unit who never signed in; older open codes end."""
    if not may_print_codes(by, agency):
        raise NotYours(_("Only an officer of this unit can print its codes."))
    now = now or timezone.now()
    people = waiting_in(agency).people
    open_codes = ActivationCode.objects.filter(person__in=people, used_at__isnull=True, replaced_at__isnull=True)
    open_codes.update(replaced_at=now)
    printed = [PrintedCode(person, new_code(), now + CODE_LASTS) for person in people]
    ActivationCode.objects.bulk_create(
        ActivationCode(person=line.person, code_hash=fingerprint(line.code), created_by=by, expires_at=line.expires_at)
        for line in printed
    )
    record("activation.printed", agency, by=by, agency=agency, people=len(printed))
    return printed


def activate(nip: str, code: str, password: str, *, now: datetime | None = None) -> User:
    """Set the first password of the person who bears that number and holds that code. The code is spent.

    The same form once more (a double click) is answered alike: a spent code opens nothing by itself, but with the password that
    it set it does. One sentence answers every mistake, so nobody learns whether a number exists. Five wrong tries end a code.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = (
            ActivationCode.objects.select_for_update(of=("self",), no_key=True)
            .select_related("person")
            .filter(
                person__nip=nip,
                person__is_active=True,
                replaced_at__isnull=True,
                expires_at__gt=now,
                wrong_tries__lt=WRONG_TRIES,
            )
            .order_by("used_at")
            .last()
        )
        if row is not None and row.used_at is not None:
            row.person.refresh_from_db(fields=["password"])  # set while we waited for the row
            if row.code_hash == fingerprint(code) and row.person.check_password(password):
                return row.person
        elif row is not None and row.code_hash == fingerprint(code):
            row.used_at = now
            row.save(update_fields=["used_at"])
            row.person.set_password(password)
            row.person.save(update_fields=["password"])
            record("person.activated", row.person, by=row.person)
            return row.person
        if row is None:
            User().set_password(password)  # the same work as for a number that exists
        else:
            ActivationCode.objects.filter(pk=row.pk).update(wrong_tries=F("wrong_tries") + 1)
            User().set_password(password)
    raise Refusal(
        _(
            "This number and code do not fit together, or the code is over. Check both; a code lasts 14 days. Your training officer can print a new one."
        ),
        field="code",
    )


def acknowledge(person: User, notice: PrivacyNotice) -> PrivacyAcknowledgement:
    """Note that the person has read this version of the privacy notice."""
    row, _made = PrivacyAcknowledgement.objects.get_or_create(person=person, notice=notice)
    return row


@transaction.atomic
def issue_token(person: User, name: str, *, days: int, now: datetime | None = None) -> tuple[ApiToken, str]:
    """Make a personal token for the REST API; the second value is the token itself, which is shown once."""
    token = new_token()
    row = ApiToken.objects.create(
        person=person,
        name=name,
        token_hash=token_hash(token),
        hint=token[-4:],
        expires_at=(now or timezone.now()) + timedelta(days=days),
    )
    record("token.issued", row, by=person, agency=person.agency, name=name)
    return row, token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, now: datetime | None = None) -> None:
    """End a token at once. Ending one that has ended changes nothing."""
    if token.person_id != by.pk:
        raise NotYours(_("Only its owner can end a token."))
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now or timezone.now()):
        record("token.revoked", token, by=by, agency=by.agency, name=token.name)


def note_use(token: ApiToken, today: date | None = None) -> None:
    """Remember the day on which a token was last used: at most one write a day."""
    today = today or timezone.now().date()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)


@transaction.atomic
def trust_office_address(person: User) -> None:
    """The address that the office wrote down counts as confirmed: nobody is asked to confirm it, and it stays in use until a
    new one that the person asks for is confirmed. Without this, allauth would drop the old address at once.
    """
    email = person.email.lower()
    if not email or EmailAddress.objects.filter(user=person, email=email, verified=True, primary=True).exists():
        return
    EmailAddress.objects.filter(email__iexact=email).exclude(user=person).delete()
    EmailAddress.objects.filter(user=person, primary=True).exclude(email=email).update(primary=False)
    EmailAddress.objects.update_or_create(user=person, email=email, defaults={"primary": True, "verified": True})
