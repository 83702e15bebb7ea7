"""A version as a learner would see it, lesson by lesson; nothing is recorded."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from asn_lms.lib.pages import page
from courses.authoring.queries import neighbours, outline
from courses.lesson_kinds import kinds
from courses.publishing.desk import desk_or_404


@login_required
@require_GET
def preview(request: HttpRequest, code: str, number: int, uid: UUID | None = None) -> HttpResponse:
    """For officers of the course and its named reviewer. Without a lesson: the first one."""
    desk = desk_or_404(request.user, code, authors_only=False)
    version = next((one for one in desk.versions if one.number == number), None)
    if version is None:
        raise Http404
    modules = list(version.modules.order_by("position", "id"))
    lessons = list(version.lessons.order_by("position", "id"))
    lesson = next((one for one in lessons if uid is None or one.uid == uid), None)
    if lesson is None and uid is not None:
        raise Http404
    context = {
        "desk": desk,
        "version": version,
        "modules": outline(modules, lessons),
        "lesson": lesson,
        "preview": True,
    }
    if lesson is not None:
        lesson.version = version
        kind = kinds[lesson.kind]
        context |= {
            **kind.preview_context(kind.load(lesson)),
            "kind": kind,
            "where": neighbours(lesson, lessons),
            "input_url": "",
        }
    return page(request, "courses/authoring/preview.html", context)
