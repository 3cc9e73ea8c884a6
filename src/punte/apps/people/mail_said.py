"""
What a reader was told of news that can change again, such as the time of a meeting, so that nobody is told the same twice.

What a mail says is written with it before it leaves. A worker that dies between leaves it open whether the reader has the mail;
then the reader is told once more rather than not at all.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from punte.apps.access.permissions import acting_as_system
from punte.apps.people.mail_kinds import Question, Said
from punte.apps.people.models import Mail

NEWS: Final = "entries"
"""Under this name the details of a mail list the news that it is about."""
ON_ITS_WAY: Final = frozenset({Mail.State.WAITING, Mail.State.SENDING})


def note_said(mail: Mail, said: Mapping[str, Said]) -> None:
    """Write with a mail what it is about to say; it is there before the mail leaves."""
    if not said:
        return
    rows = {key: [one.sequence, one.digest] for key, one in said.items()}
    with acting_as_system("send a mail"):
        Mail.objects.filter(pk=mail.pk).update(said={**mail.said, **rows})


def still_news(question: Question, now: Mapping[str, Said]) -> frozenset[str]:
    """
    Return which of the news of a mail are to be told by it.

    Left out is what a later mail of its kind, which is on its way, tells as it stands by then; and what its reader was told last
    in the same words.

    Parameters
    ----------
    now
        The news as they stand, read before: a change after it has queued a later mail.
    """
    with acting_as_system("send a mail"):
        mine = Mail.objects.get(pk=question.mail_id)
        same = Mail.objects.filter(
            person=mine.person_id,
            account=mine.account_id,
            kind=mine.kind,
            edition_id=mine.edition_id,
        )
        others = list(same.exclude(pk=mine.pk))
    return frozenset(
        key
        for key, said in now.items()
        if not _is_told_later(key, mine, others) and not _is_known(key, said, mine, others)
    )


def _is_told_later(key: str, mine: Mail, others: Iterable[Mail]) -> bool:
    return any(
        key in other.details.get(NEWS, ())
        and other.state in ON_ITS_WAY
        and (other.queued_at, other.pk) > (mine.queued_at, mine.pk)
        for other in others
    )


def _is_known(key: str, now: Said, mine: Mail, others: Iterable[Mail]) -> bool:
    """Whether the reader has these words, and can have no later ones."""
    sent, perhaps = [], []
    for other in (mine, *others):
        if other.state == Mail.State.SENT:
            sent += [other.said[key]] if key in other.said else []
        elif key in other.said:
            perhaps.append(other.said[key])
        elif (
            other is not mine
            and other.state == Mail.State.SENDING
            and key in other.details.get(NEWS, ())
        ):
            # Another worker has it in hand; what it will say is not written yet.
            return False
    if not sent:
        return False
    last = max(sequence for sequence, _digest in sent)
    told = {digest for sequence, digest in (*sent, *perhaps) if sequence >= last}
    return told == {now.digest}
