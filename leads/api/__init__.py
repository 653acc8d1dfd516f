"""Leads and referrals as data: the pages' own selectors, services and permissions, fields listed by name."""
