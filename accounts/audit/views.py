"""Who did what: for training officers and administrators, in their units."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.audit.forms import HistoryForm
from accounts.audit.queries import read_history
from asn_lms.lib.doors import for_roles
from asn_lms.lib.pages import page


@for_roles("officer")
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    form = HistoryForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    thing = {name: request.GET.get(name, "")[:80] for name in ("object_type", "object_id") if request.GET.get(name)}
    before = request.GET.get("before", "")
    found = read_history(
        request.user,
        search=asked.get("q", ""),
        group=asked.get("group", ""),
        day=asked.get("day"),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        **thing,
    )
    kept = {name: request.GET[name] for name in ("q", "group", "day", *thing) if request.GET.get(name)}
    context = {
        "form": form,
        "rows": found.rows,
        "thing": thing,
        "is_filtered": bool(kept),
        "older": "?" + urlencode({**kept, "before": found.next_before}) if found.next_before else "",
    }
    return page(request, "accounts/audit/history.html", context)
