"""Privacy notice, activation, one's own data and settings, tokens."""

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.agencies.models import Agency
from accounts.people.asking import person
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from accounts.signin.actions import acknowledge, activate, issue_token, print_codes, revoke_token
from accounts.signin.forms import ActivationForm, PreferencesForm, TokenForm
from accounts.signin.models import ApiToken
from accounts.signin.mydata import data_of
from accounts.signin.queries import current_notice, waiting_in
from asn_lms.lib.pages import next_page, page
from asn_lms.lib.refusals import Refusal


def _next(request: HttpRequest) -> str:
    return next_page(request) or settings.LOGIN_REDIRECT_URL


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The notice, readable by everybody."""
    return page(request, "accounts/signin/privacy.html", {"notice": current_notice()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def privacy_read(request: HttpRequest) -> HttpResponse:
    """The notice with its button, on the way to the page that was asked for."""
    notice = current_notice()
    if request.method == "POST" and notice is not None and request.user.is_authenticated:
        acknowledge(person(request), notice)
        return redirect(_next(request))
    if notice is None:
        return redirect(_next(request))
    return page(request, "accounts/signin/privacy.html", {"notice": notice, "asks": True, "next": _next(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """First sign-in with a printed code."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = ActivationForm(request.POST or None)
    if request.method == "POST":
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
        if limited:
            return limited
        if form.is_valid():
            try:
                activated = activate(form.cleaned_data["nip"], form.cleaned_data["code"], form.cleaned_data["password"])
            except Refusal as refusal:
                form.add_error(refusal.field, str(refusal.sentence))
            else:
                messages.success(request, _("Your account is active. Welcome!"))
                welcome: HttpResponse = perform_login(
                    request, Login(user=activated, redirect_url=settings.LOGIN_REDIRECT_URL)
                )
                return welcome
    return page(request, "accounts/signin/activation.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def activation_sheet(request: HttpRequest, agency_id: int) -> HttpResponse:
    """Codes of a unit, to be printed and cut: shown in the answer to the POST, and never again."""
    agency: Agency = get_object_or_404(agencies_of(request.user, RoleGrant.Role.OFFICER), pk=agency_id)
    context: dict[str, Any] = {"agency": agency}
    if request.method == "POST":
        context["printed"] = print_codes(agency, by=person(request))
    else:
        context["waiting"] = waiting_in(agency)
    return page(request, "accounts/signin/activation_sheet.html", context)


@login_required
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept about oneself; `?format=json` as a file."""
    data = data_of(person(request))
    if request.GET.get("format") == "json":
        answer = HttpResponse(json.dumps(data.plain(), ensure_ascii=False, indent=2), content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="data-saya.json"'
        return answer
    return page(request, "accounts/signin/my_data.html", {"data": data})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=person(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Settings saved."))
        answer = redirect("preferences")
        return _speak(request, answer, form.cleaned_data["language"])
    return page(request, "accounts/signin/preferences.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Indonesian or English, by cookie; kept with the person when signed in."""
    chosen = "en" if request.POST.get("language") == "en" else "id"
    if request.user.is_authenticated and request.user.language != chosen:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return _speak(request, redirect(_next(request)), chosen)


def _speak(request: HttpRequest, answer: HttpResponse, chosen: str) -> HttpResponse:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 86400,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
    )
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Personal tokens: the list, and the form for a new one, whose token is shown once."""
    form = TokenForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "tokens": ApiToken.objects.filter(person=person(request), revoked_at__isnull=True),
    }
    if request.method == "POST" and form.is_valid():
        _row, context["fresh"] = issue_token(person(request), form.cleaned_data["name"], days=form.cleaned_data["days"])
        context["form"] = TokenForm()
    return page(request, "accounts/signin/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=token_id, person=person(request))
    revoke_token(token, by=person(request))
    messages.success(request, _("The token is ended."))
    return redirect("tokens")
