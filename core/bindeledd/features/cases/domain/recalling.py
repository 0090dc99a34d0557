"""What was sent out of a wrong registration: no program can take it back.

It is listed, and a person owes an answer to each who was sent it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import BEGINNINGS, Event, EventKind
from bindeledd.features.cases.domain.telling import ReasonNeeded
from bindeledd.foundation.errors import Invalid

_K = EventKind

# Begins a course or ends a stay: where it was wrong, what was sent because of it was wrong too.
_BEGINS = frozenset({*BEGINNINGS, _K.ADMITTED, _K.DISCHARGED})
_LEAVES = frozenset(
    {
        _K.SUMMARY_SENT_TO_SOME,
        _K.SUMMARY_SENT,
        _K.SUMMARY_INTERIM,
        _K.HANDOVER_SENT,
        _K.APPOINTMENT_GIVEN,
    }
)
_WRITTEN = frozenset({"sms", "digital", "letter"})

# What is owed to those who were sent what was wrong.
RECALL = "recall_sent"
# After a death: appointments, letters and packages are taken back by a person.
WITHDRAW = "withdraw_booked"
# Done only when it is said what each receiver was told.
TOLD_EACH = frozenset({RECALL, WITHDRAW})


class NotEveryoneTold(Invalid):
    """It is said what each receiver was told, and nobody is left out.

    `left_out` how many are; `lacking` which, by their number in the list of receivers (from 1):
    names stand in no refusal.
    """

    code = "case.not_everyone_told"


def check_told(told: Iterable[Mapping[str, str]], receivers: Sequence[str]) -> None:
    """Refuse to leave out a receiver, in the order in which they are listed: `NotEveryoneTold`.

    Each of `told` says to whom (`to`) and what (`said`); without what, nobody was told.
    """
    given, lacking = Counter(one["to"] for one in told if one["said"].strip()), []
    for number, who in enumerate(receivers, start=1):
        if given[who]:
            given[who] -= 1
        else:
            lacking.append(number)
    if lacking:
        raise NotEveryoneTold(left_out=len(lacking), lacking=lacking)


def words_needed(kind: str, *, told: bool) -> bool:
    """Whether it is said in words what was done: of a recall only where nobody was to be told."""
    return not (told and kind == RECALL)


def check_done(kind: str, words: Mapping[str, object]) -> None:
    """Refuse a task of this kind that is done without words of what was done: `ReasonNeeded`, with
    the field. What each receiver was told (`told`) is enough where `words_needed` says so."""
    told = bool(words.get("told"))
    said = any(str(word).strip() for name, word in words.items() if name != "told")
    if not said and words_needed(kind, told=told):
        raise ReasonNeeded(fact="words")


def goes_out(event: Event) -> bool:
    """Whether something written left the house by it: to the person, a receiver, another service."""
    if event.kind in _LEAVES:
        return True
    out = event.facts.get("direction") == "out"
    return out and event.facts.get("channel") in _WRITTEN


def went_out(history: Sequence[Event], wrong: Event) -> tuple[Event, ...]:
    """What went out of a wrong registration until it was found to be wrong.

    `wrong` says so: events were moved away, an index event or a stay was marked as an error, or
    the ending *registered in error* was asked for. What an earlier find listed is not listed again.
    """
    return recalls(history).get(wrong.id, ())


def recalls(history: Sequence[Event]) -> dict[UUID, tuple[Event, ...]]:
    """The events that make somebody owe an answer to those who were sent what was wrong.

    Each with what was sent; nothing where nothing was sent. What becomes known only once somebody
    has told them all is owed an answer of its own.
    """
    found: dict[UUID, tuple[Event, ...]] = {}
    listed: set[UUID] = set()
    for wrong in sorted(history, key=lambda event: event.recorded_at):
        out = _sent_out_of(history, wrong, listed)
        if not out:
            continue
        told_at = _all_told_at(history, wrong)
        late = [event for event in out if told_at is not None and event.recorded_at > told_at]
        first = tuple(event for event in out if event not in late)
        if first:
            found[wrong.id] = first
        found.update({event.id: (event,) for event in late})
        listed |= {event.id for event in out}
    return found


def _all_told_at(history: Sequence[Event], wrong: Event) -> datetime | None:
    """When somebody first said, after it was found to be wrong, that everybody was told."""
    return min(
        (
            event.recorded_at
            for event in history
            if event.kind is _K.TASK_DONE
            and not event.in_error
            and event.facts.get("kind") == RECALL
            and event.recorded_at >= wrong.recorded_at
        ),
        default=None,
    )


def _sent_out_of(
    history: Sequence[Event], wrong: Event, listed: Collection[UUID]
) -> tuple[Event, ...]:
    since = _known_since(history, wrong)
    if since is None:
        return ()
    moved = set(wrong.facts["events"]) if wrong.facts.get("moved_to") else set()
    return tuple(
        event
        for event in history
        if goes_out(event)
        and event.id not in listed
        and (
            since <= event.recorded_at <= wrong.recorded_at
            or (since <= event.at <= wrong.recorded_at < event.recorded_at)  # told of afterwards
        )
        and (not event.in_error or str(event.id) in moved)
    )


def _known_since(history: Sequence[Event], wrong: Event) -> datetime | None:
    """Since when the wrong registration stood, if `wrong` says that there was one."""
    if wrong.in_error:
        return None
    if wrong.kind is EventKind.CLOSING_REQUESTED:
        asked = wrong.facts.get("ending") == "registered_in_error" and not was_refused(
            history, wrong
        )
        return min(event.recorded_at for event in history) if asked else None
    if wrong.kind is not EventKind.MARKED_IN_ERROR:
        return None
    ids = set(wrong.facts.get("events", ()))
    marked = [event for event in history if str(event.id) in ids]
    if not wrong.facts.get("moved_to"):
        marked = [event for event in marked if event.kind in _BEGINS]
    return min((event.recorded_at for event in marked), default=None)


def was_refused(history: Sequence[Event], asked: Event) -> bool:
    """Whether a lead said no to this very request: then nothing was wrong."""
    if asked.kind is not _K.CLOSING_REQUESTED:
        return False
    later = [event for event in history if event.recorded_at > asked.recorded_at]
    answers = (_K.CLOSING_REFUSED, _K.CLOSING_REQUESTED, _K.CLOSED)
    first = min(
        (event for event in later if event.kind in answers),
        key=lambda event: event.recorded_at,
        default=None,
    )
    return first is not None and first.kind is _K.CLOSING_REFUSED
