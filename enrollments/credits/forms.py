"""Input of an officer about JP."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectionForm(forms.Form):
    jp = forms.DecimalField(
        label=_("JP that count"),
        help_text=_("How many JP of this activity count from now on, for example 3,5."),
        min_value=Decimal(0),
        max_digits=6,
        decimal_places=2,
        localize=True,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The learner reads it beside the JP."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
