"""What words name outright, beside all texts: organisations by their names, needs and offers by a declared code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.utils.translation import gettext as _

from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation
from punte.engines.matching.function_words import FUNCTION_WORDS
from punte.engines.matching.text import clean, fold, words_of

MOST_NAMED: Final = 20
"""Needs and offers that are put before what words and meaning find."""
MEANT: Final = 0.5
"""Share of a name's words from which on a search for them means the organisation, and not what it works on."""
_CODE: Final = re.compile(r"(?<![0-9])([0-9]{8})(?:-[0-9])?(?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """
    What the words name.

    Parameters
    ----------
    organisations
        Keys of those whose name has all the words.
    meant
        Keys of those of them whose name has hardly more words than were asked: the words are half of it or more.
    first
        Key of each need or offer that declares the code, or belongs to an organisation of exactly that name, and why, in
        the reader's language.
    last
        Those of organisations whose name has other words as well.
    """

    organisations: frozenset[str] = frozenset()
    meant: frozenset[str] = frozenset()
    first: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)


def named_in(words: str, found: QuerySet[Listing]) -> Named:
    """
    Return what the words name among what the active subject sees; two queries at most.

    Parameters
    ----------
    found
        Needs and offers that may be named.
    """
    codes = [code.rstrip("0").ljust(2, "0") for code in _CODE.findall(words)][:4]
    owners = _owners(words)
    if not codes and not owners:
        return Named()
    declared = Func(F("cpv"), Value(" "), function="array_to_string", output_field=TextField())
    wanted = Q(owner_org_id__in=list(owners))
    for code in codes:
        wanted |= Q(declared__regex=rf"(^| ){code}")
    rows = found.annotate(declared=declared).filter(wanted)[:MOST_NAMED]
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for row in rows:
        declares = [one for one in row.cpv if one.startswith(tuple(codes))]
        if declares:
            first[str(row.pk)] = _("It declares CPV %(codes)s.") % {"codes": ", ".join(declares)}
            continue
        name, share = owners[row.owner_org_id]
        among = first if share == 1 else last
        among[str(row.pk)] = _("It belongs to %(owner)s.") % {"owner": name}
    return Named(
        organisations=frozenset(map(str, owners)),
        meant=frozenset(str(key) for key, (_name, share) in owners.items() if share >= MEANT),
        first=first,
        last=last,
    )


def _owners(words: str) -> dict[UUID, tuple[str, float]]:
    """Return the organisations whose name, or its short form, has every word that tells, and the share of the name they are."""
    asked = _words(words) - FUNCTION_WORDS
    if not asked:
        return {}
    rows = Organisation.objects.filter(merged_into__isnull=True).order_by()
    found = {}
    for key, name, short in rows.values_list("pk", "name", "short_name"):
        whole, brief = _words(name) - FUNCTION_WORDS, _words(short)
        if asked <= whole | brief:
            shares = [
                len(asked) / len(one) for one in (whole, brief, whole | brief) if asked <= one
            ]
            found[key] = (name, max(shares))
    return found


def _words(text: str) -> set[str]:
    return set(words_of(fold(clean(text))))
