"""Addresses of the author's desk."""

from django.urls import path

from courses.authoring.views import courses, lessons, outline, preview

# /office/courses/
urlpatterns = [
    path("", courses.course_list, name="office-courses"),
    path("new/", courses.new_course, name="course-new"),
    path("<slug:code>/", courses.course, name="office-course"),
    path("<slug:code>/draft/", courses.begin_draft, name="course-draft"),
    path("<slug:code>/discard/", courses.discard_draft, name="course-discard"),
    path("<slug:code>/details/", courses.details, name="course-details"),
    path("<slug:code>/outline/", outline.outline_page, name="course-outline"),
    path("<slug:code>/outline/check/", outline.contents_check, name="course-check"),
    path("<slug:code>/outline/order/", outline.reorder, name="course-reorder"),
    path("<slug:code>/modules/new/", outline.add_module, name="course-module-add"),
    path("<slug:code>/modules/<int:pk>/", outline.edit_module, name="course-module"),
    path("<slug:code>/modules/<int:pk>/move/", outline.move_module, name="course-module-move"),
    path("<slug:code>/modules/<int:pk>/delete/", outline.delete_module, name="course-module-delete"),
    path("<slug:code>/modules/<int:pk>/lessons/new/", outline.new_lesson, name="course-lesson-new"),
    path("<slug:code>/lessons/<uuid:uid>/", lessons.lesson, name="course-lesson"),
    path("<slug:code>/lessons/<uuid:uid>/move/", outline.move_lesson, name="course-lesson-move"),
    path("<slug:code>/lessons/<uuid:uid>/delete/", lessons.delete_lesson, name="course-lesson-delete"),
    path("<slug:code>/preview/<int:number>/", preview.preview, name="course-preview"),
    path("<slug:code>/preview/<int:number>/<uuid:uid>/", preview.preview, name="course-preview-lesson"),
]
