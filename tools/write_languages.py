"""Write what each language calls itself, by its code of ISO 639, out of the CLDR that comes with Babel: python tools/write_languages.py."""

import json
from pathlib import Path

from babel import Locale, localedata

TARGET = Path(__file__).parents[1] / "src/punte/apps/market/data/languages.json"


def own_names() -> dict[str, str]:
    """Return the names; some 150 MB and 2 s, so it is done once, here, and not by each process of the site."""
    codes = [one for one in localedata.locale_identifiers() if one.isalpha() and len(one) <= 3]
    names = {code: Locale.parse(code).languages.get(code) for code in codes}
    return {code: name for code, name in sorted(names.items()) if name}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(own_names(), ensure_ascii=False, indent=0) + "\n", "utf-8")
