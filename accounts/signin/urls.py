"""Coming in, and what belongs to oneself."""

from django.urls import path

from accounts.signin import views

urlpatterns = [
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/read/", views.privacy_read, name="privacy-read"),
    path("accounts/activate/", views.activation, name="activation"),
    path("office/agencies/<int:agency_id>/codes/", views.activation_sheet, name="activation-sheet"),
    path("me/", views.my_data, name="my-data"),
    path("me/preferences/", views.preferences, name="preferences"),
    path("me/language/", views.language, name="language"),
    path("me/tokens/", views.tokens, name="tokens"),
    path("me/tokens/<int:token_id>/end/", views.end_token, name="token-end"),
]
