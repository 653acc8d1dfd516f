"""How well a person fits what was typed, in words and in one number to rank by. Pure.

Names: each typed word takes the likest word that is still free (Jaro-Winkler, one to one), order does not matter
(entity-resolution 4: a small aligned comparator equals the best open matcher). The number only ranks; what is shown is
the list of reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import JaroWinkler

from subjects.search.dates import Birth

SAME_WORD = 0.999
JOINED_LIKE = 0.9  # two words written as one and the word that they may be
ALIKE = 0.8  # below it two words have nothing to do with each other
BY_CHANCE = 0.6  # a name that fits less well, as one word of two does, is no sign beside another date of birth
LEFT_OVER = 0.03  # for each word of the person's name that nobody typed
NAME_DIFFERS = "name differs"
_BIRTH_POINTS = {"same": 0.5, "swapped": 0.3, "near": 0.3, "missing": 0.0, "differs": -0.3}
_NARROWING_POINTS = {True: 0.1, False: -0.05}  # shared by very many, and mistaken in some rows
_PLACE_POINTS = 0.4  # an address, an employer or a school is shared by many
_BIRTH_WORDS = {"same": "date of birth", "swapped": "day and month of birth swapped", "near": "date of birth a day off"}


@dataclass(frozen=True, slots=True)
class NameFit:
    """How a typed name fits a known one: 0 to 1, and in a word."""

    score: float
    word: str  # "", "name", "name in another order", "part of the name", "name spelled differently"


@dataclass(frozen=True, slots=True)
class Fit:
    """The whole: `score` ranks, `reasons` are shown ("matched on name, date of birth"), `against` speak against."""

    score: float
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()


def fit_of_name(typed: tuple[str, ...], known: str) -> NameFit:
    """Compare romanized words with a stored name key; also tries neighbors written as one word."""
    words = tuple(known.split())
    if not typed or not words:
        return NameFit(0.0, "")
    return max((_aligned(left, right) for left, right in _joinings(typed, words)), key=lambda fit: fit.score)


def _joinings(typed: tuple[str, ...], known: tuple[str, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The two names as they are, and with two neighboring words of one run together when the other holds that word."""
    pairs = [(typed, known)]
    pairs += [(joined, known) for joined in _joined(typed, known)]
    pairs += [(typed, joined) for joined in _joined(known, typed)]
    return pairs


def _joined(words: tuple[str, ...], other: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = []
    longest = max(map(len, other))
    for place in range(len(words) - 1):
        length = len(words[place]) + len(words[place + 1])
        # an initial is no part of a word; and a word less than half as long is never so like
        if 2 * longest < length or min(len(words[place]), len(words[place + 1])) < 2:
            continue
        long = [word for word in other if 2 * len(word) >= length]
        for both in (words[place] + words[place + 1], words[place + 1] + words[place]):
            if any(JaroWinkler.similarity(both, word, score_cutoff=JOINED_LIKE) for word in long):
                found.append((*words[:place], both, *words[place + 2 :]))
    return found


def _aligned(typed: tuple[str, ...], known: tuple[str, ...]) -> NameFit:
    scored = sorted(
        ((_likeness(left, right), -abs(i - j), i, j) for i, left in enumerate(typed) for j, right in enumerate(known)), reverse=True
    )
    taken: dict[int, tuple[int, float]] = {}
    used: set[int] = set()
    for score, _, i, j in scored:
        if score < ALIKE or i in taken or j in used:
            continue
        taken[i] = (j, score)
        used.add(j)
    if not taken:
        return NameFit(0.0, "")
    total = sum(score for _, score in taken.values()) / len(typed)
    left_over = max(0, len(known) - len(typed))
    return NameFit(max(0.0, total - LEFT_OVER * left_over), _word_for(taken, len(typed), len(known)))


def _likeness(left: str, right: str) -> float:
    if left == right:
        return 1.0
    if len(left) == 1 or len(right) == 1:  # an initial
        return 0.85 if left[0] == right[0] else 0.0
    return float(JaroWinkler.similarity(left, right))


def _word_for(taken: dict[int, tuple[int, float]], typed: int, known: int) -> str:
    exact = all(score >= SAME_WORD for _, score in taken.values())
    if len(taken) < typed or (exact and typed < known):
        return "part of the name"
    if not exact:
        return "name spelled differently"
    places = [taken[i][0] for i in sorted(taken)]
    return "name" if places == sorted(places) else "name in another order"


def fit(  # one argument an element of the form
    *,
    typed: tuple[str, ...],
    names: tuple[str, ...],
    aliases: tuple[str, ...],
    born: Birth | None,
    births: tuple[date, ...],
    narrowing: tuple[tuple[str, bool], ...],
    numbers: tuple[str, ...],
    places: tuple[str, ...] = (),
) -> Fit:
    """Score one person. `names` are the forms of the name that is shown, `aliases` all others by which sources know the person;
    `births` all that sources state; `narrowing` further elements that were typed and are stated, in words, and whether they agree;
    `numbers` the kinds of numbers that matched, `places` what else did, in words. No reasons: nothing but chance."""
    score, reasons, against = 0.0, [], []
    agreement = _best_birth(born, births) if born is not None else ""
    for kind in numbers:
        score += 2.0
        reasons.append(kind)
    if typed:
        shown, other = _best_name(typed, names), _best_name(typed, aliases)
        best = other if other.score > shown.score else shown
        if not numbers and not places and _by_chance(best, agreement, exact=born is not None and born.is_whole):
            return Fit(0.0, ())
        score += best.score
        if best.word:
            reasons.append(f"{best.word}, as an alias" if best is other else best.word)
        else:
            against.append(NAME_DIFFERS)
    if born is not None:
        score += _BIRTH_POINTS[agreement]
        if agreement in _BIRTH_WORDS:
            reasons.append(_birth_words(agreement, born))
        elif agreement == "differs":
            against.append("date of birth differs")
    for element, fits in narrowing:
        score += _NARROWING_POINTS[fits]
        (reasons if fits else against).append(element if fits else f"{element} differs")
    return Fit(score + _PLACE_POINTS * len(places), (*reasons, *places), tuple(against))


def _by_chance(name: NameFit, agreement: str, *, exact: bool) -> bool:
    """Whether a person shares with what was typed only what very many share: nobody is shown who happens to be born in that year.

    A whole date of birth is a sign without the name, which people change.
    """
    if not name.word:
        return not (exact and agreement == "same")
    return agreement == "differs" and name.score < BY_CHANCE


def _best_name(typed: tuple[str, ...], names: tuple[str, ...]) -> NameFit:
    return max((fit_of_name(typed, known) for known in names), key=lambda found: found.score, default=NameFit(0.0, ""))


def _birth_words(found: str, born: Birth) -> str:
    if born.is_whole:
        return _BIRTH_WORDS[found]
    return "year of birth" if born.first.month != born.last.month else "month of birth"


def _best_birth(born: Birth, births: tuple[date, ...]) -> str:
    order = ("same", "swapped", "near", "differs")
    found = {born.agreement(known) for known in births}
    return next((word for word in order if word in found), "missing")
