"""Countries as people write them: codes of two and three letters, and names in both languages of the site."""

import re
from functools import lru_cache

from django.utils.translation import gettext as _

from punte.kernel.errors import PunteError


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Return the codes of three letters by every way to write a country: codes, and names in both languages of the site."""
    import babel
    import pycountry

    found: dict[str, str] = {}
    locales = [babel.Locale(language) for language in ("en", "ro")]
    for one in pycountry.countries:
        names = [one.alpha_3, one.alpha_2, one.name, getattr(one, "common_name", "")]
        names += [locale.territories.get(one.alpha_2, "") for locale in locales]
        found |= {name.casefold(): one.alpha_3 for name in names if name}
    return found


def read_countries(text: str) -> list[str]:
    """
    Return the countries that a text lists, each once, as codes of three letters.

    Codes of two or three letters and names count, in either case, with commas, semicolons or line ends between them; codes
    may stand apart by spaces alone.

    Raises
    ------
    PunteError
        One of them is no country.

    Examples
    --------
    >>> read_countries("Moldova; rou, PL")
    ['MDA', 'ROU', 'POL']
    """
    known = _spellings()
    found: dict[str, None] = {}
    for line in re.split(r"[,;\n]", text):
        piece = " ".join(line.split())
        parts = [piece] if piece.casefold() in known else piece.split()
        for part in parts:
            code = known.get(part.casefold())
            if code is None:
                raise PunteError(
                    _("“%(name)s” is no country. Write names or codes, such as Moldova or MDA.")
                    % {"name": piece[:60]}
                )
            found[code] = None
    return list(found)
