"""Addresses of the design system."""

from django.urls import path

from punte.web.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.show_pieces, name="pieces"),
    path("theme/", views.set_theme, name="theme"),
]
