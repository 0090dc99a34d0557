"""Facts that only certain events tell: what they mean rests on what is recorded with those."""

from collections.abc import Mapping

from bindeledd.features.cases.domain import NOT_KNOWN, EventKind
from bindeledd.foundation.errors import Invalid

_K = EventKind
_CONTACT = (_K.REACHED, _K.CONTACT_ATTEMPTED, _K.CALLED_IN)

# Fact → the kinds of events that may tell it; none of them where nobody tells it, and it is written
# down only with a person whose discharge nobody knows of.
TOLD_WITH: Mapping[str, tuple[EventKind, ...]] = {
    "channel": _CONTACT,
    "person_answered": (_K.CONTACT_ATTEMPTED,),
    "origin": (_K.BEREAVEMENT,),
    NOT_KNOWN: (_K.INDEX_EVENT,),
    "bereaved": (_K.BEREAVED_OFFERED, _K.BEREAVED_CHILDREN_OFFERED),
    "interpreter": (_K.INTERPRETER_ASKED,),
    "contact_consent": (_K.CONTACT_CONSENT_ASKED,),
    "cover": (_K.GAP_COVERED,),
    "number_answered": (_K.GAP_COVERED,),
    "relatives_later": (_K.RELATIVES_ASKED,),
    "plan_later": (_K.PLAN_OFFERED,),
    "plan_declined": (_K.PLAN_OFFERED,),
}


class ToldElsewhere(Invalid):
    """Another event tells this: it is named, and recorded instead. `events`: which ones do."""

    code = "case.told_elsewhere"


def check_told_with(kind: EventKind, fact: str) -> None:
    """Refuse a fact that an event of this kind does not tell."""
    events = TOLD_WITH.get(fact)
    if events is not None and kind not in events:
        raise ToldElsewhere(fact=fact, events=[one.value for one in events])
