"""Tables of counts that the core has made. Nothing is summed here: what is not said stays unsaid."""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table, averages_of, table_of

_MONTHS, _YEARS = ("Måned", "Team"), ("År", "Team")
_BEGUN = {
    "index.suicide_attempt": "Selvmordsforsøk",
    "index.self_harm": "Selvskading",
    "index.intent_unclarified": "Hensikten ikke avklart",
}
_ON_TIME = {
    "opened": "Oppfølginger begynt",
    "tasks.in_time": "Oppgaver gjort i tide",
    "tasks.late": "Oppgaver for sent eller ikke gjort",
    "closed.completed": "Fullført",
}
_TO_CORRECT = {
    "tasks.late": "For sent eller ikke gjort",
    "event.gate_breached": "Krav brutt",
    "event.closing_requested.over": "Bedt avsluttet selv om noe manglet",
    "event.task_moved_later": "Frister flyttet",
}
_WAITING = {"wait.within": "Begynt innen målet", "wait.beyond": "Ikke begynt innen målet"}


def open_begun(_opening: Opening) -> Callable[[Numbers], Table]:
    words = (
        "Det som ble fulgt opp her, én hendelse om gangen. Det er ikke hvor mange selvmordsforsøk det var: "
        "de som ikke følges opp her, telles ikke. Etterlatte med egen oppfølging er heller ikke med."
    )
    return lambda numbers: table_of(numbers, _BEGUN, places=_MONTHS, words=words)


def open_averages(_opening: Opening) -> Callable[[Numbers], Table]:
    return lambda numbers: averages_of(
        numbers,
        _BEGUN,
        places=_YEARS,
        words=f"I året, i snitt over {numbers.years} hele år der det ble registrert her hele tiden. Summen "
        f"er rundet av til nærmeste {numbers.least}, så den ikke sier hva ett enkelt år var. Det er ikke "
        "hvor mange selvmordsforsøk det var: de som ikke følges opp her, telles ikke. Etterlatte med egen "
        "oppfølging er heller ikke med.",
    )


def open_on_time(_opening: Opening) -> Callable[[Numbers], Table]:
    words = (
        "Teller oppgaver, ikke personer, og sier ikke hvem som gjorde dem. Det som er åpent akkurat nå, "
        "står i navneoppropet. Etterlattes egne oppfølginger er ikke med i dem som er begynt, men oppgavene "
        "deres telles."
    )
    return lambda numbers: table_of(numbers, _ON_TIME, places=_MONTHS, words=words)


def open_to_correct(_opening: Opening) -> Callable[[Numbers], Table]:
    words = (
        "Til de to siste av planlegge, gjennomføre, evaluere og korrigere: Hva gikk igjen? Hva skal gjøres "
        "annerledes, hvem gjør det, og når ser vi på det igjen? Tallene sier hvor det er verdt å spørre, ikke "
        "hvem som gjorde noe."
    )
    return lambda numbers: table_of(numbers, _TO_CORRECT, places=_MONTHS, words=words)


def open_waiting(_opening: Opening) -> Callable[[Numbers], Table]:
    words = (
        "Fra en overføring ble sendt, til den første timen som ble holdt. Målet i dager står i innstillingene "
        "([reports] waits). De nasjonale målene gjelder et gjennomsnitt; her telles hver overføring."
    )
    return lambda numbers: table_of(numbers, _WAITING, places=_MONTHS, words=words)
