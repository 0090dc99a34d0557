"""One good pack, and what breaks it: one edit each, with the place and the words that are due."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LAYER, FIELDS, LADDERS = "pathways/layer.toml", "fields.toml", "ladders.toml"
CALENDARS, UNITS, CONTACTS, ROWS = "calendars.toml", "units.toml", "contacts.toml", "rows.toml"

GOOD = {
    LAYER: """\
id = "good.after-attempt"
version = "2027.1"
extends = "national.after-attempt"
level = "municipality"
rows = ["S-064"]
title = { nb = "Prøve kommune", en = "A town to try" }

[applies_to]
units = ["municipal_ward"]

[task.evening_visit]
title = { nb = "Kveldsbesøk", en = "Evening visit" }

[[step]]
key = "good.evening-visit"
task = "evening_visit"
after = "discharged"
satisfied_by = ["answered"]
due = { from = "P1D", to = "P3D" }
owner = "responsible_team"
ladder = "good.two-days"
evidence = { good_home = ["yes"] }
letter = "by-hand"
basis = { kind = "local", source = "Prøveplanen 2027" }

[[gate]]
key = "good.plan-first"
at = "discharged"
need = "plan_offered"
task = "offer_plan"
due = { within = "P1D" }
strength = "should"
basis = { kind = "local", source = "Prøveplanen 2027" }

[[gate]]
key = "summary_sent"
strength = "must"
basis = { kind = "local", source = "Prøveplanen 2027" }

[letter.by-hand]
title = { nb = "Invitasjon", en = "Invitation" }
basis = { kind = "local", source = "Prøveplanen 2027" }
[letter.by-hand.text]
nb = "Hei {name}, ring {team}."
en = "Hello {name}, call {team}."

[plan]
[[plan.section]]
key = "good.evenings"
title = { nb = "Hva hjelper om kvelden?", en = "What helps in the evening?" }
after = "early_signs"

[script]
[[script.step]]
key = "good.evening-call"
title = { nb = "Hvordan var kvelden?", en = "How was the evening?" }
tasks = ["evening_visit"]
after = "what-helps"
basis = { kind = "local", source = "Kveldsplanen" }
""",
    FIELDS: """\
[[field]]
key = "good_home"
label = { nb = "Var noen hjemme?", en = "Was anybody in?" }
asked_with = ["answered"]
used_by = ["good.evening-visit"]
[[field.option]]
value = "yes"
label = { nb = "Ja", en = "Yes" }
[[field.option]]
value = "no"
label = { nb = "Nei", en = "No" }
""",
    LADDERS: """\
[ladder."good.two-days"]
seen_for = "P1D"
repeat_every = "P1D"
rungs = [{ after = "PT0S", to = "team" }, { after = "PT4H", to = "lead" }]
""",
    CALENDARS: """\
[[calendar]]
team = "*"
closed = [2027-06-11]
reason = "Planleggingsdag"
""",
    UNITS: """\
[[organisation]]
key = "good"
name = "Prøve kommune"
kind = "municipality"
points = { ENH = "983974724" }
[[organisation.unit]]
key = "good-ward"
name = "Korttidsavdelingen"
kind = "municipal_ward"
""",
    CONTACTS: """\
[[contact]]
key = "good.helper"
label = { nb = "Kveldsteamet", en = "The evening team" }
tasks = ["evening_visit"]
phone = "+47 77 00 00 00"
""",
    ROWS: """\
[frame.S-006]
text = "En veileder"
reason = "Teksten var ikke å få tak i."
""",
}


@dataclass(frozen=True)
class Broken:
    """One edit of one file. `at`: what stands on the line that has to be told (else the new text)."""

    name: str
    file: str
    old: str
    new: str
    key: str
    wrong: str
    right: str
    at: str = ""

    def put(self, files: dict[str, str]) -> dict[str, str]:
        text = files[self.file]
        assert self.old in text, f"{self.name}: nothing to break"
        return {**files, self.file: text.replace(self.old, self.new, 1)}

    def line(self, text: str) -> int:
        marked = self.at or next(line for line in self.new.splitlines() if line.strip())
        return text[: text.index(marked)].count("\n") + 1


BROKEN = [
    # --- slips of the pen
    Broken("typo in a key", LAYER, "owner =", "ovner =", "good.evening-visit.ovner", '"ovner" er en ukjent nøkkel', "owner"),
    Broken("typo in a heading", LAYER, "[[gate]]\nkey = \"good", "[[gats]]\nkey = \"good", "gats", '"gats" er en ukjent nøkkel', "gate"),
    Broken("typo in a key of fields", FIELDS, "asked_with", "asked_by", "asked_by", '"asked_by" er en ukjent nøkkel', "asked_with"),
    Broken("a language that there is not", FIELDS, "nb = \"Ja\", en = \"Yes\" }", "nb = \"Ja\", eng = \"Yes\" }", "label.eng", '"eng" er en ukjent nøkkel', "en, nb", at="eng ="),
    Broken("typo in a key of units", UNITS, "name = \"Kort", "nane = \"Kort", "nane", '"nane" er en ukjent nøkkel', "name"),
    Broken("a missing key", LAYER, "after = \"discharged\"\n", "", "good.evening-visit.after", "mangler", "tekst i anførselstegn", at="[[step]]"),
    Broken("a key twice", LAYER, "owner = \"responsible_team\"", "owner = \"lead\"\nowner = \"responsible_team\"", "owner: ", "det samme er sagt to ganger, først på linje 20", "hver nøkkel én gang", at="owner = \"responsible_team\""),
    Broken("a day that there is not", CALENDARS, "2027-06-11", "2027-02-30", "closed: ", "ingen dag som finnes", "2027-02-28", at="closed ="),
    Broken("half a day", CALENDARS, "2027-06-11", "2027-06", "closed: ", "«2027-06» er en måned, og ingen dag", "hele dagen, 2027-06-01, uten anførselstegn", at="closed ="),
    Broken("a truth value with a capital letter", LAYER, "owner = \"responsible_team\"", "contact = True", "contact: ", "«True» er ikke skrevet med små bokstaver", "true, med små bokstaver"),
    Broken("a hard space in a key", LAYER, "owner =", "ow\u00a0ner =", "", "tegnet ‹U+00A0› i kolonne 3 synes ikke", "et vanlig mellomrom", at="ow\u00a0ner ="),
    Broken("a hard space after a value", LAYER, "after = \"discharged\"", "after = \"discharged\"\u00a0", "after: ", "tegnet ‹U+00A0› i kolonne 21 synes ikke", "slett tegnet"),
    Broken("a hard space in a word", LAYER, "after = \"discharged\"", "after = \"dis\u00a0charged\"", "good.evening-visit.after", '"dis‹U+00A0›charged" er ukjent', "«discharged», hvis det var meningen"),
    Broken("a zero in a word", LAYER, "after = \"discharged\"", "after = \"dis\0charged\"", "after: ", "tegnet ‹U+0000› i kolonne 13 synes ikke", "slett tegnet"),
    Broken("a heading with one bracket", LAYER, "[[gate]]\nkey = \"good", "[gate]\nkey = \"good", "gate: ", "[gate] er én tabell, og [[gate]] på linje", "[[gate]], med to klammer"),
    Broken("no TOML", CONTACTS, "phone = \"+47 77 00 00 00\"", "phone = +47 77", "phone: ", "er ikke gyldig TOML", "toml.io"),
    Broken("a quotation mark never closed", FIELDS, "value = \"yes\"", "value = \"yes", "value: ", "mangler anførselstegnet", "avslutt teksten"),
    Broken("a long text never closed", LAYER, "nb = \"Hei {name}, ring {team}.\"", "nb = \"\"\"Hei {name}, ring {team}.", "nb: ", "mangler anførselstegnet", "avslutt teksten"),
    Broken("a list never closed", LAYER, "rows = [\"S-064\"]", "rows = [\"S-064\"", "title: ", "mangler en parentes", "eller på en linje over", at="title = {"),
    Broken("a heading twice", LAYER, "[plan]\n", "[task.evening_visit]\n", "task.evening_visit: ", "sagt to ganger, først på linje 11", "behold den ene", at="[task.evening_visit]\n[["),
    # --- words that there are not
    Broken("unknown task", LAYER, "task = \"evening_visit\"", "task = \"evening_tea\"", "good.evening-visit.task", '"evening_tea" er ukjent', "evening_visit"),
    Broken("misspelt event", LAYER, "after = \"discharged\"", "after = \"dischraged\"", "good.evening-visit.after", '"dischraged" er ukjent', "«discharged», hvis det var meningen"),
    Broken("a step where an event stands", LAYER, "after = \"discharged\"", "after = \"good.evening-visitt\"", "good.evening-visit.after", "navngir et steg", "hendelsen som avslutter good.evening-visit: answered"),
    Broken("misspelt ladder", LAYER, "ladder = \"good.two-days\"", "ladder = \"good.two-day\"", "good.evening-visit.ladder", "ingen varslingstrapp", "«good.two-days», hvis det var meningen"),
    Broken("unknown event", LAYER, "after = \"discharged\"", "after = \"sent_home\"", "good.evening-visit.after", '"sent_home" er ukjent', "discharged"),
    Broken("done by closing", LAYER, "[\"answered\"]", "[\"answered\", \"closed\"]", "good.evening-visit.satisfied_by", "å avslutte oppfølgingen gjør ingen oppgave", "hendelsen som gjør den", at="satisfied_by"),
    Broken("a gate that closing keeps", LAYER, "need = \"plan_offered\"", "need = \"closed\"", "good.plan-first.need", "å avslutte oppfølgingen gjør ingen oppgave", "hendelsen som gjør den"),
    Broken("an ending twice", LAYER, "[\"answered\"]", "[\"answered\", \"answered\"]", "good.evening-visit.satisfied_by", "answered står to ganger", "nevn hver hendelse én gang", at="satisfied_by"),
    Broken("a source of spaces", LAYER, "kind = \"local\", source = \"Prøveplanen 2027\" }\n\n[[gate]]\nkey = \"good", "kind = \"local\", source = \" \" }\n\n[[gate]]\nkey = \"good", "good.evening-visit.basis.source", "local trenger en kilde", "source =", at="kind = \"local\", source = \" \""),
    Broken("unknown ending", LAYER, "[\"answered\"]", "[\"visited\"]", "good.evening-visit.satisfied_by", '"visited" er ukjent', "reached", at="satisfied_by"),
    Broken("owner that there is not", LAYER, "\"responsible_team\"", "\"somebody\"", "good.evening-visit.owner", '"somebody" er ingen ansvarlig', "responsible_team", at="\"somebody\""),
    Broken("owner is a team without a name", LAYER, "\"responsible_team\"", "\"team:\"", "good.evening-visit.owner", '"team:" er ingen ansvarlig', "team:<key>", at="\"team:\""),
    Broken("unknown ladder", LAYER, "ladder = \"good.two-days\"", "ladder = \"good.to-dager\"", "good.evening-visit.ladder", '"good.to-dager" er ingen varslingstrapp', "good.two-days"),
    Broken("unknown fact", LAYER, "good_home = [", "good_hone = [", "good.evening-visit.evidence.good_hone", '"good_hone" er ingen opplysning', "good_home", at="evidence ="),
    Broken("misspelt fact", LAYER, "good_home = [", "good_hom = [", "good.evening-visit.evidence.good_hom", '"good_hom" er ingen opplysning', "«good_home», hvis det var meningen", at="evidence ="),
    Broken("misspelt owner", LAYER, "\"responsible_team\"", "\"responsible_tem\"", "good.evening-visit.owner", '"responsible_tem" er ingen ansvarlig', "«responsible_team», hvis det var meningen", at="\"responsible_tem\""),
    Broken("value outside the list of a fact", LAYER, "[\"yes\"]", "[\"perhaps\"]", "good.evening-visit.evidence.good_home", '"perhaps" er ingen verdi der', "no, yes", at="evidence ="),
    Broken("a layer for no unit", LAYER, "units = [\"municipal_ward\"]", "units = []", "applies_to.units", "en tom liste nevner ingen", "ta ut units"),
    Broken("a layer for no organisation", LAYER, "units = [\"municipal_ward\"]", "organisations = []", "applies_to.organisations", "en tom liste nevner ingen", "ta ut organisations"),
    Broken("an agreement with nobody", LAYER, "units = [\"municipal_ward\"]", "to = []", "applies_to.to", "en tom liste nevner ingen", "ta ut to"),
    Broken("a question that nobody asks", FIELDS, "[\"answered\"]", "[]", "good_home.asked_with", "har en tom liste, som sier ingenting", "nevn minst én i asked_with", at="asked_with ="),
    Broken("a question that nobody uses", FIELDS, "[\"good.evening-visit\"]", "[]", "good_home.used_by", "har en tom liste, som sier ingenting", "nevn minst én i used_by", at="used_by ="),
    Broken("a contact for no task", CONTACTS, "[\"evening_visit\"]", "[]", "good.helper.tasks", "har en tom liste, som sier ingenting", "nevn minst én i tasks", at="tasks ="),
    Broken("a question that nobody could answer", FIELDS, "\"good_home\"", "\"good-home\"", "good-home.key", "har ikke formen til key", "my_pack_meeting", at="key ="),
    Broken("an answer that nobody could give", FIELDS, "value = \"no\"", "value = \"Nei takk\"", "value", "har ikke formen til value", "held"),
    Broken("a contact for no unit", CONTACTS, "tasks = [", "units = []\ntasks = [", "good.helper.units", "en tom liste nevner ingen", "ta ut units"),
    Broken("unknown level", LAYER, "\"municipality\"", "\"county\"", "level", '"county" er ukjent', "municipality", at="level ="),
    Broken("nothing to lie on", LAYER, "\"national.after-attempt\"", "\"national.after-fall\"", "extends", "national.after-fall er ikke installert", "national.after-attempt", at="extends ="),
    Broken("unknown section of the plan", LAYER, "\"early_signs\"", "\"early_sings\"", "good.evenings.after", '"early_sings" er ingen del av planen', "early_signs", at="after = \"early_sings\""),
    Broken("unknown step of a call", LAYER, "\"what-helps\"", "\"what-helped\"", "good.evening-call.after", '"what-helped" er ikke et steg i samtalen', "what-helps", at="after = \"what-helped\""),
    Broken("a step of a call that says what the product says", LAYER, "\"good.evening-call\"", "\"what-helps\"", "what-helps", "dette steget i samtalen står allerede i", "sett navnet på tillegget foran", at="[[script.step]]"),
    Broken("a step of a call that rests on nothing", LAYER, "basis = { kind = \"local\", source = \"Kveldsplanen\" }\n", "", "good.evening-call.basis", "", "", at="[[script.step]]"),
    Broken("a step of a call for a task that there is not", LAYER, "tasks = [\"evening_visit\"]", "tasks = [\"evening_tea\"]", "good.evening-call.tasks", "evening_tea", "evening_visit"),
    Broken("unknown kind of basis", LAYER, "kind = \"local\"", "kind = \"habit\"", "good.evening-visit.basis.kind", '"habit" er ukjent', "local", at="basis = { kind = \"habit\""),
    Broken("asked with an event that there is not", FIELDS, "[\"answered\"]", "[\"met\"]", "good_home", "spørres med met, som ikke blir registrert", "answered", at="asked_with ="),
    Broken("asked with an event with which nobody asks", FIELDS, "[\"answered\"]", "[\"reached\"]", "good_home", "spørres med reached, der ingen side og ingen HTTP-dør spør om mer", "answered", at="asked_with ="),
    Broken("misspelt event that a field is asked with", FIELDS, "[\"answered\"]", "[\"discharge_withdrew\"]", "good_home", "discharge_withdrew", "«discharge_withdrawn», hvis det var meningen", at="asked_with ="),
    Broken("used by a step that there is not", FIELDS, "good.evening-visit", "good.morning-visit", "good_home", "brukes av good.morning-visit, som ikke finnes", "«good.evening-visit», hvis det var meningen; ellers nevn i used_by", at="used_by ="),
    Broken("contact for a task that there is not", CONTACTS, "evening_visit", "evening_tea", "good.helper", "hører til evening_tea, som ikke er noen oppgave", "tasks", at="tasks ="),
    Broken("unknown kind of organisation", UNITS, "\"municipality\"", "\"kommune\"", "good.kind", "kommune", "municipality, other, practice, trust", at="kind = \"kommune"),
    Broken("an organisation number with another check digit", UNITS, "983974724", "983974725", "points.ENH", "er ikke noe organisasjonsnummer", "Enhetsregisteret", at="points ="),
    Broken("an address in letters", UNITS, "ENH = \"983974724\"", "HER = \"12a\"", "points.HER", "HER og RESH er bare sifre", "Adresseregisteret", at="points ="),
    Broken("a time without seconds", CONTACTS, "phone =", "hours = [{ weekdays = [1], opens = 08:00, closes = 15:30 }]\nphone =", "hours", "klokkeslettet «08:00» mangler sekundene", "08:00:00", at="hours ="),
    Broken("unknown kind of address", UNITS, "ENH =", "FAX =", "points.FAX", "er ingen type adresse", "HER", at="points ="),
    Broken("evidence of an answer that the event never carries", LAYER, "key = \"summary_sent\"\n", "key = \"summary_sent\"\nevidence = { good_home = [\"yes\"] }\n", "«summary_sent»", "«good_home», som aldri sies med det som gjør det (summary_sent)", "summary_sent i asked_with (nå: answered)", at="evidence = { good_home = [\"yes\"] }\nstrength"),
    Broken("evidence of the core that the event never carries", LAYER, "key = \"summary_sent\"\n", "key = \"summary_sent\"\nevidence = { contact_consent = [\"yes\"] }\n", "«summary_sent»", "«contact_consent», som aldri sies med det som gjør det (summary_sent)", "(nå: contact_consent_asked)", at="evidence = { contact_consent"),
    # --- what must not be
    Broken("loosened must", LAYER, "strength = \"must\"", "strength = \"may\"", "summary_sent.strength", "et lag kan stramme inn, ikke løsne", "adjustable"),
    Broken("a later deadline", LAYER, "strength = \"must\"", "due = { within = \"P90D\" }", "summary_sent.due", "et lag kan stramme inn, ikke løsne", "adjustable"),
    Broken("a circle of gates", LAYER, "need = \"plan_offered\"", "need = \"discharged\"", "good.plan-first.need", "venter på hverandre: discharged → discharged", "need"),
    Broken("tightens a gate that there is not", LAYER, "key = \"summary_sent\"", "key = \"summary_send\"", "summary_send", "ikke noe sjekkpunkt med denne nøkkelen", "«summary_sent», hvis det var meningen; ellers bruk en nøkkel som finnes"),
    Broken("calls itself as the routine", LAYER, "\"good.after-attempt\"", "\"national.after-attempt\"", "id", "rutinen «national.after-attempt» hører til bindeledd", "en egen id", at="id ="),
    Broken("adds what is there already", LAYER, "key = \"good.plan-first\"", "key = \"first-contact\"", "first-contact", "er lagt til, men står der allerede", "egen nøkkel"),
    Broken("two steps of one name", LAYER, "key = \"good.plan-first\"", "key = \"good.evening-visit\"", "gate.good.evening-visit.key", "står allerede på linje 15", "en egen nøkkel", at="key = \"good.evening-visit\"\nat"),
    Broken("must without a basis", LAYER, "strength = \"should\"\nbasis = { kind = \"local\", source = \"Prøveplanen 2027\" }", "strength = \"must\"", "good.plan-first.basis", "trenger et grunnlag", "basis =", at="[[gate]]"),
    Broken("law without a source", LAYER, "kind = \"local\", source = \"Prøveplanen 2027\" }\n\n[[gate]]\nkey = \"good", "kind = \"law\" }\n\n[[gate]]\nkey = \"good", "good.evening-visit.basis.source", "law trenger en kilde", "source =", at="kind = \"law\""),
    Broken("task of the core declared anew", LAYER, "[task.evening_visit]", "[task.call_patient]\ntitle = { nb = \"Ring\" }\n[task.evening_visit]", "task.call_patient", "er en oppgave i kjernen", "velg et eget navn"),
    Broken("ladder of the core declared anew", LADDERS, "\"good.two-days\"", "standard", "standard", "står allerede i bindeledd:", "eget navn"),
    *(
        Broken(f"a question called {name}", FIELDS, "\"good_home\"", f"\"{name}\"", "", f"«{name}» har et navn som produktet selv bruker", "sett navnet på tillegget foran", at="key =")
        for name in ("words", "happened_on", "happened_time", "of", "_once", "number", "section_x", "minor", "channel")
    ),
    Broken("a ladder that reaches the lead after years", LADDERS, "{ after = \"PT4H\", to = \"lead\" }", "{ after = \"P3000D\", count = \"calendar_days\", to = \"lead\" }", "ladder.good.two-days.rungs", "P3000D er lengre enn standardtrappens P1D", "P1D eller kortere", at="[ladder."),
    Broken("a ladder that is seen for a year", LADDERS, "seen_for = \"P1D\"", "seen_for = \"P400D\"", "ladder.good.two-days.seen_for", "P400D er lengre enn standardtrappens P1D", "P1D eller kortere", at="[ladder."),
    Broken("a ladder that begins again after years", LADDERS, "repeat_every = \"P1D\"", "repeat_every = \"P3000D\"", "ladder.good.two-days.repeat_every", "P3000D er lengre enn standardtrappens P1D", "P1D eller kortere", at="[ladder."),
    Broken("a ladder whose tasks a person may put years later", LADDERS, "repeat_every = \"P1D\"", "later_at_most = \"P3000D\"\nrepeat_every = \"P1D\"", "ladder.good.two-days.later_at_most", "P3000D er lengre enn standardtrappens P7D", "P7D eller kortere", at="[ladder."),
    Broken("a rung after one that comes later", LADDERS, "{ after = \"PT0S\", to = \"team\" }, { after = \"PT4H\", to = \"lead\" }", "{ after = \"PT4H\", to = \"team\" }, { after = \"PT1H\", to = \"lead\" }", "ladder.good.two-days.rungs.after", "kommer før trinnet på linje", "i den rekkefølgen de kommer", at="rungs ="),
    Broken("a reminder after the due time", LADDERS, "[{ after = \"PT0S\", to = \"team\" }", "[{ after = \"PT0S\", to = \"team\" }, { before = \"P1D\", count = \"working_days\", to = \"owner\" }", "ladder.good.two-days.rungs.before", "kommer før trinnet på linje", "før fristen (lengst før først)", at="rungs ="),
    Broken("a rung that says when twice", LADDERS, "{ after = \"PT0S\", to", "{ after = \"PT0S\", before = \"P1D\", to", "ladder.good.two-days.rungs.after", "sier når på flere måter: before, after", "behold én", at="rungs ="),
    Broken("ladder without a lead at its end", LADDERS, "to = \"lead\"", "to = \"owner\"", "ladder.good.two-days.rungs", "siste trinnet er ikke en leder", 'to = "lead"', at="rungs ="),
    # --- letters
    Broken("a letter that there is not", LAYER, "letter = \"by-hand\"", "letter = \"by-post\"", "good.evening-visit.letter", '"by-post" er ikke noe brev', "[letter.by-post]"),
    Broken("a letter that nobody writes", LAYER, "letter = \"by-hand\"\n", "", "letter.by-hand", "ingen sjekkpunkt eller steg", 'letter = "by-hand"', at="[letter.by-hand]"),
    Broken("a place that nobody fills", LAYER, "{team}", "{address}", "letter.by-hand.text.nb", "{address} kan ikke fylles ut", "{name} {today}", at="nb = \"Hei"),
    Broken("a letter without Norwegian", LAYER, "{ nb = \"Invitasjon\", en = \"Invitation\" }", "{ en = \"Invitation\" }", "letter.by-hand.title.nb", "mangler tittel eller tekst på nb", "alltid på nb", at="title = { en = \"Inv"),
    # --- times
    Broken("no duration", LAYER, "to = \"P3D\"", "to = \"tre dager\"", "good.evening-visit.due.to", "tre dager", "P3D", at="due = {"),
    Broken("due before its anchor", LAYER, "to = \"P3D\"", "to = \"-P3D\"", "good.evening-visit.due.to", "-P3D", "P3D", at="due = {"),
    Broken("closes before it opens", LAYER, "from = \"P1D\"", "from = \"P9D\"", "good.evening-visit.due.to", "før det åpner", "to ≥ from", at="due = {"),
    Broken("due at another event", LAYER, "due = { within = \"P1D\" }", "due = { at = \"reached\" }", "good.plan-first.due.at", "er ikke det fristen regnes fra", 'at = "discharged"'),
    Broken("due in two ways", LAYER, "due = { within = \"P1D\" }", "due = { within = \"P1D\", before = \"P2D\" }", "good.plan-first.due.before", "sier når på flere måter: within, before", "behold én av dem"),
    Broken("never due", LAYER, "due = { within = \"P1D\" }", "due = { end_of_day = true }", "good.plan-first.due", "sier ikke når", "within"),
    Broken("a ladder that is never repeated", LADDERS, "repeat_every = \"P1D\"", "repeat_every = \"PT0S\"", "good.two-days.repeat_every", "er ingen tid", "P1D"),
    Broken("no date", CALENDARS, "[2027-06-11]", "[\"11. juni\"]", "closed", "ikke en liste av datoer", "2027-05-18", at="closed ="),
    Broken("closed in a year far away", CALENDARS, "2027-06-11", "2207-06-11", "", "er stengt i 2207", "fra 2000 til 2100", at="[[calendar]]"),
    # --- forms
    Broken("a word where a list is due", LAYER, "[\"answered\"]", "\"reached\"", "good.evening-visit.satisfied_by", "har feil form", "en liste", at="satisfied_by"),
    Broken("yes where true is due", LAYER, "owner = \"responsible_team\"", "contact = \"yes\"", "good.evening-visit.contact", "har feil form", "true eller false"),
    Broken("no version", LAYER, "version = \"2027.1\"", "version = \"i år\"", "version", "har ikke formen til version", "2026.1"),
    Broken("a key with a space", LAYER, "key = \"good.plan-first\"", "key = \"Good Plan\"", "key", "har ikke formen til key", "appointment-given"),
    Broken("no telephone number", CONTACTS, "+47 77 00 00 00", "spør i resepsjonen", "phone", "er ikke et telefonnummer", "sifre", at="phone ="),
    Broken("a question with one answer", FIELDS, "[[field.option]]\nvalue = \"no\"\nlabel = { nb = \"Nei\", en = \"No\" }\n", "", "option", "færre enn to svar", "field.option", at="[[field.option]]"),
    # --- words for people
    Broken("missing translation of a layer", LAYER, "{ nb = \"Prøve kommune\", en", "{ en", "title.nb", "har ingen norsk tittel", 'nb = "…"', at="title = { en = \"A town"),
    Broken("missing translation of a task", LAYER, "{ nb = \"Kveldsbesøk\", en = \"Evening visit\" }", "{ en = \"Evening visit\" }", "task.evening_visit.title.nb", "har ingen norsk tittel", 'nb = "…"', at="title = { en"),
    Broken("missing translation of a question", FIELDS, "{ nb = \"Var noen hjemme?\", en = \"Was anybody in?\" }", "{ en = \"Was anybody in?\" }", "label.nb", "har ingen norske ord", 'nb = "…"', at="label = { en"),
    Broken("blank words", LAYER, "en = \"Evening visit\"", "en = \" \"", "task.evening_visit.title.en", "er bare mellomrom", "skriv det som skal vises", at="title = { nb = \"Kveldsbesøk"),
    Broken("no words in a language", LAYER, "en = \"Evening visit\"", "en = \"\"", "task.evening_visit.title.en", "er bare mellomrom", "ta språket bort", at="title = { nb = \"Kveldsbesøk"),
    Broken("words that are turned round", LAYER, "Evening visit", "Evening \\u202Evisit", "task.evening_visit.title.en", "tegn som ikke synes", "uten styretegn", at="title = { nb = \"Kveldsbesøk"),
    Broken("a title over two lines", LAYER, "Evening visit", "Evening\\nvisit", "task.evening_visit.title.en", "går over flere linjer", "skriv det på én linje", at="title = { nb = \"Kveldsbesøk"),
    Broken("words with a zero in them", FIELDS, "Was anybody in?", "Was \\u0000 in?", "label.en", "tegn som ikke synes", "uten styretegn", at="label = {"),
    Broken("words that fill a page", LAYER, "Evening visit", "Evening visit" * 400, "task.evening_visit.title.en", "er 5200 tegn langt", "høyst 1000 tegn", at="title = { nb = \"Kveldsbesøk"),
    Broken("a layer that lies on nothing", LAYER, "extends = \"national.after-attempt\"\n", "", "extends", "hverken et lag eller en hel rutine", "extends =", at="id ="),
    # --- rows
    Broken("a row that there is not", LAYER, "S-064", "S-999", "rows", '"S-999" er en ukjent rad', "S-001 – S-258", at="rows ="),
    Broken("no row", LAYER, "S-064", "rad 64", "rows", 'ikke navnet på en rad', "S-064", at="rows ="),
    Broken("a frame of a row that there is not", ROWS, "S-006", "S-999", "frame.S-999", '"S-999" er en ukjent rad', "S-001", at="[frame.S-999]"),
    Broken("a frame without a reason", ROWS, "reason = \"Teksten var ikke å få tak i.\"", "reason = \" \"", "frame.S-006.reason", "er tom", "skriv hvorfor"),
]  # fmt: skip


HOSTILE: dict[str, tuple[bytes, int, str, str]] = {
    "fifty megabytes": (b'a = "' + b"x" * 1023 + b'"\n', 1, "større enn 500 kB", "flere filer"),
    "letters of another age": (
        b"[[field]]\nkey = 'b\xe5t'\n",
        2,
        "er ikke skrevet i UTF-8",
        "lagre filen som UTF-8",
    ),
    "lists in lists in lists": (
        b"a = 1\nb = " + b"[" * 4_000 + b"]" * 900 + b"\n",
        2,
        "ligger i hverandre",
        "[tabell]",
    ),
    "tables in tables in tables": (
        b"\n\n[" + b".".join([b"a"] * 2_000) + b"]\n",
        3,
        "ligger i hverandre",
        "[tabell]",
    ),
    "one endless line": (b"# x\na = '" + b"[" * 100_000 + b"'\n", 2, "lengre enn 50000", "linjer"),
    "a number without end": (
        b"# x\nseen_for = " + b"9" * 5_000 + b"\n",
        2,
        "tallet er lengre enn",
        "et kortere tall",
    ),
    "zeroes": (b"a = 1\n\x00\x00\x00\n", 2, "er ikke gyldig TOML", "toml.io"),
}


def hostile(name: str, file: Path) -> tuple[int, str, str]:
    """Write it; the line and the words that are due."""
    data, line, wrong, right = HOSTILE[name]
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_bytes(data * 50_000 if name == "fifty megabytes" else data)
    return line, wrong, right


_HEAD = "from bindeledd.plugin.hooks import *\nfrom bindeledd.plugin.hooks import hookimpl\n"

# Python: the module, the line that is due (0 for none), what is wrong, what would be right.
PYTHON: dict[str, tuple[str, int, str, str]] = {
    "raises when it is imported": (
        "# one\n# two\nraise RuntimeError('half a file')\n",
        3,
        "kan ikke lastes: RuntimeError: half a file",
        "ta det ut av innstillingene",
    ),
    "ends the process when it is imported": (
        "import sys\nsys.exit(0)\n",
        2,
        "kan ikke lastes: SystemExit: 0",
        "ta det ut av innstillingene",
    ),
    "imports what is not there": (
        "import nowhere_at_all\n",
        1,
        "No module named 'nowhere_at_all'",
        "ta det ut av innstillingene",
    ),
    "is half a sentence": ("def half(:\n", 1, "SyntaxError", "ta det ut av innstillingene"),
    "speaks of a later core": (
        f"{_HEAD}api = (90, 91)\n",
        0,
        "skrevet for api (90, 91)",
        "skriv api = (1, 4)",
    ),
    "has a hook that there is not": (
        f"{_HEAD}api = (1, 4)\n@hookimpl\ndef forms(): return []\n",
        4,
        "det finnes ingen krok «forms»",
        "pathways, fields",
    ),
    "wants something in a hook": (
        f"{_HEAD}api = (1, 4)\n@hookimpl\ndef fields(session): return []\n",
        4,
        "session",
        "ingen av dem tar argumenter",
    ),
    "gives the wrong kind of thing": (
        f"{_HEAD}api = (1, 4)\n@hookimpl\ndef fields(): return ['yes']\n",
        4,
        "fields() ga str, ikke CaseField",
        "CaseField fra bindeledd.plugin.hooks",
    ),
    "raises in a hook": (
        f"{_HEAD}api = (1, 4)\n@hookimpl\ndef units():\n    return 1 / 0\n",
        6,
        "units() feilet: ZeroDivisionError",
        "ta det ut av innstillingene",
    ),
    "ends the process in a hook": (
        f"{_HEAD}api = (1, 4)\n@hookimpl\ndef units():\n    raise SystemExit\n",
        6,
        "units() feilet: SystemExit",
        "ta det ut av innstillingene",
    ),
    "never ends": (
        f"{_HEAD}api = (1, 4)\n@hookimpl\ndef calendars():\n"
        "    while True:\n        yield TeamDays(team='*')\n",
        4,
        "ga flere enn",
        "gi færre",
    ),
}
