"""Ports of entry, three letters each: the common ones, and those abroad (domain.md 2.4, 4.3).

A preclearance port stands abroad: it is no place in the United States. The table is a working part of the public list
of some 660 codes; a code that is not here is kept raw.
"""

from __future__ import annotations

AIR_AND_SEA: dict[str, str] = {
    "NYC": "New York, NY", "MIA": "Miami, FL", "LOS": "Los Angeles, CA", "SFR": "San Francisco, CA", "ORL": "Orlando, FL",
    "HHW": "Honolulu, HI", "NEW": "Newark, NJ", "CHI": "Chicago, IL", "HOU": "Houston, TX", "FTL": "Fort Lauderdale, FL",
    "ATL": "Atlanta, GA", "LVG": "Las Vegas, NV", "AGA": "Agana, GU", "WAS": "Washington, DC", "DAL": "Dallas, TX",
    "BOS": "Boston, MA", "SEA": "Seattle, WA", "DET": "Detroit, MI", "PHO": "Phoenix, AZ", "PHI": "Philadelphia, PA",
    "TAM": "Tampa, FL", "DEN": "Denver, CO", "SAI": "Saipan, MP", "SAJ": "San Juan, PR", "SDP": "San Diego, CA",
    "MSP": "Minneapolis-St. Paul, MN", "BAL": "Baltimore, MD", "NOL": "New Orleans, LA", "SPM": "St. Paul, MN",
}  # fmt: skip
LAND: dict[str, str] = {
    "BLA": "Blaine, WA", "CHM": "Champlain, NY", "EPI": "Eastport, ID", "HID": "Hidalgo, TX", "LAR": "Laredo, TX",
    "NIA": "Niagara Falls, NY", "NOG": "Nogales, AZ", "PDN": "Paso del Norte, TX", "SYS": "San Ysidro, CA",
}  # fmt: skip
PRECLEARANCE: dict[str, str] = {
    "DUB": "Dublin, Ireland",
    "TOR": "Toronto, Canada",
    "MAA": "Abu Dhabi",
    "NAS": "Nassau, Bahamas",
    "VCV": "Vancouver, Canada",
}
PORTS: dict[str, str] = {**AIR_AND_SEA, **LAND, **PRECLEARANCE}


def label(code: str) -> str:
    """The port's name, or the code itself where the table does not know it."""
    return PORTS.get(code, code)
