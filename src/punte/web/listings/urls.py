"""Addresses of needs and offers."""

from django.urls import URLPattern, path

from punte.web.listings import exports, imports, overview, pages, steps

app_name = "listings"


def _addresses(side: str, folder: str) -> list[URLPattern]:
    extra = {"side": side}
    return [
        path(f"{folder}/", pages.show_list, extra, name=f"{side}-list"),
        path(f"{folder}/new/", pages.write_new, extra, name=f"{side}-new"),
        path(f"{folder}/table/", exports.give_table, extra, name=f"{side}-table"),
        path(f"{folder}/import/", imports.show, extra, name=f"{side}-import"),
        path(f"{folder}/<uuid:listing_id>/", pages.show_one, extra, name=f"{side}"),
        path(f"{folder}/<uuid:listing_id>/edit/", pages.edit_one, extra, name=f"{side}-edit"),
        path(f"{folder}/<uuid:listing_id>/fits/", pages.show_fits, extra, name=f"{side}-fits"),
        path(
            f"{folder}/<uuid:listing_id>/translate/",
            pages.translate_one,
            extra,
            name=f"{side}-translate",
        ),
        path(
            f"{folder}/<uuid:listing_id>/<slug:step>/", steps.take_step, extra, name=f"{side}-step"
        ),
    ]


urlpatterns = [
    path("needs/coverage/", overview.show_coverage, name="coverage"),
    path("listings/pairs/", overview.show_pairs, name="pairs"),
    *_addresses("need", "needs"),
    *_addresses("offer", "offers"),
    path("needs/ocds.json", exports.give_ocds, name="ocds"),
    path("listings/verdicts/", exports.give_verdicts, name="verdicts"),
    path("listings/codes/", exports.suggest_codes, name="codes"),
    path("listings/review/", pages.show_review, name="review"),
]
