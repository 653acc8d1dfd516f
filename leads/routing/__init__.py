"""Which field office gets a referral: by the newest good address, with a reason; no address, no office, no default. Pure."""
