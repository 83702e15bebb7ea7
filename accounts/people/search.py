"""People by a part of their name or number: one search for every list of people, among millions.

Exact parts first, and all of them: whoever's name contains each typed word, or whose number contains what was typed, is found, page after
page. Only when nobody is, names that are alike come instead, the likest first: a slip of the finger is forgiven. All of it is answered by
trigram indexes (`person_name_words`, `person_number_parts`) or in the order of the name (`person_by_name`), whichever is less work.
"""

import re

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Upper

from accounts.people.models import PersonNumber, User, UserQuerySet
from accounts.people.nip import bare
from asn_lms.lib.reading import here, line

MOST_WORDS = 6
DAY_OF_BIRTH = 8
# Beyond this a count is said as "more than": counting millions for one line is not worth it.
MOST_COUNTED = 10_000
# How like a name must be: of the trigrams that the text and the likest part of the name have together, the share that both have. One wrong letter
# in a word of five leaves a third, in a longer one more.
CLOSE_ENOUGH = 0.33


def looks_like_number(text: str) -> bool:
    """Whether somebody typed a NIP, or a part of one, where a name may stand too."""
    return bool(re.fullmatch(r"[0-9]{5,}", bare(text)))


def narrowed_to(rows: UserQuerySet, text: str) -> UserQuerySet:
    """Of these people those who are meant by the text, a name or a number; all when it is empty."""
    return numbered(rows, text) if looks_like_number(text) else named(rows, text)


def named(rows: UserQuerySet, text: str) -> UserQuerySet:
    """Those whose name contains each of the words, in any case and order."""
    for word in text.split()[:MOST_WORDS]:
        rows = rows.filter(name__icontains=word)
    return rows


def numbered(rows: UserQuerySet, text: str) -> UserQuerySet:
    """Those whose number contains the digits, and those who bore a number that begins with them (from a day of birth on: 8 digits)."""
    digits = bare(text)
    condition = Q(nip__contains=digits)
    if len(digits) >= DAY_OF_BIRTH:
        # Read first: a list of people and the digits have an index each, a subquery would have none.
        ended = PersonNumber.objects.filter(number__startswith=digits, until_on__isnull=False)
        condition |= Q(pk__in=list(ended.order_by().values_list("person", flat=True)))
    return rows.filter(condition)


def alike(rows: UserQuerySet, text: str, limit: int) -> list[User]:
    """People whose names differ from the text by a letter or two, the likest first; the index holds upper-case names."""
    typed = text.upper()
    found = (
        rows.annotate(upper=Upper("name"), likeness=TrigramWordSimilarity(typed, Upper("name")))
        .filter(upper__trigram_word_similar=typed)
        .order_by("-likeness", "upper", "pk")
    )
    with transaction.atomic(using=here(), savepoint=False), line().cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(CLOSE_ENOUGH)])
        return list(found[:limit])


def by_name(rows: UserQuerySet, after: int | None = None) -> UserQuerySet:
    """In the order of the name, in any case; behind this person when a page follows."""
    ordered = rows.annotate(upper=Upper("name")).order_by("upper", "pk")
    if after is None:
        return ordered
    last = User.objects.filter(pk=after).annotate(upper=Upper("name")).values_list("upper", "pk").first()
    if last is None:
        return ordered
    # The first condition is what the index begins at.
    return ordered.filter(Q(upper__gt=last[0]) | Q(pk__gt=last[1]), upper__gte=last[0])
