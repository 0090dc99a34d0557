"""Turning over a tenant's key while the product is used, and where keys may lie."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing.envelope import Place, Unreadable
from bindeledd.foundation.sealing.keyring import (
    Keyring,
    lookup_tokens,
    new_subject,
    seal,
    unseal,
)
from bindeledd.foundation.sealing.providers import (
    EnvironmentKeys,
    FileKeys,
    TenantKey,
    refuse_shared_volume,
    share_a_volume,
)
from bindeledd.foundation.sealing.rotation import (
    NoSuchSubject,
    destroy_subject,
    key_status,
    rewrap_data_keys,
)
from bindeledd.foundation.sealing.tables import DataKeyRow, KeyCheckRow

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SAID = {"name": "Ánne Bæivi"}


@pytest.fixture
def keys(session: Session, tmp_path: Path) -> FileKeys:
    provider = FileKeys(tmp_path / "keys", create=True)
    session.info[Keyring] = Keyring(provider)
    return provider


def some_bundles(session: Session, tenant: UUID, count: int = 5) -> dict[Place, bytes]:
    made = {}
    for _ in range(count):
        subject = uuid4()
        new_subject(session, tenant_id=tenant, subject_id=subject, at=MONDAY)
        place = Place(tenant, "patients", "identity", subject, subject)
        made[place] = seal(session, place, SAID)
    return made


def readable(session: Session, bundles: dict[Place, bytes]) -> bool:
    return all(unseal(session, place, sealed) == SAID for place, sealed in bundles.items())


def test_after_a_turn_over_the_old_key_may_be_taken_away(session: Session, keys: FileKeys) -> None:
    tenant = uuid4()
    bundles = some_bundles(session, tenant)
    keys.add_version(tenant)
    session.info[Keyring].forget()
    assert readable(session, bundles)

    step = rewrap_data_keys(session, tenant)

    assert (step.done, step.damaged, step.after) == (5, (), None)
    status = key_status(session, tenant)
    assert [(v.version, v.newest, v.wraps) for v in status.versions] == [
        (1, False, 0),
        (2, True, 5),
    ]
    file = keys.folder / f"{tenant}.keys"
    file.write_text(file.read_text().splitlines()[1] + "\n")
    session.info[Keyring].forget()
    assert readable(session, bundles)


def test_a_sweep_goes_on_where_it_stopped_and_twice_is_once(
    session: Session, keys: FileKeys
) -> None:
    tenant = uuid4()
    bundles = some_bundles(session, tenant)
    keys.add_version(tenant)
    session.info[Keyring].forget()

    first = rewrap_data_keys(session, tenant, limit=2)
    half = key_status(session, tenant)
    session.info[Keyring].forget()
    rest, after = 0, first.after
    while after is not None:
        step = rewrap_data_keys(session, tenant, after=after, limit=2)
        rest, after = rest + step.done, step.after

    assert (first.done, half.to_rewrap, rest) == (2, 3, 3)
    assert rewrap_data_keys(session, tenant).done == 0
    session.info[Keyring].forget()
    assert readable(session, bundles)


def test_a_damaged_key_stops_no_sweep_and_is_named(session: Session, keys: FileKeys) -> None:
    tenant = uuid4()
    bundles = some_bundles(session, tenant, 3)
    bad = next(iter(bundles)).subject
    session.execute(
        sa.update(DataKeyRow).where(DataKeyRow.subject_id == bad).values(wrapped=b"x" * 60)
    )
    keys.add_version(tenant)
    session.info[Keyring].forget()

    step = rewrap_data_keys(session, tenant, limit=1)
    steps = [step]
    while step.after is not None:
        step = rewrap_data_keys(session, tenant, after=step.after, limit=1)
        steps.append(step)

    assert sum(s.done for s in steps) == 2
    assert [subject for s in steps for subject in s.damaged] == [bad]
    assert key_status(session, tenant).to_rewrap == 1


def test_a_wrong_key_seals_nothing_finds_nothing_and_is_named(
    session: Session, keys: FileKeys
) -> None:
    tenant = uuid4()
    some_bundles(session, tenant)
    file = keys.folder / f"{tenant}.keys"
    file.unlink()
    keys.make_first(tenant)
    session.info[Keyring].forget()

    with pytest.raises(Misconfigured, match="ikke nøkkelen som ble brukt her"):
        new_subject(session, tenant_id=tenant, subject_id=uuid4(), at=MONDAY)
    with pytest.raises(Misconfigured, match="ikke nøkkelen som ble brukt her"):
        lookup_tokens(session, tenant_id=tenant, kind="nin", text="x")
    status = key_status(session, tenant)
    assert (status.wrong, status.lost) == ((1,), 5)
    assert [v.at_hand for v in status.versions] == [False]


def test_the_check_value_is_written_once_and_is_not_the_key(
    session: Session, keys: FileKeys
) -> None:
    tenant = uuid4()
    some_bundles(session, tenant)
    keys.add_version(tenant)
    session.info[Keyring].forget()
    some_bundles(session, tenant)

    rows = session.scalars(
        sa.select(KeyCheckRow).where(KeyCheckRow.tenant_id == tenant).order_by(KeyCheckRow.version)
    ).all()
    assert [row.version for row in rows] == [1, 2]
    material = {key.material.hex() for key in keys.keys(tenant)}
    assert material.isdisjoint(row.value for row in rows)


def test_another_tenants_keys_are_left_alone(session: Session, keys: FileKeys) -> None:
    ours, theirs = uuid4(), uuid4()
    some_bundles(session, ours, 1)
    some_bundles(session, theirs, 2)
    keys.add_version(ours)
    session.info[Keyring].forget()

    assert rewrap_data_keys(session, ours).done == 1
    assert [v.wraps for v in key_status(session, theirs).versions] == [2]


def test_a_key_that_another_process_wrapped_by_a_newer_version_is_opened(
    session: Session, keys: FileKeys
) -> None:
    """A running process learns of a new version when it meets it."""
    tenant = uuid4()
    bundles = some_bundles(session, tenant, 1)
    running = session.info[Keyring]
    running.tenant(tenant)
    keys.add_version(tenant)
    session.info[Keyring] = Keyring(keys)
    rewrap_data_keys(session, tenant)
    session.info[Keyring] = running
    running.drop(place.subject for place in bundles)

    assert readable(session, bundles)


def test_the_status_tells_what_is_destroyed_and_what_nobody_can_open(
    session: Session, keys: FileKeys
) -> None:
    tenant = uuid4()
    bundles = some_bundles(session, tenant, 3)
    destroy_subject(session, tenant_id=tenant, subject_id=next(iter(bundles)).subject)
    file = keys.folder / f"{tenant}.keys"
    keys.add_version(tenant)
    file.write_text(file.read_text().splitlines()[1] + "\n")
    session.info[Keyring].forget()

    status = key_status(session, tenant)

    assert (status.active, status.retired, status.destroyed) == (2, 0, 1)
    assert (status.lost, status.to_rewrap) == (2, 0)
    assert [(v.version, v.at_hand) for v in status.versions] == [(1, False), (2, True)]
    with pytest.raises(Unreadable):
        readable(session, bundles)


def test_destroying_somebody_unknown_or_of_another_tenant_is_refused(
    session: Session, keys: FileKeys
) -> None:
    tenant = uuid4()
    subject = next(iter(some_bundles(session, tenant, 1))).subject

    with pytest.raises(NoSuchSubject):
        destroy_subject(session, tenant_id=uuid4(), subject_id=subject)
    assert destroy_subject(session, tenant_id=tenant, subject_id=subject) == 1
    assert destroy_subject(session, tenant_id=tenant, subject_id=subject) == 0


def test_a_destroyed_key_is_gone_from_the_file_of_the_database(
    fresh_database: Database, database_url: str, dialect: str
) -> None:
    if dialect != "sqlite":
        pytest.skip("PostgreSQL overwrites old rows when it vacuums; see docs/sealing.md")
    tenant, subject = uuid4(), uuid4()
    with fresh_database.transaction() as session:
        new_subject(session, tenant_id=tenant, subject_id=subject, at=MONDAY)
        wrapped = session.scalar(sa.select(DataKeyRow.wrapped))
    with fresh_database.transaction() as session:
        destroy_subject(session, tenant_id=tenant, subject_id=subject)
    fresh_database.close()
    reopened = open_database(database_url)
    with reopened.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    reopened.close()
    file = Path(database_url.removeprefix("sqlite:///"))

    left = [f for f in file.parent.glob("bindeledd.db*") if wrapped and wrapped in f.read_bytes()]

    assert left == []


# --- where keys lie -------------------------------------------------------------------------------


def test_a_key_file_is_the_owners_alone(tmp_path: Path) -> None:
    provider, tenant = FileKeys(tmp_path / "keys", create=True), uuid4()
    provider.keys(tenant)
    file = tmp_path / "keys" / f"{tenant}.keys"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700

    file.chmod(0o640)

    with pytest.raises(Misconfigured, match="andre kan lese"):
        provider.keys(tenant)


def test_a_missing_key_is_never_made_anew_by_itself(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="mangler"):
        FileKeys(tmp_path).keys(uuid4())


@pytest.mark.parametrize("text", ["", "1:c2hvcnQ=", "x:" + "A" * 43 + "=", "1:%%%"])
def test_a_damaged_key_file_stops_the_start(tmp_path: Path, text: str) -> None:
    tenant = uuid4()
    file = tmp_path / f"{tenant}.keys"
    file.write_text(text)
    file.chmod(0o600)

    with pytest.raises(Misconfigured):
        FileKeys(tmp_path).keys(tenant)


def test_making_the_first_key_leaves_nothing_else_in_the_folder(tmp_path: Path) -> None:
    provider, tenant = FileKeys(tmp_path, create=True), uuid4()

    assert provider.keys(tenant) == provider.keys(tenant)
    assert [f.name for f in tmp_path.iterdir()] == [f"{tenant}.keys"]


def test_keys_from_the_environment_are_read_and_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINDELEDD_KEYS", "2:" + "B" * 43 + "=,1:" + "A" * 43 + "=")
    assert [k.version for k in EnvironmentKeys().keys(uuid4())] == [1, 2]

    monkeypatch.delenv("BINDELEDD_KEYS")
    with pytest.raises(Misconfigured, match="ingen nøkkel er satt"):
        EnvironmentKeys().keys(uuid4())


def test_a_key_does_not_print_itself() -> None:
    assert "secret" not in repr(TenantKey(1, b"secret" * 6))


def test_keys_beside_the_data_are_refused_and_elsewhere_they_are_not(tmp_path: Path) -> None:
    data = tmp_path / "data" / "bindeledd.db"

    assert share_a_volume(tmp_path / "keys", data)
    with pytest.raises(Misconfigured, match="samme disk"):
        refuse_shared_volume(tmp_path / "keys", data)
    refuse_shared_volume(Path("/proc/keys"), data)
