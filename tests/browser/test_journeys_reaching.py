"""Five journeys in a browser: a Friday, a time that was not kept, silence, a no, and a call."""

from __future__ import annotations

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.intake.tables import CallRow
from browser.stage import NAME, Opens, down_to, opens, registers, to_the_follow_up
from browser.test_keys import ON, press
from journeys.story import DAY, HOUR, local
from journeys.test_reaching import TRIES

__all__ = ["opens"]

MONDAY, FRIDAY = local(2027, 4, 12, 10), local(2027, 4, 16, 10)
MINUTE = HOUR / 60


def test_friday_afternoon(opens: Opens) -> None:
    """Before the team goes home it is said who answers until Monday, and nobody is alarmed."""
    stage = opens(FRIDAY)
    gone_home = stage.somebody()
    assert stage.goes_on_to(FRIDAY + 5 * HOUR + MINUTE) == ["anna", "berit"]
    anna = stage.comes("anna").go("/day")
    press(anna, "g", "l")
    anna.page.wait_for_url("**/leaving")
    down_to(anna, "Avtal hvem som svarer", NAME)
    press(anna, "o")
    anna.page.get_by_role("link", name="Si hvem som svarer").first.press("Enter")
    anna.page.locator("[name=cover][value=accepted]").press("Space")
    anna.page.locator("[name=number_answered][value=yes]").press("Space")
    anna.page.locator("#covers_who").press_sequentially("Legevakten")
    anna.page.locator("#words").press_sequentially("Legevakten svarer.")
    anna.page.get_by_role("button", name="Lagre").press("Enter")
    anna.page.wait_for_url("**notice=**")
    down_to(anna.go("/day"), "Ring pasienten", NAME)
    registers(anna, "1")

    assert {"gap_covered", "reached"} <= set(gone_home.kinds)
    assert gone_home.owed("cover_gap") == []
    assert [one for one in gone_home.owed() if one.due_at < FRIDAY + 3 * DAY] == []
    assert stage.goes_on_to(FRIDAY + 6 * HOUR + MINUTE) == []
    assert stage.goes_on_to(FRIDAY + 2 * DAY) == []


def test_no_show(opens: Opens) -> None:
    """Whoever did not come is work at once; not reached is not answered."""
    stage = opens(MONDAY)
    away = stage.somebody()
    away.appointment(MONDAY + DAY, member_id=stage.story.site.anna.id)
    assert "anna" in stage.goes_on_to(MONDAY + DAY + HOUR)
    anna = stage.comes("anna").go("/day")
    down_to(anna, "Registrer hva det ble av timen", NAME)
    press(anna, "o")
    anna.page.get_by_role("link", name="Hva ble det til?").last.press("Enter")
    anna.page.select_option("#how", "self")
    anna.page.get_by_role("button", name="Møtte ikke").press("Enter")
    anna.page.wait_for_url("**notice=**")
    [time] = stage.all(AppointmentRow)
    [missed] = away.owed("respond_to_missed_appointment")
    down_to(anna.go("/day"), "ikke ble møtt til", NAME)
    registers(anna, "2")

    assert (time.state, missed.due_at) == ("missed", MONDAY + DAY + DAY)
    assert {"appointment_missed", "contact_attempted"} <= set(away.kinds)
    assert [one.id for one in away.owed("respond_to_missed_appointment")] == [missed.id]
    assert "anna" in stage.goes_on_to(MONDAY + 2 * DAY + MINUTE)


def test_unreachable(opens: Opens) -> None:
    """A month of trying, an end that is asked for, and a second person who signs it."""
    stage = opens(MONDAY)
    silent = stage.somebody()
    for days, hour, channel, outcome in TRIES:
        stage.now_is((MONDAY + days * DAY).replace(hour=hour - 2))
        silent.call(outcome, channel=channel)
    silent.tell(EventKind.RELATIVES_CONSIDERED)
    silent.tell(EventKind.RECEIVER_TOLD)
    stage.goes_on_to(MONDAY + 31 * DAY)
    anna = stage.comes("anna").go("/day")
    down_to(anna, "Ring pasienten", NAME)
    registers(anna, "2")
    press(anna, "Escape")
    to_the_follow_up(anna)
    anna.page.get_by_role("link", name="Be om avslutning").press("Enter")
    anna.page.locator("[name=ending][value=unreachable]").press("Space")
    anna.page.locator("#words").press_sequentially("Brev, besøk og anrop i en måned.")
    if anna.page.locator("[name=override]").count():
        anna.page.locator("[name=override]").press("Space")
    anna.page.get_by_role("button", name="Be om avslutning").press("Enter")
    anna.page.wait_for_url("**notice=**")
    assert silent.case.is_open
    assert "berit" in stage.goes_on_to(silent.owed("sign_closing")[0].due_at + MINUTE)
    berit = stage.comes("berit").go("/sign")
    press(berit, "j", "o")
    berit.page.get_by_role("button", name="Signer avslutningen").press("Enter")
    berit.page.get_by_text("Oppfølgingen er avsluttet").wait_for()

    assert not silent.case.is_open
    assert silent.owed() == []
    assert stage.goes_on_to(MONDAY + 60 * DAY) == []
    stage.story.everybody(registered=1, closed_signed=1)


def test_declined_and_asked_again(opens: Opens) -> None:
    """A no ends nothing: on the day that was agreed it is work again, and somebody asks."""
    again = local(2027, 4, 21, 16)
    stage = opens(MONDAY)
    declines = stage.somebody()
    stage.now_is(MONDAY + DAY)
    anna = stage.comes("anna").go("/day")
    down_to(anna, "Ring pasienten", NAME)
    press(anna, "c")
    anna.page.locator("#panel[open]").get_by_text("Flere utfall").press("Enter")
    anna.page.select_option("#panel #other", "declined_all_further")
    anna.page.locator("#panel #offer_again_on").press_sequentially("21.4.2027")
    anna.page.get_by_role("button", name="Lagre kontakten").press("Enter")
    anna.page.locator("#panel").get_by_text("Tilbudet gis igjen").wait_for()
    [offer] = [one for one in declines.owed() if one.due_at == again]
    assert (declines.kinds[-1], declines.case.is_open) == ("declined", True)
    stage.goes_on_to(again - HOUR)
    stage.goes_on_to(again + MINUTE)
    assert stage.mailed_of(offer)

    stage.now_is(again + 16 * HOUR)
    anna = stage.comes("anna").go("/day")
    down_to(anna, "Ring pasienten", NAME)
    registers(anna, "1")

    assert declines.kinds[-1] == "reached"
    assert offer.id not in {one.id for one in declines.owed()}
    assert declines.owed("call_patient"), "it goes on"


def test_somebody_called(opens: Opens) -> None:
    """A brother who is afraid is heard by all who are there at once, and stands first."""
    stage = opens(MONDAY)
    about = stage.somebody()
    stage.goes_on_to(MONDAY)
    anna = stage.comes("anna").go("/day")
    press(anna, "n")
    assert anna.stands_in("caller")
    anna.type("Broren").tab(2).type("Áilu").tab().type("Hun svarer ikke.").tab()
    press(anna, "Space", "Enter")
    anna.page.get_by_role("button", name="Det gjelder denne").press("Enter")
    anna.page.wait_for_url("**notice=**")
    assert stage.goes_on_to(MONDAY + MINUTE) == ["anna", "berit"]
    [concern] = about.owed("acute_concern")
    anna.go("/day")
    press(anna, "j")
    assert "Akutt bekymring" in anna.page.evaluate(ON)
    registers(anna, "1")
    press(anna, "Escape")
    to_the_follow_up(anna)
    anna.page.locator(f"#task-{concern.id} a.button").press("Enter")
    anna.page.locator("#done").press_sequentially("Hun er hjemme og trygg.")
    anna.page.get_by_role("button", name="Ferdig").press("Enter")
    anna.page.wait_for_url("**notice=**")

    [call] = stage.all(CallRow)
    assert (call.case_id, call.ended_at) == (about.case_id, MONDAY)
    assert {"acute_concern", "reached"} <= set(about.kinds)
    assert about.owed("acute_concern") == []
    assert stage.mailed_of(concern) == {"Anna", "Berit"}
