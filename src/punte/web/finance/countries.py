"""What a country can do under each rule set, found by the rules themselves."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from punte.apps.access.models import Country
from punte.apps.access.queries import country_name
from punte.apps.funding import bridge
from punte.web.finance.cases import RULES_WORDS, day_of, page
from punte.web.finance.telling import teller_of
from punte.web.finance.tiles import ROLE_WORDS, alpha_codes, country_map, zone_name

VERBS = {
    "borrow": _("Borrow"),
    "join": _("Join a common procurement"),
    "count": _("Be counted among the countries that are needed"),
    "contract": _("Have its firms as contractors"),
    "subcontract_10": _("Have its firms as subcontractors for a tenth of the contract"),
    "subcontract_30": _(
        "Have its firms as subcontractors for 30 per cent, where a replacement for them is studied"
    ),
    "supply_35": _("Supply 30 per cent of the components"),
    "supply_more": _("Supply half of the components"),
}


@login_not_required
@require_GET
def show_abilities(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a country can do under each rule set on a day, and by which article not."""
    country = Country.objects.filter(pk=code.upper()).first()
    if country is None or not country.alpha_2:
        raise Http404
    on = day_of(request)
    return page(
        request,
        "abilities.html",
        country=country_name(country.pk),
        code=country.pk,
        on=on,
        sets=[
            (
                RULES_WORDS[name],
                name,
                [
                    (VERBS[ability.verb], ability.state, teller_of(name).record(ability.reasons()))
                    for ability in bridge.abilities_of(country.alpha_2, rules=name, on=on)
                ],
            )
            for name in bridge.RULE_SETS
        ],
    )


@login_not_required
@require_GET
def show_map(request: HttpRequest) -> HttpResponse:
    """Show the countries by what they may do under a rule set on a day, as tiles and as a table."""
    rules = request.GET.get("rules", "safe")
    if rules not in bridge.RULE_SETS:
        raise Http404
    on = day_of(request)
    codes = alpha_codes()
    return page(
        request,
        "map.html",
        rules=rules,
        rule_names=list(RULES_WORDS.items()),
        on=on,
        chart=country_map(
            rules,
            on,
            title=gettext("Who may do what under %(rules)s") % {"rules": RULES_WORDS[rules]},
        ),
        rows=[
            (
                codes[code],
                country_name(codes[code]),
                ROLE_WORDS[role],
                [zone_name(zone) for zone in bridge.zones_of(code, on)],
            )
            for code, role in bridge.roles_of(rules, on)
            if code in codes
        ],
        in_force=any(role for _code, role in bridge.roles_of(rules, on)),
    )
