"""What an edition still lacks before each of its phases: read from its rows, in the organiser's name."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.permissions import active_subject
from punte.apps.forum.agenda import released_agenda
from punte.apps.forum.agenda_stage import find_stage_conflicts
from punte.apps.forum.models import Delegate, Edition, Phase, Session
from punte.apps.forum.set_up import readers_of
from punte.apps.forum.set_up_parts import hall_of
from punte.apps.forum.stale_words import stale_words
from punte.apps.forum.unlisted import unlisted
from punte.apps.forum.word_rows import other_languages
from punte.apps.market.queries import waiting_for_review
from punte.apps.meetings.four_eyes import asks_four_eyes, with_one_pair
from punte.apps.meetings.models import MeetingRequest, TimetableVersion
from punte.apps.people.invitations import without_account
from punte.apps.people.models import ClearanceStage, Nomination
from punte.apps.people.places import OPEN_STATES
from punte.apps.people.rights import stages_without_holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    One line of the checklist.

    Parameters
    ----------
    phase
        Before which it should be done, as ``Phase.Kind`` names it.
    told
        How it stands, with its figure.
    where
        Where it is mended, below the edition's address; an address of its own where it begins with a stroke.
    """

    phase: str
    is_done: bool
    told: str
    where: str


def checklist(edition: Edition) -> list[tuple[str, list[Check]]]:
    """Return what should be done before each phase, in the order of the phases, with each phase's name."""
    checks = [
        *_announce(edition),
        *_register(edition),
        *_request(edition),
        *_answers(edition),
        *_schedule(edition),
        *_live(edition),
    ]
    return [
        (str(label), [check for check in checks if check.phase == kind])
        for kind, label in Phase.Kind.choices
        if any(check.phase == kind for check in checks)
    ]


def _announce(edition: Edition) -> list[Check]:
    phases = edition.phases.count()
    hosts = edition.host_roles.count()
    return [
        Check(
            phase="announce",
            is_done=bool(edition.theme and edition.venue),
            told=_("Theme and venue are given.")
            if edition.theme and edition.venue
            else _("The theme or the venue is missing."),
            where="set-up/facts/",
        ),
        Check(
            phase="announce",
            is_done=hosts > 0,
            told=_("Who stands behind it: %(count)d.") % {"count": hosts},
            where="set-up/hosts/",
        ),
        Check(
            phase="announce",
            is_done=phases == len(Phase.Kind.values),
            told=_("%(count)d of %(all)d phases have their time.")
            % {"count": phases, "all": len(Phase.Kind.values)},
            where="set-up/phases/",
        ),
        Check(
            phase="announce",
            is_done=readers_of(edition) != "host",
            told=_("The edition is seen beyond its host.")
            if readers_of(edition) != "host"
            else _("Only the host and the organisers see the edition."),
            where="set-up/#readers",
        ),
        *_words(edition),
    ]


def _words(edition: Edition) -> list[Check]:
    """Return whether what is said in other languages is as new as its original; nothing where one language is all."""
    if not other_languages(edition):
        return []
    stale = len(stale_words(edition))
    return [
        Check(
            phase="announce",
            is_done=stale == 0,
            told=_("Wordings whose original was changed since: %(count)d.") % {"count": stale},
            where="set-up/words/",
        )
    ]


def _register(edition: Edition) -> list[Check]:
    stages = ClearanceStage.objects.filter(edition_id=edition.pk).count()
    categories = edition.categories.count()
    return [
        Check(
            phase="register",
            is_done=categories > 0,
            told=_("Categories of attendees: %(count)d.") % {"count": categories},
            where="set-up/categories/",
        ),
        Check(
            phase="register",
            is_done=stages > 0,
            told=_("Stages of clearance: %(count)d.") % {"count": stages},
            where="vetting/stages/",
        ),
        *(
            Check(
                phase="register",
                is_done=False,
                told=_("Stage “%(stage)s”: nobody has the right “%(right)s”.")
                % {"stage": stage.said["name"], "right": stage.get_right_display()},
                where="rights/",
            )
            for stage in stages_without_holder(edition.pk)
        ),
    ]


def _answers(edition: Edition) -> list[Check]:
    """Return whether requests that count as accepted have a moment at which they do."""
    ruled = edition.categories.filter(accepts_unless_declined=True, may_be_asked=True)
    if not ruled:
        return []
    has_phase = edition.phases.filter(kind=Phase.Kind.REQUEST).exists()
    endless = [one.said for one in ruled if one.days_to_decline is None and not has_phase]
    names = ", ".join(endless or [one.said for one in ruled])
    told = (
        _(
            "Requests to %(names)s count as accepted when the request phase ends, and it has no time."
        )
        if endless
        else _("Requests count as accepted unless declined: %(names)s.")
    )
    return [
        Check(
            phase="request",
            is_done=not endless,
            told=told % {"names": names},
            where="set-up/phases/" if endless else "set-up/categories/",
        )
    ]


def _request(edition: Edition) -> list[Check]:
    delegates = Delegate.objects.filter(edition=edition, left_at__isnull=True).count()
    waiting = Nomination.objects.filter(edition_id=edition.pk, state__in=OPEN_STATES).count()
    uninvited = without_account(edition.pk).count()
    unread = len(waiting_for_review(active_subject(), edition_id=edition.pk))
    unfound = unlisted(edition.pk).count()
    return [
        Check(
            phase="request",
            is_done=unread == 0,
            told=_("Needs and offers that wait for your review: %(count)d.") % {"count": unread},
            where="/listings/review/",
        ),
        Check(
            phase="request",
            is_done=delegates > 1,
            told=_("Delegates: %(count)d.") % {"count": delegates},
            where="vetting/",
        ),
        Check(
            phase="request",
            is_done=waiting == 0,
            told=_("Nominees who wait for clearance: %(count)d.") % {"count": waiting},
            where="vetting/",
        ),
        Check(
            phase="request",
            is_done=uninvited == 0,
            told=_("Nominees without an account or an invitation: %(count)d.")
            % {"count": uninvited},
            where="vetting/",
        ),
        Check(
            phase="request",
            is_done=unfound == 0,
            told=_("Delegates whom nobody can ask, as they are not in the directory: %(count)d.")
            % {"count": unfound},
            where="vetting/#unlisted",
        ),
    ]


def _schedule(edition: Edition) -> list[Check]:
    hall = hall_of(edition)
    accepted = MeetingRequest.objects.filter(
        edition=edition, state=MeetingRequest.State.ACCEPTED
    ).count()
    return [
        Check(
            phase="schedule",
            is_done=hall.seats > 0,
            told=_("Meetings that the hall holds: %(count)d.") % {"count": hall.seats},
            where="set-up/venue/",
        ),
        Check(
            phase="schedule",
            is_done=0 < accepted <= hall.seats,
            told=_("Accepted requests: %(count)d; meetings that fit: %(seats)d.")
            % {"count": accepted, "seats": hall.seats},
            where="all-requests/",
        ),
        *_four_eyes(edition),
    ]


def _four_eyes(edition: Edition) -> list[Check]:
    """Return, where the edition asks for two persons of an authority, whether every meeting with a firm has them."""
    if not asks_four_eyes(edition.pk):
        return []
    count = len(with_one_pair(edition))
    return [
        Check(
            phase="schedule",
            is_done=count == 0,
            told=_(
                "Accepted meetings of an authority with a firm with one pair of eyes: %(count)d."
            )
            % {"count": count},
            where="four-eyes/",
        )
    ]


def _live(edition: Edition) -> list[Check]:
    released = Session.objects.filter(edition=edition, is_released=True).count()
    is_published = _is_published(edition.pk)
    amiss = len(find_stage_conflicts(edition, released_agenda(edition.pk)))
    return [
        Check(
            phase="live",
            is_done=released > 0,
            told=_("Released sessions of the agenda: %(count)d.") % {"count": released},
            where="agenda/edit/",
        ),
        *(
            [
                Check(
                    phase="live",
                    is_done=amiss == 0,
                    told=_(
                        "Speakers of released sessions who no longer come or may not enter: %(count)d."
                    )
                    % {"count": amiss},
                    where="agenda/edit/#conflicts",
                )
            ]
            if released
            else []
        ),
        Check(
            phase="live",
            is_done=is_published,
            told=_("A timetable is published.")
            if is_published
            else _("No timetable is published."),
            where="timetable/",
        ),
    ]


def _is_published(edition_id: UUID) -> bool:
    return TimetableVersion.objects.filter(
        edition_id=edition_id, state=TimetableVersion.State.PUBLISHED
    ).exists()
