"""/surveys/ /office/surveys/ /office/courses/<code>/evaluation/"""

from django.urls import path

from enrollments.surveys.views import answering, evaluation, office

urlpatterns = [
    # /surveys/
    path("surveys/", answering.surveys, name="surveys"),
    path("surveys/<int:pk>/", answering.survey, name="survey"),
    path("surveys/places/<int:enrollment_id>/", answering.before_download, name="survey-before-download"),
    # /office/surveys/
    path("office/surveys/", office.questionnaires, name="office-questionnaires"),
    path("office/surveys/terms/", office.terms, name="office-survey-terms"),
    path("office/surveys/new/<int:agency_id>/<slug:kind>/", office.begin, name="office-questionnaire-begin"),
    path("office/surveys/<int:pk>/", office.questionnaire, name="office-questionnaire"),
    path("office/surveys/<int:pk>/questions/new/", office.new_question, name="office-question-new"),
    path("office/surveys/questions/<int:pk>/", office.question, name="office-question"),
    path("office/surveys/questions/<int:pk>/move/", office.move, name="office-question-move"),
    path("office/surveys/questions/<int:pk>/delete/", office.delete, name="office-question-delete"),
    # /office/courses/
    path("office/courses/<str:code>/evaluation/", evaluation.course_evaluation, name="course-evaluation"),
    path("office/courses/<str:code>/evaluation.xlsx", evaluation.course_evaluation_file, name="course-evaluation-file"),
]
