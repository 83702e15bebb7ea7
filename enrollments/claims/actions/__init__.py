"""What may be done to a claim."""

from enrollments.claims.actions.claiming import (
    ClaimedAlready,
    discard_claim,
    draft_claim,
    mend_claim,
    send_claim,
    withdraw_claim,
)
from enrollments.claims.actions.deciding import (
    Batch,
    DecidedAlready,
    refuse_claim,
    return_claim,
    take_back_claim,
    verify_claim,
    verify_several,
)
from enrollments.claims.actions.evidence import add_evidence, clear, looked_at, remove_evidence

__all__ = [
    "Batch",
    "ClaimedAlready",
    "DecidedAlready",
    "add_evidence",
    "clear",
    "discard_claim",
    "draft_claim",
    "looked_at",
    "mend_claim",
    "refuse_claim",
    "remove_evidence",
    "return_claim",
    "send_claim",
    "take_back_claim",
    "verify_claim",
    "verify_several",
    "withdraw_claim",
]
