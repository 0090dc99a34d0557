"""One person in each health region, with the packs that are switched on there.

The people do not exist. What is answered is the story's; what is owed after it is the packs'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from bindeledd.features.contacts.domain import Outcome
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import gather
from journeys.regional.walking import Act, Place, There, Walk

Does = Callable[[Walk, There], None]


@dataclass(frozen=True, kw_only=True)
class Story:
    """Where, which packs, what happens, what is answered; `left` is what is done so many days late."""

    key: str
    title: str
    about: str
    packs: tuple[str, ...]
    places: tuple[Place, ...]
    begins: date
    acts: Sequence[Act]
    answers: Mapping[str, str]
    # What has to be owed, by key: the day, from the first, on which it first falls due.
    due: Mapping[str, int]
    left: Mapping[str, int] = field(default_factory=dict)


def act(day: int, at: str, place: str, words: str, does: Does) -> Act:
    hour, minute = at.split(":")
    return Act(day=day, at=time(int(hour), int(minute)), words=words, place=place, does=does)


def place(name: str, organisation: str, kind: str, unit: str, unit_kind: str, who: str) -> Place:
    return Place(
        name=name, organisation=organisation, kind=kind, unit=unit, unit_kind=unit_kind, who=who
    )


def says(kind: str, **facts: object) -> Does:
    return lambda walk, there: walk.record(kind, there.member, **facts)


def calls(outcome: Outcome) -> Does:
    return lambda walk, there: walk.call(outcome, there.member)


def both(*acts: Does) -> Does:
    def done(walk: Walk, there: There) -> None:
        for one in acts:
            one(walk, there)

    return done


# What colleagues answer to the core's and the national guides' questions, wherever they are asked.
EVERYWHERE = {
    "receiver_kind": "municipal_mental_health",
    "cover": "accepted",
    "number_answered": "yes",
    "kv_pathway": "pathway_2",
    "kv_mapped_before": "no",
    "kv_finding": "found",
    "kv_referred": "in_treatment",
    "kv_person_told": "yes",
    "kv_gp_conferred": "yes",
    "kv_gp": "told",
    "kv_consent_summaries": "given",
    "kv_summaries": "received",
    "kv_plan_part": "taken",
    "kv_plan_kin": "with_consent",
    "kv_coordinating_unit": "told",
    "kv_bed": "not_there",
    "kv_kin_asked": "asked",
    "kv_place": "home",
    "kv_treatment": "other_treatment",
    "rl_examined": "all",
    "rl_protection": "in_place",
    "rl_measures": "begun",
    "rl_next_service": "contacted",
    "rl_plan": "made",
    "rl_planning": "begun",
    "rl_crisis_plan": "new_one",
}

# And to those of Helse Sør-Øst.
HELSE_SOR_OST = {
    "hso_plan": "updated",
    "hso_municipal_measure": "with_owner",
    "hso_plan_kin": "involved",
    "hso_kin_heard": "heard",
    "hso_kin_contact": "contacted",
    "hso_audit_c": "done",
}


def stay(kind: str, **facts: object) -> Does:
    """Something of the stay in the unit of that place."""
    return lambda walk, there: walk.record(kind, there.member, unit_id=str(there.unit), **facts)


def begins(index: str = "suicide_attempt", minor: str = "no", **facts: object) -> Does:
    return lambda walk, there: walk.open(there, index=index, minor=minor, **facts)


def hands_over(to: str) -> Does:
    return lambda walk, there: walk.hand_over(there, to)


def accepts(days: int = 2) -> Does:
    return lambda walk, there: walk.accept(there, days)


def sends_back(walk: Walk, there: There) -> None:
    walk.send_back(there)


VEST = Story(
    key="helse-vest",
    title="Helse Vest: an acute ward, a district centre of Helse Fonna, a municipality without a routine",
    about=(
        "The region asks for a time in hand and for a receiver of three kinds; the centre settles "
        "whether the specialist service goes on, and brings in aftercare. The municipality has "
        "switched on nothing: what it owes is the national routine, and what it took over."
    ),
    packs=("helse-vest", "helse-fonna", "retningslinje-2024"),
    places=(
        place("Acute ward", "helse-fonna", "trust", "akuttpost", "acute_ward", "Anna"),
        place("District centre", "helse-fonna", "trust", "dps", "dps", "Berit"),
        place("Municipality", "uten-rutine", "municipality", "helsetjenesten", "other", "Carl"),
    ),
    begins=date(2027, 4, 12),
    acts=(
        act(0, "10:00", "Acute ward", "A suicide attempt is registered", begins(intoxication="no")),
        act(0, "10:20", "Acute ward", "Admitted", stay("admitted", inpatient="yes")),
        act(3, "13:00", "Acute ward", "Discharged", stay("discharged")),
        act(
            3,
            "13:30",
            "Acute ward",
            "Handed over to the district centre",
            hands_over("District centre"),
        ),
        act(4, "11:00", "District centre", "The centre accepts, with a date of its own", accepts()),
        act(8, "13:00", "District centre", "Called: no answer", calls(Outcome.NO_ANSWER)),
        act(
            11,
            "10:00",
            "District centre",
            "Admitted to the centre",
            stay("admitted", inpatient="yes"),
        ),
        act(25, "12:00", "District centre", "Discharged from the centre", stay("discharged")),
        act(
            28,
            "12:00",
            "District centre",
            "Handed over to the municipality",
            hands_over("Municipality"),
        ),
        act(31, "14:00", "Municipality", "The municipality accepts", accepts()),
        act(60, "12:00", "Municipality", "Called: no answer", calls(Outcome.NO_ANSWER)),
    ),
    answers=EVERYWHERE
    | {
        "helse_vest_confirmed": "by_phone",
        "fonna_specialist": "ends",
        "fonna_aftercare": "brought_in",
    },
    due={
        "helse-vest.receiver-confirmed": 4,
        "retningslinje-2024.examined": 4,
        # Discharged on a Friday.
        "helse-fonna.specialist-settled": 28,
        "helse-fonna.aftercare": 29,
        # A week later is Whit Monday and the 17th of May: the last working day before.
        "helse-fonna.taken-over": 32,
    },
)

MIDT = Story(
    key="helse-midt-norge",
    title="Helse Midt-Norge: Namsos, the addiction clinic of St. Olavs, and a municipality with the guide",
    about=(
        "After an acute intoxication nobody leaves the medical ward of Namsos before the consult and "
        "a written assessment: the only gate without *should*. The clinic brings its offer, its "
        "packages and its chain, the municipality the three pathways of the national guide."
    ),
    packs=("helse-nord-trondelag", "st-olavs-rusklinikken", "tsb", "kommune-veileder"),
    places=(
        place(
            "Namsos", "helse-nord-trondelag", "trust", "namsos-medisinsk", "medical_ward", "Anna"
        ),
        place(
            "Addiction clinic",
            "st-olavs-hospital",
            "trust",
            "rusklinikken",
            "addiction_ward",
            "Berit",
        ),
        place("Municipality", "namsos", "municipality", "helsetjenesten", "municipal", "Carl"),
    ),
    begins=date(2027, 3, 15),
    acts=(
        act(
            0,
            "10:00",
            "Namsos",
            "A suicide attempt by intoxication is registered",
            begins(intoxication="yes"),
        ),
        act(0, "10:20", "Namsos", "Admitted", stay("admitted", inpatient="yes")),
        act(
            2,
            "10:00",
            "Namsos",
            "Seen by a specialist, and the assessment is written down",
            says(
                "risk_assessed", hnt_consult="done", hnt_assessment="documented", hnt_watch="joint"
            ),
        ),
        act(2, "12:00", "Namsos", "Discharged", stay("discharged")),
        act(
            2,
            "13:00",
            "Namsos",
            "Handed over to the addiction clinic",
            hands_over("Addiction clinic"),
        ),
        act(3, "12:00", "Addiction clinic", "The clinic accepts", accepts()),
        act(
            7,
            "10:00",
            "Addiction clinic",
            "Admitted to the clinic",
            stay("admitted", inpatient="yes"),
        ),
        act(23, "12:00", "Addiction clinic", "Discharged from the clinic", stay("discharged")),
        act(
            29,
            "12:00",
            "Addiction clinic",
            "Handed over to the municipality",
            hands_over("Municipality"),
        ),
        act(30, "13:00", "Municipality", "Returned: another office answers for it", sends_back),
        act(32, "10:00", "Addiction clinic", "Handed over once more", hands_over("Municipality")),
        act(35, "13:00", "Municipality", "The municipality accepts", accepts()),
        act(70, "12:00", "Municipality", "Called: no answer", calls(Outcome.NO_ANSWER)),
    ),
    answers=EVERYWHERE
    | {
        "hnt_consult": "done",
        "hnt_assessment": "documented",
        "hnt_watch": "joint",
        "stolavs_therapist": "no",
        "stolavs_offer": "accepted",
        "stolavs_before": "done",
        "stolavs_during": "done",
        "stolavs_leaving": "done",
        "stolavs_stay": "planned",
        "stolavs_norse": "look_again",
        "stolavs_trained": "simple",
        "tsb_substance": "yes",
        "tsb_talk": "held",
        "tsb_plan_overdose": "in_plan",
        "tsb_plan": "with_dates",
        "tsb_next_service": "contacted",
        "tsb_written": "sent",
        "tsb_close": "ends",
        "tsb.close-settled:tsb_close": "begins",
        "tsb_bed": "agreed",
        "tsb_rop": "no",
    },
    due={
        "helse-nord-trondelag.namsos-watch": 0,
        "tsb.overdose-talk": 9,
        # Three working days with Easter between.
        "st-olavs-rusklinikken.therapist": 15,
        "st-olavs-rusklinikken.time-given": 25,
        "kommune-veileder.placed": 38,
    },
)

MORE = Story(
    key="helse-more-romsdal",
    title="Helse Midt-Norge: the addiction ward of Helse Møre og Romsdal, and a municipality with the guide",
    about=(
        "Two sections of one trust settle between them who follows up, what was agreed with the "
        "municipality is taken up in the regular meeting, and the plan says whether there is an "
        "agreement on a bed. The text of the trust is the site's to open: every time is a default."
    ),
    packs=("more-romsdal-tsb", "tsb", "kommune-veileder"),
    places=(
        place(
            "Addiction ward", "helse-more-romsdal", "trust", "rusposten", "addiction_ward", "Anna"
        ),
        place("Municipality", "molde", "municipality", "helsetjenesten", "municipal", "Carl"),
    ),
    begins=date(2027, 4, 5),
    acts=(
        act(
            0,
            "11:00",
            "Addiction ward",
            "A suicide attempt is registered",
            begins(intoxication="no"),
        ),
        act(0, "11:30", "Addiction ward", "Admitted", stay("admitted", inpatient="yes")),
        act(18, "13:00", "Addiction ward", "Discharged on a Friday", stay("discharged")),
        act(22, "12:00", "Addiction ward", "Handed over", hands_over("Municipality")),
        act(23, "12:00", "Municipality", "The municipality accepts", accepts()),
        act(66, "12:00", "Municipality", "Called: no answer", calls(Outcome.NO_ANSWER)),
    ),
    answers=EVERYWHERE
    | {
        "mr_plan": "made",
        "mr_bed_in_plan": "no_agreement",
        "mr_bed": "none",
        "mr_meeting": "held",
        "mr_section": "settled",
        "tsb_substance": "yes",
        "tsb_talk": "held",
        "tsb_plan_overdose": "in_plan",
        "tsb_plan": "with_dates",
        "tsb_next_service": "contacted",
        "tsb_written": "sent",
        "tsb_close": "ends",
        "tsb.close-settled:tsb_close": "begins",
        "tsb_bed": "agreed",
        "tsb_rop": "no",
    },
    due={
        "more-romsdal-tsb.section": 7,
        "more-romsdal-tsb.meeting": 14,
        # The working day after a Friday.
        "more-romsdal-tsb.plan-for-all": 21,
        "kommune-veileder.placed": 28,
    },
)

SOR_OST = Story(
    key="helse-sor-ost",
    title="Helse Sør-Øst: a district centre of Vestre Viken, Drammen, and what the two have agreed",
    about=(
        "The summary leaves with the person, the plan is of this stay and has measures of the "
        "municipality, relatives are heard. The centre offers an agreement on a bed. That "
        "relatives were involved in the plan is left for nine days: late, and never gone."
    ),
    packs=(
        "helse-sor-ost",
        "vestre-viken",
        "helsefellesskap-handover",
        "drammen-kommune",
        "kommune-veileder",
    ),
    places=(
        place("District centre", "vestre-viken", "trust", "dps-drammen", "dps", "Anna"),
        place("Drammen", "drammen", "municipality", "helsetjenesten", "municipal", "Carl"),
    ),
    begins=date(2027, 9, 6),
    acts=(
        act(
            0,
            "10:00",
            "District centre",
            "A suicide attempt is registered",
            begins(intoxication="no"),
        ),
        act(0, "10:30", "District centre", "Admitted", stay("admitted", inpatient="yes")),
        act(
            11,
            "13:00",
            "District centre",
            "Discharged on a Friday, the summary with it",
            both(says("summary_sent"), stay("discharged")),
        ),
        act(17, "12:00", "District centre", "Handed over to Drammen", hands_over("Drammen")),
        act(18, "12:00", "Drammen", "Drammen accepts", accepts()),
        act(64, "12:00", "Drammen", "Called: no answer", calls(Outcome.NO_ANSWER)),
    ),
    answers=EVERYWHERE
    | HELSE_SOR_OST
    | {
        "vv_bed": "user_controlled",
        "vv_bed_written": "written",
        "hf_told": "told",
        "hf_contact": "given",
        "hf_joint": "planned",
        "hf_responsible": "both_named",
        "hf_plan": "own_plan",
        "dk_routine": "own",
        "dk_zone": "by_home",
    },
    left={"helse-sor-ost.plan-with-kin": 9},
    due={
        # Discharged on a Friday.
        "helse-sor-ost.plan-updated": 14,
        "drammen-kommune.routine": 21,
        "kommune-veileder.referred": 24,
        "vestre-viken.bed-looked-at": 101,
    },
)

INNLANDET = Story(
    key="sykehuset-innlandet",
    title="Helse Sør-Øst: an intoxication in Sykehuset Innlandet, and a municipality with the guide",
    about=(
        "The procedure of the trust was not seen: the pack is a frame that asks whether it was "
        "followed, and the national pathway whether it was meant to end life. Neither is asked "
        "of the municipality that takes over."
    ),
    packs=("helse-sor-ost", "sykehuset-innlandet", "kommune-veileder"),
    places=(
        place(
            "Medical ward",
            "sykehuset-innlandet",
            "trust",
            "medisinsk-gjovik",
            "medical_ward",
            "Anna",
        ),
        place("Municipality", "gjovik", "municipality", "helsetjenesten", "municipal", "Carl"),
    ),
    begins=date(2027, 10, 1),
    acts=(
        act(
            0,
            "14:00",
            "Medical ward",
            "A suicide attempt by intoxication is registered on a Friday",
            begins(intoxication="yes"),
        ),
        act(0, "14:30", "Medical ward", "Admitted", stay("admitted", inpatient="yes")),
        act(4, "12:00", "Medical ward", "Discharged", stay("discharged")),
        act(5, "12:00", "Medical ward", "Handed over", hands_over("Municipality")),
        act(6, "12:00", "Municipality", "The municipality accepts", accepts()),
        act(60, "12:00", "Municipality", "Called: no answer", calls(Outcome.NO_ANSWER)),
    ),
    answers=EVERYWHERE
    | HELSE_SOR_OST
    | {
        "innlandet_procedure": "followed",
        "innlandet_intent": "settled",
    },
    due={
        # The working day after a Friday.
        "sykehuset-innlandet.procedure": 3,
        "sykehuset-innlandet.intent": 5,
        "kommune-veileder.placed": 11,
    },
)

NORD = Story(
    key="helse-nord",
    title="Helse Nord: a ward at Nordlandssykehuset, a meeting before discharge, and FACT Lofoten",
    about=(
        "Ready for discharge asks for a meeting with the municipality, with an owner of what "
        "follows. FACT Lofoten takes over: two employers, one team, and it is settled who answers "
        "and which municipality the person belongs to. Nobody answers the phone for two days."
    ),
    packs=("helse-nord", "act-fact", "kommune-veileder"),
    places=(
        place("Ward", "nordlandssykehuset", "trust", "post", "ward", "Anna"),
        place("FACT Lofoten", "fact-lofoten", "municipality", "fact", "outreach_team", "Carl"),
    ),
    begins=date(2027, 1, 11),
    acts=(
        act(0, "10:00", "Ward", "A suicide attempt is registered", begins(intoxication="no")),
        act(0, "10:30", "Ward", "Admitted", stay("admitted", inpatient="yes")),
        act(6, "11:00", "Ward", "Ready for discharge", stay("ready_for_discharge")),
        act(9, "13:00", "Ward", "Discharged", stay("discharged")),
        act(10, "10:00", "Ward", "Called: no answer", calls(Outcome.NO_ANSWER)),
        act(11, "13:00", "Ward", "Called again: no answer", calls(Outcome.NO_ANSWER)),
        act(11, "13:30", "Ward", "Handed over to FACT Lofoten", hands_over("FACT Lofoten")),
        act(14, "12:00", "FACT Lofoten", "The team accepts", accepts()),
    ),
    answers=EVERYWHERE
    | {
        "nord_meeting": "held",
        "nord_meeting_owner": "municipality",
        "nord_meeting_after": "done",
        "af_members": "both",
        "af_answers": "municipality",
        "af_mapped": "yes",
        "af_assess": "team",
        "af_lofoten": "vagan",
        "af_lofoten_agreed": "agreed",
    },
    left={"first-contact": 2},
    due={
        # Ready on a Sunday.
        "helse-nord.meeting": 7,
        "helse-nord.meeting-tasks": 21,
        "act-fact.lofoten-taken-over": 21,
        "act-fact.assessed": 24,
    },
)

CHILD = Story(
    key="child",
    title="A child: child and adolescent psychiatry in Oslo, and children who are next of kin",
    about=(
        "A person chooses the guide for children, both levels are told, the school with consent, and "
        "a home hospital is considered. A brother is asked about, and somebody goes on with him."
    ),
    packs=("barn-unge", "barn-som-parorende", "retningslinje-2024"),
    places=(
        place("Clinic", "oslo-universitetssykehus", "trust", "bup", "child_psychiatry", "Anna"),
        place("Municipality", "oslo", "municipality", "helsestasjon", "municipal", "Carl"),
    ),
    begins=date(2027, 2, 1),
    acts=(
        act(
            0,
            "10:00",
            "Clinic",
            "Self-harm is registered",
            begins("self_harm", minor="yes", intoxication="no"),
        ),
        act(0, "10:30", "Clinic", "Admitted", stay("admitted", inpatient="yes")),
        act(
            1,
            "11:00",
            "Clinic",
            "Asked about children: there is a brother",
            says("children_asked", minors="yes"),
        ),
        act(7, "12:00", "Clinic", "Discharged", stay("discharged")),
        act(15, "12:00", "Clinic", "Handed over to the municipality", hands_over("Municipality")),
        act(16, "12:00", "Municipality", "The municipality accepts", accepts()),
    ),
    answers=EVERYWHERE
    | {
        "bu_guide": "children",
        "bu_referred": "in_treatment",
        "bu_welfare": "no",
        "bu_levels": "both",
        "bu_school": "told",
        "bu_home": "agreed",
        "barn_needs": "clarified",
        "barn_conversation": "held",
        "barn_interpreter": "not_needed",
        "barn_method": "barneperspektivsamtalen",
        "barn_goes_on": "municipal_health",
        "rl_parents": "together",
        "rl_parents_know": "told",
        "rl_self_harm": "mapped_none_needed",
    },
    due={
        "barn-unge.home-hospital": 1,
        "retningslinje-2024.with-parents": 3,
        "barn-som-parorende.goes-on": 10,
    },
)

PRISON = Story(
    key="prison",
    title="In prison: the prison health service, substance use, and the way home",
    about=(
        "The correctional service's plan is asked for, it is settled who answers, the person is "
        "reached by a visit or a call, on paper. Release is asked about until it is known, and the "
        "municipality at home is brought in."
    ),
    packs=("fengsel", "tsb"),
    places=(
        place("Prison health", "halden", "municipality", "fengselshelse", "prison_health", "Anna"),
        place("At home", "moss", "municipality", "helsetjenesten", "municipal", "Carl"),
    ),
    begins=date(2027, 1, 18),
    acts=(
        act(
            0,
            "10:00",
            "Prison health",
            "A suicide attempt by intoxication is registered",
            begins(intoxication="yes"),
        ),
        act(2, "12:00", "Prison health", "Back from the hospital", stay("discharged")),
        act(9, "12:00", "Prison health", "Not reached", calls(Outcome.NO_ANSWER)),
        act(
            60,
            "10:00",
            "Prison health",
            "Handed over to the municipality at home",
            hands_over("At home"),
        ),
        act(61, "12:00", "At home", "The municipality accepts", accepts()),
    ),
    answers=EVERYWHERE
    | {
        "fp_plan": "none",
        "fp_plan_asked": "being_made",
        "fp_municipal": "yes",
        "fp_trust": "local_trust",
        "fp_onsite": "booked",
        "fp_reach": "prison_health",
        "fp_paper": "given",
        "fengsel.release:fp_release": "later",
        "fengsel.release-again:fp_release": "soon",
        "fp_home": "agreed",
        "tsb_substance": "yes",
        "tsb_talk": "held",
        "tsb_plan_overdose": "in_plan",
    },
    due={
        "tsb.overdose-talk": 9,
        # Thirty days later is a Sunday: the Friday before.
        "fengsel.release-again": 32,
        "fengsel.home": 37,
    },
)

BEREAVED = Story(
    key="bereaved",
    title="A death, and those who are left behind",
    about=(
        "The patient dies while the follow-up runs. What reached out to the patient ends at once, and "
        "nothing of it comes back; those who are left behind get one named contact, a conversation, "
        "and somebody who asks again for as long as they want it."
    ),
    packs=("helse-sor-ost", "etterlatte"),
    places=(place("District centre", "vestre-viken", "trust", "dps", "dps", "Anna"),),
    begins=date(2027, 8, 16),
    acts=(
        act(
            0,
            "10:00",
            "District centre",
            "A suicide attempt is registered",
            begins(intoxication="no"),
        ),
        act(
            1,
            "12:00",
            "District centre",
            "Discharged, the summary with it",
            both(says("summary_sent"), stay("discharged")),
        ),
        act(17, "10:00", "District centre", "A death is reported", says("death_reported")),
        act(
            17,
            "10:30",
            "District centre",
            "Confirmed by a second person: the patient died by suicide",
            says("death_confirmed"),
        ),
    ),
    answers=EVERYWHERE
    | HELSE_SOR_OST
    | {
        "el_crisis": "given",
        "el_origin": "health_service",
        "el_contact": "named",
        "el_again": "met",
        "el_talk": "held",
        "el_young": "yes",
        "el_young_talk": "held",
    },
    due={
        "etterlatte.contact-person": 22,
        "etterlatte.young": 38,
        # Sixty days later is a Saturday.
        "etterlatte.later": 81,
        "etterlatte.goes-on": 141,
    },
)

STORIES: tuple[Story, ...] = (SOR_OST, INNLANDET, VEST, MIDT, MORE, NORD, CHILD, PRISON, BEREAVED)


def told(database: Database, story: Story) -> Walk:
    """The story, lived through on this database."""
    walk = Walk(
        database=database,
        book=gather(story.packs).book,
        places=story.places,
        begins=story.begins,
        answers=story.answers,
        left=story.left,
    )
    walk.live(story.acts)
    return walk
