"""Five journeys in a browser: what is sent back, a death, a new attempt, a lead's morning, an illness."""

from __future__ import annotations

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.rollcall.tables import RollCallRow
from bindeledd.features.staff.tables import AbsenceRow
from browser.stage import NAME, Followed, Opens, Stage, down_to, opens, registers
from browser.test_keys import press
from features.takeover.builders import BO
from journeys.story import DAY, HOUR, local

__all__ = ["opens"]

MONDAY = local(2027, 4, 12, 10)
MINUTE = HOUR / 60
BERIT = "berit@example.invalid"
AFTER_A_DEATH = {
    "withdraw_booked",
    "send_summary",
    "support_bereaved",
    "support_bereaved_children",
    "follow_up_bereaved",
}


def test_handover_returned(opens: Opens) -> None:
    """Sent is not accepted: what is sent back never left, and the sender hears of it."""
    stage = opens(MONDAY)
    moves = stage.somebody()
    site = stage.story.site
    anna = stage.comes("anna").go(f"{moves.path}/handover")
    anna.page.select_option("#to_team", str(site.other_team))
    anna.page.locator("#words").press_sequentially("Flyttet til byen.")
    anna.page.get_by_role("button", name="Send overføringen").press("Enter")
    anna.page.wait_for_url("**notice=**")
    [theirs] = moves.owed("accept_handover")
    stage.goes_on_to(theirs.due_at + MINUTE)
    assert stage.mailed_of(theirs) == {"Carl", "Dina"}
    carl = stage.comes("carl").go("/day")
    down_to(carl, "Ta imot overføring", NAME)
    press(carl, "o")
    carl.page.get_by_role("link", name="Svar på overføringen").first.press("Enter")
    carl.page.locator("#reason").press_sequentially("Bor ikke her lenger.")
    carl.page.get_by_role("button", name="Returner").press("Enter")
    carl.page.wait_for_url("**notice=**")

    assert moves.owed("accept_handover") == moves.owed("follow_up_handover") == []
    assert "handover_returned" in moves.kinds
    assert {one.owner_team_id for one in moves.owed()} == {site.team}
    assert moves.case.responsible_team_id == site.team
    [named] = [one for one in moves.owed("name_receiver") if one.step_key.startswith("person.")]
    stage.goes_on_to(named.due_at + MINUTE)
    assert stage.mailed_of(named) == {"Berit"}


def test_death_reported(opens: Opens) -> None:
    """All contact stops with the word; another person confirms it; what is owed then is for those left."""
    stage = opens(MONDAY)
    dead = stage.somebody()
    dead.appointment(MONDAY + 3 * DAY)
    stage.goes_on_to(MONDAY + HOUR)
    anna = stage.comes("anna").go(dead.path)
    anna.page.get_by_role("link", name="Dødsfall").press("Enter")
    anna.page.locator("#words").press_sequentially("Legevakten ringte.")
    anna.page.get_by_role("button", name="Meld dødsfall").press("Enter")
    anna.page.wait_for_url("**notice=**")
    assert dead.owed("call_patient") == []
    assert stage.goes_on_to(MONDAY + HOUR + MINUTE) == ["anna", "berit"]
    berit = stage.comes("berit").go("/day")
    down_to(berit, "Bekreft", NAME)
    press(berit, "o")
    berit.page.get_by_role("link", name="Bekreft eller avkreft").first.press("Enter")
    berit.page.locator("#words").press_sequentially("Sykehuset bekrefter.")
    berit.page.get_by_role("button", name="Bekreft dødsfallet").press("Enter")
    berit.page.wait_for_url("**notice=**")
    berit.go(f"{dead.path}/contact")

    assert {"death_reported", "death_confirmed"} <= set(dead.kinds)
    assert berit.page.get_by_role("button", name="Ikke svar").count() == 0
    assert {one.kind for one in dead.owed()} == AFTER_A_DEATH
    assert {one.kind for one in dead.owed() if one.due_at < MONDAY + DAY} == {"withdraw_booked"}


def test_new_attempt_on_a_closed_case(opens: Opens) -> None:
    """What was closed is open again in one step, with all its history, and somebody is to call."""
    stage = opens(MONDAY)
    before = _followed_under(stage, BO)
    stage.now_is(MONDAY + 40 * DAY)
    before.ask_to_end(Ending.COMPLETED)
    before.sign_end()
    assert (before.case.is_open, before.owed()) == (False, [])
    stage.now_is(MONDAY + 60 * DAY)
    anna = stage.comes("anna").go("/register")
    assert anna.stands_in("name")
    anna.tab().type(BO).tab(3)
    press(anna, "Space", "Enter")
    anna.page.wait_for_url("**/register/done**")

    [case] = stage.all(CaseRow)
    assert case.state == "open"
    assert before.kinds.count("index_event") == 2
    assert before.kinds.index("closed") < before.kinds.index("reopened")
    call = before.owes("call_patient", "first-contact")
    stage.goes_on_to(call.due_at + MINUTE)
    assert stage.mailed_of(call)
    stage.now_is(call.due_at + 16 * HOUR)
    anna = stage.comes("anna").go("/day")
    down_to(anna, "Ring pasienten", NAME)
    registers(anna, "1")
    assert before.kinds[-1] == "reached"


def _followed_under(stage: Stage, number: str) -> Followed:
    """Somebody with a number, discharged now."""
    story = stage.story
    held = HeldIdentifier(identifier=Identifier(kind=IdentifierKind.FNR, value=number))
    patient = patients.register_patient(
        story.session,
        tenant_id=story.site.tenant,
        identity=Identity(full=NAME, identifiers=(held,)),
        by=story.site.system,
        at=story.at,
    ).id
    return stage.somebody(patient)


def test_leads_morning(opens: Opens) -> None:
    """The numbers have come, nobody is forgotten, and what waits for her is signed."""
    stage = opens(MONDAY)
    done = stage.somebody()
    done.ask_to_end(Ending.COMPLETED)
    stage.goes_on_to(MONDAY + 22 * HOUR)
    assert [one.address for one in stage.sent.sent if one.morning].count(BERIT) == 1
    berit = stage.comes("berit").go("/day")
    press(berit, "g", "r")
    berit.page.get_by_role("heading", name="Er alle gjort rede for?").wait_for()
    assert "Alle er gjort rede for." in berit.sees
    berit.page.get_by_role("button", name="Jeg har lest dette").press("Enter")
    berit.page.get_by_text("Oversikten er lest").wait_for()
    berit.go("/sign")
    press(berit, "j", "o")
    berit.page.get_by_role("button", name="Signer avslutningen").press("Enter")
    berit.page.get_by_text("Oppfølgingen er avsluttet").wait_for()

    [morning] = stage.all(RollCallRow)
    assert (morning.kind, morning.read_by) == ("morning", stage.story.site.berit.id)
    assert (done.case.is_open, done.owed()) == (False, [])
    stage.story.everybody(registered=1, closed_signed=1)


def test_colleague_ill(opens: Opens) -> None:
    """What she held is the team's at once, her hours are work for those who are here, she is left alone."""
    stage = opens(MONDAY)
    site = stage.story.site
    hers = stage.somebody()
    hers.appointment(MONDAY + DAY + 3 * HOUR, member_id=site.anna.id)
    held = hers.first_call()
    hers.hold(held, site.anna)
    stage.goes_on_to(MONDAY + 21 * HOUR)
    stage.now_is(MONDAY + 22 * HOUR)
    berit = stage.comes("berit").go("/day")
    berit.page.get_by_role("link", name="Borte i dag").press("Enter")
    berit.page.select_option("#member", str(site.anna.id))
    berit.page.get_by_role("button", name="Borte resten av dagen").press("Enter")
    berit.page.wait_for_url("**notice=**")
    [cover] = hers.owed("cover_appointment")
    [left] = [one for one in hers.owed("call_patient") if one.id == held.id]
    assert (left.held_by, left.due_at) == (None, held.due_at)
    assert [one.member_id for one in stage.all(AbsenceRow)] == [site.anna.id]
    assert stage.goes_on_to(cover.due_at + MINUTE) == ["berit"]
    berit = stage.comes("berit").go("/day")
    down_to(berit, "Time uten behandler", NAME)
    press(berit, "o")
    berit.page.get_by_role("link", name="Gjør noe med timen").first.press("Enter")
    berit.page.select_option("#member", str(site.berit.id))
    berit.page.locator("#told").press_sequentially("Ringte: Berit tar timen.")
    berit.page.locator("#told").press("Tab")
    press(berit, "Enter")
    berit.page.wait_for_url("**notice=**")

    [time] = stage.all(AppointmentRow)
    assert (time.member_id, time.state) == (site.berit.id, "given")
    assert hers.owed("cover_appointment") == []
