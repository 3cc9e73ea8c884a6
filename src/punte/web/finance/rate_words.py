"""Why a payment has its rate, in the reader's language."""

import re
from typing import Any

from django.utils.translation import gettext as _

from punte.kernel.phrases import said_record
from punte.web.finance.instruments import data_words
from punte.web.ui.templatetags.ui import percent


def rate_words(why: Any) -> str:  # noqa: ANN401 - a sentence, or what a record holds of one
    """Return the reason of a rate in the reader's language; shares in it keep their four places."""
    record = said_record(why) if isinstance(why, str) else why
    if isinstance(record, str):
        share = re.fullmatch(r"(-?\d+\.\d{4})%", record)
        return percent(float(share[1]) / 100, 4) if share else data_words(record)
    template: str = record["template"]
    return _(template) % {
        name: str(value) if isinstance(value, int) else rate_words(value)
        for name, value in record["values"].items()
    }
