"""Numbers that stand for a person in Norway, and for organisations and professionals.

Read `classify` first. No sex and no birth date is ever derived from a number: the digits of a
date are only checked to be a date in some century (from 2032 the century cannot be read), and to
be the one that was written beside them.
Sources: Skatteetaten, nytt fødselsnummer fra 2032; HIS 1001:2010 for H- and FH-numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bindeledd.foundation.errors import Invalid


class IdentifierKind(StrEnum):
    FNR = "fnr"
    D_NUMBER = "d_number"
    H_NUMBER = "h_number"
    FH_NUMBER = "fh_number"
    DUF = "duf"
    OTHER = "other"


# OID 2.16.578.1.12.4.1.1.8116, as messages say it.
_STATED = {
    "FNR": IdentifierKind.FNR,
    "DNR": IdentifierKind.D_NUMBER,
    "HNR": IdentifierKind.H_NUMBER,
    "FHN": IdentifierKind.FH_NUMBER,
    "DUF": IdentifierKind.DUF,
}


class WrongLength(Invalid):
    """Not 11 digits (or 12 for a DUF-number)."""

    code = "identifier.wrong_length"


class WrongCheckDigit(Invalid):
    """The check digits do not fit, neither by the rule of today nor by that of 2032."""

    code = "identifier.wrong_check_digit"


class WrongDate(Invalid):
    """The first six digits are no date in any century, in no series that is known."""

    code = "identifier.wrong_date"


class SyntheticRefused(Invalid):
    """A number of a test series, where only real people are registered."""

    code = "identifier.synthetic_refused"


class AssignerMissing(Invalid):
    """A local help number is unique only together with the one who gave it."""

    code = "identifier.assigner_missing"


class WrongOrganisationNumber(Invalid):
    code = "identifier.wrong_organisation_number"


class WrongHprNumber(Invalid):
    code = "identifier.wrong_hpr_number"


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A number with its kind. `assigner` says who gave a number that is local."""

    kind: IdentifierKind
    value: str
    synthetic: bool = False
    assigner: str | None = None

    @property
    def key(self) -> str:
        """What is compared and looked up: a local number counts only with its assigner."""
        if self.kind in (IdentifierKind.H_NUMBER, IdentifierKind.OTHER):
            return f"{(self.assigner or '').casefold()}|{self.value.casefold()}"
        return self.value


def classify(text: str, *, allow_synthetic: bool, assigner: str | None = None) -> Identifier:
    """The number that `text` is, spaces and punctuation left out.

    A month + 40 with `assigner` is a local H-number; without one it is of NAV's test series,
    which looks the same. Raises `WrongLength`, `WrongDate`, `WrongCheckDigit`,
    `AssignerMissing`, and `SyntheticRefused` unless `allow_synthetic`.
    """
    digits = _digits(text)
    if len(digits) == 12:
        return _duf(digits)
    if len(digits) != 11:
        raise WrongLength(digits=len(digits))
    if digits[0] in "89":
        return _fh_number(digits)
    kind, series = _kind_and_series(digits)
    _check(digits, k1_rests=range(4))
    if series == "h" and assigner:
        return Identifier(kind=IdentifierKind.H_NUMBER, value=digits, assigner=assigner)
    if series and not allow_synthetic:
        raise AssignerMissing() if series == "h" else SyntheticRefused()
    return Identifier(kind=kind, value=digits, synthetic=bool(series))


def stated(
    code: str, text: str, *, allow_synthetic: bool, assigner: str | None = None
) -> Identifier:
    """The number that a message says is of type `code` (FNR, DNR, HNR, FHN, DUF, others).

    What is local or foreign is kept as it was typed. Raises as `classify` does for the rest.
    """
    kind = _STATED.get(code.strip().upper(), IdentifierKind.OTHER)
    value = text.strip()
    if kind is IdentifierKind.OTHER:
        return Identifier(kind=kind, value=value, assigner=assigner or code.strip())
    if kind is IdentifierKind.H_NUMBER:
        if not assigner:
            raise AssignerMissing()
        return Identifier(kind=kind, value=value, assigner=assigner)
    return classify(value, allow_synthetic=allow_synthetic)


def organisation_number(text: str) -> str:
    """The nine digits of an organisation number: the first is 8 or 9, the last a check digit."""
    digits = _digits(text)
    fits = len(digits) == 9 and digits[0] in "89"
    if not fits or _weighted(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11:
        raise WrongOrganisationNumber(digits=len(digits))
    return digits


def hpr_number(text: str) -> str:
    """A number of the register of health personnel: seven to nine digits."""
    digits = _digits(text)
    if not 7 <= len(digits) <= 9 or not digits.strip("0"):
        raise WrongHprNumber(digits=len(digits))
    return digits


K1_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
K2_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_DUF_WEIGHTS = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)


def _digits(text: str) -> str:
    """Digits only; anything but spaces, dots and hyphens between them is not left out."""
    bare = "".join(c for c in text if c not in " .-\u00a0\u202f")
    if not (bare.isascii() and bare.isdigit()):
        raise WrongLength(digits=sum(c.isdigit() for c in bare))
    return bare


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def _check(digits: str, *, k1_rests: range) -> None:
    """Refuse unless both check digits fit. Until 2032 the first has rest 0, afterwards 0 to 3."""
    k1_rest = (_weighted(digits, K1_WEIGHTS) + int(digits[9])) % 11
    k2_rest = (_weighted(digits, K2_WEIGHTS) + int(digits[10])) % 11
    if k1_rest not in k1_rests or k2_rest:
        raise WrongCheckDigit()


def _kind_and_series(digits: str) -> tuple[IdentifierKind, str]:
    """Fødselsnummer or D-number; and the series: real "", "h" (month + 40), "nav", "tenor"."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    temporary = day > 40
    kind = IdentifierKind.D_NUMBER if temporary else IdentifierKind.FNR
    series = {0: "", 40: "nav" if temporary else "h", 80: "tenor"}
    for offset, name in series.items():
        if _is_a_date(day - 40 * temporary, month - offset, year):
            return kind, name
    raise WrongDate()


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_a_date(day: int, month: int, year: int) -> bool:
    """True if it is a day in some century: 29 February of the year 00 existed in 2000."""
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    return (day, month) != (29, 2) or year % 4 == 0


def contradicts(number: Identifier, on: date) -> bool:
    """Whether the number and the day of birth that was written beside it cannot both be right.

    Only a fødselsnummer holds the day itself, in whatever century; others say nothing of it.
    """
    held = day_in(number)
    return held is not None and held != f"{on.day:02}{on.month:02}{on.year % 100:02}"


def day_in(number: Identifier) -> str | None:
    """The day, month and year of birth in a fødselsnummer as six digits, without a century; None of
    any other number."""
    if number.kind is not IdentifierKind.FNR:
        return None
    month = int(number.value[2:4]) % 40
    return f"{number.value[:2]}{month:02}{number.value[4:6]}"


def _fh_number(digits: str) -> Identifier:
    """A shared help number: no date in it, and the check digits of before 2032."""
    _check(digits, k1_rests=range(1))
    return Identifier(kind=IdentifierKind.FH_NUMBER, value=digits)


def _duf(digits: str) -> Identifier:
    """A number of the immigration authorities: year, running number, two check digits."""
    if _weighted(digits, _DUF_WEIGHTS) % 11 != int(digits[10:]):
        raise WrongCheckDigit()
    return Identifier(kind=IdentifierKind.DUF, value=digits)
