"""One lesson on the desk: its own fields above, its kind's editor below, saved while one writes."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from asn_lms.lib.autosave import saved_line
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.authoring import outline as verbs
from courses.authoring.forms import LessonForm
from courses.authoring.queries import cost_of
from courses.authoring.views.outline import lesson_of
from courses.lesson_kinds import kinds
from courses.publishing.desk import desk_or_404
from courses.structure.models import Lesson, ReviewComment
from courses.taxonomy.terms import mobile_data


@login_required
@require_http_methods(["GET", "POST"])
def lesson(request: HttpRequest, code: str, uid: UUID) -> HttpResponse:
    """The editor. `autosave=1` answers with one line instead of a page; `do=…` is a button of the kind and comes back here."""
    desk = desk_or_404(request.user, code)
    row = lesson_of(desk, uid)
    if not desk.may_edit:
        return redirect("course-preview-lesson", code, desk.version.number, uid)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, editor = LessonForm(row, data), kinds[row.kind].author_form(row, data, files)
    if request.method == "POST":
        is_saved = _save(row, form, editor, request)
        if request.POST.get("autosave"):
            return saved_line(
                request, form, editor, is_saved=is_saved, template="courses/authoring/saved.html", form=editor
            )
        if is_saved:
            if request.POST.get("do"):
                return redirect("course-lesson", code, uid)
            messages.success(request, _("“%(title)s” is saved.") % {"title": form.cleaned_data["title"]})
            return redirect("course-outline", code)
    context = {
        "desk": desk,
        "lesson": row,
        "kind": kinds[row.kind],
        "lesson_form": form,
        "form": editor,
        "cost": cost_of(row, kinds[row.kind].load(row), by=(terms := mobile_data())),
        "heavy_mb": terms.heavy_mb,
        "comments": ReviewComment.objects.open().filter(version=desk.version, lesson_uid=uid).select_related("author"),
    }
    return page(request, "courses/authoring/lesson.html", context)


def _save(row: Lesson, form: LessonForm, editor: Any, request: HttpRequest) -> bool:
    is_valid = form.is_valid()  # both are asked, so that everything wrong is said at once
    if not (editor.is_valid() and is_valid):
        return False
    with beside_fields(form):
        verbs.edit_lesson(row, **form.cleaned_data, editor=editor, by=cast(Any, request.user))
        return True
    return False


@login_required
@require_POST
def delete_lesson(request: HttpRequest, code: str, uid: UUID) -> HttpResponse:
    row = lesson_of(desk_or_404(request.user, code), uid)
    verbs.delete_lesson(row, by=cast(Any, request.user))
    messages.success(request, _("“%(title)s” is deleted.") % {"title": row.title})
    return redirect("course-outline", code)
