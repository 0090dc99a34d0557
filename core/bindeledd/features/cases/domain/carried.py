"""Which facts stand with which events, whoever tells them: an event is asked for its own facts only."""

from collections.abc import Collection, Iterable, Mapping

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.may_tell import OWN
from bindeledd.features.cases.domain.told_with import TOLD_WITH
from bindeledd.features.pathways.domain.fields import CaseField

_K = EventKind

# What the core writes beside what is told: that nobody tells, or that stands with more than those
# who tell it. Without events: it is known of the case or the moment (`when`, `given`).
_WRITTEN: Mapping[str, tuple[EventKind, ...]] = {
    "channel": (_K.DECLINED, _K.DEATH_REPORTED),
    "receipt": (_K.CONTACT_ATTEMPTED,),
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
    own = [kind for kind, facts in OWN.items() if fact in facts]
    if not packs and not own and fact not in TOLD_WITH and fact not in _WRITTEN:
        return None
    core = {*own, *TOLD_WITH.get(fact, ()), *_WRITTEN.get(fact, ())}
    return sorted({*(kind.value for kind in core), *(kind for kinds in packs for kind in kinds)})
