"""Rule versions that are written and tested and not in force: a draft is replayed over past leads before two people promote it.

A version that was in force stays here when its successor is promoted, so that a roll-back gives the first verdicts again.
"""

from __future__ import annotations

from leads.rules import transfer_no_show
from leads.rules.base import Rule

DRAFTS: tuple[Rule, ...] = (transfer_no_show.DRAFT,)
