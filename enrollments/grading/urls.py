"""/office/answers/"""

from django.urls import path

from enrollments.grading import views

urlpatterns = [
    path("office/answers/", views.answers, name="office-answers"),
    path("office/answers/<int:item_id>/", views.answer, name="office-answer"),
]
