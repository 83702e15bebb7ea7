"""Addresses of review and publication."""

from django.urls import path

from courses.publishing import views

# /office/
urlpatterns = [
    path("reviews/", views.queue, name="office-reviews"),
    path("courses/<slug:code>/review/", views.review, name="course-review"),
    path("courses/<slug:code>/review/changes/", views.changed, name="course-changes"),
    path("courses/<slug:code>/review/submit/", views.submit, name="course-submit"),
    path("courses/<slug:code>/review/withdraw/", views.withdraw, name="course-withdraw"),
    path("courses/<slug:code>/review/comments/", views.comment, name="course-comment"),
    path("courses/<slug:code>/review/comments/<int:pk>/reply/", views.reply, name="course-comment-reply"),
    path("courses/<slug:code>/review/comments/<int:pk>/done/", views.resolve, name="course-comment-done"),
    path("courses/<slug:code>/review/decide/", views.decide, name="course-decide"),
    path("courses/<slug:code>/publish/", views.publish, name="course-publish"),
    path("courses/<slug:code>/retire/", views.retire, name="course-retire"),
]
