"""Registering by hand over HTTP: what somebody did, or that somebody is bereaved."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.intake import service
from bindeledd.features.intake.domain.registration import Bereavement, Registration
from bindeledd.features.intake.schemas import Register, RegisterBereaved, RegistrationView
from bindeledd.features.intake.service import Rules
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.queries import read_number
from bindeledd.foundation.http import (
    BadFields,
    Blueprint,
    answer,
    current_actor,
    now,
    transaction,
)


def registrations(rules: Rules) -> Blueprint:
    """The doors of registering."""
    bp = Blueprint(
        "registrations", __name__, url_prefix="/registrations", description="Registering by hand"
    )

    @bp.post("")
    @bp.arguments(Register)
    @bp.response(201, RegistrationView)
    def register(body: dict[str, Any]) -> ResponseReturnValue:
        """Register somebody by hand, also without any number. The answer is always the same."""
        return _register(rules, lambda session: _registration(session, body))

    @bp.post("/bereaved")
    @bp.arguments(RegisterBereaved)
    @bp.response(201, RegistrationView)
    def register_bereaved(body: dict[str, Any]) -> ResponseReturnValue:
        """Register somebody who is bereaved by suicide. The answer is always the same."""
        return _register(rules, lambda session: Bereavement(**_somebody(session, body)))

    return bp


def _register(
    rules: Rules, read: Callable[[Session], Registration | Bereavement]
) -> ResponseReturnValue:
    by = current_actor()
    with transaction() as session:
        done = service.register(
            session,
            registration=read(session),
            by=by,
            at=now(),
            book=rules.book,
            routes=rules.of(session, by.tenant_id),
        )
    return answer(RegistrationView, done, status=201)


def _registration(session: Session, body: dict[str, Any]) -> Registration:
    said = dict(body)
    in_hospital, unknown = said.pop("in_hospital"), said.pop("discharge_unknown")
    if in_hospital and (unknown or said["discharged_at"]):
        raise BadFields(fields={"in_hospital": ["still there, or has left: not both"]})
    said["discharge_unknown"] = said["discharged_at"] is None and not in_hospital
    return Registration(**_somebody(session, said))


def _somebody(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """What was said, with who it is and how they are reached."""
    said = dict(body)
    name, number, phones = said.pop("name"), said.pop("number"), said.pop("phones")
    born_on, born_how = said.pop("born_on"), said.pop("born_how")
    held: tuple[HeldIdentifier, ...] = ()
    if number.strip():
        held = (
            HeldIdentifier(identifier=read_number(session, number), since=now(), source="person"),
        )
    identity = Identity(
        full=name, identifiers=held, born_on=born_on, born_how=born_how if born_on else None
    )
    ways = tuple(ContactWay(value=phone, source="person") for phone in phones)
    return {**said, "identity": identity, "contact_ways": ways}
