"""Contents: the tables of courses. Lesson kinds bring their own, found by discovery."""

from courses.files.models import MediaFile
from courses.lesson_kinds import kinds
from courses.structure.models import Course, CourseVersion, Lesson, Module, ReviewComment
from courses.taxonomy.models import (
    Accreditation,
    CompetencyKind,
    LearningPath,
    MobileData,
    ProgramFamily,
    SurveyTerms,
    TrainingType,
)

__all__ = [
    "Accreditation",
    "CompetencyKind",
    "Course",
    "CourseVersion",
    "LearningPath",
    "Lesson",
    "MediaFile",
    "MobileData",
    "Module",
    "ProgramFamily",
    "ReviewComment",
    "SurveyTerms",
    "TrainingType",
    "kinds",
]

kinds.load_models()
