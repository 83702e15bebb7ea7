"""People, for training officers and administrators."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.agencies.queries import managed_agencies
from accounts.people import actions
from accounts.people.asking import person as asking
from accounts.people.forms import NewPersonForm, NumberForm, PeopleFilter, ProfileForm, TransferForm
from accounts.people.models import User
from accounts.people.queries import (
    STATES,
    Wanted,
    list_people,
    person_page,
    unit_choices,
    warnings_about,
)
from accounts.people.search import looks_like_number
from asn_lms.lib.days import local_day
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The list. Names are looked for by GET; a number only by POST, so that it stands in no address and no log."""
    asked = request.POST if request.method == "POST" else request.GET
    form = PeopleFilter(asked)
    form.is_valid()
    values = form.cleaned_data
    text = str(values.get("q") or "").strip()
    has_number = looks_like_number(text)
    if request.method != "POST" and has_number:
        messages.warning(
            request,
            _("A number does not belong in an address, so nothing was looked for. Type it in the field above."),
        )
        return redirect("office-people")
    if request.method == "POST" and not has_number:
        kept = {name: value for name, value in values.items() if value}
        return redirect(f"{reverse('office-people')}?{urlencode(kept)}" if kept else "office-people")
    unit = managed_agencies(request.user).filter(pk=values.get("unit")).first() if values.get("unit") else None
    wanted = Wanted(text, "", unit, values.get("state") or "", values.get("employment") or "")
    if has_number:
        wanted = replace(wanted, name="", number=text, state="all")
    found = list_people(request.user, wanted, after=_key(request.GET.get("after", "")))
    return page(request, "accounts/people/list.html", _list_context(request, wanted, found, text, has_number))


def _list_context(request: HttpRequest, wanted: Wanted, found: Any, text: str, has_number: bool) -> dict[str, Any]:
    kept = {
        "q": wanted.name,
        "unit": wanted.unit.pk if wanted.unit else "",
        "employment": wanted.employment,
        "state": wanted.state,
    }
    kept = {name: value for name, value in kept.items() if value}
    chips = [
        (label, "?" + urlencode({**kept, "state": state}), wanted.state == state) for state, label in STATES.items()
    ]
    return {
        "found": found,
        "text": text,
        "by_number": has_number,
        "wanted": wanted,
        "units": unit_choices(asking(request).reach("officer"), wanted.unit),
        "statuses": User.Employment.choices,
        "chips": chips,
        "is_narrowed": bool(kept) or has_number,
        "next": "?" + urlencode({**kept, "after": found.next_after}) if found.next_after and not has_number else "",
    }


@for_roles("officer")
@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    found = _person(request, person_id)
    return page(request, "accounts/people/person.html", {"about": person_page(found, asking(request)), "person": found})


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    unit = managed_agencies(request.user).filter(pk=_key(request.GET.get("unit", ""))).first()
    initial = {"agency": unit, "from_on": local_day(asking(request).zone), "employment": User.Employment.PNS}
    form = NewPersonForm(request.user, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        service = _service(values)
        profile = {name: values[name] for name in ProfileForm.Meta.fields}
        with beside_fields(form):
            added = actions.add_person(
                by=request.user, nip=values["nip"], service=service, from_on=values["from_on"], **profile
            )
            messages.success(request, _("%(person)s was added.") % {"person": added})
            _warn(request, added)
            return redirect("office-person", added.pk)
    return page(request, "accounts/people/new.html", {"form": form})


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, person_id: int) -> HttpResponse:
    found = _person(request, person_id)
    name = found.full_name
    form = ProfileForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            changed = actions.edit_person(found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The changes are saved."))
            _warn(request, changed)
            return redirect("office-person", found.pk)
    return page(request, "accounts/people/edit.html", {"form": form, "person": found, "name": name})


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest, person_id: int) -> HttpResponse:
    found = _person(request, person_id)
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            changed = actions.change_number(
                found, form.cleaned_data["nip"], from_on=form.cleaned_data["from_on"], by=request.user
            )
            messages.success(request, _("The new number is written down. The old one stays in the history."))
            _warn(request, changed)
            return redirect("office-person", found.pk)
    return page(request, "accounts/people/number.html", {"form": form, "person": found})


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, person_id: int) -> HttpResponse:
    found = _person(request, person_id)
    initial = {
        "agency": found.agency,
        "post": found.post,
        "employment": found.employment,
        "rank": found.rank_id,
        "from_on": local_day(found.zone),
        "end_roles": True,
    }
    form = TransferForm(request.user, request.POST or None, initial=initial, has_roles=bool(found.grants_today()))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        with beside_fields(form):
            actions.transfer(
                found,
                _service(values),
                from_on=values["from_on"],
                by=request.user,
                end_roles=values.get("end_roles", False),
            )
            messages.success(request, _("Written down. The past stays as it was."))
            return redirect("office-person", found.pk)
    return page(request, "accounts/people/transfer.html", {"form": form, "person": found})


@for_roles("officer")
@require_POST
def deactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    found = _person(request, person_id)
    actions.deactivate_person(found, by=request.user, reason=request.POST.get("reason", "").strip()[:250])
    messages.success(request, _("The account of %(person)s is inactive.") % {"person": found})
    return redirect("office-person", found.pk)


@for_roles("officer")
@require_POST
def reactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    found = _person(request, person_id)
    actions.reactivate_person(found, by=request.user)
    messages.success(request, _("The account of %(person)s is active again.") % {"person": found})
    return redirect("office-person", found.pk)


def _person(request: HttpRequest, person_id: int) -> User:
    return get_object_or_404(User.objects.managed_by(request.user).select_related("agency", "rank"), pk=person_id)


def _service(values: dict[str, Any]) -> actions.Service:
    return actions.Service(values["agency"], values["post"], values["rank"], values["employment"])


def _warn(request: HttpRequest, changed: User) -> None:
    for sentence in warnings_about(changed, local_day(changed.zone)):
        messages.warning(request, sentence)


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
