"""What the office sees of reminders."""

from django.urls import path

from enrollments.reminders import views

urlpatterns = [
    # /office/reminders/
    path("office/reminders/", views.office_reminders, name="office-reminders"),
    path("office/reminders/<int:pk>/send/", views.send, name="office-reminder-send"),
]
