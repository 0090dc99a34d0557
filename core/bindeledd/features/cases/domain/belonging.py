"""Which ending belongs to which beginning: by the appointment or the handover that both name."""

from bindeledd.features.cases.domain import Event, EventKind

# Facts that tie an ending to its beginning: the answer to one handover ends no other. A new
# appointment does answer one that was missed, moved or cancelled.
_SAME = ("handover_id", "appointment_id")
_ANSWERED_BY_ANOTHER = frozenset(
    {
        EventKind.APPOINTMENT_MISSED,
        EventKind.APPOINTMENT_MOVED,
        EventKind.APPOINTMENT_CANCELLED,
    }
)


def belongs(anchor: Event | None, event: Event) -> bool:
    """Whether an event may end what an anchor began, as far as what both name tells."""
    if anchor is None or anchor.kind in _ANSWERED_BY_ANOTHER:
        return True
    return all(
        anchor.facts.get(name) == event.facts.get(name)
        for name in _SAME
        if anchor.facts.get(name) is not None and event.facts.get(name) is not None
    )


def is_of_the_same(anchor: Event, event: Event) -> bool:
    """Whether both name the same appointment or handover."""
    return any(
        anchor.facts.get(name) is not None and anchor.facts.get(name) == event.facts.get(name)
        for name in _SAME
    )
