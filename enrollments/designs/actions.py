"""Designing certificates: a draft, looked at with real data, put into use."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import CertificateKind
from enrollments.designs.logos import as_logo
from enrollments.designs.models import CertificateDesign, DesignVersion
from enrollments.designs.pdf import TITLES
from enrollments.designs.rules import may_design
from enrollments.signing.signers import SIGNERS

State = DesignVersion.State


@transaction.atomic
def draft_design(organiser: Agency, kind: str, *, by: User) -> DesignVersion:
    """The draft of this organiser's design for the kind; where there is none, one that begins as what is in use now."""
    if not may_design(by, organiser):
        raise NotYours(_("Only training officers of the organiser design its certificates."))
    design, _made = CertificateDesign.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        organiser=organiser, kind=kind
    )
    draft = design.versions.filter(state=State.DRAFT).first()
    if draft:
        return draft
    used = design.versions.filter(state=State.PUBLISHED).first()
    fields = (
        {name: getattr(used, name) for name in DesignVersion.DETAILS} | {"logo": used.logo}
        if used
        else {"title": TITLES[CertificateKind(kind)]}
    )
    newest = design.versions.order_by("-number").first()
    draft = DesignVersion.objects.create(
        design=design, number=newest.number + 1 if newest else 1, created_by=by, **fields
    )
    record("design.drafted", draft, by=by)
    return draft


@transaction.atomic
def edit_design(draft: DesignVersion, values: dict[str, Any], *, by: User, logo: bytes | None = None) -> DesignVersion:
    """Change what stands in a draft. `logo`: a picture of any common kind, empty bytes to take it away, None to keep it."""
    draft = _locked_draft(draft, by)
    for name in DesignVersion.DETAILS:
        if name in values:
            setattr(draft, name, values[name])
    if logo is not None:
        draft.logo = "" if not logo else draft.logo
        if logo:
            draft.logo.save(f"logo-{draft.number}.png", ContentFile(as_logo(logo)), save=False)
    draft.save()
    return draft


@transaction.atomic
def publish_design(draft: DesignVersion, *, by: User) -> DesignVersion:
    """From now on certificates that are confirmed are printed so. Those that were confirmed before keep their own design."""
    draft = _locked_draft(draft, by)
    if not SIGNERS[draft.signer].is_configured():
        raise Refusal(
            _("This signature is not set up in this installation yet. Ask the technical administrator."), field="signer"
        )
    draft.design.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED)
    draft.state, draft.published_at = State.PUBLISHED, timezone.now()
    draft.save()
    record("design.published", draft, by=by)
    return draft


@transaction.atomic
def discard_design(draft: DesignVersion, *, by: User) -> None:
    draft = _locked_draft(draft, by)
    record("design.discarded", draft, by=by)
    draft.delete()


def _locked_draft(draft: DesignVersion, by: User) -> DesignVersion:
    row = (
        DesignVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("design__organiser", "signatory__rank", "back_signatory")
        .filter(pk=draft.pk)
        .first()
    )
    if row is None:
        raise Refusal(_("This draft was thrown away meanwhile."))
    if not may_design(by, row.design.organiser):
        raise NotYours(_("Only training officers of the organiser design its certificates."))
    if row.state != State.DRAFT:
        raise Refusal(_("This version is in use and does not change. Begin the next one."))
    return row
