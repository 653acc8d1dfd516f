"""What the help page says of each place of the navigation. Pure."""

from __future__ import annotations

from typing import Final

PLACES: Final = {
    "Queue": "The leads. Yours first; “Deal me the next” gives you the most urgent one that nobody has, and says why.",
    "Search": "Find a person by name, date of birth or any number. A search asks for its purpose, and is on record.",
    "Judging": "Records that may be one person. Same, different or unsure; every verdict can be taken back.",
    "Inbox": "What headquarters referred to your office: accept or return it, then report what you found.",
    "Referrals": "What went to which office, what it answered, and what is out of date. Recall one from here.",
    "Figures": "How much, how old, how often right. Each number leads to the list that it counts.",
    "Team": "Who has how many leads, who is away, and how many each may have.",
    "Quality": "Closings and referrals that chance has drawn for a second look.",
    "Organizations": "Schools, programs and employers: their students by status, signals and officials.",
    "Extracts": "What the sources delivered, what was used of it, and the rows that could not be used.",
    "Records": "What becomes due for archive and destruction, holds, schedules and certificates.",
    "Audit": "Who looked at what, in which search, and why.",
    "Break-glass": "Timed access that somebody took in a hurry. Each one is reviewed.",
    "Disclosures": "What of a person's record left the agency, when, why and to whom.",
    "Compartments": "People whose records only cleared readers open, and who moved them.",
    "Rule book": "Every rule in plain words, with the law that it rests on.",
    "Accounts": "People, roles and offices. An administrator sees no case.",
}
