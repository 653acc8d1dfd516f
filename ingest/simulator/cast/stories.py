"""The list of stories: who, what happened, and what the desk should find. `docs/stories.md` is written from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ingest.simulator.cast import students, visitors
from ingest.simulator.cast.play import Play
from ingest.simulator.parameters import Parameters


class Story(NamedTuple):
    """One scripted story."""

    slug: str
    title: str
    who: str
    finds: str
    needs: str
    play: Callable[[Play], None]


STORIES: tuple[Story, ...] = (
    Story(
        "true-overstay",
        "A true overstay with a good address",
        "EXAMPLE, Victor",
        (
            "An overstay of about eight months. Nothing speaks against it: the address in Houston was confirmed a week ago,"
            " with work and a car. Refer to the Houston office."
        ),
        "ADIS; the address from a commercial record",
        visitors.true_overstay,
    ),
    Story(
        "twins",
        "Twins",
        "YESIGA, Mina and Mira (예시가)",
        (
            "Two people with one birth date, family name and address. Mina is a visa waiver overstay; Mira left in time. "
            "They stay two subjects, and Mira's departure never clears Mina."
        ),
        "ADIS",
        visitors.twins,
    ),
    Story(
        "false-departure",
        "A departure that was none",
        "PRIMEROV, Oleg (Примеров)",
        (
            "A carrier's manifest, by name only, says that he left. Fingerprints and an address after that day say that he "
            "did not. The departure shows as weak and contradicted."
        ),
        "ADIS, EID; IDENT and a commercial record for the proof",
        visitors.false_departure,
    ),
    Story(
        "late-departure",
        "A true departure that arrives late",
        "EJEMPLO MUESTRA, Lucía",
        (
            "An address record, old news, shows her here after the last day: a lead for some weeks. The newest extract brings the "
            "departure: the lead closes by itself and says why."
        ),
        "ADIS; the address from a commercial record",
        visitors.late_true_departure,
    ),
    Story(
        "leap-day",
        "Born on 29 February, over by one day",
        "BEISPIEL, Emma",
        (
            "The last day of her visa waiver stay was two days before the extract: the first day of overstay is the day "
            "before it. Nothing shows her here since, so she waits for evidence: a missing departure alone opens no lead. Her age "
            "is shown right in every year. The legacy lead of 29 February 2004 is the same question for "
            "retention."
        ),
        "ADIS",
        visitors.leap_day,
    ),
    Story(
        "renewed-passport",
        "Left on a new passport",
        "AL-MITHAL, Yousef (يوسف المثال)",
        (
            "ADIS holds an unmatched departure under a passport number that nobody knows. Name and birth date agree, the "
            "document does not: it may be his. Nothing shows him here after it, so no lead is opened. He left in time."
        ),
        "ADIS",
        visitors.renewed_passport,
    ),
    Story(
        "vawa-filer",
        "A protected person",
        "ESIMERKKI, Aino",
        (
            "She filed as an abused spouse. Outside the protected compartment she does not exist: not in the queue, not in "
            "a count, not in a search."
        ),
        "ADIS, CLAIMS 3; the protected compartment",
        visitors.vawa_filer,
    ),
    Story(
        "revoked-and-reversed",
        "Visa revoked, then not",
        "EXEMPLO AMOSTRA, Rafael",
        "A provisional revocation made a lead on hold; its reversal closes it.",
        "CCD",
        visitors.revoked_and_reinstated,
    ),
    Story(
        "shared-alias",
        "One alias, two men",
        "CONTOH, Budi and MISALNYA, Agus",
        ("Both used the name SAMPLE, Jarvis once. One alias never merges two subjects: Budi is an overstay, Agus left long ago."),
        "ADIS; TECS and IDENT for the alias; an address from a commercial record",
        visitors.shared_alias,
    ),
    Story(
        "pending-extension",
        "An extension filed in time, shown late",
        "UMPAMA, Dewi",
        (
            "The I-539 was received before the last day and reached CLAIMS a month after it. The lead rests: authorized "
            "while the filing is pending, and nobody is sent."
        ),
        "ADIS, CLAIMS 3; an address from a commercial record",
        visitors.pending_extension,
    ),
    Story(
        "naturalized",
        "A US citizen",
        "PRZYKŁAD, Anna",
        ("An old unmatched visit, then permanent residence and citizenship. No lead; the subject is marked as a US person."),
        "ADIS, CLAIMS 3",
        visitors.naturalized,
    ),
    Story(
        "came-back",
        "He must have left: he came back",
        "SPÉCIMEN, Pierre",
        "Nobody saw the departure, but there is a newer entry on the same passport. The old stay is no lead.",
        "ADIS",
        visitors.came_back,
    ),
    Story(
        "cap-gap",
        "Carried over to April",
        "FANLI, Wei (范例伟)",
        "A lead for some weeks; then SEVIS shows the H-1B petition that extends the stay to 1 April. The lead closes until then.",
        "SEVIS; an address from a commercial record",
        students.cap_gap,
    ),
    Story(
        "corrected-record",
        "The school made a mistake",
        "ESSAI, Nora",
        ("Terminated for a dropped course, put back to active three weeks later: the lead closes with the correction named."),
        "SEVIS",
        students.corrected_record,
    ),
    Story(
        "school-withdrawn",
        "A school loses its certification",
        "Placeholder Language Academy and 12 students",
        "Reason 25 is not the students' fault: no lead on any of them, one event on the school.",
        "SEVIS, schools",
        students.school_withdrawn,
    ),
    Story(
        "wrong-person",
        "Two Marcos",
        "ESEMPIO, Marco (born 3 Apr 2000) and ESEMPIO, Marco (born 4 Mar 2000)",
        (
            "Same name, day and month of birth swapped, same university. The lead on the one in Boston closes with the correction, the "
            "one in Chicago is true. They stay two subjects, whatever a later extract brings."
        ),
        "SEVIS",
        students.wrong_person,
    ),
    Story(
        "crowded-school",
        "Forty students at one door",
        "PLACEHOLDER, Ruth, of Sample Career Institute",
        (
            "One official who signs at night, one employer, and forty students, at the school's own address, where 25 were "
            "stated; six were terminated. An organization lead, beside six leads on students."
        ),
        "SEVIS, schools",
        students.crowded_school,
    ),
    Story(
        "terminated-with-family",
        "Worked without permission",
        "MFANO, Juma, and his wife Asha",
        (
            "A status violation from the day of the failure, not the day of the entry in SEVIS. His wife is shown as an "
            "associate, and derives her status from him."
        ),
        "SEVIS",
        students.terminated_with_family,
    ),
)


def cast_lives(parameters: Parameters) -> Play:
    """All stories played on the calendar of this world."""
    play = Play(parameters)
    for story in STORIES:
        story.play(play)
    return play
