"""The inbox."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.notices import actions
from accounts.notices.models import Notice
from accounts.notices.queries import inbox_page
from accounts.people import asking
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    person = asking.person(request)
    before = request.GET.get("before", "")
    only_unread = request.GET.get("show") == "unread"
    messages = inbox_page(
        person,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        only_unread=only_unread,
        today=local_day(person.zone),
    )
    older = f"?{'show=unread&' if only_unread else ''}before={messages.next_before}" if messages.next_before else ""
    context = {"inbox": messages, "only_unread": only_unread, "older": older, "is_first_page": not before}
    return page(request, "accounts/notices/inbox.html", context)


@login_required
@require_POST
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it read, and go where it leads."""
    notice = get_object_or_404(Notice.objects.held_by(request.user).shown(), pk=pk)
    actions.read(notice, timezone.now())
    leads_here = notice.link.startswith("/") and not notice.link.startswith("//")
    return redirect(notice.link if leads_here else reverse("inbox"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    up_to = request.POST.get("up_to", "")
    if up_to.isascii() and up_to.isdigit() and len(up_to) < 19:
        actions.read_all(asking.person(request), timezone.now(), up_to=int(up_to))
    return redirect("inbox")
