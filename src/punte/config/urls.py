"""Every address of the site. Audiences add their own under punte.web; allauth serves the accounts."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("punte.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("punte.web.listings.urls")),
    path("api/", include("punte.api.urls")),
]
