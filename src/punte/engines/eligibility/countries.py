"""Dated statuses of countries: who belonged to which zone on which day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    One status of one country over time.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2 code, or a name such as ``UA``; capitals.
    zone
        Name of the status: ``EU``, ``EEA_EFTA``, ``UA``, ``CANDIDATE``, ``SDP`` ...
    since, until
        First and last day; ``None`` for open.
    source
        Where it was read.
    verified
        Whether that source was seen.
    """

    country: str
    zone: str
    since: date | None = None
    until: date | None = None
    source: str = ""
    verified: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the status held on ``day``, both ends included."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Countries:
    """
    The register of countries and their statuses.

    Parameters
    ----------
    codes
        Every code that is a country; statuses of others are refused.
    standings
        In any order; a country may have several at once.
    """

    codes: frozenset[str]
    standings: tuple[Standing, ...]
    _by_zone: dict[str, tuple[Standing, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        unknown = {standing.country for standing in self.standings} - self.codes
        if unknown:
            raise PunteError(
                f"Statuses name unknown countries: {', '.join(sorted(unknown))}. Use ISO codes."
            )
        zones: dict[str, list[Standing]] = {}
        for standing in self.standings:
            zones.setdefault(standing.zone, []).append(standing)
        by_zone = {zone: tuple(found) for zone, found in zones.items()}
        object.__setattr__(self, "_by_zone", by_zone)

    @property
    def zones(self) -> frozenset[str]:
        """Names of all zones that occur."""
        return frozenset(self._by_zone)

    def is_in(self, country: str, zones: Iterable[str], day: date) -> bool:
        """Whether ``country`` belonged to any of ``zones`` on ``day``."""
        return any(
            standing.country == country and standing.holds_on(day)
            for zone in zones
            for standing in self._by_zone.get(zone, ())
        )

    def in_zones(self, zones: Iterable[str], day: date) -> frozenset[str]:
        """Return the countries that belonged to any of ``zones`` on ``day``."""
        return frozenset(
            standing.country
            for zone in zones
            for standing in self._by_zone.get(zone, ())
            if standing.holds_on(day)
        )

    def standings_of(self, country: str, day: date) -> tuple[Standing, ...]:
        """Return the statuses of ``country`` on ``day``."""
        return tuple(
            standing
            for standing in self.standings
            if standing.country == country and standing.holds_on(day)
        )

    def change_days(self) -> frozenset[date]:
        """Return every day on which some status begins."""
        return frozenset(s.since for s in self.standings if s.since is not None)
