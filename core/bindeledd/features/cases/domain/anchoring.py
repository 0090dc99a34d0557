"""Which rules an event brings into play: the pathway's own, and what the product itself owes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from bindeledd.features.cases.domain import (
    Event,
    EventKind,
    assumed,
    child_contact,
    offering,
    recalling,
    reopening,
    said_of_death,
)
from bindeledd.features.cases.domain.after_death import withdraws
from bindeledd.features.cases.domain.deaths import (
    CONFIRM,
    contradicts_death,
    from_when_told,
    told_again,
)
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.features.cases.domain.in_record import in_the_record
from bindeledd.features.cases.domain.telling import OF_THE_BEREAVED
from bindeledd.features.cases.domain.unanswered import unanswered
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
    EventKind.RELATIVES_ASKED: (("ask_relatives", ("relatives_asked",)),),
    EventKind.CHILDREN_ASKED: ((child_contact.TASK, ("children_asked",)),),
    EventKind.PLAN_OFFERED: ((offering.PLAN, ("plan_offered",)),),
    EventKind.DEATH_CONFIRMED: (("withdraw_booked", ()),),
    EventKind.DEATH_REFUTED: (("review_held", ()),),
    EventKind.BEREAVED_OFFERED: (("support_bereaved", ("bereaved_offered",)),),
    EventKind.BEREAVED_CHILDREN_OFFERED: (
        ("support_bereaved_children", ("bereaved_children_offered",)),
    ),
    EventKind.HANDOVER_SENT: (
        ("follow_up_handover", ("handover_accepted", "handover_returned")),
        ("accept_handover", ("handover_accepted", "handover_returned")),
        ("review_sharing", ()),
    ),
    EventKind.HANDOVER_ACCEPTED: (("ask_whether_met", ()), ("withdraw_booked", ())),
}

# A question to the person: a reported death ends it, and it does not keep a case from closing.
_ASKS_THE_PERSON = frozenset({"ask_contact_consent", offering.PLAN})
# What is offered to adults who are left is advised; to children it is owed by law.
_ADVISED = frozenset({"support_bereaved", child_contact.TASK})


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
    for rule, event in _after(frame, since):
        if not (
            _came_to_nothing(rule, event, history) or offering.replaces(rule.task, event, history)
        ):
            yield rule, event
    decides = _unanswered_rule(frame)
    if decides is not None:
        apart = frame.pathway.unreachable.apart
        for event in unanswered(since, frame.book.rule("clinician_decides"), apart):
            yield decides, event
    yield from _to_find_out(frame, since)
    yield from _corrections(frame, since, history)
    contradicted = contradicts_death(history, frame)
    if contradicted is not None and contradicted in since and CONFIRM in frame.book.core:
        core = frame.book.rule(CONFIRM)
        satisfied_by = ("death_confirmed", "death_refuted")
        step = _core_step(core, contradicted.kind, satisfied_by)
        yield replace(step, owner="lead"), from_when_told(contradicted)


def _to_find_out(frame: Frame, since: tuple[Event, ...]) -> Iterator[Anchored]:
    """An assumed discharge owes it to somebody to find out the real one, from when it was said."""
    if assumed.FIND_OUT not in frame.book.core:
        return
    step = _core_step(frame.book.rule(assumed.FIND_OUT), EventKind.DISCHARGED, ("discharged",))
    for event in since:
        if event.is_assumed:
            said = max(event.at, event.recorded_at)
            yield (
                replace(step, strength=Strength.SHOULD),
                replace(event, at=said, date_only=False),
            )


def anchored_before(frame: Frame, signed: tuple[Event, ...]) -> Iterator[Anchored]:
    """The same of what stood when the follow-up was closed, where some of it was wrong."""
    valid = tuple(e for e in signed if not (e.in_error or e.is_receipt))
    return _after(frame, assumed.without_replaced(valid))


def _after(frame: Frame, events: Sequence[Event]) -> Iterator[Anchored]:
    again = told_again(events)
    for event in events:
        for rule in () if event.id in again else _rules_of(frame, event):
            if not (_answers_elsewhere(rule, event) or _answered_for_good(rule, event)):
                yield rule, from_when_told(event) if rule.task == CONFIRM else event


def _rules_of(frame: Frame, event: Event) -> Iterator[Step | Gate]:
    """The rules of where the person was; a chain of answers goes on wherever it began."""
    here = list(_rules(frame, event.kind, frame.routine(event)))
    yield from here
    if event.kind is EventKind.ANSWERED:
        chains = (
            r for before in frame.before(event) for r in before.owed if r.anchor == event.kind
        )
        known = {rule.key for rule in here}
        yield from {rule.key: rule for rule in chains if rule.key not in known}.values()


def _corrections(
    frame: Frame, since: tuple[Event, ...], history: tuple[Event, ...]
) -> Iterator[Anchored]:
    """What a correction leaves to do: tell those who have it, the EPJ, what was held, a look."""
    recalls = recalling.recalls(history)
    reports = {str(e.id) for e in history if e.kind is EventKind.DEATH_REPORTED}
    in_record = in_the_record(since)
    for event in since:
        owed = {
            recalling.RECALL: event.id in recalls,
            "correct_epj": event.id in in_record,
            "review_held": takes_back(event, reports) and bool(held_until(history, event)),
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


def _came_to_nothing(rule: Step | Gate, event: Event, history: tuple[Event, ...]) -> bool:
    """Nothing was held that is to be looked over, or left to tell; or nobody has died."""
    if rule.key == "core.withdraw_booked":
        return not withdraws(event, said_of_death(history))
    if rule.key == "core.review_held":
        return not held_until(history, event)
    if rule.key == f"core.{child_contact.TASK}":
        return not child_contact.is_owed_from(event, reopening.since_begun(history))
    if not rule.key.startswith("core.") or event.kind not in OF_THE_BEREAVED:
        return False
    said = said_of_death(history)
    return said is None or said.kind is not EventKind.DEATH_CONFIRMED


def held_until(history: Sequence[Event], settled: Event) -> list[Event]:
    """What the report that this event settles held back: since the one before it was settled."""
    reports = {str(e.id) for e in history if e.kind is EventKind.DEATH_REPORTED}
    before = [
        e.recorded_at
        for e in history
        if (e.kind is EventKind.DEATH_REFUTED and not e.in_error) or takes_back(e, reports)
        if e.recorded_at < settled.recorded_at
    ]
    since = max(before, default=None)
    return [
        e
        for e in history
        if e.kind is EventKind.MESSAGE_HELD
        and not e.in_error
        and e.recorded_at <= settled.recorded_at
        and (since is None or e.recorded_at > since)
    ]


def _answers_elsewhere(rule: Step | Gate, event: Event) -> bool:
    """Nobody here accepts what was handed over to somebody outside: the sender asks after it.

    What was shared is looked at afterwards only where its ground asks for that.

    And whoever took over inside has the first date as a task of their own: nobody asks them.
    """
    if rule.task == "review_sharing":
        return event.facts.get("ground_reviewed") != "yes"
    outside = bool(event.facts.get("to_outside"))
    if rule.task == "ask_whether_met" and event.kind is EventKind.HANDOVER_ACCEPTED:
        return not outside
    return rule.task == "accept_handover" and outside


def _answered_for_good(rule: Step | Gate, event: Event) -> bool:
    """A yes or a no is an answer; only *not now* is asked again, at its date.

    So it is of those who are left behind; their no too, where a day was agreed. A plan is offered
    again to who wants to wait with it or said no, and gone through anew where it was made.
    """
    if event.kind is EventKind.PLAN_OFFERED and rule.task == offering.PLAN:
        return not offering.is_of_a_new_offer(rule, event)
    if event.kind in OF_THE_BEREAVED and rule.key.startswith("core."):
        return event.facts.get("bereaved") != "later" and offering.MOMENT not in event.facts
    if event.kind is EventKind.RELATIVES_ASKED and rule.key.startswith("core."):
        return not event.facts.get("relatives_later")
    if rule.task != "ask_contact_consent" or event.kind is not EventKind.CONTACT_CONSENT_ASKED:
        return False
    return event.facts.get("contact_consent") != "later"


def _unanswered_rule(frame: Frame) -> Step | None:
    kind = "clinician_decides"
    core = frame.book.core.get(kind)
    if core is None or any(rule.task == kind for rule in frame.pathway.owed):
        return None
    return replace(_core_step(core, EventKind.CONTACT_ATTEMPTED, ("reached",)), contact=True)


def rules_after(frame: Frame, event: Event) -> Iterator[Step | Gate]:
    """What the routine of where the person was, or the product itself, owes after this event."""
    return _rules(frame, event.kind, frame.routine(event))


def _rules(frame: Frame, kind: EventKind, routine: Pathway) -> Iterator[Step | Gate]:
    own = [rule for rule in routine.owed if rule.anchor == kind]
    yield from own
    for task, satisfied_by in _CORE.get(kind, ()):
        if task in frame.book.core and not any(_takes_over(rule, task) for rule in own):
            step = _core_step(frame.book.rule(task), kind, satisfied_by)
            if task == child_contact.TASK:
                step = replace(step, evidence=child_contact.SETTLES)
            if task in _ASKS_THE_PERSON | _ADVISED:
                step = replace(step, strength=Strength.SHOULD)
            asks = task in _ASKS_THE_PERSON or task == "ask_relatives"
            yield replace(step, contact=True) if asks else step


def _takes_over(rule: Step | Gate, task: str) -> bool:
    """Whether a rule of the routine owes this in the place of the product's own: going through a
    plan anew is no new offer of it."""
    return rule.task == task and (task != offering.PLAN or rule.due.of == offering.MOMENT)


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
