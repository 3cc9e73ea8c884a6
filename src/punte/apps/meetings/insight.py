"""Figures of an edition's meetings: how requests were answered and met, for whom, and who of an authority met whom."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.four_eyes import eyes_in
from punte.apps.meetings.models import Disclosure, Meeting, MeetingRequest, TimetableVersion

State = MeetingRequest.State


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """What a group asked for and got [count]; ``met`` counts meetings of its people in the published timetable."""

    group: str
    delegates: int
    asked: int
    accepted: int
    met: int

    @property
    def share(self) -> float | None:
        """Accepted requests that are met, 0 to 1; None where none was accepted."""
        return self.met / self.accepted if self.accepted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """
    The figures of an edition.

    Parameters
    ----------
    states
        Requests by state [count].
    spread
        How many delegates have 0, 1, 2, ... meetings [count].
    fairness
        Least over mean of the shares met of delegates with an accepted request, 0 to 1; None where there is none.
    """

    states: Mapping[str, int]
    met: int
    spread: tuple[int, ...]
    fairness: float | None
    unmet_people: int
    by_country: tuple[ShareLine, ...]
    by_kind: tuple[ShareLine, ...]
    by_size: tuple[ShareLine, ...]

    @property
    def accepted(self) -> int:
        """Accepted requests [count]."""
        return self.states.get(State.ACCEPTED, 0)

    @property
    def answered_share(self) -> float:
        """Requests accepted of those answered, 0 to 1."""
        answered = self.accepted + self.states.get(State.DECLINED, 0)
        return self.accepted / answered if answered else 0.0


def insight_into(edition_id: UUID) -> Insight:
    """
    Return the figures of an edition, as far as the subject sees its requests, in a constant number of queries.

    Whoever no longer comes is in none of them; colleagues who come too count as the two sides do.
    """
    known = _who_comes(edition_id)
    rows = list(
        MeetingRequest.objects.filter(edition_id=edition_id).only(
            "pk", "sender_id", "receiver_id", "colleagues", "state"
        )
    )
    version = TimetableVersion.objects.filter(
        edition_id=edition_id, state=TimetableVersion.State.PUBLISHED
    ).first()
    held = set(
        Meeting.objects.filter(version=version).values_list("request_id", flat=True)
        if version
        else []
    )
    accepted: Counter[UUID] = Counter()
    met: Counter[UUID] = Counter()
    for row in rows:
        for delegate_id in row.parties:
            accepted[delegate_id] += row.state == State.ACCEPTED
            met[delegate_id] += row.pk in held
    counts = Counter(met[delegate_id] for delegate_id in known)
    shares = [met[one] / accepted[one] for one in known if accepted[one]]
    mean = sum(shares) / len(shares) if shares else 0.0

    def lines(key: Callable[[Face], str]) -> tuple[ShareLine, ...]:
        return _lines(known, rows, held, key)

    return Insight(
        states=Counter(row.state for row in rows),
        met=len(held),
        spread=tuple(counts[number] for number in range(max(counts, default=0) + 1)),
        fairness=min(shares) / mean if mean else None,
        unmet_people=sum(share == 0 for share in shares),
        by_country=lines(lambda face: face.country),
        by_kind=lines(lambda face: face.kind),
        by_size=lines(lambda face: face.size),
    )


def _who_comes(edition_id: UUID) -> dict[UUID, Face]:
    gone = Delegate.objects.filter(edition_id=edition_id, left_at__isnull=False)
    left = set(gone.values_list("pk", flat=True))
    return {key: face for key, face in faces(edition_id).items() if key not in left}


def _lines(
    known: Mapping[UUID, Face],
    rows: Iterable[MeetingRequest],
    held: set[UUID],
    key: Callable[[Face], str],
) -> tuple[ShareLine, ...]:
    people: Counter[str] = Counter(key(face) for face in known.values())
    figures: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        groups = {key(known[one]) for one in row.parties if one in known}
        for group in groups:
            figures[group]["asked"] += 1
            figures[group]["accepted"] += row.state == State.ACCEPTED
            figures[group]["met"] += row.pk in held
    return tuple(
        ShareLine(
            group=group,
            delegates=people[group],
            asked=figures[group]["asked"],
            accepted=figures[group]["accepted"],
            met=figures[group]["met"],
        )
        for group in sorted(people, key=lambda group: (-people[group], group))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """One request between an authority and a vendor: who asked, whether they met, what about, and the agenda that was disclosed.

    ``eyes`` counts who of the authority's side is to be there, a witness of the host among them [count].
    """

    code: str
    authority: str
    vendor: str
    country: str
    asked_by_vendor: bool
    state: str
    asked_at: dt.datetime
    met_at: dt.datetime | None
    subject: str
    agenda: str
    eyes: int


def equal_access(edition_id: UUID) -> list[AccessLine]:
    """Return every request between an authority and a firm, met or not, by authority and date."""
    known = faces(edition_id)
    host_id = Edition.objects.values_list("owner_org_id", flat=True).get(pk=edition_id)
    version = TimetableVersion.objects.filter(
        edition_id=edition_id, state=TimetableVersion.State.PUBLISHED
    ).first()
    times = (
        dict(Meeting.objects.filter(version=version).values_list("request_id", "slot__starts_at"))
        if version
        else {}
    )
    found = []
    rows = MeetingRequest.objects.filter(edition_id=edition_id).order_by("sent_at", "code")
    disclosed = dict(
        Disclosure.objects.filter(
            request__edition=edition_id, request__state=State.ACCEPTED
        ).values_list("request_id", "text")
    )
    for row in rows:
        eyes = eyes_in(row, known, host_id)
        if eyes is None:
            continue
        sender, receiver = known[row.sender_id], known[row.receiver_id]
        kinds = {sender.kind: sender, receiver.kind: receiver}
        authority, vendor = kinds["authority"], kinds["company"]
        found.append(
            AccessLine(
                code=row.code,
                authority=authority.organisation,
                vendor=vendor.organisation,
                country=vendor.country,
                asked_by_vendor=sender is vendor,
                state=row.get_state_display(),
                asked_at=row.sent_at,
                met_at=times.get(row.pk),
                subject=row.reason,
                agenda=disclosed.get(row.pk, ""),
                eyes=eyes,
            )
        )
    return sorted(found, key=lambda line: (line.authority, line.asked_at))
