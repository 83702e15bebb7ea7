"""Certificates: a number with the completion, the name confirmed, the paper drawn and signed, and taken back when it must be."""

from enrollments.certificates.actions.confirming import confirm, confirm_silent
from enrollments.certificates.actions.correcting import ask_for_correction, settle_correction
from enrollments.certificates.actions.issuing import issue_certificate, issue_waiting, sweep, try_again
from enrollments.certificates.actions.reserving import (
    certify_completion,
    certify_withheld,
    reserve_certificate,
    reserve_certificates,
)
from enrollments.certificates.actions.revoking import reissue, revoke
from enrollments.certificates.actions.syncing import mark_synced

__all__ = [
    "ask_for_correction",
    "certify_completion",
    "certify_withheld",
    "confirm",
    "confirm_silent",
    "issue_certificate",
    "issue_waiting",
    "mark_synced",
    "reissue",
    "reserve_certificate",
    "reserve_certificates",
    "revoke",
    "settle_correction",
    "sweep",
    "try_again",
]
