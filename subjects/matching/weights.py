"""The weights of the comparison: versioned data. Pure.

A weight is log2(m / u): how much likelier a level is between two rows of one person (m) than between two people who met
in a block (u). The prior is the log-odds that two rows are one person before anything is compared.

Version 2026-11e was set by hand from the error rates of domain.md 11 and a population of about a million subjects; it was
not learnt from records. It doubts where twins would be alike: a given name left out, beside another passport; day and
month of birth in each other's place, without any number. Since 2026-11c a birth on 1 January says the year alone (also
beside the same birth: it is that of every namesake whose day nobody knew), and one
slip in a word of five letters is a typing error; since 2026-11d a name that many bear is worth less (`subjects.matching.common`);
since 2026-11e a given name that only sounds alike, beside the same birth and family name, is a doubt: brothers and sisters.
A new version is a new entry here, and links keep the version that decided them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from subjects.matching.births import Birth
from subjects.matching.names import Part


@dataclass(frozen=True, slots=True)
class Weights:
    """One version. Bits; `accept` and `judge` are the lower ends of the two upper bands, `lead` the bits ahead of the runner-up."""

    version: str
    estimated: str
    prior: float
    family: MappingProxyType[Part, float]
    given: MappingProxyType[Part, float]
    swapped_names: float  # family and given name in each other's place
    birth: MappingProxyType[Birth, float]
    citizenship_agrees: float
    citizenship_differs: float
    other_passport: float  # both show passports, none the same: renewed (one in six), or another person
    accept: float
    judge: float
    lead: float
    common_names: str  # the table of names that many bear

    @property
    def most(self) -> float:
        """The highest weight that two persons can reach: every field agrees."""
        return self.prior + max(self.family.values()) + max(self.given.values()) + max(self.birth.values()) + self.citizenship_agrees

    @property
    def asked(self) -> float:
        """From here on a person is asked about a pair, even where both show different passports."""
        return self.judge - self.other_passport

    def crossed(self, level: Part) -> float:
        """The weight of a level between a family name and a given name: the mean of the two, the same from both sides."""
        return (self.family[level] + self.given[level]) / 2


WEIGHTS = Weights(
    version="2026-11e",
    estimated="By hand, from the error rates of the notice's sources; not learnt from records.",
    prior=-20.0,
    family=MappingProxyType({Part.EXACT: 9.0, Part.SUBSET: 6.0, Part.CLOSE: 6.5, Part.ALIKE: 2.5, Part.UNKNOWN: 0.0, Part.DIFFERENT: -5.0}),
    given=MappingProxyType({Part.EXACT: 7.5, Part.SUBSET: 4.0, Part.CLOSE: 5.5, Part.ALIKE: 1.0, Part.UNKNOWN: 0.0, Part.DIFFERENT: -5.0}),
    swapped_names=-1.5,
    birth=MappingProxyType(
        {Birth.EXACT: 13.0, Birth.SWAPPED: 6.5, Birth.ONE_DIGIT: 5.5, Birth.PART: 4.0, Birth.UNKNOWN: 0.0, Birth.DIFFERENT: -9.0}
    ),
    citizenship_agrees=2.5,
    citizenship_differs=-4.0,
    other_passport=-3.0,
    accept=6.0,
    judge=0.0,
    lead=1.0,
    common_names="common_names_2026_11d",
)
