"""Review and publication: the reviewer's queue, and the page on which authors and reviewer meet."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import Refusal, beside_fields
from courses.publishing import actions
from courses.publishing.desk import Desk, desk_or_404
from courses.publishing.forms import CommentForm, PublishForm, SubmitForm, VerdictForm
from courses.publishing.queries import changes, decided_by, queue_of, reviewers_for, talk_of
from courses.publishing.rules import may_review
from courses.structure.models import CourseVersion, ReviewComment

State = CourseVersion.State


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    if not has_role(request.user, RoleGrant.Role.REVIEWER):
        raise PermissionDenied
    person = cast(Any, request.user)
    return page(request, "courses/publishing/queue.html", {"waiting": queue_of(person), "decided": decided_by(person)})


@login_required
@require_GET
def review(request: HttpRequest, code: str) -> HttpResponse:
    return _review_page(request, desk_or_404(request.user, code, authors_only=False))


def _review_page(request: HttpRequest, desk: Desk, **forms: Any) -> HttpResponse:
    """The page with the forms that this person may send now; `forms` brings one back that was refused."""
    version = desk.version
    reviewers = reviewers_for(version, local_day(cast(Any, request.user).zone))
    context: dict[str, Any] = {
        "desk": desk,
        "tabs": desk.tabs("course-review"),
        "talk": talk_of(version, done=request.GET.get("done") == "1"),
        "may_decide": version.state == State.IN_REVIEW and may_review(request.user, version),
        "may_talk": version.state in CourseVersion.IN_THE_MAKING,
        "comment_form": CommentForm(version),
        "verdict_form": VerdictForm(auto_id="verdict_%s"),
    }
    if desk.is_author and version.state == State.DRAFT:
        context["submit_form"] = SubmitForm(reviewers, version, auto_id="submit_%s")
    if desk.is_author and version.state == State.APPROVED:
        context["publish_form"] = PublishForm(initial=PublishForm.first_of(version))
    return page(request, "courses/publishing/review.html", {**context, **forms})


@login_required
@require_GET
def changed(request: HttpRequest, code: str) -> HttpResponse:
    """What this version changes against the published one: asked by the review page after it stands, or a page of its own."""
    desk = desk_or_404(request.user, code, authors_only=False)
    found = changes(desk.version)
    if found is None:
        raise Http404
    return page(request, "courses/publishing/changes.html", {"desk": desk, "changes": found})


@login_required
@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    person = cast(Any, request.user)
    form = SubmitForm(
        reviewers_for(desk.version, local_day(person.zone)), desk.version, request.POST, auto_id="submit_%s"
    )
    if form.is_valid():
        reviewer = form.cleaned_data["reviewer"]
        try:
            actions.submit(desk.version, reviewer, by=person, message=form.cleaned_data["message"])
        except actions.NotReady as refusal:
            return _review_page(request, desk, submit_form=form, problems=refusal.problems)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("Sent to %(name)s.") % {"name": reviewer.full_name})
            return redirect("course-review", code)
    return _review_page(request, desk, submit_form=form)


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    actions.withdraw_from_review(desk_or_404(request.user, code).version, by=cast(Any, request.user))
    messages.success(request, _("The version is back on the desk as a draft."))
    return redirect("course-outline", code)


@login_required
@require_POST
def comment(request: HttpRequest, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code, authors_only=False)
    form = CommentForm(desk.version, request.POST)
    if form.is_valid():
        with beside_fields(form):
            lesson = form.cleaned_data["lesson"]
            actions.comment(
                desk.version,
                form.cleaned_data["text"],
                lesson_uid=lesson.uid if lesson else None,
                by=cast(Any, request.user),
            )
            messages.success(request, _("Your comment stands."))
            return redirect("course-review", code)
    return _review_page(request, desk, comment_form=form)


def _comment(desk: Desk, pk: int) -> ReviewComment:
    return get_object_or_404(ReviewComment.objects.threads().select_related("version"), version=desk.version, pk=pk)


@login_required
@require_POST
def reply(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    desk = desk_or_404(request.user, code, authors_only=False)
    actions.comment(
        desk.version, request.POST.get("text", "")[:4000], reply_to=_comment(desk, pk), by=cast(Any, request.user)
    )
    return redirect("course-review", code)


@login_required
@require_POST
def resolve(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    desk = desk_or_404(request.user, code, authors_only=False)
    is_done = request.POST.get("open") != "1"
    actions.resolve(_comment(desk, pk), is_done=is_done, by=cast(Any, request.user))
    messages.success(request, _("Marked as done.") if is_done else _("Open again."))
    return redirect("course-review", code)


@login_required
@require_POST
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """`decision=approve` or `decision=return`, each with words."""
    desk = desk_or_404(request.user, code, authors_only=False)
    form = VerdictForm(request.POST, auto_id="verdict_%s")
    if form.is_valid():
        with beside_fields(form):
            text = form.cleaned_data["text"]
            if request.POST.get("decision") == "approve":
                actions.approve(desk.version, text=text, by=cast(Any, request.user))
                messages.success(request, _("Approved. An officer can publish it now."))
            else:
                actions.return_to_authors(desk.version, text, by=cast(Any, request.user))
                messages.success(request, _("Returned to the authors with your words."))
            return redirect("office-reviews")
    return _review_page(request, desk, verdict_form=form)


@login_required
@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    desk = desk_or_404(request.user, code)
    form = PublishForm(request.POST)
    if form.is_valid():
        with beside_fields(form):
            row = actions.publish(
                desk.version,
                at=form.cleaned_data["at"],
                change_note=form.cleaned_data["change_note"],
                by=cast(Any, request.user),
            )
            sentence = (
                _("Version %(number)d is in the catalogue.")
                if row.state == State.PUBLISHED
                else _("Version %(number)d will be published at the time that you set.")
            )
            messages.success(request, sentence % {"number": row.number})
            return redirect("course-review" if row.state == State.APPROVED else "office-course", code)
    return _review_page(request, desk, publish_form=form)


@login_required
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    actions.retire(desk_or_404(request.user, code).course, by=cast(Any, request.user))
    messages.success(request, _("The course is out of the catalogue. Who is studying it goes on to the end."))
    return redirect("office-course", code)
