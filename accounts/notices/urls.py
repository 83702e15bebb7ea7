"""Messages."""

from django.urls import path

from accounts.notices import views

urlpatterns = [
    # /inbox/
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="inbox-read"),
    path("inbox/<int:pk>/open/", views.open_message, name="inbox-open"),
]
