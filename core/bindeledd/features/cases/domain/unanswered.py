"""Calls that nobody answered: after so many of them a clinician decides."""

from collections.abc import Iterator, Sequence

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.trying import counted
from bindeledd.features.pathways.domain import CoreRule
from bindeledd.foundation.calendars import Period

_BY_VOICE = ("phone", "video")


def unanswered(
    history: Sequence[Event], rule: CoreRule, apart: Period | None = None
) -> Iterator[Event]:
    """Each call that is the last of `attempts` unanswered ones `inside` a period.

    Being reached in between, and a call that was found, begin the count anew. One that the person
    answered with a no, or with *later*, is neither; where nothing is known of it, nobody answered.
    Two that are not `apart` are one.
    """
    if rule.attempts is None or rule.inside is None:
        return
    run: list[Event] = []
    own = {event.id for event in counted(history, apart)}
    for event in history:
        if event.kind in (EventKind.REACHED, EventKind.APPOINTMENT_KEPT):
            run = []
        elif event.kind is EventKind.CONTACT_ATTEMPTED:
            if event.id not in own or event.facts.get("channel") not in _BY_VOICE:
                continue
            run = [one for one in run if event.at - one.at <= rule.inside.length] + [event]
            if len(run) == rule.attempts:
                yield event
                run = []
