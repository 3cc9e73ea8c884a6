"""Addresses of the timetable, below ``/e/<edition>/timetable/``."""

from django.urls import path

from punte.web.organiser import views

app_name = "organiser"

urlpatterns = [
    path("", views.show_timetable, name="timetable"),
    path("versions/", views.show_versions, name="versions"),
    path("compare/", views.show_comparison, name="compare"),
    path("v<int:number>/", views.show_board, name="board"),
    path("v<int:number>/meetings.csv", views.export_meetings, name="meetings_csv"),
    path("v<int:number>/unmet/", views.show_unmet, name="unmet"),
    path("v<int:number>/proof/", views.show_proof, name="proof"),
    path("v<int:number>/state/", views.tell_state, name="state"),
    path("v<int:number>/m/<str:code>/", views.show_meeting, name="meeting"),
]
