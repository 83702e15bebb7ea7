"""Certificates: a number with the completion, the name confirmed, the paper drawn and signed, and taken back when it must be."""

from enrollments.certificates.actions.confirming import confirm, confirm_silent
from enrollments.certificates.actions.correcting import ask_for_correction, settle_correction
from enrollments.certificates.actions.drawing import draw_again, draw_certificate, draw_waiting, sweep
from enrollments.certificates.actions.reserving import reserve_certificate, reserve_certificates
from enrollments.certificates.actions.revoking import reissue, revoke

__all__ = [
    "ask_for_correction",
    "confirm",
    "confirm_silent",
    "draw_again",
    "draw_certificate",
    "draw_waiting",
    "reissue",
    "reserve_certificate",
    "reserve_certificates",
    "revoke",
    "settle_correction",
    "sweep",
]
