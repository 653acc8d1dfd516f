"""The rows of two people side by side: what each side says, how they agree in a word, what it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from foundation.templatetags.desk import format_date
from subjects import words
from subjects.matching.against import Standing
from subjects.matching.births import Birth
from subjects.matching.names import Part
from subjects.matching.records import JOINING
from subjects.matching.score import Score
from subjects.models import NameFact
from subjects.selectors.comparison import SEVERAL
from subjects.selectors.facts import SubjectFacts

MASK = "••••"
MOST_VALUES = 4
NAME_WORDS = {
    Part.EXACT: ("same", "good"),
    Part.SUBSET: ("a part is left out", "caution"),
    Part.CLOSE: ("spelling", "caution"),
    Part.ALIKE: ("sounds alike", "caution"),
    Part.UNKNOWN: ("missing", "quiet"),
    Part.DIFFERENT: ("differs", "bad"),
}
BIRTH_WORDS = {
    Birth.EXACT: ("same", "good"),
    Birth.SWAPPED: ("day and month swapped", "caution"),
    Birth.ONE_DIGIT: ("one digit differs", "caution"),
    Birth.PART: ("fits, but partial", "caution"),
    Birth.UNKNOWN: ("missing", "quiet"),
    Birth.DIFFERENT: ("differs", "bad"),
}
CITIZENSHIP_WORDS = {"agrees": ("same", "good"), "differs": ("differs", "bad"), "unknown": ("missing", "quiet")}


@dataclass(frozen=True, slots=True)
class Row:
    """One field: what each side says, how the two agree in a word, and the points for it (empty: it does not count)."""

    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    word: str
    tone: str
    points: str = ""


def points_in_words(value: float) -> str:
    """`+9`, `-3.5`, `0`; a true minus sign."""
    text = f"{abs(value):.1f}".removesuffix(".0")
    return f"+{text}" if value > 0 else f"\u2212{text}" if value < 0 else text


def rows_of(left: SubjectFacts, right: SubjectFacts, found: Standing) -> tuple[Row, ...]:
    """Name and life data with their points, then numbers, then what only helps to picture the two."""
    rows = [*_scored_rows(left, right, found.score), *_numbers(left, right, found), *_context(left, right)]
    return tuple(row for row in rows if row.left or row.right)


def _scored_rows(left: SubjectFacts, right: SubjectFacts, score: Score | None) -> list[Row]:
    fields = score.weights_by_field() if score is not None else {}

    def row(label: str, text: Callable[[NameFact], str], field: str, found: tuple[str, str]) -> Row:
        points = points_in_words(fields[field]) if field in fields else ""
        return Row(label, _texts(left.names, text), _texts(right.names, text), *found, points)

    family, given = (NAME_WORDS[score.family], NAME_WORDS[score.given]) if score is not None else (("missing", "quiet"),) * 2
    birth = BIRTH_WORDS[score.birth] if score is not None else ("missing", "quiet")
    citizenship = CITIZENSHIP_WORDS[score.citizenship] if score is not None else ("missing", "quiet")
    rows = [
        row("Last name", lambda name: name.family_name, "family name", family),
        row("First and middle names", lambda name: name.given_name, "given name", given),
    ]
    if score is not None and score.swapped:
        place = ("in each other's place",)
        rows.append(Row("Order of the names", place, place, "swapped", "caution", points_in_words(fields["names swapped"])))
    script = _plain("Name in its own script", left, right, lambda name: name.full_name_source_script)
    born = row("Date of birth", _birth, "date of birth", birth)
    rows += [script, born, row("Citizenship", _citizenship, "citizenship", citizenship)]
    rows.append(_plain("Sex", left, right, lambda name: words.SEX.get(name.sex, "")))
    rows.append(_plain("Country of birth", left, right, lambda name: words.raw_country(name.source, name.country_of_birth)))
    return rows


def _numbers(left: SubjectFacts, right: SubjectFacts, found: Standing) -> list[Row]:
    """Masked numbers by kind. Two numbers may end alike and differ: the word rests on the whole numbers."""
    present = {fact.kind for fact in (*left.identifiers, *right.identifiers)}
    kinds = [*(kind for kind in words.SHOWN_FIRST if kind in present), *sorted(present - set(words.SHOWN_FIRST))]
    rows = []
    for kind in kinds:
        mine, theirs = (_masked(facts, kind) for facts in (left, right))
        label = words.identifier_words(kind)
        word, tone = ("missing", "quiet") if not (mine and theirs) else ("differs", "quiet" if kind in SEVERAL else "bad")
        points = ""
        if kind in found.shared:
            word, tone = ("same", "good") if kind not in JOINING else ("same, and it singles out a person", "good")
        elif kind == "passport" and found.score is not None and found.score.other_passport:
            points = points_in_words(found.score.weights_by_field()["passport"])
        rows.append(Row(label[:1].upper() + label[1:], mine, theirs, word, tone, points))
    return rows


def _context(left: SubjectFacts, right: SubjectFacts) -> list[Row]:
    """The newest stay and address: they change over a life, so they weigh nothing."""
    stays = [
        tuple(f"{fact.class_of_admission} from {format_date(fact.arrived_on)}" for fact in facts.admissions[:2]) for facts in (left, right)
    ]
    homes = [
        tuple(dict.fromkeys(", ".join(part for part in (fact.line, fact.city, fact.state) if part) for fact in facts.addresses))[:2]
        for facts in (left, right)
    ]
    sources = [tuple(sorted({words.source_name(code) for code in facts.newest_by_source()})) for facts in (left, right)]
    rows = []
    for label, (mine, theirs) in (("Newest stays", stays), ("Newest addresses", homes)):
        both = bool(mine and theirs)
        alike = both and bool(set(mine) & set(theirs))
        rows.append(Row(label, mine, theirs, "same" if alike else "differs" if both else "missing", "good" if alike else "quiet"))
    rows.append(Row("Told by", sources[0], sources[1], "", "quiet"))
    return rows


def _plain(label: str, left: SubjectFacts, right: SubjectFacts, text: Callable[[NameFact], str]) -> Row:
    mine, theirs = _texts(left.names, text), _texts(right.names, text)
    if not (mine and theirs):
        return Row(label, mine, theirs, "missing", "quiet")
    alike = {value.casefold() for value in mine} & {value.casefold() for value in theirs}
    return Row(label, mine, theirs, *(("same", "good") if alike else ("differs", "bad")))


def _texts(names: Iterable[NameFact], text: Callable[[NameFact], str]) -> tuple[str, ...]:
    """The distinct values, the newest first, few enough to read."""
    return tuple(dict.fromkeys(value for name in names if (value := text(name))))[:MOST_VALUES]


def _masked(facts: SubjectFacts, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{MASK}{fact.last_four}" for fact in facts.identifiers if fact.kind == kind))[:MOST_VALUES]


def _birth(name: NameFact) -> str:
    return format_date(name.date_of_birth) if name.date_of_birth else name.date_of_birth_text


def _citizenship(name: NameFact) -> str:
    return words.country(name.citizenship_iso3) if name.citizenship_iso3 else words.raw_country(name.source, name.citizenship)
