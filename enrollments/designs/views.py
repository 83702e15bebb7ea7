"""Designing certificates in the office: a form beside the paper as it would be printed."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.agencies.models import Agency
from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.taxonomy.models import CertificateKind
from enrollments.designs.actions import discard_design, draft_design, edit_design, publish_design
from enrollments.designs.forms import DesignForm
from enrollments.designs.models import CertificateDesign, DesignVersion
from enrollments.designs.numbers import number, series_template, written_unit
from enrollments.designs.paper import Paper, paper_of, signatory_of, subjects_of
from enrollments.designs.pdf import Look, picture
from enrollments.designs.queries import designs_of, sample_place
from enrollments.signing.signers import SIGNERS

OFFICER = RoleGrant.Role.OFFICER


@for_roles(OFFICER)
@require_safe
def designs(request: SignedIn) -> HttpResponse:
    return page(request, "enrollments/designs/designs.html", {"rows": designs_of(request.user)})


@for_roles(OFFICER)
@require_POST
def begin(request: SignedIn, agency_id: int, kind: str) -> HttpResponse:
    organiser: Agency = get_object_or_404(agencies_of(request.user, OFFICER), pk=agency_id)
    if kind not in CertificateKind.values:
        raise Http404
    draft = draft_design(organiser, kind, by=request.user)
    return redirect("office-design", draft.pk)


@for_roles(OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def design(request: SignedIn, pk: int) -> HttpResponse:
    """A draft to change, or a version in use to look at. Saving shows the paper anew."""
    version = _version(request, pk)
    is_draft = version.state == DesignVersion.State.DRAFT
    form = DesignForm(request.POST or None, request.FILES or None, instance=version)
    if request.method == "POST" and form.is_valid():
        version = _version(request, pk)
        with beside_fields(form):
            version = edit_design(version, form.details(), by=request.user, logo=form.new_logo())
            if request.POST.get("do") == "publish":
                publish_design(version, by=request.user)
                messages.success(request, _("In use. Certificates that are confirmed from now on look like this."))
                return redirect("office-designs")
            messages.success(request, _("Saved."))
            return redirect("office-design", pk)
    context = {
        "version": version,
        "form": form,
        "is_draft": is_draft,
        "signer_label": SIGNERS[version.signer].label,
        "has_sample": sample_place(version.design.organiser) is not None,
        "seen": sha256(f"{version.updated_at}".encode()).hexdigest()[:12],
    }
    return page(request, "enrollments/designs/design.html", context)


@for_roles(OFFICER)
@require_POST
def discard(request: SignedIn, pk: int) -> HttpResponse:
    discard_design(_version(request, pk), by=request.user)
    messages.success(request, _("The draft was thrown away. What was in use stays in use."))
    return redirect("office-designs")


@for_roles(OFFICER)
@require_safe
def preview(request: SignedIn, pk: int, side: int) -> HttpResponse:
    """One side of the paper as PNG, with the newest completion of the organiser, or invented data where there is none."""
    version = _version(request, pk)
    drawn = picture(_sample(version), Look.of(version, version.design.kind), number=side)
    return HttpResponse(drawn, content_type="image/png")


def _version(request: SignedIn, pk: int) -> DesignVersion:
    mine = CertificateDesign.objects.kept_by(request.user)
    rows = DesignVersion.objects.filter(design__in=mine).select_related(
        "design__organiser", "signatory__rank", "back_signatory"
    )
    return get_object_or_404(rows, pk=pk)


def _sample(version: DesignVersion) -> Paper:
    organiser, kind = version.design.organiser, version.design.kind
    template = series_template(version.number_format, written_unit(organiser.label), version.number_code)
    place = sample_place(organiser)
    if place is None:
        return _invented(version, organiser, number(template, 1, date(2026, 11, 16)))
    on = (place.completed_at or place.enrolled_at).date()
    scores = {module.pk: place.score for module in place.version.modules.all() if place.score is not None}
    subjects = subjects_of(place.version, scores if version.shows_scores else None)
    return paper_of(
        place, organiser, version, number=number(template, 1, on), issued_on=on, kind=kind, subjects=subjects
    )[0]


def _invented(version: DesignVersion, organiser: Agency, written: str) -> Paper:
    signs = signatory_of(organiser, version, date(2026, 11, 16))
    back = version.back_signatory
    return Paper(
        kind=version.design.kind,
        number=written,
        issued_on=date(2026, 11, 16),
        name="Nama Peserta, S.E.",
        nip="199001012015031901",
        birth_place="Medan",
        birth_on=date(1990, 1, 1),
        rank="Penata, III/c",
        post="Analis Kebijakan Ahli Muda",
        agency_name=organiser.name,
        course_title="Judul Pelatihan",
        cohort_name="Angkatan I Tahun 2026",
        competency="teknis",
        issuer_name="",
        organiser_name=organiser.name,
        place="",
        method="e-learning",
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 14),
        jp=Decimal(8),
        score=Decimal("87.50"),
        predicate="Memuaskan",
        issue_place=version.place,
        signatory_name=signs.name,
        signatory_post=signs.post,
        signatory_rank=signs.rank,
        signatory_nip=signs.nip,
        back_name=back.full_name if back else "",
        back_post=version.back_post if back else "",
        back_nip=(back.nip or "") if back else "",
        registration_code="",
        subjects=[
            {"title": "Mata pelatihan pertama", "jp": "3", "score": "90.00"},
            {"title": "Mata pelatihan kedua", "jp": "5", "score": "85.00"},
        ],
        is_demo=True,
    )
