"""Document: a PDF to read page by page, done when the reader says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import IO, Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.uploads import PDF
from courses.files.actions import keep_file
from courses.files.links import signed_path
from courses.files.models import MediaFile
from courses.lesson_kinds import Kind, Outcome, Unreadable, Weight
from courses.lesson_kinds.document.models import DocumentContent
from courses.structure.models import Lesson

LONGEST_OFFLINE = timedelta(days=30)


@dataclass(frozen=True)
class Document:
    """A document lesson as it is read."""

    pages: int = 0
    media: MediaFile | None = None


@dataclass(frozen=True)
class DocumentState:
    """`at`: when the reader was on `page`, in milliseconds since 1970."""

    page: int = 1
    at: int = 0
    is_done: bool = False


class DocumentKind(Kind):
    name = "document"
    label = gettext_lazy("Document")
    icon = "document"
    learn_template = "document/learn.html"
    edit_template = "document/edit.html"

    def open(self, content: Document, *, rng: Random, now: datetime) -> DocumentState:
        return DocumentState()

    def receive(self, content: Document, state: DocumentState, data: Mapping[str, Any], now: datetime) -> Outcome:
        """`page`: where the reader is now (and `at`, when), or done=1."""
        if str(data.get("done", "")) in {"1", "True", "true"}:
            state = replace(state, is_done=True)
            return Outcome(state, finished=True)
        try:
            page, current = int(data["page"]), int(now.timestamp() * 1000)
            at = int(data.get("at") or current)
        except (KeyError, TypeError, ValueError):
            raise Unreadable(_("A document takes page=3, or done=1 when it has been read.")) from None
        if not 1 <= page <= max(content.pages, 1):
            raise Unreadable(_("This document has the pages 1 to %(last)s.") % {"last": content.pages})
        at = max(int((now - LONGEST_OFFLINE).timestamp() * 1000), min(at, current))
        return Outcome(replace(state, page=page, at=at) if at >= state.at else state, finished=state.is_done)

    def learn_context(self, content: Document, state: DocumentState | None) -> dict[str, Any]:
        state = state or DocumentState()
        return {
            "media": content.media,
            "source": signed_path(content.media) if content.media else "",
            "pages": content.pages,
            "at_page": min(state.page, max(content.pages, 1)),
            "is_done": state.is_done,
        }

    def learn_data(self, content: Document, state: DocumentState | None) -> dict[str, Any]:
        known = self.learn_context(content, state)
        return {
            "url": known["source"] or None,
            "size": content.media.size if content.media else 0,
            "pages": content.pages,
            "page": known["at_page"],
            "done": known["is_done"],
        }

    def state_to_json(self, state: DocumentState) -> dict[str, Any]:
        return {"page": state.page, "at": state.at, "done": state.is_done}

    def state_from_json(self, data: Mapping[str, Any]) -> DocumentState:
        return DocumentState(int(data.get("page", 1)), int(data.get("at", 0)), bool(data.get("done")))

    def place(self, content: Document, state: DocumentState | None) -> str:
        return _("page %(page)s") % {"page": state.page} if state and state.page > 1 else ""

    def load(self, lesson: Lesson) -> Document:
        return self.load_many([lesson])[lesson.pk]

    def load_many(self, lessons: Sequence[Lesson]) -> dict[int, Document]:
        rows = DocumentContent.objects.filter(lesson__in=lessons).select_related("file")
        return {row.lesson_id: Document(row.file.pages if row.file else 0, row.file) for row in rows}

    def create(self, lesson: Lesson) -> Document:
        DocumentContent.objects.create(lesson=lesson)
        return Document()

    def copy(self, content: Document, *, to: Lesson) -> Document:
        DocumentContent.objects.create(lesson=to, file=content.media)
        return content

    def author_form(self, lesson: Lesson, data: Any = None, files: Any = None) -> Any:
        from courses.lesson_kinds.document.forms import DocumentForm

        return DocumentForm(lesson, self.load(lesson), data, files)

    def problems(self, content: Document) -> list[str]:
        return [] if content.media else [_("The document is missing. Upload a PDF.")]

    def weight(self, content: Document) -> Weight:
        return Weight(medium=content.media.size if content.media else 0)

    def pack(self, content: Document) -> tuple[dict[str, Any], dict[str, IO[bytes]]]:
        if content.media is None:
            return {"file": None}, {}
        return {"file": content.media.name}, {content.media.name: content.media.file.open("rb")}

    def unpack(self, lesson: Lesson, values: Mapping[str, Any], files: Mapping[str, Path], *, by: Any) -> Document:
        name, media = values.get("file"), None
        if name:
            path = files.get(str(name))
            if path is None:
                raise Refusal(
                    _("The package has no file “%(name)s” for “%(title)s”.") % {"name": name, "title": lesson.title}
                )
            with path.open("rb") as file:
                media = keep_file(File(file, name=str(name)), by=by, allowed={PDF})
        DocumentContent.objects.create(lesson=lesson, file=media)
        return self.load(lesson)


kind = DocumentKind()
