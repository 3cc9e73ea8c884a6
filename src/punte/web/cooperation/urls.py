"""Addresses of what comes after a meeting, and of the day itself."""

from django.urls import path

from punte.web.cooperation import (
    assistance,
    commitments,
    cooperations,
    desk,
    discussions,
    follow_up,
    hall,
    offline,
    papers,
    walk_in,
)

urlpatterns = [
    path("commitments/", commitments.show_all, name="commitments"),
    path("commitments/<uuid:commitment_id>/", commitments.show_one, name="commitment"),
    path("cooperations/", cooperations.show_all, name="cooperations"),
    path("cooperations/<uuid:cooperation_id>/", cooperations.show_one, name="cooperation"),
    path(
        "cooperations/<uuid:cooperation_id>/<slug:step>/",
        cooperations.take_step,
        name="cooperation_step",
    ),
    path("assistance/", assistance.show_all, name="assistance"),
    path("assistance/calendar.ics", assistance.give_calendar, name="assistance_calendar"),
    path("assistance/<uuid:assistance_id>/", assistance.show_one, name="assistance_one"),
    path("discussions/", discussions.show_all, name="discussions"),
    path("discussions/<uuid:topic_id>/", discussions.show_one, name="topic"),
    path("e/<slug:slug>/follow-up/<uuid:request_id>/", follow_up.show, name="follow_up"),
    path("e/<slug:slug>/check-in/", desk.show, name="check_in"),
    path("e/<slug:slug>/check-in/merge/", desk.merge, name="check_in_merge"),
    path("e/<slug:slug>/check-in/offline/", offline.show, name="check_in_offline"),
    path("e/<slug:slug>/check-in/offline/list/", offline.give_snapshot, name="check_in_list"),
    path(
        "e/<slug:slug>/check-in/offline/app.webmanifest",
        offline.give_manifest,
        name="check_in_manifest",
    ),
    path("e/<slug:slug>/papers/", papers.show, name="papers"),
    path("e/<slug:slug>/hall/", hall.show_screen, name="hall"),
    path("e/<slug:slug>/check-in/board/", hall.show_board, name="hall_board"),
    path("e/<slug:slug>/check-in/walk-in/", walk_in.show, name="walk_in"),
    path("e/<slug:slug>/papers/badge/<uuid:delegate_id>.pdf", papers.give_badge, name="badge"),
    path("e/<slug:slug>/papers/<slug:kind>.pdf", papers.give, name="paper"),
]
