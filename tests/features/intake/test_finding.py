"""Looking for whom a call or a moved event is about: sight first, then the seals; on both databases."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.intake.service import find_people
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.synthetic import synthetic_number
from bindeledd.features.patients.service import register_patient
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing.keyring import Keyring
from builders import MONDAY, Site, an_open_case
from features.takeover.builders import a_test_site
from statements import statements

THEIRS, NOBODYS = (synthetic_number(Random(seed)) for seed in (1, 2))  # noqa: S311 (made up)
DIGITS = [("41234567", "41234568"), (THEIRS.value, NOBODYS.value)]


@pytest.fixture
def site(session: Session) -> Site:
    """Anna follows Kari up; Carl works in another team, and follows Ola up."""
    site = a_test_site(session)
    for given, team, phone, numbers in (
        ("Kari", site.team, "41234567", (THEIRS,)),
        ("Ola", site.other_team, "98765432", ()),
    ):
        held = [HeldIdentifier(identifier=one, since=MONDAY, source="person") for one in numbers]
        patient = register_patient(
            session,
            tenant_id=site.tenant,
            identity=Identity(given=given, family="Prøve", identifiers=tuple(held)),
            contact_ways=(ContactWay(value=phone),),
            by=site.anna,
            at=MONDAY,
        )
        an_open_case(session, site, at=MONDAY, patient=patient.id, team=team)
    return site


def asked_for(session: Session, typed: str, *, by: Actor) -> list[str]:
    """What is asked of the database when nothing has been opened before."""
    session.info[Keyring].forget()
    with statements(session.connection()) as sent:
        find_people(session, typed, by=by, at=MONDAY)
    return sent


@pytest.mark.parametrize(("theirs", "nobodys"), DIGITS)
def test_not_found_and_not_allowed_take_the_same_statements(
    session: Session, site: Site, theirs: str, nobodys: str
) -> None:
    assert asked_for(session, theirs, by=site.carl) == asked_for(session, nobodys, by=site.carl)


@pytest.mark.parametrize("typed", [theirs for theirs, _ in DIGITS])
def test_nobody_is_opened_whom_the_asker_does_not_see(
    session: Session, site: Site, typed: str
) -> None:
    assert not [sent for sent in asked_for(session, typed, by=site.carl) if "data_keys" in sent]


@pytest.mark.parametrize("typed", [theirs for theirs, _ in DIGITS])
def test_whom_the_asker_sees_is_found_by_phone_and_by_number(
    session: Session, site: Site, typed: str
) -> None:
    found = find_people(session, typed, by=site.anna, at=MONDAY)

    assert [one.name for one in found] == ["Kari Prøve"]
