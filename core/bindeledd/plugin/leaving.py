"""What would be left behind when a pack is taken away: steps, ladders, routines still in use.

A task is a row and stays owed whatever is installed; but without its pack nobody plans it anew,
climbs its ladder or can say why it is due. So the start stops until the pack is back, or a
person has done what it made owed.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said, t

_STEPS = sa.text(
    "SELECT DISTINCT step_key FROM tasks WHERE state = 'open' AND origin IN ('step', 'gate')"
)
_LADDERS = sa.text("SELECT DISTINCT ladder FROM tasks WHERE state = 'open'")
_PATHWAYS = sa.text(
    "SELECT DISTINCT pathway_id, pathway_version, pathway_layers FROM cases WHERE state <> 'closed'"
)

_TOLD = 5


def left_behind(session: Session, book: Book) -> list[str]:
    """What open cases and tasks rest on and nothing that is installed declares, in plain words."""
    steps = set(session.scalars(_STEPS)) - _steps_of(book)
    ladders = set(session.scalars(_LADDERS)) - set(book.ladders)
    followed = session.execute(_PATHWAYS).all()
    pathways = {(row[0], row[1]) for row in followed} - set(book.pathways)
    layers = {key for row in followed for key in row[2].split()}
    return [
        *(t("plugin.left.routine", key=f"{key} {version}") for key, version in sorted(pathways)),
        *(
            t("plugin.left.layer", key=key)
            for key in sorted(layers - {layer.key for layer in book.layers})
        ),
        *(t("plugin.left.step", key=key) for key in sorted(steps)),
        *(t("plugin.left.ladder", key=key) for key in sorted(ladders)),
    ]


def insist_nothing_left_behind(session: Session, book: Book) -> None:
    """Raise `Misconfigured` when something open rests on a pack that is not switched on."""
    left = left_behind(session, book)
    if left:
        more = said("plugin.words.more", count=len(left) - _TOLD) if len(left) > _TOLD else ""
        raise Misconfigured(
            "plugin.left_behind",
            where="[site] plugins",
            known=", ".join(left[:_TOLD]),
            more=more,
        )


def _steps_of(book: Book) -> set[str]:
    """Keys as tasks carry them: a gate's has a word before it."""
    places: list[Pathway | Layer] = [*book.pathways.values(), *book.layers]
    steps = {step.key for place in places for step in place.steps}
    return steps | {f"gate.{gate.key}" for place in places for gate in place.gates}
