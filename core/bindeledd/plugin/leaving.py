"""What would be left behind when a pack is taken away: steps, ladders, routines still in use.

A task is a row and stays owed whatever is installed; but without its pack nobody plans it anew,
climbs its ladder or can say why it is due. So the start stops until the pack is back, or a
person has done what it made owed.
"""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain.staying import FOLLOWING, LET_GO, STAYED, still_followed
from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.past import TASK
from bindeledd.features.pathways.domain.versions import newest
from bindeledd.features.pathways.domain.words import TASKS
from bindeledd.features.pathways.service.remembering import remembered
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said, t

_STEPS = sa.text(
    "SELECT DISTINCT step_key FROM tasks WHERE state = 'open' AND origin IN ('step', 'gate')"
)
_LADDERS = sa.text("SELECT DISTINCT ladder FROM tasks WHERE state = 'open'")
_PATHWAYS = sa.text(
    "SELECT DISTINCT pathway_id, pathway_version, pathway_layers FROM cases WHERE state <> 'closed'"
)
# The layers of stays in other units stand in what was recorded of them.
_OF_STAYS = sa.text(
    "SELECT events.case_id, CAST(events.facts AS TEXT) FROM events "
    "JOIN cases ON cases.id = events.case_id "
    "WHERE cases.state <> 'closed' AND events.in_error_at IS NULL AND "
    "(CAST(events.facts AS TEXT) LIKE :stayed OR CAST(events.facts AS TEXT) LIKE :let_go "
    "OR CAST(events.facts AS TEXT) LIKE :following) "
    "ORDER BY events.recorded_at"
).bindparams(stayed=f'%"{STAYED}"%', let_go=f'%"{LET_GO}"%', following=f'%"{FOLLOWING}"%')

# What is done and ended stays in histories; what is open is told above.
_ENDED = sa.text("SELECT DISTINCT kind FROM tasks WHERE state <> 'open'")

_TOLD = 5


def left_behind(session: Session, book: Book) -> list[str]:
    """What open cases and tasks rest on and nothing that is installed declares, in plain words."""
    steps = set(session.scalars(_STEPS)) - book.owed_keys
    ladders = set(session.scalars(_LADDERS)) - set(book.ladders)
    followed = session.execute(_PATHWAYS).all()
    pathways = {(row[0], row[1]) for row in followed} - set(book.pathways)
    layers = _layers_followed(session)
    return [
        *(t("plugin.left.routine", key=f"{key} {version}") for key, version in sorted(pathways)),
        *(
            t("plugin.left.layer", key=key)
            for key in sorted(layers - {layer.key for layer in book.layers})
        ),
        *(t("plugin.left.step", key=key) for key in sorted(steps)),
        *(t("plugin.left.ladder", key=key) for key in sorted(ladders)),
    ]


def _edited(session: Session, book: Book) -> dict[str, Layer]:
    """The versions of layers that are followed and not there, though their layer is: a file that
    was changed in its place, or left out. By key, with the newest version that there is."""
    there = {layer.key for layer in book.layers}
    ids = newest(book.layers, lambda layer: layer.id)
    return {
        key: ids[key.rpartition("@")[0]]
        for key in sorted(_layers_followed(session) - there)
        if key.rpartition("@")[0] in ids
    }


def versions_followed(session: Session) -> frozenset[str]:
    """Every version (`id@version`) of a routine or layer that an open follow-up or its stays follow."""
    followed = session.execute(_PATHWAYS).all()
    return frozenset({f"{row[0]}@{row[1]}" for row in followed} | _layers_followed(session))


def _layers_followed(session: Session) -> set[str]:
    followed = session.execute(_PATHWAYS).all()
    return {key for row in followed for key in row[2].split()} | _of_stays(session)


def _of_stays(session: Session) -> set[str]:
    told: dict[str, list[dict[str, Any]]] = {}
    for case_id, facts in session.execute(_OF_STAYS):
        told.setdefault(str(case_id), []).append(json.loads(facts))
    return {key for facts in told.values() for key in still_followed(facts)}


def without_words(session: Session, book: Book) -> list[Misconfigured]:
    """What to tell where histories name kinds of tasks that no pack, now or before, has words for."""
    past = remembered(session)
    known = TASKS | book.task_titles.keys()
    gone = sorted(
        kind for kind in session.scalars(_ENDED) if kind not in known and not past.of(TASK, kind)
    )
    if not gone:
        return []
    return [Misconfigured("plugin.words_gone", where="[site] plugins", known=", ".join(gone))]


def insist_nothing_left_behind(session: Session, book: Book) -> None:
    """Raise `Misconfigured` when something open rests on a pack that is not switched on."""
    left = left_behind(session, book)
    if not left:
        return
    edited = _edited(session, book)
    if len(edited) == len(left):
        raise Misconfigured(
            "plugin.version_gone",
            where=", ".join(sorted({str(layer.origin) for layer in edited.values()})),
            known=", ".join(edited),
        )
    more = said("plugin.words.more", count=len(left) - _TOLD) if len(left) > _TOLD else ""
    raise Misconfigured(
        "plugin.left_behind",
        where="[site] plugins",
        known=", ".join(left[:_TOLD]),
        more=more,
    )
