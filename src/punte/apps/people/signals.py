"""What the applications above people hear of: a nomination that ended, a person who was erased."""

from typing import Final

from django.dispatch import Signal

nomination_ended: Final = Signal()
"""Sent with ``nomination`` once it is rejected or withdrawn, inside the transaction that did it."""

person_erased: Final = Signal()
"""Sent with ``person`` after the record is blank; receivers blank their own copies in the same transaction."""

listing_changed: Final = Signal()
"""Sent with ``person``, ``edition_id`` and ``is_listed`` once the person agreed or took it back, in the same transaction."""
