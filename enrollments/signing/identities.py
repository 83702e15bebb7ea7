"""By which number BSrE knows an official. Kept for who signs and nobody else (domain reference §5.7), sealed, shown to nobody."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sealed import seal, unseal
from enrollments.signing.models import SigningIdentity

PURPOSE = "signing.identity"


def nik_of(person: User) -> str:
    """Their NIK; empty when they have not given it."""
    row = SigningIdentity.objects.filter(person=person).first()
    return unseal(row.sealed_nik, PURPOSE).decode() if row else ""


@transaction.atomic
def keep_nik(person: User, nik: str) -> None:
    """The official gives their own NIK, once; given again, it takes the place of the first. Raises Refusal."""
    digits = re.sub(r"[\s.]", "", nik)
    if not re.fullmatch(r"[0-9]{16}", digits):
        raise Refusal(_("A NIK has 16 digits. Look at your identity card again."), field="nik")
    row, _made = SigningIdentity.objects.update_or_create(
        person=person, defaults={"sealed_nik": seal(digits.encode(), PURPOSE)}
    )
    record("signing.identity_given", row, by=person, agency=person.agency)
