"""The first example of each hook on docs/plugins.md is one of these, and each of these works."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from architecture.tree import ROOT
from bindeledd.features.pathways.domain import Gate, Strength
from bindeledd.plugin import asking, hooks
from bindeledd.plugin.loading import Gathered, gather
from plugin.packs import DATA, Shelf

PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")

SHOWN = {
    "pathways": """\
id = "helse-vest.after-attempt"
version = "2026.1"
extends = "national.after-attempt"
level = "region"                    # national · region · trust · municipality · unit
[title]
nb = "Helse Vest: utskrivning fra akuttenhet"
[applies_to]
units = ["acute_ward"]       # kinds or keys of units; without it: every unit
# organisations = ["…"]      # keys of organisations; both have to fit where both are said

[[gate]]                            # tightens what is there: no `at`, no `need`
key = "appointment_given"
strength = "must"
basis = { kind = "region", source = "S-064" }
rows = ["S-064"]

[[gate]]                            # asks for more evidence
key = "receiver_named"
evidence = { receiver_kind = ["gp", "municipal_mental_health", "specialist_mental_health"] }
basis = { kind = "region", source = "S-049" }

[[gate]]                            # adds one: `at` and `need` make it a new one
key = "helse-vest.receiver-confirmed"
at = "discharged"
need = "receiver_named"
evidence = { helse_vest_confirmed = ["by_message", "by_phone", "in_meeting"] }
task = "follow_up_handover"
due = { within = "P1D", count = "working_days" }
strength = "should"
basis = { kind = "default", source = "S-049 names a receiver; that the receiver confirms is a default" }
""",
    "fields": """\
[[field]]
key = "helse_vest_confirmed"
label = { nb = "Har mottakeren bekreftet?", en = "Has the receiver confirmed?" }
asked_with = ["receiver_named"]
used_by = ["helse-vest.receiver-confirmed"]
[[field.option]]
value = "by_message"
label = { nb = "Ja, i en melding", en = "Yes, in a message" }
[[field.option]]
value = "by_phone"
label = { nb = "Ja, på telefon", en = "Yes, by phone" }
[[field.option]]
value = "in_meeting"
label = { nb = "Ja, i et møte", en = "Yes, in a meeting" }
""",
    "rungs": """\
[ladder."example.one-day"]
seen_for = "P1D"
repeat_every = "P1D"
rungs = [{ after = "PT0S", to = "team" }, { after = "P1D", count = "working_days", to = "lead" }]
""",
    "calendars": """\
[[calendar]]
team = "*"
closed = [2027-06-11]
reason = "Planleggingsdag"
""",
    "units": """\
[[organisation]]
key = "helse-bergen"
name = "Helse Bergen HF"
kind = "trust"
points = { ENH = "983974724" }      # HER · RESH · ENH · local
""",
    "contacts": """\
[[contact]]
key = "helse-sor-ost.consult"
label = { nb = "Tilsyn fra psykiatrien til somatiske avdelinger" }
tasks = ["assess_risk"]
units = ["medical_ward", "surgical_ward"]
# phone = "+47 77 00 00 00"
# hours = [{ weekdays = [1, 2, 3, 4, 5], opens = 08:00:00, closes = 15:30:00 }]
""",
    "channels": """\
from datetime import timedelta

from bindeledd.plugin.hooks import AddressKind, PluginChannel, hookimpl


@hookimpl
def channels():
    yield PluginChannel(
        key="sms",
        run="bindeledd_sms.channel:open_channel",
        address=AddressKind.PHONE,
        receipt_within=timedelta(minutes=15),
    )
""",
    "jobs": """\
from datetime import timedelta

from bindeledd.plugin.hooks import PluginJob, hookimpl


@hookimpl
def jobs():
    yield PluginJob(
        key="gateway", run="bindeledd_sms.channel:open_watch", every=timedelta(minutes=30)
    )
""",
    "intakes": """\
from bindeledd.plugin.hooks import PluginReader, hookimpl


@hookimpl
def intakes():
    yield PluginReader(key="adt", run="bindeledd_example.adt:open_reader", begins="MSH|")
""",
    "reports": """\
from bindeledd.plugin.hooks import PluginReport, hookimpl


@hookimpl
def reports():
    yield PluginReport(
        key="reached",
        run="bindeledd_example.reached:open_report",
        title={"nb": "Utskrevet og nådd", "en": "Discharged and reached"},
        months=12,
    )
""",
}
FILES = {
    "pathways": "pathways/layer.toml",
    "fields": "fields.toml",
    "rungs": "ladders.toml",
    "calendars": "calendars.toml",
    "units": "units.toml",
    "contacts": "contacts.toml",
}


@pytest.fixture
def shown(shelf: Shelf) -> Gathered:
    """All the examples that are data; the contact in the pack whose name it carries."""
    files = {file: SHOWN[hook] for hook, file in FILES.items()}
    named = {"contacts.toml": files.pop("contacts.toml")}
    shelf.put("shown", DATA, files=files)
    shelf.put("helse-sor-ost", DATA, files=named)
    return gather(["shown", "helse-sor-ost"], points=shelf.points)


def in_python(shelf: Shelf, hook: str) -> Gathered:
    shelf.put(hook, f"{SHOWN[hook]}\n\napi = ({hooks.API}, {hooks.API})\n")
    return gather([hook], points=shelf.points)


def section(hook: str) -> str:
    told = re.search(rf"^### `{hook}\(\)`(.*?)(?=^### |^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert told is not None
    return told[1]


# --- the page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", hooks.HOOKS)
def test_the_first_example_of_a_hook_is_the_one_that_is_tried_here(hook: str) -> None:
    block = re.search(r"^```\w+\n(.*?)^```", section(hook), re.MULTILINE | re.DOTALL)
    assert block is not None
    assert block[1] == SHOWN[hook]


USES: dict[str, Callable[[Gathered, str], bool]] = {
    "pathways": lambda found, pack: any(
        one.origin.distribution == pack for one in found.book.layers
    ),
    "fields": lambda found, _: bool(found.fields),
    "rungs": lambda found, pack: any(
        one.origin.distribution == pack for one in found.book.ladders.values()
    ),
    "calendars": lambda found, _: bool(found.calendars),
    "units": lambda found, _: bool(found.organisations),
    "contacts": lambda found, _: bool(found.book.contacts),
    "channels": lambda found, _: any(one.channels for one in found.hosted),
    "jobs": lambda found, _: any(one.jobs for one in found.hosted),
    "intakes": lambda found, _: any(one.readers for one in found.hosted),
    "reports": lambda found, _: any(one.reports for one in found.hosted),
}


@pytest.mark.parametrize("hook", hooks.HOOKS)
def test_its_signature_and_a_pack_that_uses_it_stand_on_the_page(hook: str) -> None:
    told = re.search(
        rf"^`{hook}\(\) -> Iterable\[(\w+)\]` · used by `(bindeledd-[\w-]+)`$",
        section(hook),
        re.MULTILINE,
    )
    assert told is not None
    assert told[1] == asking.TYPES[hook].__name__
    signature = inspect.signature(getattr(hooks, hook), eval_str=True)
    assert not signature.parameters
    assert signature.return_annotation.__args__ == (asking.TYPES[hook],)
    assert USES[hook](gather([told[2].removeprefix("bindeledd-")]), told[2])


# --- what each example does -----------------------------------------------------------------------


def test_the_layer_tightens_one_gate_asks_more_of_another_and_adds_a_third(shown: Gathered) -> None:
    base = shown.book.current("suicide_attempt")
    before, after = (
        shown.book.resolve(base.id, base.version, kind, kind) for kind in ("other", "acute_ward")
    )
    given = after.find("appointment_given")
    assert given is not None
    assert given.strength is Strength.MUST
    named = after.find("receiver_named")
    assert named is not None
    assert "receiver_kind" in named.evidence
    added = after.find("helse-vest.receiver-confirmed")
    assert isinstance(added, Gate)
    assert before.find("helse-vest.receiver-confirmed") is None


def test_the_field_is_asked_with_its_event_and_holds_its_answers(shown: Gathered) -> None:
    (field,) = shown.fields_asked_with("receiver_named")
    assert field.key == "helse_vest_confirmed"
    assert field.allows("by_phone")
    assert not field.allows("perhaps")


def test_the_ladder_ends_with_a_lead(shown: Gathered) -> None:
    assert [one.audience for one in shown.book.ladder("example.one-day").rungs] == ["team", "lead"]


def test_the_calendar_closes_every_team_on_its_day(shown: Gathered) -> None:
    assert shown.closed_days("any-team") == {date(2027, 6, 11)}


def test_the_organisation_is_known_with_its_address(shown: Gathered) -> None:
    (known,) = shown.organisations
    assert (known.key, known.points) == ("helse-bergen", (("ENH", "983974724"),))


def test_the_contact_is_shown_with_its_task_in_its_units(shown: Gathered) -> None:
    (contact,) = shown.book.contacts
    assert contact.is_for("assess_risk", ("a", "medical_ward", None))
    assert not contact.is_for("assess_risk", ("a", "acute_ward", None))
    assert contact.answers(datetime(2027, 1, 3, 3, tzinfo=UTC))


def test_the_channel_waits_for_its_receipts(shelf: Shelf) -> None:
    (pack,) = in_python(shelf, "channels").hosted
    assert [(one.key, one.receipt_within) for one in pack.channels] == [
        ("sms", timedelta(minutes=15))
    ]


def test_the_job_is_done_every_half_hour(shelf: Shelf) -> None:
    (pack,) = in_python(shelf, "jobs").hosted
    assert [one.every for one in pack.jobs] == [timedelta(minutes=30)]


def test_the_reader_is_asked_for_its_format_only(shelf: Shelf) -> None:
    (known,) = in_python(shelf, "intakes").foreign
    assert (known.key, known.begins) == ("intakes:adt", "MSH|")


def test_the_report_has_a_title_in_two_languages(shelf: Shelf) -> None:
    (report,) = in_python(shelf, "reports").reports
    assert report.title == {"nb": "Utskrevet og nådd", "en": "Discharged and reached"}
