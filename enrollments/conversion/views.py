"""“Aturan JP”: the tables of law, with basis and validity."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people.asking import person
from asn_lms.lib.days import local_day
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from enrollments.conversion.actions import add_rule, add_target
from enrollments.conversion.forms import RuleForm, TargetForm
from enrollments.conversion.models import ConversionRule, YearlyTarget
from enrollments.conversion.queries import tables_of_law
from enrollments.conversion.rules import may_set_rules


@for_roles("admin")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    context = {
        "tables": tables_of_law(local_day(person(request).zone)),
        "may_set": may_set_rules(request.user),
    }
    return page(request, "enrollments/conversion/rules.html", context)


@for_roles("admin")
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """A new row, filled in from the one that it follows."""
    key = request.GET.get("rule", "")
    old = ConversionRule.objects.filter(pk=int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0).first()
    names = [name for name in RuleForm.Meta.fields if name != "valid_from"]
    initial = {name: getattr(old, "path_id" if name == "path" else name) for name in names} if old else {}
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            rule = add_rule(form.save(commit=False), by=person(request))
            messages.success(request, _("%(rule)s: the new rule is set.") % {"rule": rule.path.name})
            return redirect("office-jp-rules")
    return page(
        request, "enrollments/conversion/new.html", {"form": form, "title": _("New conversion rule"), "old": old}
    )


@for_roles("admin")
@require_http_methods(["GET", "HEAD", "POST"])
def new_target(request: HttpRequest) -> HttpResponse:
    form = TargetForm(request.POST or None, initial={"kind": YearlyTarget.Kind.FLOOR})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            add_target(form.save(commit=False), by=person(request))
            messages.success(request, _("The new target is set."))
            return redirect("office-jp-rules")
    return page(
        request, "enrollments/conversion/new.html", {"form": form, "title": _("New yearly target"), "old": None}
    )
