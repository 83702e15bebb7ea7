"""Shape of what comes in."""

from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

LARGEST = 5 * 1024 * 1024


class CompareForm(forms.Form):
    """A certificate's file, to be compared with the one that was issued. It is read, never kept."""

    pdf = forms.FileField(
        label=_("Certificate file (PDF, up to 5 MB)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": _("Choose the PDF file of the certificate first."),
            "empty": _("This file is empty. Download the certificate again and choose that file."),
        },
    )

    def clean_pdf(self) -> File[Any]:
        file: File[Any] = self.cleaned_data["pdf"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("This file is larger than 5 MB, so it is none of our certificates."))
        return file
