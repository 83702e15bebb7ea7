"""The outline of a draft: modules, lessons, their order."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.authoring import outline as verbs
from courses.authoring.forms import ModuleForm, NewLessonForm
from courses.authoring.queries import course_cost, outline
from courses.lesson_kinds import kinds
from courses.publishing.desk import Desk, desk_or_404
from courses.publishing.queries import content_problems, frame_problems, open_comments, shares_of
from courses.structure.models import Lesson, Module
from courses.taxonomy.terms import mobile_data


def _module(desk: Desk, pk: int) -> Module:
    return get_object_or_404(Module.objects.select_related("version"), version=desk.version, pk=pk)


def lesson_of(desk: Desk, uid: UUID) -> Lesson:
    """The lesson of the version at hand, or 404."""
    lesson = get_object_or_404(Lesson.objects.select_related("module"), version=desk.version, uid=uid)
    lesson.version = desk.version
    return lesson


@login_required
@require_GET
def outline_page(request: HttpRequest, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    modules = list(desk.version.modules.order_by("position", "id"))
    lessons = list(desk.version.lessons.order_by("position", "id"))
    context = {
        "desk": desk,
        "tabs": desk.tabs("course-outline"),
        "modules": outline(modules, lessons),
        "minutes": sum(lesson.minutes for lesson in lessons),
        "shares": shares_of(desk.version, modules),
        "problems": frame_problems(desk.version, modules, lessons),
        "open_comments": open_comments(desk.version),
        "form": ModuleForm(auto_id="new_module_%s"),
    }
    return page(request, "courses/authoring/outline.html", context)


@login_required
@require_GET
def contents_check(request: HttpRequest, code: str) -> HttpResponse:
    """What stands against the content of the lessons, and what it costs learners to load: asked by the outline after it stands,
    or opened as a page of its own.
    """
    desk = desk_or_404(request.user, code)
    lessons = list(desk.version.lessons.select_related("module").order_by("position", "id"))
    contents = kinds.load_many(lessons)
    context = {
        "desk": desk,
        "problems": content_problems(lessons, contents),
        "cost": course_cost(lessons, contents, mobile_data()),
    }
    return page(request, "courses/authoring/contents.html", context)


@login_required
@require_POST
def reorder(request: HttpRequest, code: str) -> HttpResponse:
    """`order-<module>=<uid>…` for each list, as the desk shows them."""
    desk = desk_or_404(request.user, code)
    wanted: dict[int, list[UUID]] = {}
    for name in request.POST:
        list_id = name.removeprefix("order-")
        if name.startswith("order-") and list_id.isdecimal():
            wanted[int(list_id)] = [uid for text in request.POST.getlist(name) if (uid := _uuid(text))]
    verbs.reorder(desk.version, wanted, by=cast(Any, request.user))
    return HttpResponse(status=204)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@login_required
@require_POST
def move_lesson(request: HttpRequest, code: str, uid: UUID) -> HttpResponse:
    lesson = lesson_of(desk_or_404(request.user, code), uid)
    verbs.move_lesson(lesson, "up" if request.POST.get("move") == "up" else "down", by=cast(Any, request.user))
    return redirect(f"{_back(code)}#m{lesson.module_id}")


@login_required
@require_POST
def add_module(request: HttpRequest, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    form = ModuleForm(request.POST, auto_id="new_module_%s")
    if form.is_valid():
        with beside_fields(form):
            module = verbs.add_module(
                desk.version, form.cleaned_data["title"], jp=form.cleaned_data["jp"], by=cast(Any, request.user)
            )
            return redirect(f"{_back(code)}#m{module.pk}")
    return page(request, "courses/authoring/module.html", {"desk": desk, "form": form, "module": None})


@login_required
@require_http_methods(["GET", "POST"])
def edit_module(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    module = _module(desk, pk)
    form = ModuleForm(request.POST or None, initial={"title": module.title, "jp": module.jp})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            verbs.edit_module(module, **form.cleaned_data, by=cast(Any, request.user))
            messages.success(request, _("Saved."))
            return redirect(f"{_back(code)}#m{pk}")
    return page(request, "courses/authoring/module.html", {"desk": desk, "form": form, "module": module})


@login_required
@require_POST
def move_module(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    module = _module(desk_or_404(request.user, code), pk)
    verbs.move_module(module, "up" if request.POST.get("move") == "up" else "down", by=cast(Any, request.user))
    return redirect(f"{_back(code)}#m{pk}")


@login_required
@require_POST
def delete_module(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    module = _module(desk_or_404(request.user, code), pk)
    verbs.delete_module(module, by=cast(Any, request.user))
    messages.success(request, _("The module “%(title)s” is deleted.") % {"title": module.title})
    return redirect(_back(code))


@login_required
@require_http_methods(["GET", "POST"])
def new_lesson(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    module = _module(desk, pk)
    form = NewLessonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            lesson = verbs.add_lesson(
                module, form.cleaned_data["kind"], form.cleaned_data["title"], by=cast(Any, request.user)
            )
            return redirect("course-lesson", code, lesson.uid)
    return page(request, "courses/authoring/new_lesson.html", {"desk": desk, "form": form, "module": module})


def _back(code: str) -> str:
    return redirect("course-outline", code).url
