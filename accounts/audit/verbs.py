"""What the audit's codes mean, in words. A test holds that every code recorded anywhere is told here."""

from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Promise] = {
    "absence.changed": _("changed the absence of"),
    "absence.recorded": _("wrote down an absence of"),
    "absence.removed": _("took back the absence of"),
    "accreditation.ended": _("ended the accreditation"),
    "accreditation.recorded": _("recorded the accreditation"),
    "activation.printed": _("printed activation codes for"),
    "agency.added": _("added the unit"),
    "agency.deactivated": _("closed the unit"),
    "agency.edited": _("changed the unit"),
    "agency.moved": _("moved the unit"),
    "agency.reactivated": _("opened the unit again"),
    "badge.key_replaced": _("replaced the key that signs badges of"),
    "certificate.archived": _("downloaded in one file the certificates of"),
    "certificate.confirmed": _("confirmed what is printed on the certificate"),
    "certificate.correction_asked": _("asked for a correction of the certificate"),
    "certificate.correction_settled": _("answered the correction of the certificate"),
    "certificate.issue_begun": _("issued papers to people of the cohort"),
    "certificate.issue_tried_again": _("had papers tried again for the cohort"),
    "certificate.issued": _("issued the certificate"),
    "certificate.numbered": _("gave a number to the certificate"),
    "certificate.registered": _("entered the registration code of LAN of the certificate"),
    "certificate.reissued": _("issued anew the certificate"),
    "certificate.revoked": _("revoked the certificate"),
    "certificate.unshared": _("took back the link to the certificate"),
    "certificate.withheld": _("was withheld an STTP, for want of an accreditation:"),
    "certificate.sent_back": _("did not sign, and sent back, the certificate"),
    "certificate.shared": _("shared by a link the certificate"),
    "certificate.signed": _("signed the certificate"),
    "certificate.superseded": _("was replaced by the certificate of the completed course, the statement"),
    "certificate.tried_again": _("had the certificate drawn again"),
    "answer.commented": _("commented on an answer of"),
    "claim.refused": _("refused the claim"),
    "claim.returned": _("gave back to be mended the claim"),
    "claim.reversed": _("took back the verified claim"),
    "claim.sent": _("sent the claim"),
    "claim.verified": _("verified the claim"),
    "claim.withdrawn": _("withdrew the claim"),
    "cohort.cancelled": _("cancelled the cohort"),
    "cohort.closed": _("closed the cohort for new people"),
    "cohort.created": _("opened the cohort"),
    "cohort.edited": _("changed the cohort"),
    "cohort.reopened": _("opened the cohort again"),
    "cohort.rescheduled": _("moved the deadlines of the people of the cohort"),
    "cohort.trainers_named": _("named the trainers of the cohort"),
    "course.created": _("began the course"),
    "course.organiser_changed": _("changed the organiser of the course"),
    "course.retired": _("retired the course"),
    "design.discarded": _("threw away a draft of the certificate design"),
    "design.drafted": _("began a draft of the certificate design"),
    "design.published": _("put into use the certificate design"),
    "credit.corrected": _("corrected the JP of"),
    "credit.reversed": _("took back the JP of"),
    "enrollment.attempts_added": _("gave more attempts to"),
    "enrollment.completed": _("completed the course"),
    "enrollment.created": _("enrolled"),
    "enrollment.rescheduled": _("moved the due date of"),
    "enrollment.withdrawn": _("withdrew"),
    "mobile_data.set": _("set what mobile data cost"),
    "survey.terms_set": _("set the terms of surveys"),
    "questionnaire.published": _("put into use the questionnaire"),
    "questionnaire.drafted": _("began a draft of the questionnaire"),
    "questionnaire.discarded": _("threw away a draft of the questionnaire"),
    "job.cancelled": _("stopped the work"),
    "job.parked": _("set the work aside after five failed tries"),
    "job.retried": _("started the work again"),
    "lesson.added": _("added the lesson"),
    "lesson.deleted": _("deleted the lesson"),
    "lesson.edited": _("changed the lesson"),
    "lesson.moved": _("moved the lesson"),
    "module.added": _("added the module"),
    "module.deleted": _("deleted the module"),
    "module.edited": _("changed the module"),
    "module.moved": _("moved the module"),
    "notice.sent_again": _("sent the message again to"),
    "person.activated": _("activated the account of"),
    "person.added": _("added the person"),
    "person.deactivated": _("deactivated the account of"),
    "person.edited": _("changed the data of"),
    "person.imported": _("changed by import the data of"),
    "person.left": _("transferred to another unit"),
    "person.number_changed": _("changed the number of"),
    "person.reactivated": _("reactivated the account of"),
    "person.transferred": _("transferred or changed the post of"),
    "portrait.given": _("gave a photograph for the papers of"),
    "portrait.taken_back": _("removed the photograph of"),
    "report.exported": _("exported the report"),
    "report.removed": _("removed a report of their own"),
    "report.saved": _("saved a report of their own"),
    "report.subscribed": _("subscribed to a report by mail"),
    "report.unsubscribed": _("ended a report by mail"),
    "role.ended": _("ended the role"),
    "role.granted": _("gave the role"),
    "role.withdrawn": _("took back the role"),
    "signing.identity_given": _("gave the number by which BSrE knows"),
    "siasn.agency_mapped": _("recorded the SIASN id of"),
    "siasn.course_mapped": _("recorded the SIASN data of the course"),
    "siasn.exported": _("wrote a file for SIASN of"),
    "siasn.handed_over": _("marked as handed over to SIASN"),
    "siasn.index_asked": _("asked SIASN for the IP-ASN of"),
    "siasn.points_edited": _("changed the IP-ASN points of"),
    "siasn.sent": _("recorded in SIASN the certificate"),
    "siasn.stopped": _("set aside for a hand, for SIASN, the certificate"),
    "siasn.tried_again": _("sent to SIASN again the certificate"),
    "siasn.type_mapped": _("recorded the SIASN data of the kind of training"),
    "siasn.verified": _("verified in SIASN the certificate"),
    "rule.added": _("set the conversion rule"),
    "target.added": _("set the yearly target"),
    "token.issued": _("made an access token"),
    "token.revoked": _("ended an access token"),
    "version.approved": _("approved"),
    "version.comment_resolved": _("settled a comment on"),
    "version.commented": _("commented on"),
    "version.discarded": _("discarded the draft"),
    "version.drafted": _("began the draft"),
    "version.edited": _("changed the details of"),
    "version.exported": _("packed into a course package"),
    "version.imported": _("imported the package"),
    "version.published": _("published"),
    "version.returned": _("returned to its authors"),
    "version.scheduled": _("set the publishing date of"),
    "version.submitted": _("sent to review"),
    "version.withdrawn": _("took back from review"),
    "year.closed": _("closed the year"),
}

# What one may look for: the beginning of the codes, and its name.
GROUPS: dict[str, Promise] = {
    "person": _("People"),
    "agency": _("Units"),
    "role": _("Roles"),
    "course": _("Courses"),
    "version": _("Versions"),
    "lesson": _("Lessons"),
    "cohort": _("Cohorts"),
    "enrollment": _("Enrolments"),
    "certificate": _("Certificates"),
    "accreditation": _("Accreditations"),
    "design": _("Certificate designs"),
    "siasn": _("SIASN"),
    "credit": _("JP"),
    "job": _("Imports and exports"),
}

DETAILS: dict[str, Promise] = {
    "after": _("After"),
    "before": _("Before"),
    "basis": _("Basis"),
    "code": _("Code"),
    "count": _("Count"),
    "decree": _("Decree"),
    "ends_with": _("Number ends with"),
    "fields": _("What changed"),
    "from_on": _("From"),
    "parent": _("Below"),
    "person": _("Person"),
    "post": _("Post"),
    "reason": _("Reason"),
    "source": _("Through"),
    "until_on": _("Until"),
}

FIELDS: dict[str, Promise] = {
    "admin": _("Administrator"),
    "agency": _("unit"),
    "birth_on": _("date of birth"),
    "birth_place": _("place of birth"),
    "code": _("code"),
    "definitive": _("definitive"),
    "email": _("e-mail"),
    "employment": _("employment status"),
    "head": _("Agency head"),
    "import": _("import"),
    "kind": _("kind"),
    "language": _("language"),
    "name": _("name"),
    "officer": _("Training officer"),
    "phone": _("phone"),
    "plh": _("Plh."),
    "plt": _("Plt."),
    "post": _("post (jabatan)"),
    "post_kind": _("kind of post"),
    "rank": _("golongan"),
    "reviewer": _("Reviewer"),
    "sex": _("sex"),
    "short_name": _("short name"),
    "title_after": _("title after the name"),
    "title_before": _("title before the name"),
    "trainer": _("Trainer"),
    "zone": _("time zone"),
}

# The page on which a thing can be seen, by its kind.
PAGES = {
    "accounts.agency": "office-agency",
    "accounts.user": "office-person",
}


def in_words(action: str) -> str:
    """The code as a verb; a code that nobody told yet is shown as it is, readable at least."""
    return str(VERBS.get(action) or action.replace(".", " ").replace("_", " "))


def page_of(object_type: str) -> str:
    return PAGES.get(object_type, "")


def detail_lines(details: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value, for details that have a label; empty ones are left out."""
    return [
        (str(label), _said(details[name]))
        for name, label in DETAILS.items()
        if details.get(name) not in (None, "", [], {})
    ]


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{FIELDS.get(name, name)}: {_said(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value)
    text = str(value)
    if text in FIELDS:
        return str(FIELDS[text])
    if day := _day(text):
        return day
    return text


def _day(text: str) -> str:
    try:
        if len(text) == 10 and (on := parse_date(text)):
            return date_format(on, "j F Y")
        if len(text) > 18 and (at := parse_datetime(text)):
            return date_format(localtime(at), "j F Y, H.i")
    except ValueError:
        pass
    return ""
