"""What one row says, made of facts (`ingest.facts`): about one person and those beside them, or about one organization. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ingest.facts import Address, Fact, Identifier


@dataclass(slots=True, unsafe_hash=True)
class AssociateStatement:
    """A family member or employer of a suspected violator: only the elements that the notice lists.

    Source: DHS/ICE-015, categories of records: names, dates of birth, contact information, other identifying numbers.
    """

    relation: str  # spouse | child | parent | sibling | principal | dependent | employer | sponsor | other
    family_name: str = ""
    given_name: str = ""
    organization_name: str = ""
    date_of_birth: date | None = None
    contact: str = ""
    identifiers: tuple[Identifier, ...] = ()
    us_person: bool | None = None


@dataclass(slots=True, unsafe_hash=True)
class OfficialStatement:
    """A school or program official: only the elements that the notice lists for officials."""

    role: str  # pdso | dso | ro | aro | executive | counsel
    family_name: str
    given_name: str
    sevis_official_id: str = ""
    aliases: tuple[str, ...] = ()
    sex: str = ""
    date_of_birth: date | None = None
    country_of_birth: str = ""
    citizenship: str = ""
    contact: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class OrganizationStatement:
    """A school, exchange program or employer as a source describes it."""

    kind: str  # school | program | employer
    code: str  # school code BOS214F00000000, program P-1-00000; empty for an employer
    name: str
    school_type: str = ""
    address: Address | None = None
    phone: str = ""
    certified_on: date | None = None
    withdrawn_on: date | None = None
    accreditation: str = ""
    operating_authority: str = ""
    student_capacity: int | None = None  # as stated for the certification
    students_enrolled: int | None = None
    officials: tuple[OfficialStatement, ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class Statement:
    """What one row says about one person (or one organization).

    `record_key`: the source's own key of the record (an I-94, a receipt); a later row with the same key supersedes it.
    `flagged`: the source itself flags the person on `as_of` (a stay ended unmatched, a record terminated, a visa revoked);
    an unflagged row of an unknown person only waits in the buffer (minimization, design 4).
    """

    record_key: str
    flagged: bool
    facts: tuple[Fact, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    associates: tuple[AssociateStatement, ...] = ()
    organization: OrganizationStatement | None = None
    protected: bool = False  # 8 USC 1367 or asylum confidentiality: opens the protected compartment
    notes: tuple[str, ...] = field(default=())  # unknown codes kept raw, in a user's words
