"""What a learner and an officer type about a claim: shape only."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.refusals import Refusal
from courses.taxonomy.models import LearningPath
from enrollments.claims.dates import between, read_days, written
from enrollments.claims.facts import Basis, Facts
from enrollments.claims.models import Claim
from enrollments.conversion.models import Scope

# How the quantity is asked for, by the basis of the rule.
ASKS: dict[str, tuple[Promise, Promise]] = {
    Basis.HOURS: (_("Lesson hours (JP)"), _("As the certificate says; one is 45 minutes. For example 12 or 7,5.")),
    Basis.SESSION: (_("Sessions"), _("How many meetings in all. Empty: one on each day.")),
    Basis.SEMESTER: (_("Semesters"), _("How many you have completed.")),
}


class SeveralFiles(forms.FileField):
    """Any number of files in one field; each is as clean as a single one."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", SeveralFilesInput())
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(SeveralFiles, self).clean(one, initial) for one in files]


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


def evidence_field(*, required: bool = False) -> SeveralFiles:
    return SeveralFiles(
        label=_("Evidence"),
        required=required,
        allow_empty_file=True,  # said in the house's own words
        help_text=_("Photo or PDF of the certificate, at most 10 MB each. The camera will do."),
    )


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PathField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Paths in the two groups of the law."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=LearningPath.objects.all(), to_field_name="code", empty_label=_("Choose…"), **kwargs)

    def grouped(self) -> list[tuple[str, str | list[tuple[str, str]]]]:
        """Read once for each form, however often a template goes through them."""
        return [("", str(_("Choose…"))), *self._groups.items()]

    @cached_property
    def _groups(self) -> dict[str, list[tuple[str, str]]]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for path in LearningPath.objects.all():
            groups.setdefault(str(path.get_form_display()).capitalize(), []).append((path.code, path.name))
        return groups


class _Days(forms.Form):
    """When and how much, for whoever states it."""

    path = PathField(label=_("Kind"))
    scope = forms.ChoiceField(
        label=_("Scope"), choices=Scope.choices, initial=Scope.NATIONAL, required=False, widget=forms.RadioSelect
    )
    from_on = forms.DateField(label=_("First day"), required=False, widget=day_input())
    until_on = forms.DateField(label=_("Last day, if several"), required=False, widget=day_input())
    days = forms.CharField(
        label=_("Only on these days"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("If there were days between without it: 2-3-2026, 5-3-2026. A range too: 9-3-2026 – 11-3-2026."),
    )
    quantity = forms.DecimalField(
        label=_("Lesson hours (JP)"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        localize=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        path = self.fields["path"]
        assert isinstance(path, PathField)
        # Asked for when they are drawn: a form that only reads draws none.
        path.choices = path.grouped

    def asks(self, basis: str | None) -> None:
        """Ask for the quantity as this basis counts it, or not at all; and show as needed what is needed. Call it after validation."""
        self.fields["scope"].required = True
        self.fields["from_on"].required = not self["days"].value()
        self.fields["quantity"].required = basis in {Basis.HOURS, Basis.SEMESTER}
        if basis in ASKS:
            label, hint = ASKS[basis]
            self.fields["quantity"].label, self.fields["quantity"].help_text = str(label), str(hint)

    def clean_scope(self) -> str:
        return self.cleaned_data["scope"] or Scope.NATIONAL.value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            data["dates"] = stated_days(data.get("from_on"), data.get("until_on"), data.get("days") or "")
        except Refusal as refusal:
            self.add_error(refusal.field or "days", str(refusal.sentence))
        return data


def stated_days(first: date | None, last: date | None, days: str) -> Sequence[date]:
    """What the three fields say together: the days that are listed, else each from the first to the last."""
    if days.strip():
        return read_days(days)
    if first is None:
        raise Refusal(_("Say on which day it was."), field="from_on")
    try:
        return between(first, last or first)
    except Refusal as refusal:
        refusal.field = "until_on"
        raise


class ClaimForm(_Days):
    """One short form; what the kind does not need is not asked."""

    title = forms.CharField(
        label=_("What was it?"), max_length=200, help_text=_("As the certificate calls it, for example Seminar SPBE.")
    )
    organiser = forms.CharField(label=_("Who organised it?"), max_length=200)
    certificate_number = forms.CharField(label=_("Number of the certificate"), required=False, max_length=100)
    certificate_on = forms.DateField(label=_("Date of the certificate"), required=False, widget=day_input())
    evidence = evidence_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = ["title", "organiser", "path", "scope", "from_on", "until_on", "days", "quantity"]
        self.order_fields([*order, "certificate_number", "certificate_on", "evidence"])


def initial_of(claim: Claim) -> dict[str, Any]:
    """The fields as they stand in a claim: an unbroken stretch as first and last day, else the list."""
    dates = claim.dates
    facts = {
        "title": claim.title,
        "organiser": claim.organiser,
        "certificate_number": claim.certificate_number,
        "certificate_on": claim.certificate_on,
    }
    return {**facts, **_initial_days(claim.path.code, claim.scope, claim.quantity, dates)}


def _initial_days(path: str, scope: str, quantity: Decimal, dates: Sequence[date]) -> dict[str, Any]:
    values: dict[str, Any] = {"path": path, "scope": scope, "quantity": quantity.normalize() + Decimal(0)}
    if dates and list(dates) == list(between(dates[0], dates[-1])):
        return {**values, "from_on": dates[0], "until_on": dates[-1] if len(dates) > 1 else None}
    return {**values, "days": written(dates)}


class SendForm(forms.Form):
    why_not_same = forms.CharField(
        label=_("Why is it not the same?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: this was the second day, with another certificate."),
    )


class EvidenceForm(forms.Form):
    evidence = evidence_field(required=True)


class DecisionForm(_Days):
    """A reason, and what the evidence shows otherwise than it was claimed."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it. Needed to give back, to refuse, and when you correct something."),
    )

    def corrected(self, before: Facts, facts: Facts) -> Facts | None:
        """The facts if they differ from what was claimed."""
        same = (facts.path, facts.scope, facts.quantity, list(facts.dates)) == (
            before.path,
            before.scope,
            before.quantity,
            list(before.dates),
        )
        return None if same else facts


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The learner reads it beside the JP."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("Spreadsheet"),
        allow_empty_file=True,
        help_text=_("XLSX or CSV, at most 10 MB, one row for each activity."),
    )
    archive = forms.FileField(
        label=_("ZIP with the evidence"),
        required=False,
        allow_empty_file=True,
        help_text=_("The column “bukti” names its files. Without it the rows become drafts that wait for evidence."),
    )
