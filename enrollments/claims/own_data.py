"""What claims keep about a person, for that person (UU 27/2022)."""

from typing import Any

from accounts.people.models import User
from accounts.signin.mydata import part_of_my_data
from enrollments.claims.dates import written
from enrollments.claims.models import Claim


@part_of_my_data("claims")
def claims_of(person: User) -> list[dict[str, Any]]:
    """Every claim with what happened to it and which files show it; three queries."""
    rows = Claim.objects.held_by(person).select_related("path", "credit").prefetch_related("evidence", "events")
    return [_plain(claim) for claim in rows]


def _plain(claim: Claim) -> dict[str, Any]:
    return {
        "title": claim.title,
        "organiser": claim.organiser,
        "kind": claim.path.name,
        "scope": claim.get_scope_display(),
        "days": written(claim.dates),
        "quantity": str(claim.quantity),
        "certificate_number": claim.certificate_number,
        "certificate_on": claim.certificate_on.isoformat() if claim.certificate_on else None,
        "why_not_same": claim.why_not_same,
        "state": claim.get_state_display(),
        "reason": claim.reason,
        "jp": str(claim.credit.jp) if claim.credit else None,
        "evidence": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in claim.evidence.all()],
        "history": [
            {"what": event.get_kind_display(), "at": event.at.isoformat(), "reason": event.reason}
            for event in claim.events.all()
        ],
    }
