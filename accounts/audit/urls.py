"""History: /office/audit/"""

from django.urls import path

from accounts.audit import views

urlpatterns = [path("office/audit/", views.history, name="office-audit")]
