"""How long a temporary account lives before it closes by itself."""

from datetime import timedelta

TEMPORARY_FOR = timedelta(hours=96)  # NIST SP 800-53 AC-2(2), FedRAMP moderate: the most for a temporary account
