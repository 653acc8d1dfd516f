"""The packet of a referral: what an office gets, as canonical JSON and as a tagged PDF."""
