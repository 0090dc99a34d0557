"""Whether the worker works, and what failed meanwhile."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from bindeledd.checkup.findings import Check
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain.inbox import Notice
from bindeledd.features.reminders.service.wording import fault
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.console import Site
from bindeledd.foundation.texts import t

_FRESH = timedelta(seconds=120)


def of_worker(site: Site) -> Iterator[Check]:
    at = site.at
    with site.database.transaction() as session:
        beat = reminders.heartbeat(session)
        fresh = beat is not None and at - beat.at <= _FRESH
        yield Check(
            name="worker",
            ok=fresh,
            found=t("maintenance.doctor.never_ran")
            if beat is None
            else t("maintenance.doctor.last_round", at=f"{beat.at:%Y-%m-%d %H:%M:%S}"),
            do=t("maintenance.doctor.start_worker"),
        )


def of_faults(site: Site) -> Iterator[Check]:
    """What failed while it worked, and nobody has marked as read in the inbox."""
    with site.database.transaction() as session:
        found = reminders.unseen_faults(session)
        whose = staff.logins_of(session, {one.member_id for one in found if one.member_id})
    said = [_fault_said(one, whose) for one in found]
    yield Check(
        name="faults",
        ok=not found,
        found="; ".join(said) or t("maintenance.doctor.no_faults"),
        do=t("maintenance.doctor.mend_faults"),
    )


def _fault_said(one: Notice, whose: Mapping[UUID, tuple[str, str]]) -> str:
    values = {
        "words": fault(one, whose),
        "source": one.place,
        "code": one.code,
        "count": one.count,
        "at": f"{one.last_at:%Y-%m-%d %H:%M}",
    }
    if one.member_id is None or one.member_id not in whose:
        return t("maintenance.doctor.fault", **values)
    name, login = whose[one.member_id]
    which = "fault_about" if one.place.startswith("team:") else "fault_of"
    return t(f"maintenance.doctor.{which}", name=name, login=login, **values)
