"""The evaluation as a workbook: one line for each question, the words on a sheet of their own."""

from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from asn_lms.lib.sheets import Leaf, write_book
from enrollments.surveys.evaluation import Evaluation, SurveyFigures
from enrollments.surveys.models import LEAST

MOST_STEPS = 10


def write_evaluation(file: IO[bytes], found: Evaluation, title: str) -> None:
    headings = (
        _("Survey"), _("Trainer"), _("Asked"), _("Answered"), _("Counted"), _("Question"), _("Answers to it"), _("Mean"),
        *(str(step) for step in range(1, MOST_STEPS + 1)),
    )  # fmt: skip
    leaves = [
        Leaf(_("Answers"), headings, _lines(found), (34, 28, 10, 10, 10, 60, 12, 8)),
        Leaf(_("Words"), (_("Survey"), _("Trainer"), _("Question"), _("Words")), _words(found), (34, 28, 60, 90)),
        Leaf(_("Learning"), (_("What"), _("Value")), _learning(found, title), (50, 30)),
    ]
    write_book(file, leaves)


def _named(survey: SurveyFigures) -> tuple[Any, ...]:
    return survey.kind.label, survey.trainer.full_name if survey.trainer else ""


def _lines(found: Evaluation) -> Iterator[tuple[Any, ...]]:
    for survey in found.surveys:
        counts = (survey.asked, _("not told") if survey.answered is None else survey.answered, survey.counted)
        for one in survey.questions:
            said = one.count or _("fewer than %(least)d") % {"least": LEAST}
            mean = "" if one.mean is None else one.mean
            yield (*_named(survey), *counts, one.question.said, said, mean, *(step.count for step in one.steps))
        if not survey.questions:
            yield (*_named(survey), *counts)


def _words(found: Evaluation) -> Iterator[tuple[Any, ...]]:
    for survey in found.surveys:
        for one in survey.questions:
            for text in one.texts:
                yield (*_named(survey), one.question.said, text)


def _learning(found: Evaluation, title: str) -> Iterator[tuple[Any, ...]]:
    learning = found.learning
    yield _("Training"), title
    yield _("Cohort"), str(found.cohort) if found.cohort else _("all")
    yield _("Completed"), learning.completed
    yield _("Of these with pre-test and post-test"), learning.count
    if learning.gain is not None:
        yield _("Pre-test, mean"), learning.gain.pre
        yield _("Post-test, mean"), learning.gain.post
        yield _("Difference in points"), learning.gain.points
        if learning.gain.normalised is not None:
            yield _("Normalised gain (Hake, 1998)"), learning.gain.normalised
