"""What a referral's row says once its packet no longer holds; whatever was read or told before is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def no_longer_holds(now: datetime, because: str) -> dict[str, Any]:
    """The columns to write. `because` is a content-free sentence that the office reads."""
    return {
        "out_of_date_since": now,
        "out_of_date_because": because,
        "acknowledged_by": None,
        "acknowledged_at": None,
        "told_at": None,
        "escalated_at": None,
    }
