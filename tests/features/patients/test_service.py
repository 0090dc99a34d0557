"""Registering, changing and finding patients, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.patients import queries, service
from bindeledd.features.patients.domain import (
    ContactKind,
    ContactWay,
    HeldIdentifier,
    HintAnswered,
    Identity,
    NobodyToRegister,
    NoSuchNumber,
    PatientChanged,
    PatientNotFound,
    PatientUnreadable,
    VerifiedHow,
)
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.patients.domain.synthetic import synthetic_number
from bindeledd.features.patients.queries.seen import find_by_name
from bindeledd.features.patients.service import duplicates, finding
from bindeledd.features.patients.tables import LookupRow, PatientRow
from bindeledd.features.staff.domain import system
from bindeledd.foundation.sealing.keyring import ON_UNREADABLE
from statements import statements

from .conftest import MONDAY, a_tenant

LATER = MONDAY + timedelta(days=3)
NUMBER = synthetic_number(Random(7))  # noqa: S311
OTHER = synthetic_number(Random(8))  # noqa: S311


def an_identity(*numbers, **changes):
    held = tuple(HeldIdentifier(identifier=n, source="message") for n in numbers)
    return Identity(given="Ánne", family="Bæivi", identifiers=held, **changes)


def register(session, tenant, *numbers, ways=(), **changes):
    return service.register_patient(
        session,
        tenant_id=tenant,
        identity=an_identity(*numbers, **changes),
        contact_ways=ways,
        by=system(tenant),
        at=MONDAY,
    )


def test_a_registered_patient_is_read_back_whole(session, tenant):
    way = ContactWay(value="412 34 567", label="eget", safe_to_call=True, best_time="etter 16")

    made = register(session, tenant, NUMBER, ways=[way], born_on=date(1990, 5, 17), language="se")

    read = queries.get_patient(session, made.id)
    assert read == made
    assert read.contact_ways[0].value == "+4741234567"
    assert read.identity.current == NUMBER
    assert read.identity.interpreter is None


def test_somebody_without_any_number_can_be_registered(session, tenant, by):
    made = service.register_patient(
        session, tenant_id=tenant, identity=Identity(full="Ukjent kvinne"), by=by, at=MONDAY
    )

    assert queries.get_patient(session, made.id).name == "Ukjent kvinne"


def test_nobody_at_all_is_refused(session, tenant, by):
    with pytest.raises(NobodyToRegister):
        service.register_patient(session, tenant_id=tenant, identity=Identity(), by=by, at=MONDAY)


def test_a_patient_is_found_by_number_and_by_phone_and_by_nothing_else(session, tenant):
    made = register(session, tenant, NUMBER, ways=[ContactWay(value="+47 412 34 567")])

    assert [p.id for p in queries.find_by_number(session, tenant, NUMBER)] == [made.id]
    assert [p.id for p in queries.find_by_phone(session, tenant, "41234567")] == [made.id]
    assert queries.find_by_number(session, tenant, OTHER) == []
    assert queries.find_by_phone(session, tenant, "41234568") == []


def test_another_tenant_finds_nobody(session, tenant):
    register(session, tenant, NUMBER)

    assert queries.find_by_number(session, a_tenant(session), NUMBER) == []


def test_a_token_that_fits_by_chance_is_compared_and_left_out(session, tenant):
    made = register(session, tenant, NUMBER)
    tokens = {t for (t,) in session.execute(sa.select(LookupRow.token))}
    other = register(session, tenant, OTHER)
    session.execute(sa.delete(LookupRow).where(LookupRow.patient_id == other.id))
    session.execute(
        sa.insert(LookupRow),
        [
            {"patient_id": other.id, "tenant_id": tenant, "kind": "number", "token": token}
            for token in tokens
        ],
    )

    assert [p.id for p in queries.find_by_number(session, tenant, NUMBER)] == [made.id]


def test_a_local_help_number_counts_only_with_the_one_who_gave_it(session, tenant):
    ours = Identifier(kind=IdentifierKind.H_NUMBER, value="A-17", assigner="HUS")
    theirs = replace(ours, assigner="OUS")
    made = register(session, tenant, ours)

    assert [p.id for p in queries.find_by_number(session, tenant, ours)] == [made.id]
    assert queries.find_by_number(session, tenant, theirs) == []


def test_an_unusual_number_is_kept_as_typed_and_found_again(session, tenant):
    way = ContactWay(value="ring nabo 12-34", label="ukjent")

    made = register(session, tenant, ways=[way])

    assert made.contact_ways[0].value == "ring nabo 12-34"
    assert made.contact_ways[0].usual is False
    assert made.contact_ways[0].verified_on is None
    assert [p.id for p in queries.find_by_phone(session, tenant, "Nabo 1234")] == [made.id]
    assert queries.find_by_phone(session, tenant, "nabo 4321") == []


def test_with_a_protected_address_no_address_is_stored_at_all(session, tenant, by):
    made = register(
        session, tenant, protected_address=True, address="Storgata 1", municipality="4601"
    )
    assert made.identity.address is None

    open_one = register(session, tenant, address="Storgata 1", municipality="4601")
    assert queries.get_patient(session, open_one.id).identity.address == "Storgata 1"
    changed = replace(open_one.identity, protected_address=True)
    service.change_identity(session, open_one.id, changed, by=by, at=LATER)

    read = queries.get_patient(session, open_one.id).identity
    assert (read.address, read.municipality) == (None, None)


# --- changing ---------------------------------------------------------------------------------


def test_a_number_that_is_replaced_is_kept_as_ended_and_still_found(session, tenant, by):
    made = register(session, tenant, NUMBER)

    changed = service.change_identity(session, made.id, an_identity(OTHER), by=by, at=LATER)

    assert changed.identity.current == OTHER
    assert changed.identity.identifiers[0].until == LATER
    assert [p.id for p in queries.find_by_number(session, tenant, NUMBER)] == [made.id]
    assert [p.id for p in queries.find_by_number(session, tenant, OTHER)] == [made.id]


def test_a_phone_that_is_gone_is_not_found_any_more(session, tenant, by):
    made = register(session, tenant, NUMBER, ways=[ContactWay(value="41234567")])

    service.change_contact_ways(session, made.id, [ContactWay(value="91234567")], by=by, at=LATER)

    assert queries.find_by_phone(session, tenant, "41234567") == []
    assert [p.id for p in queries.find_by_phone(session, tenant, "91234567")] == [made.id]
    assert [p.id for p in queries.find_by_number(session, tenant, NUMBER)] == [made.id]


def test_verifying_a_number_says_when_and_how_and_survives_a_change(session, tenant, by):
    made = register(session, tenant, ways=[ContactWay(value="41234567")])

    service.verify_number(session, made.id, "412 34 567", how=VerifiedHow.RUNG, by=by, at=LATER)
    ways = [ContactWay(value="+4741234567", safe_to_call=False), ContactWay(value="91234567")]
    changed = service.change_contact_ways(session, made.id, ways, by=by, at=LATER)

    assert changed.contact_ways[0].verified_on == LATER.date()
    assert changed.contact_ways[0].verified_how is VerifiedHow.RUNG
    assert changed.contact_ways[0].safe_to_call is False
    assert changed.contact_ways[1].verified_on is None


def test_verifying_a_number_that_the_patient_has_not_is_refused(session, tenant, by):
    made = register(session, tenant, ways=[ContactWay(value="41234567")])

    with pytest.raises(NoSuchNumber):
        service.verify_number(session, made.id, "91234567", how=VerifiedHow.RUNG, by=by, at=LATER)


def test_a_change_on_top_of_somebody_elses_change_is_refused(session, tenant, by):
    made = register(session, tenant)
    service.change_identity(session, made.id, made.identity, by=by, at=LATER, version=1)

    with pytest.raises(PatientChanged):
        service.change_identity(session, made.id, made.identity, by=by, at=LATER, version=1)


def test_another_tenants_patient_is_not_there(session, tenant):
    made = register(session, tenant)
    stranger = system(a_tenant(session))

    with pytest.raises(PatientNotFound):
        service.change_identity(session, made.id, made.identity, by=stranger, at=LATER)
    with pytest.raises(PatientNotFound):
        queries.get_patient(session, made.id, tenant_id=stranger.tenant_id)
    with pytest.raises(PatientNotFound):
        queries.get_patient(session, uuid4())


def test_every_act_is_in_the_log_with_its_patient_and_no_words(session, tenant, by):
    made = register(session, tenant, NUMBER, ways=[ContactWay(value="41234567")])
    service.change_identity(session, made.id, made.identity, by=by, at=LATER)

    events = session.execute(
        sa.select(AuditEventRow.act, AuditEventRow.facts)
        .join(AuditSubjectRow, AuditSubjectRow.event_id == AuditEventRow.id)
        .where(AuditSubjectRow.subject_id == made.id)
        .order_by(AuditEventRow.id)
    ).all()

    assert sorted(act for act, _ in events) == ["patient.identity_changed", "patient.registered"]
    assert all(isinstance(v, int) for _, facts in events for v in facts.values())


# --- possible duplicates ----------------------------------------------------------------------


def test_the_same_number_twice_makes_a_hint_and_two_patients(session, tenant):
    first = register(session, tenant, NUMBER)
    second = register(session, tenant, NUMBER)

    hint = queries.duplicate_hints(session, first.id)[0]

    assert {hint.patient_id, hint.other_id} == {first.id, second.id}
    assert hint.same is None
    assert first.id != second.id


def test_the_same_phone_with_the_same_name_makes_a_hint_and_a_shared_phone_does_not(
    session, tenant, by
):
    ways = [ContactWay(value="41234567")]
    first = register(session, tenant, ways=ways, born_on=date(1990, 5, 17))
    register(session, tenant, ways=ways, born_on=date(2010, 5, 17))
    service.register_patient(
        session,
        tenant_id=tenant,
        identity=Identity(given="Mons", family="Bæivi"),
        contact_ways=ways,
        by=by,
        at=MONDAY,
    )
    assert queries.duplicate_hints(session, first.id) == []

    same = register(session, tenant, ways=ways, born_on=date(1990, 5, 17))

    assert [h.patient_id for h in queries.duplicate_hints(session, first.id)] == [same.id]


def test_the_same_name_and_day_of_birth_makes_a_hint_without_any_number(session, tenant):
    born = date(1971, 5, 17)
    known = register(session, tenant, born_on=born)
    register(session, tenant, born_on=born + timedelta(days=1))
    same = register(session, tenant, born_on=born)

    assert [h.patient_id for h in queries.duplicate_hints(session, known.id)] == [same.id]


def test_a_hint_is_answered_once_and_not_raised_again(session, tenant, by):
    first, second = register(session, tenant, NUMBER), register(session, tenant, NUMBER)

    duplicates.answer_duplicate_hint(session, first.id, second.id, same=False, by=by, at=LATER)
    service.change_identity(session, first.id, first.identity, by=by, at=LATER)

    assert queries.duplicate_hints(session, first.id) == []
    assert queries.duplicate_hints(session, first.id, answered=True)[0].same is False
    with pytest.raises(HintAnswered):
        duplicates.answer_duplicate_hint(session, second.id, first.id, same=True, by=by, at=LATER)


def test_a_hint_that_nobody_gave_cannot_be_answered(session, tenant, by):
    with pytest.raises(PatientNotFound):
        duplicates.answer_duplicate_hint(session, uuid4(), uuid4(), same=True, by=by, at=LATER)


# --- what cannot be read ------------------------------------------------------------------------


def damage(session, patient, column):
    sealed = session.scalar(
        sa.select(getattr(PatientRow, column)).where(PatientRow.id == patient.id)
    )
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
    session.execute(
        sa.update(PatientRow).where(PatientRow.id == patient.id).values({column: broken})
    )


def test_a_damaged_identity_does_not_hide_the_phone_number(session, tenant):
    made = register(session, tenant, NUMBER, ways=[ContactWay(value="41234567")])
    damage(session, made, "identity")
    told = []
    session.info[ON_UNREADABLE] = lambda _session, where, _refusal: told.append(where)

    read = queries.get_patient(session, made.id)

    assert read.unreadable == ("identity",)
    assert read.identity is None
    assert read.contact_ways[0].value == "+4741234567"
    assert read.address_protected
    assert (told[0].purpose, told[0].subject) == ("identity", made.id)
    assert [p.id for p in queries.find_by_phone(session, tenant, "41234567")] == [made.id]


def test_what_cannot_be_read_is_only_replaced_when_somebody_says_so(session, tenant, by):
    made = register(session, tenant, NUMBER, ways=[ContactWay(value="41234567")])
    damage(session, made, "identity")

    with pytest.raises(PatientUnreadable):
        service.change_identity(session, made.id, made.identity, by=by, at=LATER)
    done = service.change_identity(
        session, made.id, made.identity, by=by, at=LATER, replace_unreadable=True
    )

    assert done.unreadable == ()
    assert done.contact_ways[0].value == "+4741234567"


def test_a_damaged_number_list_keeps_its_tokens(session, tenant, by):
    made = register(session, tenant, NUMBER, ways=[ContactWay(value="41234567")])
    damage(session, made, "contact_ways")
    before = set(session.execute(sa.select(LookupRow.kind, LookupRow.token)).all())

    service.change_identity(session, made.id, made.identity, by=by, at=LATER)

    assert set(session.execute(sa.select(LookupRow.kind, LookupRow.token)).all()) == before
    with pytest.raises(PatientUnreadable):
        service.verify_number(session, made.id, "41234567", how=VerifiedHow.RUNG, by=by, at=LATER)


# --- lists ------------------------------------------------------------------------------------


def test_a_list_of_names_asks_once_for_rows_and_once_for_keys(session, tenant, keyring):
    made = [register(session, tenant) for _ in range(50)]
    keyring.forget()

    with statements(session.connection()) as asked:
        cold = queries.get_names(session, [p.id for p in made])
        after_cold = len(asked)
        warm = queries.get_names(session, [p.id for p in made])

    assert after_cold == 2
    assert len(asked) == 3
    assert cold == warm
    assert {listed.name for listed in cold.values()} == {"Ánne Bæivi"}


def test_a_list_shows_an_unreadable_name_as_that_and_the_others_as_they_are(session, tenant):
    bad, good = register(session, tenant), register(session, tenant)
    damage(session, bad, "identity")

    names = queries.get_names(session, [bad.id, good.id])

    assert (names[bad.id].name, names[bad.id].unreadable) == ("", True)
    assert (names[good.id].name, names[good.id].unreadable) == ("Ánne Bæivi", False)


@pytest.mark.parametrize("text", ["anne", "baeivi", "ÁNNE bæ", "bæivi anne"])
def test_a_name_is_found_among_those_that_may_be_seen(session, tenant, text):
    seen, hidden = register(session, tenant), register(session, tenant)

    found = find_by_name(session, [seen.id], text)

    assert [listed.id for listed in found] == [seen.id]
    assert hidden.id not in {listed.id for listed in found}


def test_other_ways_to_be_reached_than_by_phone_are_kept_and_not_looked_up(session, tenant):
    mail = ContactWay(kind=ContactKind.EMAIL, value=" a@example.test ")

    made = register(session, tenant, ways=[mail])

    assert made.contact_ways[0].value == "a@example.test"
    assert session.scalar(sa.select(sa.func.count()).select_from(LookupRow)) == 0


def test_the_tokens_are_written_anew_in_steps_and_come_out_the_same(session, tenant):
    for _ in range(3):
        register(session, tenant, NUMBER, ways=[ContactWay(value="41234567")])
    mine = LookupRow.tenant_id == tenant
    before = set(session.execute(sa.select(LookupRow.patient_id, LookupRow.token).where(mine)))
    session.execute(sa.delete(LookupRow).where(mine))

    after = finding.refresh_lookups(session, tenant, limit=2)
    end = finding.refresh_lookups(session, tenant, after=after, limit=2)

    assert end is None
    again = set(session.execute(sa.select(LookupRow.patient_id, LookupRow.token).where(mine)))
    assert again == before
