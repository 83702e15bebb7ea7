"""What people were told, what was held back, and why."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.notices.actions import send_again
from accounts.notices.models import Notice
from accounts.people import asking
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from enrollments.reminders.queries import FILTERS, office_notices


@login_required
@require_safe
def office_reminders(request: HttpRequest) -> HttpResponse:
    if not has_role(request.user, RoleGrant.Role.OFFICER):
        raise PermissionDenied
    before = request.GET.get("before", "")
    asked = {
        "show": request.GET.get("show", "") if request.GET.get("show") in FILTERS else "",
        "name": request.GET.get("name", "").strip()[:100],
    }
    found = office_notices(
        asking.person(request),
        **asked,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )
    kept = {name: value for name, value in asked.items() if value}
    older = "?" + urlencode({**kept, "before": found.next_before}) if found.next_before else ""
    chips = [
        (_("All"), "?" + urlencode({"name": asked["name"]}), not asked["show"]),
        *(
            (label, "?" + urlencode({**kept, "show": show}), asked["show"] == show)
            for show, label in (("hand", _("Held or refused")), ("waiting", _("Waiting")), ("sent", _("Sent")))
        ),
    ]
    context = {**asked, "found": found, "chips": chips, "older": older}
    return page(request, "enrollments/reminders/office.html", context)


@login_required
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.seen_by_office(request.user).select_related("person__agency"), pk=pk)
    send_again(notice, by=asking.person(request))
    messages.success(request, _("The mail goes out again."))
    return redirect("office-reminders")
