"""Reading a KITH tree: by local names, `V` attributes, dates with and without time and zone."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lxml import etree

from bindeledd.features.intake.domain.facts import ContactPoint, Moment
from bindeledd.features.intake.domain.safety import CannotRead

OSLO = ZoneInfo("Europe/Oslo")
_SCHEMES = {"HER": "HER", "RSH": "RESH", "ENH": "ENH"}
_LOCAL = ("LAV", "LIN", "LOK", "AVD")
YEARS = range(1900, 2101)  # beyond them a date is a slip of the pen
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?")
_BLOCKS = {"p", "div", "tr", "li", "br", "h1", "h2", "h3", "h4", "table", "ul", "ol"}


class AgainstSchema(CannotRead):
    """It is not built as its format demands: a schema says so, or something needed is missing."""

    code = "intake.schema"


class NotSaid(CannotRead):
    """The standard may let it be absent: this product cannot do without it."""

    code = "intake.not_said"


class NoMessageId(CannotRead):
    code = "intake.no_message_id"


class BadTime(CannotRead):
    """A time that is needed is not a time."""

    code = "intake.bad_time"


def name_of(element: etree._Element) -> str:
    return etree.QName(element).localname


def every(element: etree._Element | None, *path: str) -> Iterator[etree._Element]:
    """Every element at `path` of local names (`*` is any) below `element`, in order."""
    if element is None:
        return
    if not path:
        yield element
        return
    for child in element:
        if isinstance(child.tag, str) and path[0] in (name_of(child), "*"):
            yield from every(child, *path[1:])


def first(element: etree._Element | None, *path: str) -> etree._Element | None:
    return next(every(element, *path), None)


def needed(element: etree._Element, *path: str) -> etree._Element:
    found = first(element, *path)
    if found is None:
        raise AgainstSchema(missing="/".join(path))
    return found


def text(element: etree._Element | None, *path: str) -> str:
    """The text at `path`, stripped; empty where there is none."""
    found = first(element, *path)
    return "" if found is None or found.text is None else found.text.strip()


def value(element: etree._Element | None, *path: str) -> str:
    """The `V` attribute at `path`, stripped; empty where there is none."""
    found = first(element, *path)
    return "" if found is None else (found.get("V") or "").strip()


def said(element: etree._Element | None, *path: str) -> str:
    """The display name (`DN`) at `path`, else its code."""
    found = first(element, *path)
    return "" if found is None else (found.get("DN") or found.get("V") or "").strip()


def truth(element: etree._Element | None, *path: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text(element, *path))


def plain(element: etree._Element | None) -> str:
    """The words of an element that may hold XHTML: tags gone, blocks on lines of their own."""
    if element is None:
        return ""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append(node.text or "")
        else:
            if name_of(node) in _BLOCKS:
                parts.append("\n")
            elif name_of(node) in ("td", "th"):
                parts.append("\t")
            if node is not element:
                parts.append(node.tail or "")
    lines = (re.sub(r"[^\S\n\t]+", " ", line).strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def moment(written: str) -> Moment | None:
    """A TS value as a moment; None for an empty one. Raises `BadTime`.

    Without a zone it is Norwegian time; without a time it is the start of that day.
    """
    if not written:
        return None
    day = _DATE.fullmatch(written)
    try:
        if day:
            midnight = datetime.fromisoformat(day.group(1)).replace(tzinfo=OSLO)
            return Moment(at=_credible(midnight), date_only=True)
        return Moment(at=_credible(_instant(written)))
    except (ValueError, OverflowError):
        raise BadTime() from None


def _credible(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError
    return at.astimezone(UTC)


def _instant(written: str) -> datetime:
    clock = written
    extra = timedelta()
    if "T24:00" in clock:
        clock, extra = clock.replace("T24:00", "T00:00"), timedelta(days=1)
    made = datetime.fromisoformat(clock)
    if "T" not in clock:
        raise ValueError
    return ((made if made.tzinfo else made.replace(tzinfo=OSLO)) + extra).astimezone(UTC)


def day(written: str) -> date | None:
    """The date of a TS value, None for an empty or odd one (a birth date is not worth refusing)."""
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def point(scheme: str, number: str, name: str) -> ContactPoint | None:
    """A contact point, where its type is one that a register may hold."""
    known = _SCHEMES.get(scheme) or ("local" if scheme in _LOCAL else None)
    return ContactPoint(scheme=known, value=number, name=name) if known and number else None


def distinct(points: Iterable[ContactPoint | None]) -> tuple[ContactPoint, ...]:
    """Each contact point once, in order; the first name that was given for it stands."""
    seen: dict[tuple[str, str], ContactPoint] = {}
    for found in points:
        if found is not None:
            seen.setdefault((found.scheme, found.value), found)
    return tuple(seen.values())


def phone(address: str) -> str:
    """A telephone number out of `tel:…`; empty for anything else (mail, fax, web)."""
    scheme, _, rest = address.partition(":")
    number = rest if scheme.lower() == "tel" else ("" if rest else scheme)
    return re.sub(r"[^\d+]", "", number)
