"""Who is on stage and should not be: speakers who no longer come, and those who may not enter their own session."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from punte.apps.access.queries import explain
from punte.apps.forum.agenda import WARNING, Conflict, Entry, speakers_of
from punte.apps.forum.agenda_release import label_of
from punte.apps.forum.models import Delegate, Edition, Session
from punte.apps.forum.models.agenda import SessionFacts
from punte.apps.people.queries import subject_of_person


def find_stage_conflicts(edition: Edition, entries: Iterable[Entry]) -> tuple[Conflict, ...]:
    """Return which speakers no longer come, or would not see the session that they speak in; all are warnings."""
    standing = [
        (entry, speaker.delegate_id)
        for entry in entries
        if not entry.facts.is_cancelled
        for speaker in speakers_of(entry.facts)
        if speaker.delegate_id is not None
    ]
    people = Delegate.objects.in_bulk({delegate_id for _entry, delegate_id in standing})
    found = []
    for entry, delegate_id in standing:
        one = people.get(delegate_id)
        reason = _reason(edition, entry.facts, one) if one is not None else ""
        if one is not None and reason:
            text = reason % {"name": one.badge_name, "title": entry.facts.title}
            found.append(Conflict(level=WARNING, session_id=entry.session.pk, text=text))
    return tuple(found)


def _reason(edition: Edition, facts: SessionFacts, one: Delegate) -> str:
    if one.left_at is not None:
        return _("%(name)s speaks in “%(title)s” and no longer comes. Choose another speaker.")
    if facts.format != SessionFacts.Format.ALLIED:
        return ""
    labelled = Session(owner_org_id=edition.owner_org_id, **label_of(edition, facts.format))
    if explain(subject_of_person(one.person_id), labelled).is_visible:
        return ""
    return _(
        "%(name)s speaks in “%(title)s” and may not enter it: the session is for Allies. Choose another speaker, or "
        "change who enters."
    )
