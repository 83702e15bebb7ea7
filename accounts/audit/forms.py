"""What one may look for in the audit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.audit.verbs import GROUPS


class HistoryForm(forms.Form):
    q = forms.CharField(label=_("Name of a person or thing"), max_length=100, required=False)
    group = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Everything")), *GROUPS.items()])
    day = forms.DateField(label=_("Day"), required=False)
