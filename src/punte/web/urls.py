"""Addresses of the pages, by audience."""

from django.urls import include, path

from punte.web import signed_in
from punte.web.delegate import day as delegate_day
from punte.web.organiser import audit, figures, four_eyes, met_register
from punte.web.public import countries, press, privacy, sight
from punte.web.public import views as public
from punte.web.worker import serve_worker, show_no_network

urlpatterns = [
    path("", public.show_home, name="home"),
    path("sw.js", serve_worker, name="service_worker"),
    path("no-network/", show_no_network, name="no_network"),
    path("countries/", countries.show_countries, name="countries"),
    path("countries/<str:code>/", countries.show_country, name="country"),
    path("countries/<str:code>/sight/", sight.show_sight, name="country_sight"),
    path("countries/<str:code>/status/", sight.change_status, name="country_status"),
    path("privacy/", privacy.show_privacy, name="privacy"),
    path("audit/", audit.show_audit, name="audit"),
    path("e/<slug:slug>/", public.show_edition, name="edition"),
    path("e/<slug:slug>/press/", press.show, name="press"),
    path("e/<slug:slug>/press/<uuid:releasefile_id>/", press.give_file, name="press_file"),
    path("e/<slug:slug>/", include("punte.web.delegate.urls")),
    path("e/<slug:slug>/all-requests/", figures.show_all_requests, name="all_requests"),
    path("e/<slug:slug>/figures/", figures.show_figures, name="figures"),
    path("e/<slug:slug>/equal-access/", figures.show_equal_access, name="equal_access"),
    path("e/<slug:slug>/met-register/", met_register.show_register, name="met_register"),
    path("e/<slug:slug>/four-eyes/", four_eyes.show, name="four_eyes"),
    path("e/<slug:slug>/gifts/", include("punte.web.gifts.urls")),
    path("e/<slug:slug>/agenda/", include("punte.web.agenda.urls")),
    path("calendar/<str:secret>.ics", delegate_day.read_calendar, name="calendar_feed"),
    path("e/<slug:slug>/timetable/", include("punte.web.organiser.urls")),
    path("", include("punte.web.search.urls")),
    path("", include("punte.web.mailing.urls")),
    path("programmes/", include("punte.web.programmes.urls")),
    path("", include("punte.web.finance.urls")),
    path("", include("punte.web.cooperation.urls")),
    path("", include("punte.web.people.urls")),
    path("accounts/sessions/", signed_in.show, name="usersessions_list"),  # before allauth's own
    path("", include("punte.web.labels")),
    path("", include("punte.web.setup.urls")),
    path("", include("punte.web.registration.urls")),
    path("ui/", include("punte.web.ui.urls")),
]
