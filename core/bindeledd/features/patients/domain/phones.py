"""Phone numbers as people type them. What is unusual is kept as typed, never lost."""

import re
from dataclasses import dataclass
from itertools import pairwise

import phonenumbers

# Emergency, information, crisis and company lines: no subscribers to `phonenumbers`.
_SHORT = re.compile(r"1\d{2,3}|0\d{4}|116\d{3}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NUMBER_ONLY = re.compile(r"[+\d\s().\-/]+")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]?\d)+")


@dataclass(frozen=True, kw_only=True)
class Phone:
    """`value` is E.164 where it could be understood (`known`), else as it was typed."""

    value: str
    known: bool


def phone(text: str, *, region: str = "NO") -> Phone:
    """`text` as a phone number; never refused. With words beside the number it is kept whole."""
    typed = " ".join(text.split())
    bare = typed.replace(" ", "")
    if _SHORT.fullmatch(bare):
        return Phone(value=bare, known=True)
    if not _NUMBER_ONLY.fullmatch(typed):
        return Phone(value=typed, known=False)
    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return Phone(value=typed, known=False)
    if not phonenumbers.is_valid_number(parsed) or parsed.extension:
        return Phone(value=typed, known=False)
    return Phone(
        value=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), known=True
    )


def phone_key(text: str) -> str:
    """What is compared and looked up: E.164, also of a number among words; else what it is."""
    if _E164.fullmatch(text):
        return text
    found = phone(text)
    if not found.known and (number := _NUMBER.search(found.value)):
        found = phone(number[0])
    if found.known:
        return found.value
    digits = "".join(c for c in found.value if c.isdigit())
    plus = "+" if digits and found.value.startswith("+") else ""
    return plus + digits or found.value.casefold()


def shown(value: str) -> str:
    """For people: `412 34 567`, `22 33 44 55`; foreign ones with their country; else as it is."""
    if not value.startswith("+"):
        return value
    if value.startswith("+47") and len(value) == 11:
        number = value[3:]
        cuts = (0, 3, 5, 8) if number[0] in "489" else (0, 2, 4, 6, 8)
        return " ".join(number[a:b] for a, b in pairwise(cuts))
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
