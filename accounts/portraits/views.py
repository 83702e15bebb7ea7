"""One's own photograph, and the pictures themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people.signed_in import SignedIn
from accounts.portraits.actions import give_portrait, take_portrait_back
from accounts.portraits.forms import PortraitForm
from accounts.portraits.models import Portrait
from asn_lms.lib.pages import next_page, page
from asn_lms.lib.refusals import beside_fields

ITSELF_ONLY = "sandbox; default-src 'none'"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_portrait(request: SignedIn) -> HttpResponse:
    """See, give, replace. `next`, an address of this site, is where somebody came from to do so."""
    form = PortraitForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with beside_fields(form):
            give_portrait(request.user, form.cleaned_data["photo"])
            messages.success(request, _("This is your photograph now. Look whether it is cut well."))
            return redirect(next_page(request) or "my-portrait")
    context = {
        "form": form,
        "portrait": Portrait.objects.current().filter(person=request.user).first(),
        "next": next_page(request),
    }
    return page(request, "accounts/portraits/mine.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: SignedIn) -> HttpResponse:
    take_portrait_back(request.user)
    messages.success(request, _("Your photograph is removed. Certificates that bear it keep it."))
    return redirect("my-portrait")


@login_required
@require_safe
def picture(request: SignedIn, uid: str) -> FileResponse:
    """The JPEG."""
    portrait = get_object_or_404(Portrait.objects.visible_to(request.user), uid=uid)
    try:
        answer = FileResponse(portrait.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as missing:
        raise Http404 from missing
    answer["Content-Security-Policy"] = ITSELF_ONLY
    return answer
