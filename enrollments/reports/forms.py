"""Input about saved views: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ViewForm(forms.Form):
    """A saved view's name, and whether it opens first."""

    name = forms.CharField(
        label=_("Name of the view"), max_length=60, help_text=_("For example: below the target in Bidang Aptika.")
    )
    is_default = forms.BooleanField(label=_("Show it first when I open the list of people"), required=False)


class NewViewForm(ViewForm):
    """The same with what the list was narrowed to, read as an address is."""

    agency = forms.CharField(required=False, widget=forms.HiddenInput)
    year = forms.CharField(required=False, widget=forms.HiddenInput)
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(required=False, widget=forms.HiddenInput)
