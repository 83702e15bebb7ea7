"""Shape of what comes in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class IssueForm(forms.Form):
    """Whether all who should get a paper get it, or those that are ticked."""

    ALL, CHOSEN = "all", "chosen"

    who = forms.ChoiceField(
        label=_("Who gets it now?"),
        choices=[(ALL, _("All of them")), (CHOSEN, _("Only those who are ticked below"))],
        initial=ALL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
