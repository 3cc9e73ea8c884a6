"""Addresses of the pages, by audience."""

from django.urls import include, path

from punte.web.delegate import views as delegate
from punte.web.organiser import audit
from punte.web.public import countries
from punte.web.public import views as public

urlpatterns = [
    path("", public.show_home, name="home"),
    path("countries/", countries.show_countries, name="countries"),
    path("countries/<str:code>/", countries.show_country, name="country"),
    path("audit/", audit.show_audit, name="audit"),
    path("e/<slug:slug>/", public.show_edition, name="edition"),
    path("e/<slug:slug>/my/", delegate.show_my_meetings, name="my_meetings"),
    path("e/<slug:slug>/timetable/", include("punte.web.organiser.urls")),
    path("", include("punte.web.mailing.urls")),
    path("ui/", include("punte.web.ui.urls")),
]
