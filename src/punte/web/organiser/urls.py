"""Addresses of the timetable, below ``/e/<edition>/timetable/``."""

from django.urls import path

from punte.web.organiser import changes, imports, remarks, repair, views

app_name = "organiser"

urlpatterns = [
    path("", views.show_timetable, name="timetable"),
    path("versions/", views.show_versions, name="versions"),
    path("repair/", repair.show, name="repair"),
    path("solve/", changes.solve, name="solve"),
    path("import/", imports.show_import, name="import"),
    path("import/<uuid:importdraft_id>/", imports.preview_import, name="import_preview"),
    path(
        "import/<uuid:importdraft_id>/carry-out/", imports.carry_out_import, name="import_carry_out"
    ),
    path("import/<uuid:importdraft_id>/stop/", imports.halt_import, name="import_stop"),
    path("import/<uuid:importdraft_id>/state/", imports.tell_import, name="import_state"),
    path("compare/", views.show_comparison, name="compare"),
    path("v<int:number>/", views.show_board, name="board"),
    path("v<int:number>/meetings.csv", views.export_meetings, name="meetings_csv"),
    path(
        "v<int:number>/meetings.xlsx",
        views.export_meetings,
        {"ending": "xlsx"},
        name="meetings_xlsx",
    ),
    path("v<int:number>/unmet/", views.show_unmet, name="unmet"),
    path("v<int:number>/proof/", views.show_proof, name="proof"),
    path("v<int:number>/remarks/", remarks.show, name="remarks"),
    path("v<int:number>/state/", views.tell_state, name="state"),
    path("v<int:number>/stop/", changes.stop, name="stop"),
    path("v<int:number>/publish/", changes.publish, name="publish"),
    path("v<int:number>/m/<str:code>/", views.show_meeting, name="meeting"),
    path("v<int:number>/m/<str:code>/lock/", changes.lock, name="lock"),
    path("v<int:number>/m/<str:code>/move/", changes.move, name="move"),
]
