"""Roles in one's units: who bears which, since when, until when."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.agencies.queries import managed_agencies
from accounts.people.asking import person
from accounts.people.models import User
from accounts.roles.actions import end_role, grant_role
from accounts.roles.forms import EndRoleForm, RoleForm
from accounts.roles.models import RoleGrant
from accounts.roles.queries import list_grants
from accounts.roles.rules import may_end_role
from asn_lms.lib.days import local_day
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields


@for_roles("officer")
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    role = request.GET.get("role", "") if request.GET.get("role") in RoleGrant.Role.values else ""
    state = "over" if request.GET.get("state") == "over" else ""
    search = request.GET.get("q", "").strip()[:100]
    today = local_day(person(request).zone)
    found = list_grants(
        person(request), today, role=role, over=bool(state), search=search, after=request.GET.get("after", "")
    )
    kept = {name: value for name, value in (("q", search), ("role", role), ("state", state)) if value}
    context = {
        "rows": found.rows,
        "next": "?" + urlencode({**kept, "after": found.next_after}) if found.next_after else "",
        "search": search,
        "role": role,
        "roles": RoleGrant.Role.choices,
        "state": state,
        "chips": [
            (_("Now and later"), "?" + urlencode({**kept, "state": ""}), not state),
            (_("Ended"), "?" + urlencode({**kept, "state": "over"}), bool(state)),
        ],
        "is_narrowed": bool(kept),
        "today": today,
    }
    return page(request, "accounts/roles/list.html", context)


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def new_role(request: HttpRequest) -> HttpResponse:
    who = User.objects.managed_by(request.user).filter(pk=_key(request.GET.get("person", "")) or 0).first()
    unit = managed_agencies(request.user).filter(pk=_key(request.GET.get("agency", ""))).first()
    initial = {
        "person": (who.email or who.name) if who else "",
        "agency": unit or (who.agency if who else None),
        "role": request.GET.get("role", ""),
        "from_on": local_day(person(request).zone),
    }
    form = RoleForm(request.user, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with beside_fields(form):
            grant = grant_role(
                values.pop("person"), values.pop("role"), values.pop("agency"), by=request.user, **values
            )
            messages.success(request, _("%(person)s is now: %(role)s.") % {"person": grant.person, "role": grant})
            return redirect("office-roles")
    return page(request, "accounts/roles/new.html", {"form": form, "who": who})


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, grant_id: int) -> HttpResponse:
    grant = get_object_or_404(
        RoleGrant.objects.managed_by(request.user).select_related("person", "agency"), pk=grant_id
    )
    today = local_day(str(grant.agency.zone))
    form = EndRoleForm(request.POST or None, initial={"until_on": today})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            end_role(grant, until_on=form.cleaned_data["until_on"], by=request.user)
            messages.success(request, _("The role has its last day. The history stays."))
            return redirect("office-roles")
    context = {
        "form": form,
        "grant": grant,
        "may_end": may_end_role(request.user, grant),
        "is_over": bool(grant.until_on and grant.until_on < today),
        "yesterday": today - timedelta(days=1),
    }
    return page(request, "accounts/roles/end.html", context)


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
