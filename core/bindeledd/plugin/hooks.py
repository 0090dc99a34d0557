"""What a plugin may declare. Each hook yields frozen values; they are gathered once, at start.

A plugin adds and tightens, it never loosens, and none of its Python runs between a fact and its
tasks. Most plugins are data only: see `data.py`. A plugin in Python marks its functions:

    from bindeledd.plugin.hooks import TeamDays, hookimpl

    api = (3, 3)

    @hookimpl
    def calendars():
        yield TeamDays(team="*", closed=frozenset({date(2027, 5, 18)}), reason="Planning day")

`api` says from which to which version of this page the plugin was written for.
"""

from collections.abc import Iterable

import pluggy

from bindeledd.features.pathways.domain import Ladder, PathwayFolder, Rung
from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.reminders.domain.channels import AddressKind
from bindeledd.features.staff.domain import (
    Hours,
    KnownOrganisation,
    KnownTeam,
    KnownUnit,
    TeamDays,
)
from bindeledd.plugin.host.values import PluginChannel, PluginJob, PluginReader, PluginReport

# Counts up when a hook is added; a hook that is taken away raises OLDEST_API.
API, OLDEST_API = 4, 1

PROJECT = "bindeledd"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def pathways() -> Iterable[PathwayFolder]:  # type: ignore[empty-body]
    """Folders of TOML files: routines, and layers that add to or tighten a routine.

    yield PathwayFolder(distribution="my-pack", folder=files("my_pack") / "pathways")
    """


@hookspec
def fields() -> Iterable[CaseField]:  # type: ignore[empty-body]
    """Extra structured facts on a case: a closed list of answers that steps and gates look at.

    yield CaseField(key="home_visit", label={"nb": "Hjemmebesøk"}, options=(...),
                    asked_with=("answered",), used_by=("my-pack.home-visit",))
    """


@hookspec
def rungs() -> Iterable[Ladder]:  # type: ignore[empty-body]
    """Ladders of alerts, to be named by steps: who hears of a late task, in which order.

    yield Ladder(key="my-pack.same-day", rungs=(Rung(...), ...), ...)
    """


@hookspec
def calendars() -> Iterable[TeamDays]:  # type: ignore[empty-body]
    """Days on which teams are closed beyond public holidays, and opening hours they keep.

    yield TeamDays(team="dps-nord", closed=frozenset({date(2027, 5, 18)}), reason="Planning day")
    """


@hookspec
def units() -> Iterable[KnownOrganisation]:  # type: ignore[empty-body]
    """Organisations, units and teams that the plugin knows, with their contact points.

    yield KnownOrganisation(key="my-hf", name="My HF", kind="trust", points=(("ENH", "…"),))
    """


@hookspec
def contacts() -> Iterable[Contact]:  # type: ignore[empty-body]
    """Who can be asked about a kind of task: label, number, hours, and for which units.

    yield Contact(key="my-pack.consult", label={"nb": "Tilsyn"}, tasks=frozenset({"assess_risk"}))
    """


@hookspec
def channels() -> Iterable[PluginChannel]:  # type: ignore[empty-body]
    """Ways to tell a member of staff that something waits. They run in the plugin's host.

    yield PluginChannel(key="sms", run="my_pack.sms:open_channel", address=AddressKind.PHONE,
                        receipt_within=timedelta(minutes=15))
    """


@hookspec
def jobs() -> Iterable[PluginJob]:  # type: ignore[empty-body]
    """Work that is done every so often. It runs in the plugin's host and has no database.

    yield PluginJob(key="balance", run="my_pack.sms:open_balance", every=timedelta(hours=6))
    """


@hookspec
def intakes() -> Iterable[PluginReader]:  # type: ignore[empty-body]
    """Readers of formats that the core does not know. They run in a host without network.

    yield PluginReader(key="adt", run="my_pack.adt:open_reader", begins="MSH|")
    """


@hookspec
def reports() -> Iterable[PluginReport]:  # type: ignore[empty-body]
    """Tables for leads, made of numbers that the core has counted. They run where readers do.

    yield PluginReport(key="reached", run="my_pack.report:open_report", title={"nb": "Nådd"})
    """


HOOKS = (
    "pathways",
    "fields",
    "rungs",
    "calendars",
    "units",
    "contacts",
    "channels",
    "jobs",
    "intakes",
    "reports",
)

__all__ = [
    "API",
    "AddressKind",
    "CaseField",
    "Contact",
    "HOOKS",
    "Hours",
    "KnownOrganisation",
    "KnownTeam",
    "KnownUnit",
    "Ladder",
    "Option",
    "PathwayFolder",
    "PluginChannel",
    "PluginJob",
    "PluginReader",
    "PluginReport",
    "Rung",
    "TeamDays",
    "hookimpl",
]
