"""Reports by mail: /reports/mail/"""

from django.urls import path

from enrollments.subscriptions import views

urlpatterns = [
    path("reports/mail/", views.report_mail, name="report-mail"),
    path("reports/mail/<int:pk>/end/", views.report_mail_end, name="report-mail-end"),
]
