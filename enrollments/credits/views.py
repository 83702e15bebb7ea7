"""JP in the office: one person's year, a correction, and the closing of a year."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.agencies.models import Agency
from accounts.people.asking import person
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.days import local_day
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, beside_fields
from enrollments.credits.actions import close_year, correct_credit, reverse_credit
from enrollments.credits.explanation import told
from enrollments.credits.forms import CorrectionForm
from enrollments.credits.models import Credit
from enrollments.credits.queries import line_of, statement, year_figures, year_of_credit, years_of_book, years_of_credit
from enrollments.credits.rules import may_correct


@for_roles("officer")
@require_safe
def person_jp(request: HttpRequest, person_id: int) -> HttpResponse:
    """What counts for somebody in a year, and why; here an officer corrects it."""
    someone = get_object_or_404(User.objects.managed_by(request.user).select_related("agency"), pk=person_id)
    years, now = years_of_credit(someone), local_day(someone.zone).year
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else now
    context = {
        "person": someone,
        "credit": year_of_credit(someone, year),
        "told_lines": told(statement(someone, year)),
        "years": sorted({now, *years}, reverse=True),
        "may_correct": someone.pk != person(request).pk,
    }
    return page(request, "enrollments/credits/person.html", context)


@for_roles("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest, credit_id: int) -> HttpResponse:
    """Correct one credit, or take it back whole."""
    mine = Credit.objects.filter(learner__in=User.objects.managed_by(request.user))
    one = get_object_or_404(
        mine.select_related(
            "learner__agency", "enrollment__version", "enrollment__cohort__organiser", "rule", "path", "agency"
        ),
        pk=credit_id,
    )
    line, by = line_of(one), person(request)
    takes_back = "reverse" in request.POST
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and takes_back:
        data["jp"] = "0"
    form = CorrectionForm(data, initial={"jp": line.jp})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with beside_fields(form):
            if takes_back and one.reference:
                raise Refusal(_("This was claimed: take it back on its claim, so that the claim says so too."))
            if takes_back:
                reverse_credit(one, by=by, reason=reason)
                messages.success(request, _("Taken back. The learner sees it with your reason."))
            else:
                correct_credit(one, form.cleaned_data["jp"], by=by, reason=reason)
                messages.success(request, _("Corrected. The learner sees it with your reason."))
            return redirect(f"{reverse('office-person-jp', args=[one.learner_id])}?year={one.year}")
    context = {"form": form, "one": one, "told": told([line])[0], "may_correct": may_correct(by, one)}
    return page(request, "enrollments/credits/credit.html", context)


@for_roles("admin")
@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """The years of each government that this administrator looks after, with their figures."""
    tops = agencies_of(request.user, RoleGrant.Role.ADMIN).filter(depth=1)
    context = {
        "books": [(book, years_of_book(book)) for book in tops],
        # Where the day begins last.
        "this_year": local_day(Agency.Zone.WIB).year,
    }
    return page(request, "enrollments/credits/years.html", context)


@for_roles("admin")
@require_http_methods(["GET", "HEAD", "POST"])
def year(request: HttpRequest, book_id: int, year: int) -> HttpResponse:
    """The figures first, then the closing."""
    book = get_object_or_404(agencies_of(request.user, RoleGrant.Role.ADMIN).filter(depth=1), pk=book_id)
    if not 2000 <= year <= 2200:
        raise Http404
    if request.method == "POST":
        close_year(book, year, by=person(request))
        messages.success(request, _("The year %(year)s is closed.") % {"year": year})
        return redirect("office-jp-years")
    context = {
        "book": book,
        "figures": year_figures(book, year),
        "is_over": year < local_day(Agency.Zone.WIB).year,
    }
    return page(request, "enrollments/credits/year.html", context)
