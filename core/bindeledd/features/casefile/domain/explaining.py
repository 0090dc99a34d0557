"""Why something is due then, and why nobody is being alerted about it: in codes and in words.

"No alert" is never an empty answer: it says who has seen it, who hears next and when, or that
something is wrong.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bindeledd.features.casefile.domain.owing import Said, Watch
from bindeledd.features.cases.domain.early import Early
from bindeledd.features.pathways.domain import SAME_DAY
from bindeledd.features.tasks.domain import HELD, Task
from bindeledd.foundation.ids import read_id
from bindeledd.foundation.periods import says_it
from bindeledd.foundation.spelling import word, written
from bindeledd.foundation.texts import t

# A sweep runs every 30 s: what is behind by more than this does not come by itself.
BEHIND = timedelta(seconds=120)

Name = Callable[[Any], str]

# Rules that count from nothing: what they are is all there is to say.
_SAID_ALONE = frozenset({SAME_DAY, "list"})

# What was late before anybody here could know of it, and from when it is counted instead.
_COUNTED_ANEW = {"takeover": "counted_from_takeover", "stay_over": "counted_from_known"}


def said(code: str, **values: Any) -> Said:
    """The sentence that stands under `casefile.why.<code>`."""
    shown = {name: _shown(value) for name, value in values.items()}
    return Said(code=code, values=values, text=t(f"casefile.why.{code}", **shown))


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return written(value)
    return value


def _word(table: str, code: object, otherwise: str = "") -> str:
    """What a code is called; the code itself where it has no name (a plugin's own)."""
    return word(f"casefile.{table}", code, otherwise)


# --- why then -------------------------------------------------------------------------------------


def due_because(
    task: Task, *, who: str = "", names: Mapping[str, str] | None = None
) -> tuple[Said, ...]:
    """Why the task is due at that moment: its rule, how it was counted, who moved it.

    `who`: the name of the person who made it, who chose the time where no rule did. `names`:
    of the members whom the reason names, by id.
    """
    return tuple(_because(task.due_reason, who, names or {}))


def whom_it_names(reason: Mapping[str, Any]) -> frozenset[UUID]:
    """The members who chose the day, or moved it, as the reason of a task says them.

    Where the product itself or a command did it, there is nobody to name.
    """
    said = (str(reason.get(name) or "") for name in ("by", "moved_by"))
    return frozenset(found for one in said if (found := read_id(one)) is not None)


def _because(reason: Mapping[str, Any], who: str, names: Mapping[str, str]) -> Iterator[Said]:
    yield from _ruled(reason, who, names)
    yield from _moved(reason, names)
    if reason.get("rehomed"):
        yield said("rehomed", pack=reason["rehomed"])
    if reason.get("date_only") is True:
        yield said("date_only")
    if reason.get("default", False):
        unread = reason.get("unread")
        yield said("unread", source=unread) if unread else said("default")
    elif reason.get("source"):
        basis, source = _set_by(reason)
        yield said("source", basis=_word("basis", basis), source=source)


def _ruled(reason: Mapping[str, Any], who: str, names: Mapping[str, str]) -> Iterator[Said]:
    """By which rule, or who chose the time."""
    rule = reason.get("rule")
    if rule == "cover_appointment":
        yield said("before_appointment", within=period(str(reason.get("within", ""))))
    elif rule == "person":
        yield said("named_chose", who=who) if who else said("person_chose")
    elif rule in _SAID_ALONE:
        yield said(str(rule))
    elif rule == "longest_silence":
        yield said("longest_silence", within=period(str(reason.get("within", ""))))
    elif "not_before" in reason:
        yield _by("named_day", names.get(str(reason.get("by")), ""))
    elif _on_that_day(reason) and reason.get("of") == "appointment_at":
        yield said("counted_appointment_day")
    elif "form" in reason:
        yield _counted(reason)


def _moved(reason: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Said]:
    """What was moved, and why."""
    if reason.get("moved") == "earlier":
        yield said("moved_to_staffed")
    elif reason.get("moved") == "later":
        yield said("moved_after_the_day")
    elif reason.get("moved") == "after":
        yield said("moved_after_the_moment")
    elif reason.get("moved") == "no_staffed_moment":
        yield said("no_staffed_moment")
    elif reason.get("moved") in ("task_brought_forward", "task_moved_later"):
        yield _by(str(reason["moved"]), names.get(str(reason.get("moved_by")), ""))
    elif reason.get("moved") == "kept":
        yield said("kept")
    elif reason.get("moved") in _COUNTED_ANEW:
        yield said(_COUNTED_ANEW[str(reason["moved"])])
        if reason.get("in_turn"):
            yield said("in_turn")
        if "was_due_at" in reason:
            yield said("was_due", at=datetime.fromisoformat(str(reason["was_due_at"])))


def _set_by(reason: Mapping[str, Any]) -> tuple[object, object]:
    """What the due time rests on: its own basis where it has one, else that of the rule."""
    if "due_basis" in reason:
        return reason["due_basis"], reason["due_source"]
    return reason.get("basis"), reason["source"]


def _by(code: str, who: str) -> Said:
    return said(f"{code}_by", who=who) if who else said(code)


def _counted(reason: Mapping[str, Any]) -> Said:
    """How the moment was counted from the event that began it."""
    form = str(reason["form"])
    known = ("within", "window", "before", "at", "end_of_day", "end_of_day_later")
    if form == "end_of_day" and not _on_that_day(reason):
        form = "end_of_day_later"
    within, count = str(reason.get("within", "")), _word("count", reason.get("count", ""))
    alone = not count or says_it(str(reason.get("count", "")), within)
    return said(
        f"counted_{form}" if form in known else "counted_within",
        within=period(within),
        opens=period(str(reason.get("opens", ""))),
        count=count,
        counted="" if alone else f" ({count})",
    )


def _on_that_day(reason: Mapping[str, Any]) -> bool:
    """Whether it is due before the day of its anchor is over, and not some days after it."""
    return reason.get("form") == "end_of_day" and reason.get("within", "PT0S") == "PT0S"


def period(text: str) -> str:
    """An ISO 8601 period in words: `P3D` is 3 dager."""
    number = text.strip("PTDHMS")
    unit = {"D": "days", "H": "hours", "M": "minutes", "S": "seconds"}.get(text[-1:], "")
    if not number.isdigit() or not unit:
        return text
    return t(f"casefile.period.{unit}", count=int(number))


def early(told: Early) -> Said:
    """Why a task stands that was answered before its window opened."""
    return said("early", told=told.told_at, opens=told.window_from)


# --- why nobody is alerted --------------------------------------------------------------------------


def alerting(task: Task, watch: Watch, at: datetime, *, name: Name) -> Said:
    """Who hears of this task next and when, or why nobody does, seen from `at`."""
    if watch.seen_until is not None and watch.seen_until > at:
        who = name(watch.seen_by)
        return said("seen", who=who, until=watch.seen_until)
    if watch.next_at == HELD:
        return said("held_by_takeover")
    if watch.next_at is None or at - watch.next_at > BEHIND:
        return said("stopped", since=watch.next_at or task.due_at)
    if task.due_at < at:
        return _late(watch)
    if not watch.covers(task.due_at):
        return _uncovered(task, watch)
    if watch.next_at >= task.due_at:
        return said("not_due_yet", due=task.due_at, audience=_audience(watch))
    return said("word_before_due", due=task.due_at, next=watch.next_at, audience=_audience(watch))


def _uncovered(task: Task, watch: Watch) -> Said:
    if watch.told_at is None:
        return said("nobody_on_duty", due=task.due_at, next=watch.next_at)
    return said("uncovered_told", due=task.due_at, told=watch.told_at, next=watch.next_at)


def _late(watch: Watch) -> Said:
    if watch.told_at is None:
        return said("late_first_word", next=watch.next_at, audience=_audience(watch))
    if watch.next_audience == "repeat":
        return said("late_next_round", told=watch.told_at, next=watch.next_at)
    return said("late_running", told=watch.told_at, next=watch.next_at, audience=_audience(watch))


def _audience(watch: Watch) -> str:
    return _word("audiences", watch.next_audience)
