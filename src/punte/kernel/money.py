"""Money: whole minor units and a currency, never a bare number and never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Self

from punte.kernel.errors import PunteError

_MINOR_PER_MAJOR: Final = 100
_MOST_DIGITS: Final = 30


class MoneyError(PunteError):
    """Two currencies were mixed, or a text is no amount of money."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """
    An exact amount of one currency.

    Parameters
    ----------
    cents
        Amount in minor units [1/100 of the currency]; may be negative.
    currency
        ISO 4217 code of three capitals.

    Raises
    ------
    MoneyError
        If the currency is no three-capital code.

    Examples
    --------
    >>> Money.parse("16680055394", "EUR") + Money(1, "EUR")
    Money(cents=1668005539401, currency='EUR')
    >>> str(Money.parse("2502008309.10", "EUR"))
    'EUR 2,502,008,309.10'
    """

    cents: int
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise MoneyError(
                f"{self.currency!r} is no currency code: give the three capitals of ISO 4217, such as EUR."
            )

    @classmethod
    def parse(cls, amount: str | int | Decimal, currency: str = "EUR") -> Self:
        """
        Return the money of a decimal text; more than two decimals are refused, not rounded.

        Raises
        ------
        MoneyError
            If ``amount`` is no finite number or is finer than a cent.
        """
        try:
            cents = Decimal(amount) * _MINOR_PER_MAJOR
        except ArithmeticError as error:
            raise MoneyError(
                f"{amount!r} is no amount: write digits with a point, 1250.50."
            ) from error
        if cents.is_finite() and cents.adjusted() > _MOST_DIGITS:
            raise MoneyError(f"{amount!r} is no amount of money: it has more than 30 digits.")
        if not cents.is_finite() or cents != cents.to_integral_value():
            raise MoneyError(
                f"{amount!r} is finer than a cent or not finite: give at most two decimals."
            )
        return cls(int(cents), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str = "EUR") -> Self:
        """Return ``amount`` [major units] rounded half-even to the cent."""
        cents = (amount * _MINOR_PER_MAJOR).to_integral_value(rounding=ROUND_HALF_EVEN)
        return cls(int(cents), currency)

    @property
    def amount(self) -> Decimal:
        """The exact amount in major units."""
        return Decimal(self.cents) / _MINOR_PER_MAJOR

    def _cents_of(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise MoneyError(
                f"{self.currency} and {other.currency} cannot be combined: convert one of them first."
            )
        return other.cents

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + self._cents_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - self._cents_of(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.cents, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.cents < self._cents_of(other)

    def __le__(self, other: "Money") -> bool:
        return self.cents <= self._cents_of(other)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.2f}"
