"""Registration codes of LAN: typed in by an officer, for the families that LAN registers (domain reference §3.4, no. 22).

Without its code such a certificate is not drawn; once confirmed, a code that was entered never changes.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.certificates.models import Certificate
from enrollments.certificates.rules import may_register
from enrollments.cohorts.models import Cohort

LONGEST = 60


@transaction.atomic
def register_codes(cohort: Cohort, codes: Mapping[int, str], *, by: User) -> int:
    """Write the codes of these certificates of the cohort, by their ids; returns how many changed. All of them or none.

    What was confirmed goes on to be drawn at once.
    """
    if not may_register(by, cohort):
        raise NotYours(_("Only training officers of the organiser enter registration codes."))
    rows = Certificate.objects.to_be_registered(cohort).select_for_update(of=("self",), no_key=True)
    found = {row.pk: row for row in rows.filter(pk__in=codes).select_related("series__organiser").order_by("pk")}
    count = 0
    for pk, text in codes.items():
        code = " ".join(text.split())
        row = found.get(pk)
        if row is None:
            raise Refusal(
                _("One of these certificates takes no code any more: it is being made already. Reload the page.")
            )
        if len(code) > LONGEST:
            raise Refusal(_("A code has at most %(most)d characters: %(code)s…") % {"most": LONGEST, "code": code[:20]})
        if code == row.registration_code:
            continue
        row.registration_code = code
        row.save(update_fields=["registration_code"])
        record("certificate.registered", row, by=by, code=code)
        if row.state == Certificate.State.CONFIRMED:
            later("certificates.issue", row.pk)
        count += 1
    return count
