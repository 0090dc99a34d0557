"""Bundles and keys: nothing opens that was moved, bent, or sealed under a key that is gone."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bindeledd.features.reminders.tables import FaultRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.sealing import envelope
from bindeledd.foundation.sealing.envelope import Place, Unreadable
from bindeledd.foundation.sealing.keyring import (
    ON_UNREADABLE,
    Keyring,
    lookup_tokens,
    new_subject,
    open_keys,
    seal,
    unseal,
    unseal_all,
    unseal_or_report,
)
from bindeledd.foundation.sealing.providers import EnvironmentKeys, FileKeys
from bindeledd.foundation.sealing.rotation import destroy_subject
from bindeledd.foundation.sealing.tables import DataKeyRow
from bindeledd.settings import tell_unreadable
from bindeledd.tables import metadata
from statements import statements

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SAID = {"name": "Ánne Bæivi", "phone": "+4741234567"}

SEALED = sorted(
    (table.name, check.info["sealed"])
    for table in metadata.tables.values()
    for check in table.constraints
    if "sealed" in check.info
)


def a_subject(session: Session, tenant: UUID | None = None) -> tuple[UUID, UUID]:
    tenant, subject = tenant or uuid4(), uuid4()
    new_subject(session, tenant_id=tenant, subject_id=subject, at=MONDAY)
    return tenant, subject


def a_place(tenant: UUID, subject: UUID) -> Place:
    return Place(tenant, "patients", "identity", subject, subject)


# --- where a bundle stands ------------------------------------------------------------------------


def test_what_is_sealed_is_read_back_at_its_place(session: Session) -> None:
    place = a_place(*a_subject(session))

    sealed = seal(session, place, SAID)

    assert unseal(session, place, sealed) == SAID
    assert "Bæivi".encode() not in sealed


def test_there_are_sealed_columns_to_prove() -> None:
    assert ("patients", "identity") in SEALED
    assert ("events", "note") in SEALED


def test_a_bundle_opens_in_no_other_column_of_any_table(session: Session) -> None:
    """Every ordered pair of sealed columns, same row, subject and tenant."""
    tenant, subject = a_subject(session)
    places = [Place(tenant, table, column, subject, subject) for table, column in SEALED]
    sealed = {place: seal(session, place, SAID) for place in places}

    for written, read in itertools.product(places, places):
        if written == read:
            assert unseal(session, read, sealed[written]) == SAID
        else:
            with pytest.raises(Unreadable):
                unseal(session, read, sealed[written])


@pytest.mark.parametrize(("table", "column"), SEALED)
def test_a_bundle_opens_for_no_other_row_patient_or_tenant(
    session: Session, table: str, column: str
) -> None:
    tenant, subject = a_subject(session)
    _, neighbour = a_subject(session, tenant)
    _, stranger = a_subject(session)
    place = Place(tenant, table, column, uuid4(), subject)
    sealed = seal(session, place, SAID)

    for moved in (
        replace(place, row=uuid4()),
        replace(place, subject=neighbour),
        replace(place, subject=stranger),
        replace(place, tenant=uuid4()),
        replace(place, table=table + "s"),
        replace(place, purpose=column[:-1]),
    ):
        with pytest.raises(Unreadable):
            unseal(session, moved, sealed)
    assert unseal(session, place, sealed) == SAID


def test_two_places_never_spell_alike() -> None:
    """Table and purpose stand behind their lengths: `ab`, `c` is not `a`, `bc`."""
    place = a_place(uuid4(), uuid4())
    one = replace(place, table="ab", purpose="c").bound_to(1)
    other = replace(place, table="a", purpose="bc").bound_to(1)

    assert one != other
    assert place.bound_to(1) != place.bound_to(2)


# --- what was bent --------------------------------------------------------------------------------


def test_no_flipped_bit_is_accepted() -> None:
    key, place = AESGCM(AESGCM.generate_key(256)), a_place(uuid4(), uuid4())
    sealed = envelope.seal_bytes(key, 1, place, envelope.pack(SAID))

    for bit in range(len(sealed) * 8):
        bent = bytearray(sealed)
        bent[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Unreadable):
            envelope.open_bytes(key, place, bytes(bent))


def test_no_cut_or_stretched_bundle_is_accepted() -> None:
    rng = Random(20260302)  # noqa: S311
    key, place = AESGCM(AESGCM.generate_key(256)), a_place(uuid4(), uuid4())
    sealed = envelope.seal_bytes(key, 1, place, envelope.pack(SAID))

    broken = [sealed[:cut] for cut in range(len(sealed))]
    broken += [sealed + b"\0", sealed[1:], rng.randbytes(64), b"\xc1\x01" + rng.randbytes(62)]
    for bent in broken:
        with pytest.raises(Unreadable):
            envelope.open_bytes(key, place, bent)


def test_a_refusal_tells_the_place_and_nothing_that_was_said() -> None:
    key, place = AESGCM(AESGCM.generate_key(256)), a_place(uuid4(), uuid4())
    sealed = envelope.seal_bytes(key, 1, place, envelope.pack(SAID))

    with pytest.raises(Unreadable) as refused:
        envelope.open_bytes(AESGCM(AESGCM.generate_key(256)), place, sealed)

    assert set(refused.value.facts) == {"table", "purpose", "row"}
    assert refused.value.__cause__ is None


def test_a_nonce_is_never_used_twice_and_lengths_tell_little() -> None:
    key, place = AESGCM(AESGCM.generate_key(256)), a_place(uuid4(), uuid4())
    sealed = [
        envelope.seal_bytes(key, 1, place, envelope.pack({"name": "x" * (i % 50)}))
        for i in range(2000)
    ]

    assert len({bundle[4:16] for bundle in sealed}) == 2000
    assert len({len(bundle) for bundle in sealed}) <= 5


def test_a_damaged_bundle_is_told_and_hides_no_other(session: Session) -> None:
    place = a_place(*a_subject(session))
    note = replace(place, table="events", purpose="note")
    sealed, phone = seal(session, note, {"words": "…"}), seal(session, place, SAID)
    told: list[Place] = []
    session.info[ON_UNREADABLE] = lambda _session, where, _refusal: told.append(where)

    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert unseal_or_report(session, note, damaged) is None
    assert unseal_or_report(session, place, phone) == SAID
    assert told == [note]


# --- keys -----------------------------------------------------------------------------------------


def test_without_the_right_tenant_key_nothing_opens(session: Session, tmp_path: Path) -> None:
    place = a_place(*a_subject(session))
    sealed = seal(session, place, SAID)
    session.info[Keyring] = Keyring(FileKeys(tmp_path / "other", create=True))

    with pytest.raises(Unreadable):
        unseal(session, place, sealed)


def test_a_destroyed_key_opens_nothing_seals_nothing_and_is_never_made_anew(
    session: Session,
) -> None:
    tenant, subject = a_subject(session)
    place = a_place(tenant, subject)
    sealed = seal(session, place, SAID)

    assert destroy_subject(session, tenant_id=tenant, subject_id=subject) == 1

    with pytest.raises(Unreadable):
        unseal(session, place, sealed)
    with pytest.raises(Unreadable):
        seal(session, place, SAID)
    for version in (1, 2):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                sa.insert(DataKeyRow).values(
                    subject_id=subject,
                    version=version,
                    tenant_id=tenant,
                    tenant_key_version=1,
                    wrapped=b"x" * 60,
                    state="active",
                    made_at=MONDAY,
                )
            )


def test_the_database_refuses_to_bring_a_destroyed_key_back(session: Session) -> None:
    tenant, subject = a_subject(session)
    destroy_subject(session, tenant_id=tenant, subject_id=subject)
    raw = sa.text("UPDATE data_keys SET state = 'active', wrapped = :wrapped")

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(raw, {"wrapped": b"x" * 60})
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.text("DELETE FROM data_keys"))


def test_a_key_that_was_rolled_back_seals_nothing(fresh_database: Database) -> None:
    """Otherwise a bundle could be written that nobody can ever open."""
    with fresh_database.session() as session:
        tenant, subject = a_subject(session)
        place = a_place(tenant, subject)
        seal(session, place, SAID)
        session.rollback()

        with pytest.raises(Unreadable):
            seal(session, place, SAID)


def test_a_key_outlives_the_roll_back_of_a_later_step(fresh_database: Database) -> None:
    with fresh_database.session() as session:
        place = a_place(*a_subject(session))
        step = session.begin_nested()
        a_subject(session)
        step.rollback()
        sealed = seal(session, place, SAID)
        session.commit()
    session.info[Keyring].forget()
    with fresh_database.session() as later:
        assert unseal(later, place, sealed) == SAID


def test_a_list_opens_its_keys_with_one_query(session: Session, keyring: Keyring) -> None:
    tenant = uuid4()
    places = [a_place(*a_subject(session, tenant)) for _ in range(50)]
    sealed = [seal(session, place, SAID) for place in places]
    keyring.forget()

    with statements(session.connection()) as asked:
        open_keys(session, [place.subject for place in places])
        opened = [unseal(session, place, s) for place, s in zip(places, sealed, strict=True)]
        open_keys(session, [place.subject for place in places])

    assert opened == [SAID] * 50
    assert len(asked) == 1


def test_a_damaged_key_in_a_list_hides_only_its_own(session: Session, keyring: Keyring) -> None:
    tenant = uuid4()
    bad, good = (a_place(*a_subject(session, tenant)) for _ in range(2))
    sealed = {place: seal(session, place, SAID) for place in (bad, good)}
    broken = sa.update(DataKeyRow).where(DataKeyRow.subject_id == bad.subject)
    for wrapped in (b"short", b"x" * 60):
        session.execute(broken.values(wrapped=wrapped))
        keyring.forget()

        open_keys(session, [bad.subject, good.subject])

        assert unseal(session, good, sealed[good]) == SAID
        with pytest.raises(Unreadable):
            unseal(session, bad, sealed[bad])


def test_keys_are_kept_for_a_while_and_only_so_many(session: Session) -> None:
    ring = Keyring(session.info[Keyring].provider)
    key = AESGCM(AESGCM.generate_key(256))
    first = uuid4()
    ring.keep(first, 1, key)

    for _ in range(5000):
        ring.keep(uuid4(), 1, key)

    assert ring.kept(first, 1) is None


# --- tokens ---------------------------------------------------------------------------------------


def test_a_token_has_thirteen_bits_and_is_shared_by_several(session: Session) -> None:
    tenant = uuid4()
    numbers = [f"{i:011}" for i in range(20_000)]

    tokens = [lookup_tokens(session, tenant_id=tenant, kind="number", text=n)[0] for n in numbers]

    assert 0 <= min(tokens) <= max(tokens) < 2**13
    per_token = len(numbers) / len(set(tokens))
    assert 2 < per_token < len(numbers) ** 0.5


def tokens_of(session: Session, tenant: UUID, kind: str = "number") -> list[int]:
    return [
        lookup_tokens(session, tenant_id=tenant, kind=kind, text=f"{i:011}")[0] for i in range(64)
    ]


def test_tokens_differ_by_tenant_and_by_kind_and_stay_the_same(session: Session) -> None:
    tenant = uuid4()

    assert tokens_of(session, tenant) == tokens_of(session, tenant)
    assert tokens_of(session, tenant) != tokens_of(session, uuid4())
    assert tokens_of(session, tenant) != tokens_of(session, tenant, "phone")


def test_tokens_differ_by_tenant_also_where_one_key_serves_all(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINDELEDD_KEYS", "1:" + "A" * 43 + "=")
    session.info[Keyring] = Keyring(EnvironmentKeys())

    assert tokens_of(session, uuid4()) != tokens_of(session, uuid4())


def test_a_token_is_given_for_every_version_of_the_key_the_newest_first(
    session: Session, tmp_path: Path
) -> None:
    provider, tenant = FileKeys(tmp_path, create=True), uuid4()
    session.info[Keyring] = Keyring(provider)
    old = lookup_tokens(session, tenant_id=tenant, kind="number", text="1")
    provider.add_version(tenant)
    session.info[Keyring].forget()

    both = lookup_tokens(session, tenant_id=tenant, kind="number", text="1")

    assert len(both) == 2
    assert both[1:] == old


def test_a_damaged_bundle_becomes_a_fault_before_a_person(session: Session) -> None:
    """As the installation is opened: the read goes on, and somebody is told which column."""
    place = a_place(*a_subject(session))
    session.info[ON_UNREADABLE] = tell_unreadable

    for _ in range(2):
        assert unseal_or_report(session, place, b"\xc1\x01\x00\x01" + b"\0" * 60) is None

    fault = session.execute(sa.select(FaultRow.source, FaultRow.code, FaultRow.count)).one()
    assert fault.source.partition("@")[0] == "sealing:patients.identity"
    assert (fault.code, fault.count) == ("unreadable", 2)


def test_many_are_opened_at_once_and_the_damaged_one_is_told(
    session: Session, keyring: Keyring
) -> None:
    tenant = uuid4()
    places = [a_place(*a_subject(session, tenant)) for _ in range(10)]
    bundles = [(place, seal(session, place, SAID)) for place in places]
    bundles[3] = (places[3], bundles[4][1])
    told: list[Place] = []
    session.info[ON_UNREADABLE] = lambda _session, where, _refusal: told.append(where)
    keyring.forget()

    with statements(session.connection()) as asked:
        opened = unseal_all(session, bundles)

    assert opened == [SAID] * 3 + [None] + [SAID] * 6
    assert told == [places[3]]
    assert len(asked) == 1
