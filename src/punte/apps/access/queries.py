"""Why a subject sees an item, in words."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.models import Labelled
from punte.apps.access.permissions import PUBLIC, Ground, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to "why do I see this?": whether it is seen, the sentence, and the sources behind it."""

    is_visible: bool
    sentence: str
    sources: tuple[str, ...] = ()


def explain(subject: Subject, item: Labelled) -> Explanation:
    """
    Return why a subject sees an item that it holds; the first reason of the rule that applies.

    An item that is hidden gets the same answer whatever hides it: reasons would tell that it exists.
    """
    if subject.system:
        return _seen(_("the platform itself reads it"))
    if not _is_denied(subject, item):
        if subject.org_id is not None and item.owner_org_id == subject.org_id:
            return _seen(_("it belongs to your organisation"))
        steward = _first_ground(subject, item.label_stewards)
        if steward is not None:
            return _from(subject, steward)
        if _is_released(subject, item):
            if PUBLIC in item.label_releasable_to:
                return _seen(_("it is public"))
            ground = _first_ground(
                subject, [one for one in item.label_releasable_to if one in subject.opens]
            )
            return _from(subject, ground) if ground else _seen(_("it is released to you"))
    return Explanation(is_visible=False, sentence=_("There is nothing here for you to see."))


def _is_denied(subject: Subject, item: Labelled) -> bool:
    return (
        subject.is_denied
        or item.owner_org_id in subject.never_meet
        or bool(subject.names & set(item.label_denied_to))
    )


def _is_released(subject: Subject, item: Labelled) -> bool:
    now = subject.as_of or timezone.now()
    return (
        (subject.is_vetted or PUBLIC in item.label_releasable_to)
        and bool(subject.opens & set(item.label_releasable_to))
        and set(item.label_restricted_to) <= subject.groups
        and bool(subject.roles & set(item.label_audience))
        and (item.label_embargo_until is None or item.label_embargo_until <= now)
        and (item.label_expires_at is None or item.label_expires_at > now)
    )


def _first_ground(subject: Subject, names: list[str]) -> Ground | None:
    return next((ground for ground in subject.grounds if ground.group in names), None)


def _seen(because: str) -> Explanation:
    return Explanation(
        is_visible=True, sentence=_("You see this because %(because)s.") % {"because": because}
    )


def words_of(subject: Subject, ground: Ground) -> str:
    """Return a ground as a whole sentence's part in the reader's language: "Moldova is a candidate for the European Union"."""
    if not ground.sources:
        return ground.because
    return _("%(country)s %(standing)s") % {
        "country": country_name(subject.country),
        "standing": _(ground.because),
    }


def _from(subject: Subject, ground: Ground) -> Explanation:
    because = words_of(subject, ground)
    if ground.since:
        because = _("%(because)s since %(since)s") % {
            "because": because,
            "since": ground.since.isoformat(),
        }
    seen = _seen(because)
    return Explanation(is_visible=True, sentence=seen.sentence, sources=ground.sources)


def country_name(code: str) -> str:
    """Return a country's name in the reader's language; its code where it has none."""
    import babel
    import pycountry
    from django.utils.translation import get_language, to_locale

    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        return code
    locale = babel.Locale.parse(to_locale(get_language() or "en"), sep="_")
    return str(locale.territories.get(country.alpha_2) or country.name)
