"""The form in which an organiser drafts a session: what it holds, and what was written in it."""

from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from punte.apps.access.texts import one_line, whole_text
from punte.apps.forum import agenda, agenda_actions
from punte.apps.forum.models import Delegate, Edition, Place
from punte.apps.forum.models.agenda import SessionFacts
from punte.kernel.errors import PunteError
from punte.web.setup.reading import moment

MOST_SPEAKERS: Final = 40


def form_labels() -> dict[str, object]:
    """Return what a reader calls each field."""
    return {
        "title": _("Title"),
        "subtitle": _("Subtitle"),
        "kind": _("Kind"),
        "format": _("Who enters"),
        "starts_at": _("Begins"),
        "ends_at": _("Ends"),
        "capacity": _("Seats to sign up for"),
        "track": _("Track"),
        "language": _("Language"),
        "speakers": _("Speakers"),
        "about": _("What it is about"),
        "link": _("Link"),
    }


def form_values(edition: Edition, facts: SessionFacts | None) -> dict[str, str]:
    """Return what the form of a session holds, field by field, as it is sent."""
    if facts is None:
        return {"language": "en"}
    plain = ("title", "subtitle", "kind", "format", "track", "language", "about", "link")
    zone = edition.zone
    return {
        **{name: str(getattr(facts, name)) for name in plain},
        "starts_at": f"{facts.starts_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "ends_at": f"{facts.ends_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "place": str(facts.place_id or ""),
        "capacity": "" if facts.capacity is None else str(facts.capacity),
        "speakers": _lines(facts),
        "blocks_everyone": "yes" if facts.blocks_everyone else "",
    }


def _lines(facts: SessionFacts) -> str:
    """Return the speakers as the form shows them: one a line, name; function; code; chair."""
    speakers = agenda.speakers_of(facts)
    known = [one.delegate_id for one in speakers if one.delegate_id]
    codes = dict(Delegate.objects.filter(pk__in=known).values_list("pk", "code"))
    return "\n".join(
        "; ".join(
            [
                one.name,
                one.function,
                codes.get(one.delegate_id, "") if one.delegate_id else "",
                "chair" if one.is_chair else "",
            ]
        ).rstrip("; ")
        for one in speakers
    )


def _speakers(edition: Edition, text: str) -> tuple[agenda.Speaker, ...]:
    rows = [
        [part.strip() for part in line.split(";")] for line in text.splitlines() if line.strip()
    ]
    if len(rows) > MOST_SPEAKERS:
        raise PunteError(
            _("A session has at most %(count)d speakers.") % {"count": MOST_SPEAKERS}
        ).at("speakers")
    codes = [row[2] for row in rows if len(row) > 2 and row[2]]
    known = dict(Delegate.objects.filter(edition=edition, code__in=codes).values_list("code", "pk"))
    found = []
    for row in rows:
        name, function, code, chair, *_more = [*row, "", "", "", ""]
        if not name:
            continue
        if code and code not in known:
            raise PunteError(
                _("No delegate has the code “%(code)s”. Look it up, or leave it empty.")
                % {"code": code[:20]}
            ).at("speakers")
        found.append(
            agenda.Speaker(
                name=one_line(name, 160),
                function=one_line(function, 160),
                delegate_id=known.get(code),
                is_chair=bool(chair),
            )
        )
    return tuple(found)


def wish_of(edition: Edition, data: QueryDict) -> agenda_actions.Wish:
    """Return what was written; refused where it cannot be read."""
    seats = data.get("capacity", "").strip()
    if seats and (not seats.isascii() or not seats.isdigit() or int(seats) > 100_000):
        raise PunteError(_("Write the seats as a whole number, or leave them empty.")).at(
            "capacity"
        )
    place = data.get("place", "")
    places: dict[str, Place] = {str(one.pk): one for one in edition.places.all()}
    if place and place not in places:
        raise PunteError(
            _(
                "The place that you chose is none of this edition's any more. Choose another, or none."
            )
        ).at("place")
    return agenda_actions.Wish(
        kind=data.get("kind", ""),
        format=data.get("format", ""),
        title=data.get("title", ""),
        subtitle=whole_text(data.get("subtitle", ""), 200),
        about=whole_text(data.get("about", ""), 4000),
        track=whole_text(data.get("track", ""), 80),
        language=whole_text(data.get("language", ""), 10) or "en",
        link=whole_text(data.get("link", ""), 400),
        starts_at=moment(data.get("starts_at", "").strip(), _("Begins"), edition.zone),
        ends_at=moment(data.get("ends_at", "").strip(), _("Ends"), edition.zone),
        place=places.get(place),
        capacity=int(seats) if seats else None,
        speakers=_speakers(edition, data.get("speakers", "")),
        blocks_everyone=data.get("blocks_everyone") == "yes",
    )
