"""The catalogue: every published course, found by words and filters, and how the learner stands with each.

`courses` finds them; the page belongs here, because only here it is known who studies.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from accounts.people.signed_in import SignedIn
from asn_lms.lib.pages import page
from courses.catalogue.queries import SORTS, filter_choices, published_courses
from courses.catalogue.search import words_of
from courses.structure.models import CourseVersion
from enrollments.classroom.queries import places_in


@login_required
@require_GET
def catalogue(request: SignedIn) -> HttpResponse:
    asked = request.GET
    search = asked.get("q", "").replace("\x00", "").strip()[:100]
    competency, duration = asked.getlist("competency"), asked.getlist("duration")
    language = asked.get("language", "")
    found = published_courses(
        search,
        competency,
        duration=duration,
        language=language,
        sort=asked.get("sort", ""),
        after=asked.get("after", ""),
    )
    places = places_in(request.user, found.cards)
    competencies, durations = filter_choices(search, competency, duration)
    languages = CourseVersion._meta.get_field("language").flatchoices
    chosen = [
        (name, one)
        for name, some in (("competency", competencies), ("duration", durations))
        for one in some
        if one.is_chosen
    ]
    context = {
        "found": found,
        "cards": [(card, places.get(card.code)) for card in found.cards],
        "search": search,
        "competencies": competencies,
        "durations": durations,
        "languages": languages,
        "language": language if language in dict(languages) else "",
        "sorts": [(name, label) for name, (label, _order) in SORTS.items() if name != "match" or words_of(search)],
        "chips": [(one.label, _without(asked, name, one.value)) for name, one in chosen]
        + ([(dict(languages)[language], _without(asked, "language", language))] if language in dict(languages) else []),
        "more": f"?{_with(asked, found.after)}" if found.after else "",
        "is_narrowed": bool(chosen) or language in dict(languages),
        "is_first": not asked.get("after"),
    }
    return page(request, "enrollments/classroom/catalogue.html", context)


def _without(asked: QueryDict, name: str, value: str) -> str:
    """The same question with one answer taken back."""
    rest = asked.copy()
    rest.setlist(name, [one for one in asked.getlist(name) if one != value])
    rest.pop("after", None)
    return f"?{rest.urlencode()}"


def _with(asked: QueryDict, after: str) -> str:
    rest = asked.copy()
    rest["after"] = after
    return rest.urlencode()
