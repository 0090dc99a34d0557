"""Which rules an event brings into play: the pathway's own, and what the product itself owes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bindeledd.features.cases.domain import (
    Event,
    EventKind,
    assumed,
    correcting,
    death_reported,
    reopening,
)
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.features.pathways.domain import CoreRule, Gate, Pathway, Step, Strength

# What the product itself owes after an event, whichever pathway is used, and what ends it. Its
# clock stands in the book; a pathway that has a step of its own for the same task takes over.
_CORE: Mapping[EventKind, tuple[tuple[str, tuple[str, ...]], ...]] = {
    EventKind.DEATH_REPORTED: (("confirm_death", ("death_confirmed", "death_refuted")),),
    EventKind.CLOSING_REQUESTED: (("sign_closing", ("closed", "closing_refused")),),
    EventKind.APPOINTMENT_MISSED: (
        ("respond_to_missed_appointment", ("reached", "appointment_given", "appointment_kept")),
    ),
    EventKind.CALLED_IN: (("answer_call", ()),),
    EventKind.ACUTE_CONCERN: (("acute_concern", ()),),
    EventKind.CONTACT_CONSENT_ASKED: (("ask_contact_consent", ("contact_consent_asked",)),),
    EventKind.DEATH_CONFIRMED: (("withdraw_booked", ()),),
    EventKind.DEATH_REFUTED: (("review_held", ()),),
    EventKind.HANDOVER_SENT: (
        ("follow_up_handover", ("handover_accepted", "handover_returned")),
        ("accept_handover", ("handover_accepted", "handover_returned")),
    ),
    EventKind.HANDOVER_ACCEPTED: (("ask_whether_met", ()),),
}

_SAYS_IT_IS_WRONG = (
    EventKind.MARKED_IN_ERROR,
    EventKind.CLOSING_REQUESTED,
    EventKind.DEATH_REFUTED,
)

# A question to the person: a reported death ends it, and it does not keep a case from closing.
_ASKS_THE_PERSON = frozenset({"ask_contact_consent"})

_ALIVE = (
    EventKind.ADMITTED,
    EventKind.INDEX_EVENT,
    EventKind.DISCHARGED,
    EventKind.REACHED,
)


Anchored = tuple[Step | Gate, Event]


def anchored(frame: Frame, history: tuple[Event, ...]) -> Iterator[Anchored]:
    """Each rule with each event that it is counted from.

    What was signed stays signed: only what was recorded since a closing begins anything.
    """
    history = assumed.without_replaced(history)
    closed = reopening.standing_closure(history)
    since = tuple(
        event
        for event in history
        if not (event.in_error or event.is_receipt)
        and (closed is None or event.recorded_at >= closed.recorded_at)
    )
    yield from _after(frame, since)
    decides = _unanswered_rule(frame)
    if decides is not None:
        for event in unanswered(since, frame.book.rule("clinician_decides")):
            yield decides, event
    yield from _corrections(frame, since, history)
    contradicted = contradicts_death(history, frame)
    if contradicted is not None and contradicted in since and "confirm_death" in frame.book.core:
        core = frame.book.rule("confirm_death")
        satisfied_by = ("death_confirmed", "death_refuted")
        yield replace(_core_step(core, contradicted.kind, satisfied_by), owner="lead"), contradicted


def anchored_before(frame: Frame, signed: tuple[Event, ...]) -> Iterator[Anchored]:
    """The same of what stood when the follow-up was closed, where some of it was wrong."""
    valid = tuple(e for e in signed if not (e.in_error or e.is_receipt))
    return _after(frame, assumed.without_replaced(valid))


def _after(frame: Frame, events: Iterable[Event]) -> Iterator[Anchored]:
    for event in events:
        for rule in _rules(frame, event.kind, frame.routine(event)):
            if not (_answers_elsewhere(rule, event) or _answered_for_good(rule, event)):
                yield rule, event


def _corrections(
    frame: Frame, since: tuple[Event, ...], history: tuple[Event, ...]
) -> Iterator[Anchored]:
    """What a correction leaves to do: tell those who have it, the EPJ, what was held, a look."""
    recalls = correcting.recalls(history)
    reports = {str(e.id) for e in history if e.kind is EventKind.DEATH_REPORTED}
    for event in since:
        owed = {
            correcting.RECALL: event.id in recalls,
            "correct_epj": bool(event.facts.get("in_epj")) and event.kind in _SAYS_IT_IS_WRONG,
            "review_held": takes_back(event, reports),
            reopening.LOOK: reopening.asks_for_a_look(event),
        }
        for kind in owed:
            if owed[kind] and kind in frame.book.core:
                yield _correction(frame, kind, event), event


def _correction(frame: Frame, kind: str, event: Event) -> Step:
    """A look keeps nobody from closing: whoever signs anew has looked."""
    step = _core_step(frame.book.rule(kind), event.kind, ())
    return replace(step, strength=Strength.SHOULD) if kind == reopening.LOOK else step


def takes_back(event: Event, reports: Collection[str]) -> bool:
    """Whether a report of a death was another person's: what it held here is looked through."""
    marked = event.facts.get("events", ())
    return event.kind is EventKind.MARKED_IN_ERROR and any(one in reports for one in marked)


def _answers_elsewhere(rule: Step | Gate, event: Event) -> bool:
    """Nobody here accepts what was handed over to somebody outside: the sender asks after it.

    And whoever took over inside has the first date as a task of their own: nobody asks them.
    """
    outside = bool(event.facts.get("to_outside"))
    if rule.task == "ask_whether_met" and event.kind is EventKind.HANDOVER_ACCEPTED:
        return not outside
    return rule.task == "accept_handover" and outside


def _answered_for_good(rule: Step | Gate, event: Event) -> bool:
    """A yes or a no is an answer; only *not now* is asked again, at its date."""
    if rule.task != "ask_contact_consent" or event.kind is not EventKind.CONTACT_CONSENT_ASKED:
        return False
    return event.facts.get("contact_consent") != "later"


def _unanswered_rule(frame: Frame) -> Step | None:
    kind = "clinician_decides"
    core = frame.book.core.get(kind)
    if core is None or any(rule.task == kind for rule in frame.pathway.owed):
        return None
    return replace(_core_step(core, EventKind.CONTACT_ATTEMPTED, ("reached",)), contact=True)


_BY_VOICE = ("phone", "video")


def unanswered(history: Sequence[Event], rule: CoreRule) -> Iterator[Event]:
    """Each call that is the last of `attempts` unanswered ones `inside` a period.

    Being reached in between, and a call that was found, begin the count anew. One that the person
    answered with a no, or with *later*, is neither; where nothing is known of it, nobody answered.
    """
    if rule.attempts is None or rule.inside is None:
        return
    run: list[Event] = []
    for event in history:
        if event.kind in (EventKind.REACHED, EventKind.APPOINTMENT_KEPT):
            run = []
        elif event.kind is EventKind.CONTACT_ATTEMPTED:
            if event.is_answered or event.facts.get("channel") not in _BY_VOICE:
                continue
            run = [one for one in run if event.at - one.at <= rule.inside.length] + [event]
            if len(run) == rule.attempts:
                yield event
                run = []


def contradicts_death(history: tuple[Event, ...], frame: Frame) -> Event | None:
    """The first sign of life after the death that was reported last, which nobody has refuted."""
    dead = death_reported(history)
    if dead is None:
        return None
    local_date = frame.calendar(frame.team("responsible_team")).local_date
    for event in history:
        if event.in_error or event.kind not in _ALIVE or event.at <= dead.at:
            continue
        by_day = dead.date_only or event.date_only
        if not by_day or local_date(event.at) > local_date(dead.at):
            return event
    return None


def rules_after(frame: Frame, kind: EventKind) -> Iterator[Step | Gate]:
    """What the pathway, or the product itself, owes after an event of this kind."""
    return _rules(frame, kind, frame.pathway)


def _rules(frame: Frame, kind: EventKind, routine: Pathway) -> Iterator[Step | Gate]:
    own = [rule for rule in routine.owed if rule.anchor == kind]
    yield from own
    for task, satisfied_by in _CORE.get(kind, ()):
        if task in frame.book.core and all(rule.task != task for rule in own):
            step = _core_step(frame.book.rule(task), kind, satisfied_by)
            asks = task in _ASKS_THE_PERSON
            yield replace(step, contact=True, strength=Strength.SHOULD) if asks else step


def _core_step(rule: CoreRule, kind: EventKind, satisfied_by: tuple[str, ...]) -> Step:
    if rule.due is None:
        raise ValueError(f"the core rule '{rule.kind}' has no clock")
    return Step(
        key=f"core.{rule.kind}",
        task=rule.kind,
        after=kind.value,
        due=rule.due,
        owner=rule.owner,
        satisfied_by=satisfied_by,
        strength=Strength.MUST,
        basis=rule.basis,
        ladder=rule.ladder,
        origin=rule.origin,
    )
