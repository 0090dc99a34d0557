"""One tenant: its keys, its teams, and whether anybody is missing."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from bindeledd.checkup.findings import Check
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain.telling import TELLABLE
from bindeledd.features.cases.domain.told_before import listed, strays
from bindeledd.features.cases.queries.told_before import told_facts
from bindeledd.features.pathways.service.owning import unowned_here
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Member
from bindeledd.foundation.console import Site
from bindeledd.foundation.sealing.rotation import key_status
from bindeledd.foundation.texts import t

_AHEAD = timedelta(days=30)


def of_keys(site: Site, tenant: UUID) -> Iterator[Check]:
    with site.database.transaction() as session:
        found = key_status(session, tenant)
    said = t(
        "maintenance.doctor.data_keys",
        active=t("web.counted.data_keys", count=found.active),
        lost=found.lost,
    )
    if found.wrong:
        versions = ", ".join(map(str, found.wrong))
        said += t("maintenance.doctor.wrong_version", versions=versions)
    if found.to_rewrap:
        said += t("maintenance.doctor.to_rewrap", count=found.to_rewrap)
    yield Check(
        name="keys",
        ok=found.lost == 0 and not found.wrong,
        found=said,
        do=t("maintenance.doctor.put_key_back"),
    )


def of_facts(site: Site, tenant: UUID) -> Iterator[Check]:
    """Plain facts that nothing asks for, from before there was a list: keys and numbers alone."""
    asked = site.gathered.book.fields
    with site.database.reading() as session:
        found = strays(told_facts(session, tenant, TELLABLE, listed(asked)), asked)
    stand = [f"{one.name}: {one.count}" for one in found if one.count]
    marked = [f"{one.name}: {one.marked}" for one in found if one.marked]
    said = [t("maintenance.doctor.strays", keys=", ".join(stand))] if stand else []
    if marked:
        said.append(t("maintenance.doctor.strays_marked", keys=", ".join(marked)))
    yield Check(
        name="facts",
        ok=not stand,
        found="; ".join(said) or t("maintenance.doctor.no_strays"),
        do=t("maintenance.doctor.mend_strays"),
    )


def of_teams(site: Site, tenant: UUID) -> Iterator[Check]:
    """No last rung may be an unstaffed mailbox: each team has hours, a lead and an address."""
    at = site.at
    with site.database.transaction() as session:
        without = {team.id for team in staff.teams_without_hours(session, tenant)}
        for team in staff.teams(session, tenant):
            leads = staff.leads(session, team.id, at)
            people = staff.members_of(session, team.id, at)
            yield _team(team.name, no_hours=team.id in without, people=people, leads=leads)
        if staff.intake_team(session, tenant) is None:
            yield Check(
                name="intake_team",
                ok=False,
                found=t("maintenance.doctor.missing"),
                do=t("maintenance.doctor.set_intake_team"),
            )
        alone = sorted(key for key, (_, team) in staff.units(session, tenant).items() if not team)
        reaches = staff.duty_reaches(session, tenant)
        followed = cases.followed(session, tenant)
        unowned = unowned_here(session, tenant, site.gathered.book, followed)
    for one in unowned:
        yield Check(
            name="owner", ok=False, found=f"{one.origin} {one.key}: {one.wrong}", do=one.right
        )
    for key in alone:  # may be meant so: a ward of another organisation
        found = t("maintenance.doctor.no_unit_team", unit=key)
        yield Check(name="unit", ok=True, found=found)
    yield Check(
        name="duty",
        ok=reaches is not None and reaches >= at + _AHEAD,
        found=t("maintenance.doctor.duty_until", day=f"{reaches:%Y-%m-%d}")
        if reaches
        else t("maintenance.doctor.no_duty"),
        do=t("maintenance.doctor.start_for_duty"),
    )


def _team(name: str, *, no_hours: bool, people: Sequence[Member], leads: Sequence[Member]) -> Check:
    lacks = [
        t(f"maintenance.doctor.{word}")
        for word, wrong in (
            ("no_hours", no_hours),
            ("no_people", not people),
            ("no_lead", not leads),
            ("no_lead_mail", leads and not any(lead.email for lead in leads)),
        )
        if wrong
    ]
    ways = [t("maintenance.doctor.set_hours")] if no_hours else []
    if lacks[no_hours:]:
        ways.append(t("maintenance.doctor.add_people"))
    return Check(
        name=f"team {name}",
        ok=not lacks,
        found=", ".join(lacks) or t("maintenance.doctor.team_complete"),
        do="; ".join(ways),
    )


def of_roll_call(site: Site, tenant: UUID) -> Iterator[Check]:
    with site.database.reading() as session:
        said = rollcall.derive(
            session, tenant, silences=silences_of(site.gathered.book), at=site.at
        )
    there = [(name, count) for name, count in said.numbers.items() if count]
    numbers = "; ".join(f"{t(f'rollcall.numbers.{name}').lower()}: {n}" for name, n in there)
    yield Check(
        name="rollcall",
        ok=said.complete,
        found=numbers or t("rollcall.page.nobody_missing"),
        do=t("maintenance.doctor.run_roll_call"),
    )
