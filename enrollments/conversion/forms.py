"""Input of an administrator about the tables of law."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollments.conversion.models import ConversionRule, YearlyTarget


class RuleForm(forms.ModelForm[ConversionRule]):
    class Meta:
        model = ConversionRule
        fields = ["path", "scope", "basis", "jp", "uplift", "cap", "cap_period", "legal_basis", "valid_from"]
        localized_fields = ("jp", "uplift", "cap")
        help_texts = {
            "jp": gettext_lazy("For one lesson hour, day, session …"),
            "cap": gettext_lazy("Leave it empty when there is no limit."),
            "legal_basis": gettext_lazy("The decree with its number, as learners and auditors may look it up."),
            "valid_from": gettext_lazy(
                "For example 01-01-2027. The rule of before ends the day before; what was credited stays."
            ),
        }

    def clean(self) -> dict[str, Any] | None:
        found: dict[str, Any] = super().clean() or {}
        if found.get("cap") is not None and not found.get("cap_period"):
            self.add_error("cap_period", _("Say in which period this limit holds."))
        if found.get("cap") is None and found.get("cap_period") and "cap" not in self.errors:
            self.add_error("cap", _("Say how many JP count at most, or choose no period."))
        for name in ("jp", "cap"):
            if found.get(name) is not None and found[name] <= 0:
                self.add_error(name, _("This must be more than zero."))
        if found.get("uplift") is not None and found["uplift"] < 0:
            self.add_error("uplift", _("This cannot be less than zero."))
        return found

    def validate_constraints(self) -> None:
        """The action ends the rule of before first."""


class TargetForm(forms.ModelForm[YearlyTarget]):
    class Meta:
        model = YearlyTarget
        fields = ["employment", "kind", "jp", "legal_basis", "from_year"]
        localized_fields = ("jp",)

    def clean_jp(self) -> Any:
        jp = self.cleaned_data["jp"]
        if jp <= 0:
            raise ValidationError(_("This must be more than zero."))
        return jp

    def validate_constraints(self) -> None:
        """The action says it beside the year."""

    def validate_unique(self) -> None:
        """Likewise."""
