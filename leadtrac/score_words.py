"""The lines that `manage.py score` prints. Counts only; nobody is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.simulator.scoring import Count, IdentityScore, LeadScore

PRECISION, RECALL = 0.95, 0.98  # what the rules are to reach, of open leads
NATIONAL_REVIEW = 540  # of 1,000 unmatched arrivals, closed by the review of 2011 (domain.md 1.1)

_EXPLAINED = """
all:    true matters of people whom a source flagged, with an open lead.
shown:  the same, of the people whom some row shows in the country after the violation began. A missing departure alone opens
        no lead (ADR 15): of two people of whom nothing is known but an arrival, one left unseen and one stayed, and their
        records are the same. So this is the recall that rules can be held to.
found:  true matters with an open lead or on the page Waiting for evidence; the rest were let go.
unseen: true matters that no source ever flagged: nothing of them may be kept here, so no column counts them.

"""


def rule_lines(score: LeadScore) -> Iterator[str]:
    """Precision, and recall of three kinds, by rule, beside the naive rule."""
    yield f"{score.people:,} people in the truth.\n\nOpen leads by rule, on people whom a source flagged:\n"
    yield f"{'':20} {'':>6} {'':>6} {'':>9}   {'recall of open leads':^20} {'':>8}   {'naive rule':^19}"
    heads = f"{'rule':20} {'true':>6} {'false':>6} {'precision':>9}   {'all':>9} {'shown':>10} {'found':>8}"
    yield f"{heads}   {'precision':>9} {'recall':>9} {'unseen':>7}"
    total, shown, kept, naive = Count(), Count(), Count(), Count()
    for rule, count in sorted(score.by_rule.items()):
        yield _rule_line(rule, count, score.shown[rule], score.kept[rule], score.naive_by_rule.get(rule), score.not_flagged[rule])
        total, shown, kept = total + count, shown + score.shown[rule], kept + score.kept[rule]
        naive += score.naive_by_rule.get(rule, Count())
    yield _rule_line("all rules", total, shown, kept, naive, score.not_flagged.total())
    yield _EXPLAINED


def kind_lines(score: LeadScore) -> Iterator[str]:
    """Precision, and recall of three kinds, of the same open leads by source and by kind of noise."""
    for title, counts in (("source that the suspicion rests on", score.by_source), ("kind of noise", score.by_noise)):
        yield f"Open leads by {title}:\n"
        yield f"{'':28} {'true':>6} {'false':>6} {'precision':>9}   {'all':>9} {'shown':>10} {'found':>8}"
        for name, each in sorted(counts.items()):
            yield _counts_line(name, 28, each.all, each.shown, each.kept)
        yield ""


def wrong_lines(score: LeadScore, closed: Mapping[str, Count]) -> Iterator[str]:
    """By rule: false leads on people who left in time, true leads let go, suspicions settled by evidence; beside the naive rule."""
    yield "Per 1,000, by rule (the naive rule in brackets):\n"
    yield f"{'rule':20} {'false leads on who left in time':>34} {'true matters let go':>30} {'closed by evidence':>26}"
    rules = sorted({*score.by_rule, *score.in_time})
    for rule in rules:
        yield _wrong_line(rule, score, closed)
    yield ""


def summary_lines(score: LeadScore, closed: Mapping[str, Count]) -> Iterator[str]:
    """The figures that count, each with its target."""
    total, shown, kept = (_sum(counts) for counts in (score.by_rule, score.shown, score.kept))
    true = kept.right_yes + kept.wrong_no
    waiting = kept.right_yes - total.right_yes
    yield f"Precision of open leads: {share(total.precision).strip()} (target over {PRECISION})"
    yield f"Recall of open leads, of people whom some row shows here: {share(shown.recall).strip()} (target over {RECALL})"
    yield f"Recall of open leads, of all true matters: {share(total.recall).strip()}; {waiting:,} more wait for evidence"
    yield f"Found, with an open lead or waiting for evidence: {share(kept.recall).strip()} of {true:,}"
    yield f"Never flagged by a source, and so no record here: {score.not_flagged.total():,}"
    in_time, naive = score.in_time.total(), score.naive_false_in_time.total()
    yield f"False leads per 1,000 who left in time: {per_thousand(score.false_in_time.total(), in_time)} of {in_time:,}"
    yield f"  naive rule: {per_thousand(naive, in_time)}"
    yield f"True matters let go per 1,000: {per_thousand(kept.wrong_no, true)} of {true:,}"
    measured = _sum(score.naive_by_rule)
    naive_true = measured.right_yes + measured.wrong_no
    yield f"  naive rule: {per_thousand(measured.wrong_no, naive_true)} of {naive_true:,}, for the rules that it has"
    people = closed.get("", Count())
    suspected = people.right_yes + people.wrong_no
    words = f"{per_thousand(people.right_yes, suspected)} per 1,000 of {suspected:,} (the national review of 2011 closed {NATIONAL_REVIEW})"
    yield f"Suspected people of whom nothing is open or waiting any more: {words}"


def situation_lines(score: LeadScore) -> Iterator[str]:
    """Where the answers are wrong, the most frequent first."""
    yield "\nWrong answers by situation:\n"
    wrong = {key: count for key, count in score.by_situation.items() if count.wrong_yes or count.wrong_no}
    for (rule, outcome), count in sorted(wrong.items(), key=lambda item: -(item[1].wrong_yes + item[1].wrong_no)):
        total = count.right_yes + count.wrong_yes + count.wrong_no + count.right_no
        yield f"{rule:20} {outcome:36} {count.wrong_yes:5,} wrongly said, {count.wrong_no:5,} missed, of {total:,}"


def identity_lines(score: IdentityScore) -> Iterator[str]:
    """How well records lie with their person."""
    yield f"\nIdentities: {score.subjects:,} subjects, {score.mixed:,} hold records of more than one person."
    yield f"Pairs of records: precision {share(score.precision).strip()}, recall {share(score.recall).strip()}.\n"
    for title, counts in (("source", score.by_source), ("noise on the person", score.by_noise)):
        yield f"{'Links by ' + title:32} {'records':>8} {'precision':>9} {'recall':>8} {'wrong':>7} {'astray':>7}"
        for name, count in sorted(counts.items()):
            records = count.owned.right_yes + count.owned.wrong_yes
            shares = f"{share(count.owned.precision):>9} {share(count.found.recall)}"
            yield f"{name:32} {records:8,} {shares} {count.owned.wrong_yes:7,} {count.found.wrong_no:7,}"
        yield ""
    yield "wrong:  records with a subject that is mostly somebody else. astray: records away from most of their person's records."


def share(value: float | None) -> str:
    """A share with three digits, or a dash where nothing can be said."""
    return f"{value:8.3f}" if value is not None else f"{'-':>8}"


def per_thousand(part: int, whole: int) -> str:
    """A rate with one digit, or a dash."""
    return f"{1000 * part / whole:.1f}" if whole else "-"


def _sum(counts: Mapping[str, Count]) -> Count:
    return sum(counts.values(), Count())


def _rule_line(rule: str, count: Count, shown: Count, kept: Count, naive: Count | None, not_flagged: int) -> str:
    ours = _counts_line(rule, 20, count, shown, kept)
    beside = f"{share(naive.precision):>9} {share(naive.recall):>9}" if naive else f"{'':9} {'':9}"
    return f"{ours}   {beside} {not_flagged:7,}"


def _counts_line(name: str, width: int, count: Count, shown: Count, kept: Count) -> str:
    true, false = count.right_yes + count.wrong_no, count.wrong_yes + count.right_no
    recalls = f"{share(count.recall):>9} {share(shown.recall):>10} {share(kept.recall)}"
    return f"{name:{width}} {true:6,} {false:6,} {share(count.precision):>9}   {recalls}"


def _wrong_line(rule: str, score: LeadScore, closed: Mapping[str, Count]) -> str:
    in_time, false, naive_false = score.in_time[rule], score.false_in_time[rule], score.naive_false_in_time
    kept, naive = score.kept[rule], score.naive_by_rule.get(rule)
    true = kept.right_yes + kept.wrong_no
    left = (
        f"{per_thousand(false, in_time)} ({per_thousand(naive_false[rule], in_time) if naive else '-'}) of {in_time:,}" if in_time else "-"
    )
    naive_missed = per_thousand(naive.wrong_no, naive.right_yes + naive.wrong_no) if naive else "-"
    let_go = f"{per_thousand(kept.wrong_no, true)} ({naive_missed}) of {true:,}"
    mine = closed.get(rule, Count())
    suspected = mine.right_yes + mine.wrong_no
    settled = f"{per_thousand(mine.right_yes, suspected)} of {suspected:,}"
    return f"{rule:20} {left:>34} {let_go:>30} {settled:>26}"
