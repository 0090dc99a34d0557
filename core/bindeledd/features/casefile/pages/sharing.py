"""On what ground something is shared: what a form offers, and what is shown of it afterwards."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.handovers.service.refusing import noting_refused
from bindeledd.features.pathways.domain import Book, Ground
from bindeledd.features.pathways.domain.past import GROUND
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.http import beside, current_actor, now
from bindeledd.foundation.texts import said_of, t

PLACES = {
    "sharing.ground_needed": "ground",
    "sharing.ground_unknown": "ground",
    "sharing.why_needed": "why",
}
REVIEW = "review_sharing"


def noting(case_id: UUID) -> AbstractContextManager[None]:
    """Around the transaction in which a page shares something (`Small.around`)."""
    return noting_refused(case_id, beside, by=current_actor(), at=now())


def given(book: Book) -> Mapping[str, Callable[..., Any]]:
    """What the templates of a case ask about sharing."""

    def grounds(file: CaseFile) -> tuple[Ground, ...]:
        return book.grounds(file.case.layers, file.elsewhere)

    def grounds_of(file: CaseFile) -> list[tuple[str, str]]:
        return [(one.key, _offered(one)) for one in grounds(file)]

    def ground_of(file: CaseFile, one: Happened) -> str:
        key = one.facts.get("ground")
        found = (ground for ground in grounds(file) if ground.key == key)
        past = said_of(book.past.of(GROUND, str(key)), str(key or ""))
        return next((said_of(ground.title) for ground in found), past)

    return {"grounds_of": grounds_of, "ground_of": ground_of, "shared_of": shared_of}


def _offered(ground: Ground) -> str:
    """The ground with where it comes from, and whether anybody has read that."""
    source = "source" if ground.basis.verified else "source_unread"
    said = [said_of(ground.title), t(f"casefile.sharing.{source}", source=ground.basis.source)]
    if ground.reviewed:
        said.append(t("casefile.sharing.reviewed"))
    return " · ".join(said)


def shared_of(file: CaseFile, task: Task) -> Happened | None:
    """What was shared, of the task that looks at it afterwards; None for any other."""
    if task.kind != REVIEW:
        return None
    return file.anchor_of(task)
