"""Open answers in the office."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people.signed_in import SignedIn
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role
from asn_lms.lib.pages import page
from asn_lms.lib.refusals import beside_fields
from courses.lesson_kinds import kinds
from enrollments.grading.actions import comment_on
from enrollments.grading.forms import CommentForm
from enrollments.grading.queries import SHOWN, list_answers, open_answers


@login_required
@require_safe
def answers(request: SignedIn) -> HttpResponse:
    if not has_role(request.user, RoleGrant.Role.OFFICER, RoleGrant.Role.TRAINER):
        raise PermissionDenied
    after = request.GET.get("after", "")
    found = list_answers(
        request.user,
        shown=request.GET.get("show", ""),
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
    )
    context = {
        "found": found,
        "chips": [
            (label, f"?{urlencode({'show': name})}", name == found.shown, found.counts[name])
            for name, label in SHOWN.items()
        ],
        "next": f"?{urlencode({'show': found.shown, 'after': found.next_after})}" if found.next_after else "",
    }
    return page(request, "enrollments/grading/answers.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedIn, item_id: int) -> HttpResponse:
    """One answer below its question, and the comment."""
    item = get_object_or_404(open_answers(request.user), pk=item_id)
    form = CommentForm(request.POST or None, initial={"comment": item.comment})
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            comment_on(item, form.cleaned_data["comment"], by=request.user)
            messages.success(request, _("Sent. The learner has been told."))
            return redirect("office-answers")
    kind = kinds[item.attempt.lesson.kind]
    context = {
        **kind.preview_context(kind.load(item.attempt.lesson)),
        "preview": True,
        "kind": kind,
        "item": item,
        "said": item.answer if isinstance(item.answer, str) else "",
        "learner": item.attempt.enrollment.learner,
        "form": form,
    }
    return page(request, "enrollments/grading/answer.html", context)
