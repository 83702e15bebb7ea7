"""What administrators set for everybody, as it stands now: the terms of surveys, the cost of mobile data."""

from django.core.cache import cache

from courses.taxonomy.models import MobileData, SurveyTerms

MOBILE_DATA = "mobile-data"
SECONDS = 60


def survey_terms() -> SurveyTerms:
    """The one row; as migrated when it is not there, which a database just emptied by a test may show."""
    return SurveyTerms.objects.filter(pk=1).first() or SurveyTerms(pk=1)


def mobile_data() -> MobileData:
    """Likewise: one row, and its defaults while it is not there.

    Kept in the cache, since learners' pages ask: a change is seen at once, and within a minute even if the cache was away just then.
    """
    found: MobileData | None = cache.get(MOBILE_DATA)
    if found is None:
        found = MobileData.objects.filter(pk=1).first() or MobileData(pk=1)
        cache.set(MOBILE_DATA, found, SECONDS)
    return found


def forget_mobile_data() -> None:
    """The row has changed: the next page reads it anew."""
    cache.delete(MOBILE_DATA)
