"""Alerts by SMS through each of the three gateways, in the pack's own process, as a worker has it."""

from __future__ import annotations

import http.server
import os
import queue
import subprocess
import sys
import threading
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from bindeledd_sms import fake
from bindeledd_sms.__main__ import main
from bindeledd_sms.channel import mobile, open_channel, open_watch
from bindeledd_sms.discreet import faults_of, revealing
from bindeledd_sms.fake import PASSWORD, USER, FakeGateway
from bindeledd_sms.gateways.twilio import signature
from bindeledd_sms.settings import TEXTS
from bindeledd_sms.trying import Differs, Trying, prepare

from bindeledd.foundation.texts import read_texts
from bindeledd.plugin.loading import gather
from bindeledd.plugin.words import own_words
from bindeledd.plugin.working import Arrival, Callback, Opening, Outcome, Unfit, Unreadable

CALLBACK = "https://b.example/callbacks/sms/abcdefghijklmnopqrstuvwxyz"
SHAPES = ("link", "sveve", "twilio")
LINK = {"platform_id": "COMMON_API", "platform_partner_id": "1", "gate": "g"}
AT = datetime(2027, 3, 2, 9, tzinfo=UTC)
NORWEGIAN = own_words("bindeledd_sms", {"BINDELEDD_LANGUAGE": "nb"})


class Message:
    """What the core hands to a channel."""

    def __init__(
        self,
        address: str = "+4799999999",
        waiting: int = 3,
        key: str = "k" * 40,
        language: str = "nb",
    ) -> None:
        self.address, self.waiting, self.key, self.language = address, waiting, key, language
        self.member_id, self.base_url = uuid4(), "https://b.example"


def told(gateway: FakeGateway, **more: object) -> dict[str, object]:
    found = {"gateway": gateway.shape, "url": gateway.url, "sender": "Vakt", "user": USER}
    return found | ({"link": LINK} if gateway.shape == "link" else {}) | more


@pytest.fixture(params=SHAPES)
def gateway(request):
    with FakeGateway(request.param, callback_url=CALLBACK) as listening:
        yield listening


@pytest.fixture
def sms(hosted, gateway):
    return hosted(
        "sms", settings=told(gateway), secrets={"password": PASSWORD}, callback_url=CALLBACK
    )


# --- what goes out --------------------------------------------------------------------------------


def test_it_says_how_many_things_wait_and_nothing_else(sms, gateway):
    channel = sms.channels["sms"]
    for waiting in (1, 3):
        assert channel.send(Message(waiting=waiting)).outcome is Outcome.SENT
    assert [one["text"] for one in gateway.taken] == [
        "1 varsel venter i Bindeledd. Logg inn når du kan.",
        "3 varsler venter i Bindeledd. Logg inn når du kan.",
    ]
    assert {one["number"] for one in gateway.taken} == {"+4799999999"}
    assert {one["sender"] for one in gateway.taken} == {"Vakt"}
    assert sms.troubles == []


def test_it_counts_in_the_word_that_the_e_mail_counts_in():
    for language, (one, other) in TEXTS.items():
        mail = read_texts(language)
        noun = mail.text("reminders.mail.body", count=1, url="").split()[1]
        assert one.split()[1] == noun
        assert other.split()[1] == mail.text("reminders.mail.body", count=2, url="").split()[1]


def test_each_is_told_in_their_own_language(sms, gateway):
    for language in ("en", "nn", "se"):
        assert sms.channels["sms"].send(Message(language=language)).outcome is Outcome.SENT
    assert [one["text"] for one in gateway.taken] == [
        "3 alerts are waiting in Bindeledd. Log in when you can.",
        "3 varsel ventar i Bindeledd. Logg inn når du kan.",
        "3 varsler venter i Bindeledd. Logg inn når du kan.",
    ]


def test_words_of_the_site_are_for_everybody_until_it_has_said_them_in_another_language():
    own = {"one": "En beskjed", "other": "{count} beskjeder"}
    everybody = a_channel(text=own).sms
    assert everybody.text(2, "en") == everybody.text(2, "nb") == "2 beskjeder"
    english = {"one": "One notice", "other": "{count} notices"}
    said = a_channel(text={**own, "en": english}).sms
    assert (said.text(1, "en"), said.text(2, "en"), said.text(2, "nn")) == (
        "One notice",
        "2 notices",
        "2 beskjeder",
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ({"en": {"other": "{count} patients wait"}}, "sms.toml text.en.other"),
        ({"en": {"other": "some wait"}}, "sms.toml text.en.other"),
        ({"de": {"one": "Eins"}}, "sms.toml text.de"),
        ({"en": "One"}, "sms.toml text.en"),
    ],
)
def test_a_text_of_any_language_is_looked_at(text, where):
    with pytest.raises(Unfit) as stopped:
        a_channel(text=text)
    assert stopped.value.where == where


def test_the_receipt_names_the_message_as_the_gateway_will(sms, gateway):
    receipt = sms.channels["sms"].send(Message())
    assert receipt.reference == gateway.taken[0]["reference"] != ""


@pytest.mark.parametrize("address", ["", "anna@b.example", "+4722334455", "12345", "110", "+0"])
def test_what_takes_no_sms_is_refused_and_nobody_is_asked(sms, gateway, address):
    receipt = sms.channels["sms"].send(Message(address=address))
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, "number_unusable")
    assert gateway.asked == []


def test_a_number_that_the_gateway_refuses_for_good_is_refused(sms):
    receipt = sms.channels["sms"].send(Message(address="+4799995555"))
    assert receipt.outcome is Outcome.REFUSED
    assert not receipt.channel_down


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_gateway_that_is_down_means_later(sms, gateway, status):
    gateway.down = status
    receipt = sms.channels["sms"].send(Message())
    assert (receipt.outcome, receipt.channel_down) == (Outcome.LATER, True)


def test_a_wrong_password_means_later_for_all(sms, gateway):
    gateway.login_wrong = True
    receipt = sms.channels["sms"].send(Message())
    assert (receipt.outcome, receipt.channel_down) == (Outcome.LATER, True)


def test_a_gateway_that_does_not_answer_means_later(hosted, gateway):
    gateway.slow = 30
    slow = hosted(
        "sms",
        settings=told(gateway, timeout=1),
        secrets={"password": PASSWORD},
        callback_url=CALLBACK,
    )
    receipt = slow.channels["sms"].send(Message())
    assert (receipt.outcome, receipt.reason) == (Outcome.LATER, "gateway_unreached")
    assert slow.troubles == []


# --- receipts -------------------------------------------------------------------------------------


def reported(sms, gateway, *endings, delayed=False):
    """What the channel makes of what the gateway reports about messages to these numbers."""
    for ending in endings:
        assert sms.channels["sms"].send(Message(address=f"+479999{ending}")).outcome is Outcome.SENT
    found = []
    gateway.deliver(lambda one: found.extend(sms.channels["sms"].read(one)), delayed=delayed)
    return [one.arrival for one in found]


def test_what_is_delivered_is_reported_and_doubled_reports_are_read_twice(sms, gateway):
    assert reported(sms, gateway, "0000", fake.DOUBLED) == [Arrival.DELIVERED] * 3


def test_what_is_dropped_is_never_reported(sms, gateway):
    assert reported(sms, gateway, fake.DROPPED) == []


def test_what_is_delayed_is_reported_later(sms, gateway):
    assert reported(sms, gateway, fake.DELAYED) == []
    assert reported(sms, gateway, delayed=True) == [Arrival.DELIVERED]


def test_what_failed_is_said_with_a_code(sms, gateway):
    sms.channels["sms"].send(Message(address="+4799994444"))
    (one,) = sms.channels["sms"].read(gateway.reports()[0])
    assert one.arrival is Arrival.FAILED
    assert " " not in one.reason


def test_what_is_no_report_cannot_be_read_and_is_no_trouble(sms):
    assert sms.channels["sms"].read({"method": "POST", "body": "{"}) is None
    assert sms.troubles == []


def test_a_report_that_twilio_did_not_sign_is_not_believed():
    channel = a_channel(gateway="twilio")
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    forged = Callback(method="POST", fields=fields, headers={"x-twilio-signature": "x"})
    with pytest.raises(Unreadable):
        list(channel.receipts(forged))
    signed = {"x-twilio-signature": signature(PASSWORD, CALLBACK, fields)}
    (one,) = channel.receipts(Callback(method="POST", fields=fields, headers=signed))
    assert one.arrival is Arrival.DELIVERED


def test_the_signature_is_the_one_in_twilios_own_example():
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


# --- what stops the start -------------------------------------------------------------------------


def a_channel(**more):
    settings = {"gateway": "sveve", "url": "https://g.example", "sender": "Vakt", "user": USER}
    secrets = more.pop("secrets", {"password": PASSWORD})
    callback = more.pop("callback_url", CALLBACK)
    names = more.pop("names", ())
    opening = Opening(settings=settings | more, secrets=secrets, names=names, callback_url=callback)
    return open_channel(opening)


REVEALING = [
    "Det venter {count} saker om selvmord",
    "{count} SELVMORDS-forsøk",
    "Suicidforebygging: {count} saker",
    "Psykiatrisk ambulanse: {count}",
    "{count} saker ved DPS",
    "{count} i s e l v m o r d",
    "{count} saker i sel\u00advmord",
    "BUP: {count}",
    "{count} pasienter venter",
    "{count} patients wait",
    "Rusakutten: {count}",
]


@pytest.mark.parametrize("text", REVEALING)
def test_a_text_that_reveals_stops_the_start(text):
    with pytest.raises(Unfit, match=r"røper|ikke går") as stopped:
        a_channel(text={"other": text})
    assert stopped.value.where == "sms.toml text.other"


def test_the_names_of_the_units_and_teams_are_never_said():
    names = ("Post 3 Øst", "Oppfølgingsteam Nord")
    for text in ("{count} saker i post 3  øst", "Oppfølgingsteam nord: {count}"):
        with pytest.raises(Unfit, match="røper"):
            a_channel(text={"other": text}, names=names)
    assert a_channel(text={"other": "{count} saker i nord"}, names=names)


def test_a_site_may_name_more_that_reveals():
    with pytest.raises(Unfit, match="ørneredet"):
        a_channel(text={"other": "{count} saker i Ørneredet"}, revealing=["ørneredet"])


@pytest.mark.parametrize(
    "sender", ["Psykisk", "DPS Nord", "Selvmord", "Akuttpost", "Akuttteam", "AltForLangAvsender"]
)
def test_a_sender_that_reveals_or_is_too_long_stops_the_start(sender):
    with pytest.raises(Unfit):
        a_channel(sender=sender)


@pytest.mark.parametrize("sender", ["Oppfølging", "Oppfolging", "Follow up"])
def test_a_sender_that_says_follow_up_stops_the_start(sender):
    with pytest.raises(Unfit, match="røper"):
        a_channel(sender=sender)


@pytest.mark.parametrize("sender", ["Værlag", "Vakt!", "+47", "-", "１２３４", "Vakt-2"])
def test_a_sender_that_no_gateway_takes_stops_the_start_and_says_what_would_be_right(sender):
    with pytest.raises(Unfit, match="kan ikke stå som avsender") as stopped:
        a_channel(sender=sender)
    assert "A–Z" in stopped.value.said["do"]["nb"]


@pytest.mark.parametrize("sender", ["Vakt", "Vakt 2", "AAAAAAAAAAA", "V", "26112", "+4799999999"])
def test_a_neutral_name_or_a_number_is_a_sender(sender):
    assert a_channel(sender=sender)


@pytest.mark.parametrize(("gateway", "taken"), [("twilio", True), ("sveve", False)])
def test_a_service_of_twilios_is_a_sender_there_only(gateway, taken):
    service = "MG" + "0123456789abcdef" * 2
    if taken:
        assert a_channel(gateway=gateway, sender=service)
    else:
        with pytest.raises(Unfit):
            a_channel(gateway=gateway, sender=service)


@pytest.mark.parametrize(
    "text",
    ["", "{count} saker {name}", "{count} saker\nher", "{count} " + "x" * 160, "ingen tall",
     "{count} saker https://b.example", "{count} saker: b.example.no", "{count} 😀"],
)  # fmt: skip
def test_a_text_that_is_more_than_a_number_of_things_stops_the_start(text):
    with pytest.raises(Unfit):
        a_channel(text={"other": text})


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"gateway": "other"}, "sms.toml gateway"),
        ({"url": "http://g.example"}, "sms.toml url"),
        ({"user": ""}, "sms.toml user"),
        ({"password": "here"}, "sms.toml password"),
        ({"secrets": {}}, "[[plugin]] secrets"),
        ({"callback_url": ""}, "[[plugin]] callback"),
        ({"gateway": "link"}, "sms.toml platform_id"),
        ({"timeout": 60}, "sms.toml timeout"),
        ({"revealing": "word"}, "sms.toml revealing"),
    ],
)
def test_what_is_missing_or_wrong_stops_the_start_and_says_where(more, where):
    with pytest.raises(Unfit) as stopped:
        a_channel(**more)
    assert stopped.value.where == where
    assert PASSWORD not in str(stopped.value)
    for said in stopped.value.said.values():
        assert said["nb"], "what is wrong and what to do, in Norwegian and in English"
        assert said["en"]


def test_what_it_says_by_itself_may_be_said():
    words = revealing()
    assert [faults_of(text, words) for pair in TEXTS.values() for text in pair] == [[]] * 6


# --- numbers and the look at the gateway ----------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["99 99 99 99", "+47 999 99 999", "004799999999", "(+47) 99.99.99.99"]
)
def test_a_norwegian_number_is_known_however_it_is_written(address):
    assert mobile(address) == "+4799999999"


def test_a_number_of_another_country_is_left_as_it_is():
    assert mobile("+46 70 123 45 67") == "+46701234567"


def test_a_gateway_that_is_well_is_no_news(sms):
    assert sms.jobs["gateway"].work(AT) == 1
    assert sms.troubles == []


def test_a_gateway_that_is_away_is_told_before_it_is_needed(sms, gateway):
    gateway.__exit__(None, None, None)
    assert sms.jobs["gateway"].work(AT) == 0
    assert sms.troubles == ["plugin.unfit"]
    gateway.__enter__()


def test_a_gateway_that_is_out_of_order_is_told_as_that_and_not_as_a_password(gateway):
    gateway.down = 503
    settings = told(gateway)
    watch = open_watch(Opening(settings=settings, secrets={"password": PASSWORD}))
    with pytest.raises(Unfit) as wrong:
        watch(AT)
    assert wrong.value.what == "SMS-tjenesten svarer med feil 503"


def test_an_account_that_runs_empty_is_told(hosted):
    with FakeGateway("sveve", left=7) as gateway:
        sms = hosted(
            "sms", settings=told(gateway), secrets={"password": PASSWORD}, callback_url=CALLBACK
        )
        sms.jobs["gateway"].work(AT)
    assert sms.troubles == ["plugin.unfit"]


def test_it_goes_to_the_phone_and_owes_a_receipt():
    (one,) = gather(["sms"]).hosted
    (channel,) = one.channels
    assert (channel.key, channel.address) == ("sms", "phone")
    assert channel.receipt_within == timedelta(minutes=15)


def test_nothing_that_sends_is_loaded_where_the_core_gathers():
    loaded = (
        "import sys; from bindeledd.plugin.loading import gather; gather(['sms']);"
        "print([name for name in sys.modules if name.startswith('bindeledd_sms.')])"
    )
    told = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(Unfit) as stopped:
        a_channel(
            url="http://g.example", sender="Selvmord", timeout=60, secrets={}, callback_url=""
        )
    told = str(stopped.value)
    for where in (
        "sms.toml url",
        "sms.toml sender",
        "sms.toml timeout",
        "[[plugin]] secrets",
        "[[plugin]] callback",
    ):
        assert where in told
    assert "røper" in told


# --- trying it, beside a test site ----------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_its_files_are_what_the_pack_takes_and_stay_as_they_are(shape, tmp_path):
    said, secret = prepare(tmp_path, shape, "http://127.0.0.1:8095", NORWEGIAN)
    settings = tomllib.loads(said[said.index("[site]") : said.index("Start")])["plugin"][0]
    files = [settings["settings"], settings["callback"].removeprefix("file:")]
    password = settings["secrets"]["password"].removeprefix("file:")
    assert [Path(one).read_text() for one in (files[1], password)] == [secret, PASSWORD]
    open_channel(
        Opening(
            settings=tomllib.loads(Path(files[0]).read_text()),
            secrets={"password": PASSWORD},
            callback_url=f"http://127.0.0.1:8000/callbacks/sms/{secret}",
        )
    )
    assert prepare(tmp_path, shape, "http://127.0.0.1:8095", NORWEGIAN) == (said, secret)
    assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}
    with pytest.raises(Differs):
        prepare(tmp_path, shape, "http://127.0.0.1:8096")


@pytest.fixture
def door():
    """Where reports come: the method and the address of each."""
    came: queue.Queue[tuple[str, str]] = queue.Queue()

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            came.put((self.command, self.path))
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", came
        server.shutdown()


def test_it_shows_what_it_took_and_reports_by_itself(sms, gateway, door):
    url, came = door
    for number in ("+4799999999", "+4799992222", "+4799991111", "+4799993333"):
        assert sms.channels["sms"].send(Message(address=number)).outcome is Outcome.SENT
    gateway.callback_url = url
    trying = Trying(gateway=gateway, after=2, late=1200, words=NORWEGIAN)
    shown = [one for one in trying.step(0) if one.startswith("tok imot")]
    assert len(shown) == 4
    assert "«3 varsler venter i Bindeledd. Logg inn når du kan.»" in shown[0]
    assert came.empty()
    assert len([one for one in trying.step(2) if "svarte 200" in one]) == 3
    assert came.qsize() == 3
    assert list(trying.step(1199)) == []
    assert list(trying.step(1200)) == ["kvittering for +4799993333: Bindeledd svarte 200"]
    assert came.qsize() == 4


@pytest.mark.parametrize(
    ("language", "listens", "how"),
    [
        ("nb", "Lytter på ", "1111 kvitteringen uteblir"),
        ("nn", "Lyttar på ", "1111 kvitteringa uteblir"),
        ("en", "Listening on ", "1111 no receipt comes"),
    ],
)
def test_it_is_one_command_in_the_language_of_the_site(tmp_path, language, listens, how):
    (tmp_path / "settings.toml").write_text(f'[site]\nlanguage = "{language}"\n')
    environ = {one: said for one, said in os.environ.items() if not one.startswith("BINDELEDD_")}
    environ["BINDELEDD_HOME"] = str(tmp_path)
    command = [sys.executable, "-m", "bindeledd_sms", "sveve", "--port", "0", "--at", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as running:
        assert running.stdout is not None
        said = []
        while not (said and said[-1].startswith(listens)):
            said.append(running.stdout.readline())
            assert said[-1], said
        running.terminate()
    assert any(how in one for one in said)
    assert 'plugins = ["sms"]\n' in said


def test_a_port_that_is_taken_ends_the_trying_with_one_sentence(tmp_path, capsys):
    with FakeGateway("sveve") as other:
        port = other.url.rpartition(":")[2]
        ended = main(["sveve", "--at", str(tmp_path), "--port", port])

    said = capsys.readouterr().err
    assert ended == 69
    assert said.count("\n") == 1
    assert port in said
