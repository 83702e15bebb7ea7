"""Pages about the site itself, open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from asn_lms.lib.pages import page


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    return page(request, "guide.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return page(request, "accessibility.html")
