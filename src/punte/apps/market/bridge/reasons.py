"""The reasons of the engine in the reader's words."""

from typing import Final

from django.utils.translation import gettext as _

from punte.apps.programmes.models.capability import area_name
from punte.engines.matching.explain import NEAR_IN_MEANING
from punte.engines.matching.result import (
    Reason,
    SentencePair,
    SharedCodes,
    SharedTerms,
    SharedTopics,
)

WHOLE_CPV: Final = 8
LONGEST_QUOTE: Final = 180
"""Characters of a sentence that a reason quotes."""


def reason_in_words(reason: Reason) -> str:
    """Return why two things fit; the engine's need is the reader's own."""
    match reason:
        case SharedTerms():
            return _("Both say: %(terms)s.") % {"terms": ", ".join(reason.terms)}
        case SharedCodes(system="cpv", codes=(beginning,)) if len(beginning) < WHOLE_CPV:
            return _level_in_words(beginning)
        case SharedCodes():
            return _("Both declare %(system)s %(codes)s.") % {
                "system": "CPV" if reason.system == "cpv" else _("capability"),
                "codes": ", ".join(map(area_name, reason.codes)),
            }
        case SharedTopics():
            return _("Both come near to: %(labels)s.") % {"labels": ", ".join(reason.labels)}
        case SentencePair():
            is_near = reason.similarity >= NEAR_IN_MEANING
            said = (
                _("“%(own)s” and “%(other)s” are near in meaning.")
                if is_near
                else _("The nearest of their sentences are “%(own)s” and “%(other)s”.")
            )
            return said % {"own": quoted(reason.need), "other": quoted(reason.offer)}


def quoted(sentence: str) -> str:
    """
    Return a sentence short enough to be read among others.

    Examples
    --------
    >>> quoted("A bridge."), len(quoted("A bridge and more. " * 20)) <= LONGEST_QUOTE + 1
    ('A bridge.', True)
    """
    if len(sentence) <= LONGEST_QUOTE:
        return sentence
    cut = sentence[:LONGEST_QUOTE]
    return f"{cut.rsplit(' ', 1)[0] or cut}…"


def _level_in_words(beginning: str) -> str:
    """Return that two CPV codes differ and where they still agree."""
    match len(beginning):
        case 2:
            said = _("Both declare codes of the same CPV division, %(code)s.")
        case 3:
            said = _("Both declare codes of the same CPV group, %(code)s.")
        case 4:
            said = _("Both declare codes of the same CPV class, %(code)s.")
        case _:
            said = _("Both declare codes of the same CPV category, %(code)s.")
    return said % {"code": beginning}


def find_in_words(reason: Reason) -> str:
    """Return why a search found something."""
    match reason:
        case SharedTerms():
            return _("It says: %(terms)s.") % {"terms": ", ".join(reason.terms)}
        case SentencePair():
            return _("“%(other)s” is near in meaning.") % {"other": quoted(reason.offer)}
        case _:
            return reason_in_words(reason)
