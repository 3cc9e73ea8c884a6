"""Moments in files: with a time zone, and in a year that a clock of a desk can show."""

import datetime as dt
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field

from punte.kernel.phrases import template_of

FIRST: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""Where the clock of a machine that lost its time begins: such a moment can be read, and is doubted by whoever reads it."""
LAST: Final = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


def _in_bounds(moment: dt.datetime) -> dt.datetime:
    if not FIRST <= moment <= LAST:
        raise ValueError(template_of("this moment lies before 1970 or after 2200"))
    return moment


Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(_in_bounds)]
"""An aware moment between the years 1970 and 2200."""
