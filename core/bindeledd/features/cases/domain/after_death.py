"""What a death ends of what is owed: what reaches out at once, what needs the person when confirmed."""

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.features.tasks.domain import CONTACT_KINDS, Task

# Of the core's kinds: what is owed to the living person only, what was held for them too. A confirmed
# death ends it. Of all other kinds the rule itself says so.
_NEEDS_THE_PERSON = frozenset(
    {
        "call_patient",
        "give_appointment",
        "confirm_appointment",
        "cover_appointment",
        "record_outcome",
        "respond_to_missed_appointment",
        "offer_plan",
        "assess_risk",
        "verify_number",
        "ask_contact_consent",
        "name_receiver",
        "name_contact_person",
        "ask_whether_met",
        "clinician_decides",
        "follow_up_handed_on",
        "review_held",
        "find_discharge",
        "ask_relatives",
        "ask_children",
    }
)


def ends_with(dead: Event, task: Task) -> bool:
    """Whether a death ends the task. What others are owed (the summary, the bereaved) stands."""
    contact = bool(task.due_reason.get("contact"))
    if task.anchor_event_id == dead.id and not contact:
        return False
    said = task.due_reason.get("after_death")
    return falls_away(dead, task.kind, contact=contact, said=said and AfterDeath(said))


def falls_away(dead: Event, kind: str, *, contact: bool, said: AfterDeath | None) -> bool:
    """Whether nobody owes a task of this kind to a person of whom this was said.

    Whoever is called, visited or tried at a number is, whether or not the routine says so. `said`:
    what the rule says of a confirmed death; None where its kind says it.
    """
    if contact or kind in CONTACT_KINDS:
        return True
    if dead.kind is not EventKind.DEATH_CONFIRMED:
        return False
    return kind in _NEEDS_THE_PERSON if said is None else said is AfterDeath.ENDS


def withdraws(event: Event, dead: Event | None) -> bool:
    """Whether something is to be withdrawn after it: after a confirmed death, and after a receiver
    outside takes over somebody of whom that was known here by then. They are told by a person."""
    if dead is None or dead.kind is not EventKind.DEATH_CONFIRMED:
        return False
    if event.kind is not EventKind.HANDOVER_ACCEPTED:
        return True
    return bool(event.facts.get("to_outside")) and event.recorded_at >= dead.recorded_at
