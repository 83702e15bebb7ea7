"""How often."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollments.subscriptions.periods import Rhythm


class SubscriptionForm(forms.Form):
    rhythm = forms.ChoiceField(
        label=_("How often?"),
        choices=Rhythm.choices,
        initial=Rhythm.MONTHLY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how often.")},
    )
