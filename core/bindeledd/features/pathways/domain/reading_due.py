"""Reading when something is due; every fault with its line."""

from collections.abc import Collection

from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.values import Due
from bindeledd.features.pathways.domain.words import MOMENTS
from bindeledd.foundation.calendars import Count, Period
from bindeledd.foundation.periods import PeriodError

_MOMENT = ("of", "before", "unknown", "never_earlier", "latest")
_DUE = ("within", "from", "to", "at", "count", "end_of_day", *_MOMENT)


def read_due(table: Table, anchor: str = "", events: Collection[str] = ()) -> Due | None:
    """When something is due; `at` names its `anchor`, or one of `events` where that is another's."""
    inner = table.table("due")
    if inner is None:
        return None
    inner.only(*_DUE)
    forms = [form for form in ("within", "to", "at", "before") if form in inner.content]
    if len(forms) > 1:
        inner.wrong(forms[1], "pathways.when_twice", forms=", ".join(forms))
        return None
    if not forms:
        inner.wrong("", "pathways.due_when")
        return None
    count = Count(inner.choice("count", [str(value) for value in Count], "calendar_days"))
    if forms == ["at"]:
        _same_anchor(inner, anchor, events)
        _counted_of(inner, "at")
        return Due(within=Period(), count=count)
    opens = inner.period("from") if "from" in inner.content else None
    within = inner.period(forms[0])
    _window(inner, forms[0], opens, within)
    for key, period in ((forms[0], within), ("from", opens or Period())):
        fits_count(inner, key, period, count)
    of, unknown = _counted_of(inner, forms[0])
    return Due(
        within=within,
        opens=opens,
        count=count,
        end_of_day=inner.flag("end_of_day"),
        of=of,
        backwards=forms[0] == "before",
        unknown=unknown,
        never_earlier=inner.flag("never_earlier"),
        latest=_latest(inner),
    )


def _counted_of(inner: Table, form: str) -> tuple[str | None, Period | None]:
    """The recorded moment that it is counted from, and what holds where that is unknown."""
    if form != "before" and "of" not in inner.content:
        return None, None
    return inner.choice("of", MOMENTS), inner.period("unknown")


def _latest(inner: Table) -> Period | None:
    """How far away a person may name the moment that it is counted from."""
    if "latest" not in inner.content:
        return None
    if "of" not in inner.content:
        inner.wrong("latest", "pathways.latest_without_of")
    return inner.period("latest")


def _same_anchor(inner: Table, anchor: str, events: Collection[str]) -> None:
    at = inner.choice("at", events) if events else inner.text("at")
    if anchor and at != anchor:
        inner.wrong("at", "pathways.other_anchor", at=at, anchor=anchor)


def _window(inner: Table, form: str, opens: Period | None, within: Period) -> None:
    if opens is None and form == "to":
        inner.wrong("from", "pathways.half_window")
    if opens is not None and form == "within":
        inner.wrong("from", "pathways.needs_two")
    elif not (_is_length(inner, "from") and _is_length(inner, form)):
        return
    elif opens is not None and form == "before":
        if opens.length < within.length:
            inner.wrong("from", "pathways.opens_after", opens=opens, within=within)
    elif opens is not None and opens.length > within.length:
        inner.wrong(form, "pathways.closes_first", within=within, opens=opens)


def _is_length(inner: Table, key: str) -> bool:
    """Whether what stands there, if anything does, is a length: what is none was told."""
    try:
        Period.parse(str(inner.content.get(key, "PT0S")))
    except PeriodError:
        return False
    return True


def fits_count(inner: Table, form: str, within: Period, count: Count) -> None:
    """Staffed hours have no days, and days that are asked for by name have no hours."""
    if count is Count.STAFFED_HOURS or inner.content.get("count") in _WHOLE_DAYS:
        fits_counting(inner, form, within, count)


def fits_counting(
    table: Table, key: str, period: Period, count: Count, counted: str = "count"
) -> None:
    """A finding where the period has what this way of counting, said by the key `counted`, does
    not count."""
    if count is Count.STAFFED_HOURS and period.days:
        table.wrong(key, "pathways.staffed_days")
    elif count in _WHOLE_DAYS and period.time:
        about = {"period": period, "count": count, "counted": counted}
        table.wrong(key, "pathways.part_of_a_day", **about)


_WHOLE_DAYS = (Count.WORKING_DAYS, Count.CALENDAR_DAYS)
