"""Which facts stand with which events, whoever tells them: an event is asked for its own facts only."""

from collections.abc import Collection, Iterable, Mapping

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.may_tell import OWN
from bindeledd.features.pathways.domain.fields import CaseField

_K = EventKind
_CONTACT = (_K.REACHED, _K.CONTACT_ATTEMPTED, _K.CALLED_IN, _K.DECLINED, _K.DEATH_REPORTED)

# What the core writes by itself. Without events: it is known of the case or the moment (`when`,
# `given`), and no event carries it.
_WRITTEN: Mapping[str, tuple[EventKind, ...]] = {
    "channel": _CONTACT,
    "receipt": (_K.CONTACT_ATTEMPTED,),
    "person_answered": (_K.CONTACT_ATTEMPTED,),
    "plan_written": (_K.PLAN_OFFERED,),
    "plan_person": (_K.PLAN_OFFERED,),
    "plan_relatives": (_K.PLAN_OFFERED,),
    "plan_municipal_measure": (_K.PLAN_OFFERED,),
    "plan_complete": (_K.PLAN_OFFERED,),
    "minors": (_K.CHILDREN_ASKED,),
    "taken_over_by": (_K.HANDOVER_ACCEPTED,),
    "index_kind": (_K.INDEX_EVENT,),
    "minor": (_K.INDEX_EVENT, _K.AGE_NOTED),
    "unit_kind": (),
    "next_day_unstaffed": (),
}


def carriers(fact: str, fields: Iterable[CaseField] = ()) -> Collection[str] | None:
    """The kinds of events that this fact stands with; `None` for what nobody declares."""
    packs = [one.asked_with for one in fields if one.key == fact]
    own = [kind.value for kind, facts in OWN.items() if fact in facts]
    if not packs and not own and fact not in _WRITTEN:
        return None
    written = [kind.value for kind in _WRITTEN.get(fact, ())]
    return sorted({*own, *written, *(kind for kinds in packs for kind in kinds)})
