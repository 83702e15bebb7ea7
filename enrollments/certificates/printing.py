"""What is printed, copied onto the certificate when the name is confirmed, and never again."""

from dataclasses import fields, replace
from datetime import datetime

from accounts.portraits.models import Portrait
from enrollments.certificates.models import Certificate
from enrollments.designs.paper import OF_PLACE, Paper, paper_of, subjects_of
from enrollments.designs.pdf import Look, draw
from enrollments.designs.queries import design_in_use
from enrollments.signing.signers import for_agencies

# What `freeze` reads beside the certificate itself, for `select_related`.
WITH_PRINTED = (
    "series__organiser",
    "design",
    *(f"enrollment__{name}" for name in OF_PLACE),
)
_NAMES = [one.name for one in fields(Paper)]


def freeze(certificate: Certificate, at: datetime, *, keeps: bool = True) -> None:
    """Fill the printed fields, unsaved. A certificate that was frozen before is left as it is: a retry prints the same paper.

    Who saves it does so in the same transaction: until then its photograph cannot be deleted. `keeps=False` only to look at it.
    """
    if certificate.frozen_at:
        return
    organiser = certificate.series.organiser
    certificate.design = design_in_use(organiser, certificate.kind)
    paper, certificate.signatory_id = paper_of(
        certificate.enrollment,
        organiser,
        certificate.design,
        number=certificate.number,
        issued_on=certificate.issued_on,
        kind=certificate.kind,
        # Set with the number; those that were numbered before that was so list the modules without scores.
        subjects=certificate.subjects or subjects_of(certificate.enrollment.version),
        registration_code=certificate.registration_code,
    )
    for name in _NAMES:
        setattr(certificate, name, getattr(paper, name))
    certificate.portrait = _portrait(certificate, keeps)
    certificate.signer = certificate.design.signer if certificate.design else for_agencies().name
    certificate.frozen_at = at


def drawn(certificate: Certificate) -> bytes:
    """The unsigned PDF of a frozen certificate; the same bytes each time. Raises typst.TypstError."""
    paper = Paper(**{name: getattr(certificate, name) for name in _NAMES})
    # The design's look, or the house's own, with the signer that was settled when the data were frozen.
    look = replace(
        Look.of(certificate.design, certificate.kind),
        signer=certificate.signer,
        portrait=certificate.portrait.content() if certificate.portrait else b"",
    )
    return draw(paper, look, certificate.public_id)


def _portrait(certificate: Certificate, keeps: bool) -> Portrait | None:
    """The learner's present photograph, where the design prints one."""
    if not certificate.prints_portrait:
        return None
    found = Portrait.objects.current().filter(person=certificate.enrollment.learner_id)
    return (found.select_for_update(no_key=True) if keeps else found).first()
