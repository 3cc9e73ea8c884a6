"""
Names with an @ in a post: whoever is meant and sees the topic is told by mail.

A name is looked up whatever the writer may see, and nothing comes back: the post looks the same whether the name is
somebody's or nobody's, and whether that somebody may see the topic.
"""

import re
from typing import Final
from uuid import UUID

from django.db.models.functions import Lower

from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.models import Post, Topic
from punte.apps.cooperation.telling import sees
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Person

MENTION_KIND: Final = "topic.mentioned"
MOST: Final = 20
"""So many names of a post are looked up, and so many persons told."""
WORDS: Final = 5
NOBODY: Final = UUID(int=0)
_MENTION = re.compile(r"(?<![\w@.])@(\w[\w'\u2019-]*(?:[ \u00a0]\w[\w'\u2019-]*){0,4})")


def names_in(text: str) -> list[list[str]]:
    """
    Return what each @ of a text may name, the longest first.

    >>> names_in("Ask @Ana Pop today, not me@example.org")
    [['ana pop today', 'ana pop', 'ana']]
    """
    found = []
    for match in list(_MENTION.finditer(text))[:MOST]:
        words = match[1].replace("\u00a0", " ").lower().split(" ")[:WORDS]
        found.append([" ".join(words[:count]) for count in range(len(words), 0, -1)])
    return found


def tell_mentioned(*, by: Subject, post: Post) -> None:
    """Queue a mail to each person that a post names and that sees its topic; say nothing of it to anybody."""
    named = names_in(post.text)
    if not named:
        return
    with acting_as_system("look up who is mentioned"):
        rows = (
            Person.objects.annotate(lower=Lower("name"))
            .filter(
                lower__in={name for names in named for name in names},
                erased_at__isnull=True,
                merged_into__isnull=True,
            )
            .exclude(id=by.person_id or NOBODY)
            .select_related("account")
        )
        by_name: dict[str, list[Person]] = {}
        for person in rows:
            by_name.setdefault(person.name.lower(), []).append(person)
    meant: dict[UUID, Person] = {}
    for names in named:
        longest = next((name for name in names if name in by_name), "")
        meant.update({person.pk: person for person in by_name.get(longest, [])})
    readers = [one for one in list(meant.values())[:MOST] if sees(one, Topic, post.topic_id)]
    queue_mails(
        kind=MENTION_KIND,
        to=[(person, {}) for person in readers],
        key=str(post.pk),
        about_id=post.pk,
    )
