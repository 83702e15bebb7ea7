"""What stands against publishing a quiz."""

from django.utils.translation import gettext as _

from courses.lesson_kinds.quiz.content import Question, Quiz, Type


def weaknesses(quiz: Quiz) -> list[str]:
    if not quiz.questions:
        return [_("The quiz has no question yet. Add at least one.")]
    found = [
        sentence % {"number": number}
        for number, question in enumerate(quiz.questions, 1)
        for sentence in _of_question(question)
    ]
    if quiz.draw and quiz.draw > len(quiz.questions):
        found.append(
            _("%(draw)s questions are to be drawn, but there are only %(all)s.")
            % {"draw": quiz.draw, "all": len(quiz.questions)}
        )
    return found


def _of_question(question: Question) -> list[str]:
    found = []
    if not question.text.strip():
        found.append(_("Question %(number)s has no text."))
    if len(question.shown) < 2:
        found.append(_("Question %(number)s needs at least two options."))
    if not question.right:
        found.append(_("Mark the right answer of question %(number)s."))
    elif len(question.right) > 1 and question.type != Type.MULTIPLE:
        found.append(_("Question %(number)s takes one answer, but several are marked right."))
    if len({one.text.strip().lower() for one in question.shown}) < len(question.shown):
        found.append(_("Question %(number)s has the same option twice."))
    if any(one.is_correct and not one.text for one in question.options):
        found.append(_("Question %(number)s has an option without text that is marked right."))
    return found
