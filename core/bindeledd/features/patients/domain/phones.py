"""Phone numbers as people type them. What is unusual is kept as typed, never lost."""

from dataclasses import dataclass

import phonenumbers

# Emergency and crisis lines, and other short numbers, are no subscribers to `phonenumbers`.
_SHORT = range(3, 7)


@dataclass(frozen=True, kw_only=True)
class Phone:
    """`value` is E.164 where it could be understood (`known`), else as it was typed."""

    value: str
    known: bool


def phone(text: str, *, region: str = "NO") -> Phone:
    """`text` as a phone number; never refused."""
    typed = " ".join(text.split())
    bare = "".join(c for c in typed if c.isdigit())
    if bare == typed.replace(" ", "") and len(bare) in _SHORT:
        return Phone(value=bare, known=True)
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
    """What is compared and looked up: E.164, or the digits of what was typed."""
    found = phone(text)
    if found.known:
        return found.value
    return "".join(c for c in found.value if c.isdigit()) or found.value.casefold()


def shown(value: str) -> str:
    """For people: `412 34 567`; foreign numbers with their country; the rest as it stands."""
    if not value.startswith("+"):
        return value
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    form = phonenumbers.PhoneNumberFormat
    at_home = parsed.country_code == 47
    return str(phonenumbers.format_number(parsed, form.NATIONAL if at_home else form.INTERNATIONAL))
