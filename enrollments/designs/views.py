"""Designing certificates in the office: a form beside the paper as it would be printed."""

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
from asn_lms.lib.autosave import saved_line
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.taxonomy.models import CertificateKind
from enrollments.designs.actions import discard_design, draft_design, edit_design, publish_design
from enrollments.designs.forms import DesignForm
from enrollments.designs.models import CertificateDesign, DesignVersion
from enrollments.designs.queries import designs_of, sample_place
from enrollments.designs.sample import sample_picture
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
    if request.method == "POST" and request.POST.get("autosave"):
        return _autosave(request, pk, form)
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
        "seen": _seen(version),
    }
    return page(request, "enrollments/designs/design.html", context)


def _autosave(request: SignedIn, pk: int, form: DesignForm) -> HttpResponse:
    """Saved as it is typed; the paper beside the form follows. A logo waits for the button."""
    version, is_saved = _version(request, pk), False
    if form.is_valid():
        with beside_fields(form):
            version, is_saved = edit_design(version, form.details(), by=request.user), True
    said = {"version": version, "seen": _seen(version)}
    return saved_line(request, form, is_saved=is_saved, template="enrollments/designs/saved.html", **said)


def _seen(version: DesignVersion) -> str:
    """Another text after each change, so that a browser asks for the picture again."""
    return sha256(f"{version.updated_at}".encode()).hexdigest()[:12]


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
    return HttpResponse(sample_picture(_version(request, pk), side, reader=request.user), content_type="image/png")


def _version(request: SignedIn, pk: int) -> DesignVersion:
    mine = CertificateDesign.objects.kept_by(request.user)
    rows = DesignVersion.objects.filter(design__in=mine).select_related(
        "design__organiser", "signatory__rank", "back_signatory"
    )
    return get_object_or_404(rows, pk=pk)
