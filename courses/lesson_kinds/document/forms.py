"""The editor of a document lesson."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.uploads import PDF, check_upload
from courses.files.actions import keep_file
from courses.files.documents import LARGEST, count_pages
from courses.lesson_kinds.document.kind import Document
from courses.lesson_kinds.document.models import DocumentContent
from courses.structure.models import Lesson


class DocumentForm(forms.Form):
    """Without a new file the old one stays."""

    file = forms.FileField(
        label=_("Document (PDF, up to 50 MB)"),
        help_text=_("Learners read it page by page, on a phone too. A small file opens faster."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )

    def __init__(self, lesson: Lesson, content: Document, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.lesson = lesson
        self.content = content

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file:
            try:
                check_upload(file, {PDF}, largest=LARGEST)
                count_pages(file)
            except Refusal as refusal:
                raise forms.ValidationError(str(refusal.sentence)) from refusal
        return file

    @transaction.atomic
    def save(self, *, by: Any) -> None:
        if self.cleaned_data.get("file"):
            media = keep_file(self.cleaned_data["file"], by=by, allowed={PDF})
            DocumentContent.objects.filter(lesson=self.lesson).update(file=media)
