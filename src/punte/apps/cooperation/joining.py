"""Who may join an activity, apart from who sees it: countries and statuses, and why a subject may or may not, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from punte.apps.access.permissions import PUBLIC, Subject
from punte.apps.access.queries import country_name, words_of
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.cooperation.permissions import may_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Whether a subject may take seats for its organisation, and why, as a sentence with the sources of a status."""

    may: bool
    sentence: str
    sources: tuple[str, ...] = ()


def joining_of(
    subject: Subject, assistance: Assistance, activity: Activity | None = None
) -> Joining:
    """Return whether a subject who sees it may join: by its country and the statuses of that on the day."""
    if not may_write(subject):
        return _not(_("only a cleared person acts for an organisation here; sign in as one"))
    joiners = assistance.joiners
    if not subject.groups & set(joiners):
        return _not(
            _("it is open to: %(whom)s; your organisation is from: %(country)s")
            % {"whom": words_for(joiners), "country": country_name(subject.country)}
        )
    if activity is not None and activity.only_for:
        if not subject.groups & set(activity.only_for):
            return _not(
                _("this activity is only for: %(whom)s; your organisation is from: %(country)s")
                % {"whom": words_for(activity.only_for), "country": country_name(subject.country)}
            )
        joiners = activity.only_for
    if subject.country in joiners:
        because = _("it is open to organisations of your country, %(country)s")
        return _may(because % {"country": country_name(subject.country)})
    ground = next((one for one in subject.grounds if one.group in joiners), None)
    if ground is None:
        return _may(_("it is open to everyone who is cleared"))
    because = words_of(subject, ground)
    if ground.since:
        because = _("%(because)s since %(since)s") % {
            "because": because,
            "since": ground.since.isoformat(),
        }
    return _may(because, ground.sources)


def _may(because: str, sources: tuple[str, ...] = ()) -> Joining:
    sentence = _("You may join because %(because)s.") % {"because": because}
    return Joining(may=True, sentence=sentence, sources=sources)


def _not(because: str) -> Joining:
    return Joining(
        may=False, sentence=_("You may not join because %(because)s.") % {"because": because}
    )


def groups_told(groups: Iterable[str], subject: Subject) -> list[str]:
    """Return of groups those that name no edition and no organisation, and those that the subject holds."""
    return [one for one in groups if ":" not in one or one in subject.groups]


def words_for(groups: Iterable[str]) -> str:
    """Return to whom something is open, in words, as one line."""
    return ", ".join(group_names(groups))


def group_names(groups: Iterable[str]) -> list[str]:
    """Return to whom something is open, in words; an edition is not named."""
    words = {
        "NATO": _("Allies"),
        "EU": _("Union members"),
        "EU_CANDIDATE": _("candidates of the Union"),
        "EU_SDP": _("countries with a security and defence partnership"),
        PUBLIC: _("everyone who is cleared"),
    }
    return [
        words.get(one)
        or (_("delegates of an edition") if one.startswith("edition:") else country_name(one))
        for one in groups
    ]
