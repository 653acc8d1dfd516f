"""No rule, period or rebuttal cites an authority that the committed table does not have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leads.rules import authorities, periods
from leads.rules.base import Unverified
from leads.rules.registry import ALL

RULES = Path(authorities.__file__).parent


def test_every_rule_cites_known_authorities_and_at_least_one() -> None:
    for rule in ALL:
        keys = [each for each in rule.authorities if isinstance(each, str)]
        assert keys, rule.id
        assert set(keys) <= set(authorities.sources()), rule.id


def test_what_no_authority_confirms_is_marked_unverified() -> None:
    for rule in ALL:
        unread = {
            key for key in rule.authorities if isinstance(key, str) and authorities.source(key).status is authorities.Reading.NOT_FOUND
        }
        assert not unread or any(isinstance(each, Unverified) for each in rule.authorities), rule.id


def test_every_period_cites_a_known_authority() -> None:
    cited = {each.authority for history in periods.all_periods().values() for each in history}
    assert cited <= set(authorities.sources())


def test_every_key_written_in_a_rule_file_is_in_the_table() -> None:
    written = {
        key
        for path in RULES.glob("*.py")
        for key in re.findall(r'"([A-Z0-9]{2,}-[A-Z0-9]{2,}|TPS|PAROLE|RCPT|WEEKEND)"', path.read_text(encoding="utf-8"))
    }
    forms = {key for key in written if re.fullmatch(r"I-\d+[A-Z]?", key)}
    assert written - forms <= set(authorities.sources())


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(authorities.UnknownAuthority):
        authorities.source("NO-SUCH-KEY")
