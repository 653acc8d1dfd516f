"""Two people made to look like one, one person made to look like two: kinds of cases, drawn by seed, labelled by the rules.

A case is rows of ADIS, each with whose it is. By ADR 10 and entity-resolution.md 6 two rows of one person are joined or put
to a person (where a number or everything but one slip says so they must be joined), rows of two people are put to a person
or stay apart (where they share a number of one person they must be put to a person). Numbers are none of a real person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.factories.drops import overstay
from tests.subjects.matching.adversary import APART, ASKED, JOINED, Row

MERGE, NEVER_TWO = frozenset({JOINED}), frozenset({JOINED, ASKED})
ASK, NEVER_ONE, KEEP_APART = frozenset({ASKED}), frozenset({ASKED, APART}), frozenset({APART})

FAMILIES = ("ABERNIL", "BARROVIC", "CASTELLAR", "DROMADAN", "ESTEVANIZ", "FARQUHIL", "GORDONIEV", "HALBERSEN", "IVERLUND", "JOKINEVA")
WOMEN = ("ANA", "BEATRIZ", "CLARISSA", "DOLORES", "ESTHER", "FRIDA", "GUDRUN", "HELOISE", "INGRID", "JOSEFINA")
MEN = ("ALONZO", "BRUNO", "CEDRIC", "DIEGO", "EDGAR", "FELIX", "GREGOR", "HUGO", "IVO", "LORENZ")
COUNTRIES = ("689", "213", "691", "692", "135", "209")
# one name as sources of several countries write it
ARABIC = (("MOHAMED", "MUHAMMAD", "MOHAMMED"), ("HUSSEIN", "HUSAIN", "HUSSAIN"), ("YOUSSEF", "YOUSEF", "YUSUF"), ("KHALED", "KHALID"))
CYRILLIC = (("ALEKSEI", "ALEXEY", "ALEXEI"), ("SERGEI", "SERGEY", "SERGEJ"), ("DMITRII", "DMITRY", "DMITRIY"), ("YULIA", "YULIYA"))
CHINESE = (("XIAOMING", "XIAO MING", "XIAO-MING"), ("WEIGUO", "WEI GUO", "WEI-GUO"), ("JIANHUA", "JIAN HUA", "JIAN-HUA"))
OWN_SCRIPT = (("محمد", "MHMD"), ("СЕРГЕЙ", "SERGEY"), ("ДМИТРИЙ", "DMITRIY"), ("小明", "XIAO MING"), ("Ñandú", "NANDU"))
# names of brothers and sisters that look like one misspelt
LIKE_NAMES = (("HASSAN", "HUSSEIN"), ("DANIEL", "DANIELA"), ("PAULO", "PAULA"), ("ANA DANIEL", "ANA DANIELA"), ("JULIO", "JULIA"))
COMPOUND = (("MARIA ANA", "MARIA EVA"), ("MOHAMED ALI", "MOHAMED OMAR"), ("JOSE LUIS", "JOSE PEDRO"), ("ANNE SOPHIE", "ANNE MARIE"))


class Case(NamedTuple):
    """Rows; the two of which the label speaks, by their places; what may become of those two."""

    rows: tuple[Row, ...]
    label: frozenset[str]
    pair: tuple[int, int] = (0, 1)


@dataclass
class Draw:
    """Chance, and the numbers that it has not given yet."""

    dice: Random
    given_out: int = field(default=0)

    def number(self) -> int:
        """One that nobody has."""
        self.given_out += 1
        return self.given_out

    def born(self) -> date:
        """A day that is no default, whose month and day cannot be taken for each other."""
        found = date(1950, 1, 1) + timedelta(days=self.dice.randrange(18_000))
        return found.replace(day=13 + found.day % 16)

    def passport(self) -> dict[str, str]:
        """A passport of somebody."""
        return {"passport_number": f"ZZ{self.number():07}", "passport_country": "UTO"}

    def a_number(self) -> dict[str, str]:
        return {"a_number": f"A9{self.number():08}"}

    def fin(self) -> dict[str, str]:
        return {"fin": f"99{self.number():08}"}

    def admission(self) -> dict[str, str]:
        return {"admission_number": f"999{self.number():06}X4"}

    def person(self, given: str = "") -> dict[str, str]:
        """Somebody, without any number."""
        return {
            "family_name": self.dice.choice(FAMILIES),
            "given_name": given or self.dice.choice(WOMEN + MEN),
            "date_of_birth": self.born().isoformat(),
            "citizenship": self.dice.choice(COUNTRIES),
        }

    def row(self, *told: dict[str, str], **cells: str) -> Row:
        """An arrival that flags its person: a record and an admission of its own, the cells told, nothing else."""
        nothing = {"passport_number": "", "passport_country": ""}
        found = overstay(f"R{self.number()}") | nothing | self.admission()
        for each in told:
            found |= each
        return found | cells


def other(draw: Draw, *, than: str, names: tuple[str, ...] = WOMEN + MEN) -> str:
    return draw.dice.choice([name for name in names if name != than])


KINDS: dict[str, Callable[[Draw], Case]] = {}


def kind(drawn: Callable[[Draw], Case]) -> Callable[[Draw], Case]:
    KINDS[drawn.__name__] = drawn
    return drawn


# --- two people


@kind
def twins_without_papers(draw: Draw) -> Case:
    one = draw.person()
    return Case((draw.row(one), draw.row(one, given_name=other(draw, than=one["given_name"]))), NEVER_ONE)


@kind
def brother_and_sister_with_passports(draw: Draw) -> Case:
    first, second = draw.dice.choice(LIKE_NAMES)
    one = draw.person(first)
    return Case((draw.row(one, draw.passport()), draw.row(one, draw.passport(), given_name=second)), NEVER_ONE)


@kind
def brother_and_sister_without_papers(draw: Draw) -> Case:
    first, second = draw.dice.choice(LIKE_NAMES)
    one = draw.person(first)
    return Case((draw.row(one), draw.row(one, given_name=second)), NEVER_ONE)


@kind
def twins_whose_first_names_are_the_same(draw: Draw) -> Case:
    first, second = draw.dice.choice(COMPOUND)
    one = draw.person(first)
    return Case((draw.row(one), draw.row(one, given_name=second)), NEVER_ONE)


@kind
def twins_papers_mixed_up(draw: Draw) -> Case:
    one, number = draw.person("FRIDA"), draw.dice.choice((draw.passport, draw.a_number))()
    return Case((draw.row(one, number), draw.row(one, number, given_name=draw.dice.choice(MEN))), ASK)


@kind
def twins_papers_mixed_up_after_a_row_without_given_name(draw: Draw) -> Case:
    """A row that leaves the given name out says nothing of which of the two it is."""
    one, number = draw.person("FRIDA"), draw.passport()
    blank = draw.row(one, number, given_name=draw.dice.choice(("FNU", "", "UNKNOWN")))
    return Case((draw.row(one, number), blank, draw.row(one, number, given_name=draw.dice.choice(MEN))), NEVER_ONE, (0, 2))


@kind
def twins_beside_a_row_with_their_common_first_name(draw: Draw) -> Case:
    first, second = draw.dice.choice(COMPOUND)
    one = draw.person(first)
    short = draw.row(one, given_name=first.split()[0])
    return Case((draw.row(one, draw.passport()), short, draw.row(one, given_name=second)), NEVER_ONE, (0, 2))


@kind
def parent_and_child_of_one_name(draw: Draw) -> Case:
    one = draw.person()
    child = {"date_of_birth": draw.born().replace(year=2000 + draw.dice.randrange(10)).isoformat()}
    papers = draw.dice.choice((draw.passport, dict))
    return Case((draw.row(one, papers()), draw.row(one, papers(), child)), NEVER_ONE)


@kind
def parent_and_child_on_one_passport(draw: Draw) -> Case:
    one, papers = draw.person(), draw.passport()
    child = {"date_of_birth": draw.born().replace(year=2000 + draw.dice.randrange(10)).isoformat()}
    return Case((draw.row(one, papers), draw.row(one, papers, child)), ASK)


@kind
def another_birth_behind_a_row_that_knew_the_year(draw: Draw) -> Case:
    """A namesake of the same year on a borrowed passport: the year alone must not vouch against the whole date."""
    one, papers = draw.person(), draw.passport()
    born = date.fromisoformat(one["date_of_birth"])
    namesake = born.replace(month=born.month % 12 + 1, day=(born.day + 4) % 16 + 13).isoformat()
    if sum(a != b for a, b in zip(namesake, one["date_of_birth"], strict=True)) < 2:
        return another_birth_behind_a_row_that_knew_the_year(draw)
    vague = draw.dice.choice((f"{born.year}", f"{born.year}-01-01", ""))
    rows = (draw.row(one, papers), draw.row(one, papers, date_of_birth=vague), draw.row(one, papers, date_of_birth=namesake))
    return Case(rows, NEVER_ONE, (0, 2))


@kind
def a_document_with_two_people(draw: Draw) -> Case:
    number = draw.dice.choice((draw.passport, draw.a_number, draw.fin))()
    one = draw.person(draw.dice.choice(WOMEN)) | {"family_name": FAMILIES[0]}
    return Case((draw.row(one, number), draw.row(draw.person(draw.dice.choice(MEN)), number, family_name="OLSZEWIK")), ASK)


@kind
def a_fingerprint_number_with_another_name(draw: Draw) -> Case:
    one, number = draw.person("FRIDA"), draw.fin()
    return Case((draw.row(one, number), draw.row(one, number, given_name="BRUNO", family_name="OLSZEWIK")), ASK)


@kind
def another_a_number_and_all_else_the_same(draw: Draw) -> Case:
    one, papers, number = draw.person(), draw.passport(), draw.dice.choice((draw.a_number, draw.fin))
    return Case((draw.row(one, papers, number()), draw.row(one, papers, number())), ASK)


@kind
def an_admission_number_mistyped_into_a_strangers(draw: Draw) -> Case:
    admission, one = draw.admission(), draw.person("FRIDA") | {"family_name": FAMILIES[0]}
    return Case((draw.row(one, admission), draw.row(draw.person("BRUNO"), admission, family_name="OLSZEWIK")), ASK)


@kind
def namesakes_born_on_a_default_day(draw: Draw) -> Case:
    one = draw.person("MOHAMED") | {"date_of_birth": draw.dice.choice(("1970-01-01", "1990-01-01", "1980", "1985-01", "1970-00-00"))}
    return Case((draw.row(one, draw.passport()), draw.row(one, draw.passport())), NEVER_ONE)


@kind
def single_names_on_one_day(draw: Draw) -> Case:
    first, second = ("FNU", "LNU")
    one = draw.person() | {"given_name": first}
    turned = {"family_name": second, "given_name": one["family_name"]}
    return Case((draw.row(one), draw.row(one, turned)), NEVER_ONE)


@kind
def nobody_has_a_name(draw: Draw) -> Case:
    one = draw.person() | {"family_name": "LNU", "given_name": "FNU"}
    return Case((draw.row(one), draw.row(one, citizenship="")), NEVER_ONE)


@kind
def people_of_one_address(draw: Draw) -> Case:
    """A school's house, a travel agency's address: it joins nobody."""
    home = {"us_address_line": "120 Specimen Avenue", "us_address_city": "Miami", "us_address_state": "FL"}
    one = draw.person("FRIDA")
    return Case((draw.row(one, home), draw.row(draw.person("BRUNO"), home, family_name="OLSZEWIK")), KEEP_APART)


# --- one person


@kind
def a_renewed_passport(draw: Draw) -> Case:
    one = draw.person()
    return Case((draw.row(one, draw.passport()), draw.row(one, draw.passport())), MERGE)


@kind
def a_mistyped_passport(draw: Draw) -> Case:
    one, papers = draw.person(), draw.passport()
    wrong = papers["passport_number"][:-1] + ("X" if draw.dice.random() < 0.5 else "")
    return Case((draw.row(one, papers), draw.row(one, papers, passport_number=wrong)), MERGE)


@kind
def day_and_month_swapped(draw: Draw) -> Case:
    one = draw.person()
    year, day, month = one["date_of_birth"][:4], draw.dice.randrange(2, 7), draw.dice.randrange(7, 13)
    born = (f"{year}-{month:02}-{day:02}", f"{year}-{day:02}-{month:02}")
    papers = draw.dice.choice((draw.passport, dict))
    return Case((draw.row(one, papers(), date_of_birth=born[0]), draw.row(one, papers(), date_of_birth=born[1])), NEVER_TWO)


@kind
def day_and_month_swapped_beside_a_number(draw: Draw) -> Case:
    one, number = draw.person(), draw.passport()
    year, day, month = one["date_of_birth"][:4], draw.dice.randrange(2, 7), draw.dice.randrange(7, 13)
    born = (f"{year}-{month:02}-{day:02}", f"{year}-{day:02}-{month:02}")
    return Case((draw.row(one, number, date_of_birth=born[0]), draw.row(one, number, date_of_birth=born[1])), MERGE)


@kind
def a_family_name_cut_off(draw: Draw) -> Case:
    one = draw.person() | {"family_name": "VENKATANARASIMHARAJUVARI"}
    return Case((draw.row(one), draw.row(one, family_name=one["family_name"][: draw.dice.choice((10, 12, 15, 20))])), NEVER_TWO)


@kind
def family_and_given_name_swapped(draw: Draw) -> Case:
    one = draw.person()
    return Case((draw.row(one), draw.row(one, family_name=one["given_name"], given_name=one["family_name"])), MERGE)


@kind
def all_names_in_one_column(draw: Draw) -> Case:
    one = draw.person()
    whole = draw.dice.choice(("{family_name} {given_name}", "{given_name} {family_name}")).format(**one)
    return Case((draw.row(one), draw.row(one, family_name=whole, given_name=draw.dice.choice(("", "FNU")))), NEVER_TWO)


@kind
def a_second_family_name_left_out(draw: Draw) -> Case:
    one = draw.person() | {"family_name": "GARCIELA LOPESTAN"}
    kept = draw.dice.choice(("GARCIELA", "LOPESTAN", "GARCIELA-LOPESTAN", "GARCIELALOPESTAN", "LOPESTAN GARCIELA"))
    return Case((draw.row(one), draw.row(one, family_name=kept)), NEVER_TWO)


@kind
def a_patronymic(draw: Draw) -> Case:
    one = draw.person("IVO")
    forms = ({"given_name": "IVO PETROVICH"}, {"given_name": "PETROVICH IVO"}, {"family_name": f"{one['family_name']} PETROVICH"})
    return Case((draw.row(one), draw.row(one, draw.dice.choice(forms))), NEVER_TWO)


@kind
def another_transliteration(draw: Draw) -> Case:
    first, second = draw.dice.sample(draw.dice.choice(ARABIC + CYRILLIC + CHINESE), 2)
    one = draw.person(first)
    return Case((draw.row(one), draw.row(one, given_name=second)), NEVER_TWO)


@kind
def another_transliteration_and_another_passport(draw: Draw) -> Case:
    first, second = draw.dice.sample(draw.dice.choice(ARABIC + CYRILLIC + CHINESE), 2)
    one = draw.person(first)
    return Case((draw.row(one, draw.passport()), draw.row(one, draw.passport(), given_name=second)), NEVER_TWO)


@kind
def a_name_in_its_own_script(draw: Draw) -> Case:
    written, romanized = draw.dice.choice(OWN_SCRIPT)
    one = draw.person(written)
    return Case((draw.row(one), draw.row(one, given_name=romanized)), NEVER_TWO)


@kind
def a_birth_known_in_part(draw: Draw) -> Case:
    one = draw.person()
    year, month = one["date_of_birth"][:4], one["date_of_birth"][5:7]
    vague = (year, f"{year}-{month}", f"{year}-01-01", f"{year}-00-00", f"{year}-{month}-00")
    return Case((draw.row(one), draw.row(one, date_of_birth=draw.dice.choice(vague))), NEVER_TWO)


@kind
def two_births_known_in_part(draw: Draw) -> Case:
    one = draw.person()
    year, month = one["date_of_birth"][:4], one["date_of_birth"][5:7]
    first, second = draw.dice.sample((year, f"{year}-{month}", f"{year}-01-01", f"{year}-00-00", f"{year}-{month}-00"), 2)
    return Case((draw.row(one, date_of_birth=first), draw.row(one, date_of_birth=second)), NEVER_TWO)


@kind
def no_birth_beside_a_number(draw: Draw) -> Case:
    one, number = draw.person(), draw.dice.choice((draw.passport, draw.a_number, draw.fin))()
    return Case((draw.row(one, number), draw.row(one, number, date_of_birth="")), MERGE)


@kind
def a_citizenship_unknown(draw: Draw) -> Case:
    one = draw.person()
    return Case((draw.row(one), draw.row(one, citizenship=draw.dice.choice(("", "999", "705")))), NEVER_TWO)


@kind
def a_placeholder_beside_a_number(draw: Draw) -> Case:
    one, number = draw.person(), draw.dice.choice((draw.passport, draw.a_number, draw.fin))()
    return Case((draw.row(one, number), draw.row(one, number, given_name=draw.dice.choice(("FNU", "XXX", "UNKNOWN")))), MERGE)


@kind
def a_married_name_beside_a_number(draw: Draw) -> Case:
    one, number = draw.person(), draw.dice.choice((draw.passport, draw.a_number, draw.fin))()
    return Case((draw.row(one, number), draw.row(one, number, family_name="OLSZEWIK")), NEVER_TWO)


@kind
def a_chain_of_numbers(draw: Draw) -> Case:
    one, first, second = draw.person(), draw.passport(), draw.a_number()
    given = one["given_name"]
    rows = (draw.row(one, first), draw.row(one, first, second), draw.row(one, second, given_name=f"{given} VERA"))
    return Case(rows, MERGE, (0, 2))


@kind
def a_renewed_passport_bridged_by_an_admission(draw: Draw) -> Case:
    one, first, second, admission = draw.person(), draw.passport(), draw.passport(), draw.admission()
    rows = (draw.row(one, first), draw.row(one, first, admission), draw.row(one, second, admission), draw.row(one, second))
    return Case(rows, MERGE, (0, 3))
