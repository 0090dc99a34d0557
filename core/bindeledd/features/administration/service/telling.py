"""Each change beside what the set-up itself writes: who, when, and why as a code."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.administration.domain import Why
from bindeledd.features.audit import service as audit
from bindeledd.features.staff.domain import Actor


def told(
    session: Session,
    what: str,
    about: Mapping[str, object],
    why: Why,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write down what was changed of whom or what."""
    facts = {**about, "why": why.value}
    audit.record(session, f"administration.{what}", by=by, at=at, facts=facts, purpose="admin")
