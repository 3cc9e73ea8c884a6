"""
The nine capability areas of the European readiness roadmap.

References
----------
https://prospernetwork.eu/the-eus-2030-roadmap-for-military-readiness/ lists them.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AREAS: Final[dict[str, Promise]] = {
    "air_missile_defence": _("Air and missile defence"),
    "strategic_enablers": _("Strategic enablers"),
    "military_mobility": _("Military mobility"),
    "artillery": _("Artillery systems"),
    "ammunition_missiles": _("Ammunition and missiles"),
    "drones_counter_drones": _("Drones and counter-drone systems"),
    "ai_cyber_ew": _("AI, cyber and electronic warfare"),
    "ground_combat": _("Ground combat capabilities"),
    "maritime": _("Maritime"),
}


def area_name(code: str) -> str:
    """Return the name of an area, or the code itself where it is no known one."""
    return str(AREAS.get(code, code))
