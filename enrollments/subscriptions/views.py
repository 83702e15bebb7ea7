"""Reports by mail: what one gets, and asking for another unit's."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import asking
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.reports.views import asked
from enrollments.subscriptions.actions import end, subscribe
from enrollments.subscriptions.forms import SubscriptionForm
from enrollments.subscriptions.models import Subscription
from enrollments.subscriptions.queries import running_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_mail(request: HttpRequest) -> HttpResponse:
    """The reports that the person gets by mail, and a form for the unit that they come from."""
    about, person = asked(request), asking.person(request)
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            subscribe(about.agency, form.cleaned_data["rhythm"], by=person)
            messages.success(request, _("From the next period on you get this report by mail."))
            return redirect("report-mail")
    context: dict[str, Any] = {
        "about": about,
        "form": form,
        "action": f"{reverse('report-mail')}?agency={about.agency.pk}",
        "mine": running_of(person, local_day(person.zone)),
    }
    return page(request, "enrollments/subscriptions/mail.html", context)


@login_required
@require_POST
def report_mail_end(request: HttpRequest, pk: int) -> HttpResponse:
    person = asking.person(request)
    end(get_object_or_404(Subscription.objects.held_by(person), pk=pk), by=person)
    messages.success(request, _("No more mail about this unit."))
    return redirect("report-mail")
