"""The one vocabulary that every source speaks: typed facts, as a source stated them.

Pure: no Django. A source file turns one checked row into `Statement`s made of these facts; `subjects` stores each kind
in a table of the same name; rules read them back through `leads.rules.snapshot`. Dates are calendar dates as the source
wrote them (a port's own date for a crossing); there is no time of day in a fact. `None` means "the source did not say".

Facts are values: nobody changes one. They are not declared frozen: building a frozen one takes two fifths of reading a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from foundation.listed import Listed


class Mode(Listed):
    """How a border was crossed (I-94 mode 1, 2, 3, 9)."""

    AIR = "air"
    SEA = "sea"
    LAND = "land"
    UNKNOWN = "unknown"


class DepartureEvidence(Listed):
    """What a departure rests on; `leads.rules.departure` grades it."""

    BIOMETRIC = "biometric"  # exit matched by fingerprint or face
    MANIFEST_DOCUMENT = "manifest_document"  # carrier manifest, document number agrees
    MANIFEST_NAME = "manifest_name"  # carrier manifest, name and date of birth only
    LAND = "land"  # land border record
    INFERRED = "inferred"  # a later entry shows that the person had left
    REPORTED = "reported"  # EID departed date, SEVIS last departure, a field office's word


class IdentifierKind(Listed):
    """Numbers that single out a person or a record (domain.md 4.2)."""

    I94 = "i94"
    PASSPORT = "passport"
    A_NUMBER = "a_number"
    SEVIS_ID = "sevis_id"
    FIN = "fin"
    VISA_FOIL = "visa_foil"
    RECEIPT = "receipt"
    SSN = "ssn"
    EID_SUBJECT = "eid_subject"
    TECS_ID = "tecs_id"
    PHONE = "phone"
    EMAIL = "email"


class AddressKind(Listed):
    """What an address is; an arrival address is often a hotel (domain.md 5.2)."""

    ARRIVAL = "arrival"
    RESIDENCE = "residence"
    SCHOOL_REPORTED = "school_reported"
    EMPLOYER = "employer"
    BENEFIT = "benefit"
    COMMERCIAL = "commercial"


class SevisStatus(Listed):
    """SEVIS status words (domain.md 3.3)."""

    UNKNOWN = "unknown"  # alleges nothing, and blocks until somebody looks
    INITIAL = "initial"
    ACTIVE = "active"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    CANCELED = "canceled"
    DEACTIVATED = "deactivated"


class FilingStatus(Listed):
    """Where a benefit filing stands."""

    UNKNOWN = "unknown"  # blocks where a pending one would speak for the person
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class FilingMethod(Listed):
    """Paper filings get the next business day (authorities.md WEEKEND)."""

    PAPER = "paper"
    ONLINE = "online"
    UNKNOWN = "unknown"


class VisaAction(Listed):
    """What happened to a visa."""

    UNKNOWN = "unknown"  # may have taken a revocation back
    ISSUED = "issued"
    REFUSED = "refused"
    REVOKED = "revoked"
    PROVISIONALLY_REVOKED = "provisionally_revoked"
    REVOCATION_REVERSED = "revocation_reversed"


class EncounterKind(Listed):
    """Why somebody met the person."""

    ARREST = "arrest"
    CUSTODY = "custody"
    CASE = "case"
    LOOKOUT = "lookout"
    INSPECTION = "inspection"
    BIOMETRIC = "biometric"
    EXIT = "exit"  # prints taken on the way out: a departure
    OUTCOME = "outcome"  # what a field office reported after a referral


@dataclass(slots=True, unsafe_hash=True)
class NameForm:
    """One name as one source wrote it, with the biographic details that came with it."""

    family_name: str
    given_name: str
    full_name_source_script: str = ""
    kind: str = "primary"  # primary | alias | maiden | former
    date_of_birth: date | None = None
    date_of_birth_text: str = ""  # partial or impossible dates as written: "1991", "1991-02", "1991-02-30"
    sex: str = ""  # F, M, X, U or empty; never an input of a score
    country_of_birth: str = ""  # raw code of the source
    citizenship: str = ""  # raw code of the source
    citizenship_iso3: str = ""  # mapped by the versioned crosswalk; empty when no table knows the raw code
    us_person: bool | None = None  # citizen or lawful permanent resident, where the source says so


@dataclass(slots=True, unsafe_hash=True)
class Identifier:
    """A number in its normalized form (`ingest.identifiers.normalize`)."""

    kind: IdentifierKind
    value: str
    country: str = ""  # issuing country of a passport, raw code
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(slots=True, unsafe_hash=True)
class Admission:
    """One admission or parole into the United States."""

    admission_number: str  # normalized I-94, empty where the source had none
    arrived_on: date
    class_of_admission: str  # B2, WT, F1, CP, ... as the source wrote it, upper case
    admit_until: date | None = None
    duration_of_status: bool = False
    admit_until_text: str = ""  # kept when it is neither a date nor D/S
    port: str = ""
    mode: Mode = Mode.UNKNOWN
    carrier: str = ""
    passport_number: str = ""
    passport_country: str = ""
    visa_foil: str = ""
    us_address_state: str = ""
    source_says: str = ""  # the source's own flag: "" | departed | overstayed | adjusted | apprehended | deceased | lost_i94


@dataclass(slots=True, unsafe_hash=True)
class Departure:
    """One departure from the United States, matched by the source or not."""

    departed_on: date
    evidence: DepartureEvidence
    admission_number: str = ""  # empty when the source did not match it to an admission
    passport_number: str = ""
    passport_country: str = ""
    port: str = ""
    mode: Mode = Mode.UNKNOWN
    carrier: str = ""


@dataclass(slots=True, unsafe_hash=True)
class StatusEvent:
    """A SEVIS record's state as of one extract (event rows, not persons: domain.md 3.3)."""

    sevis_id: str
    status: SevisStatus
    class_of_admission: str  # F1, M1, J1, F2, ...
    effective_on: date | None = None  # of this status
    reason_code: str = ""  # termination, end or cancel reason: "03", "CONVIC", ...
    failure_on: date | None = None  # the day of the failure itself, where the school said it
    program_start: date | None = None
    program_end: date | None = None
    practical_training_end: date | None = None  # OPT or STEM OPT end
    registered_on: date | None = None
    school_code: str = ""
    education_level: str = ""
    field_of_study: str = ""  # CIP code
    correction_pending: bool = False
    reinstatement: str = ""  # "" | pending | approved | denied
    reinstatement_on: date | None = None
    cap_gap: str = ""  # "" | F filed | T waitlisted | C canceled
    cap_gap_until: date | None = None
    transfer_to_sevis_id: str = ""
    principal_sevis_id: str = ""  # of a dependent
    issued_on: date | None = None  # of the newest form I-20 or DS-2019
    issued_hour: int | None = None  # 0-23, by the clock of the school


@dataclass(slots=True, unsafe_hash=True)
class BenefitFiling:
    """An application or petition for a benefit."""

    receipt_number: str
    form: str  # I-539, I-485, I-129, I-589, I-765, I-360, I-821, ...
    received_on: date
    status: FilingStatus
    method: FilingMethod = FilingMethod.UNKNOWN
    basis: str = ""  # extension | change | immediate_relative | vawa | family | employment | tps | asylum | parole | ""
    requested_class: str = ""
    decided_on: date | None = None
    valid_from: date | None = None  # of what was granted
    valid_until: date | None = None
    late_filing_excused: bool = False
    denial_frivolous_or_unauthorized_work: bool = False


@dataclass(slots=True, unsafe_hash=True)
class VisaEvent:
    """Something that happened to a visa."""

    visa_foil: str
    action: VisaAction
    occurred_on: date
    visa_class: str = ""
    effective_on: date | None = None
    expires_on: date | None = None
    post: str = ""
    basis: str = ""
    effective_on_departure: bool = False
    evus: bool = False  # automatic, for non-compliance with EVUS: never a lead by itself


@dataclass(slots=True, unsafe_hash=True)
class Encounter:
    """A meeting with law enforcement or an examiner."""

    event_number: str
    kind: EncounterKind
    occurred_on: date
    agency: str = ""
    case_status: str = ""
    in_custody: bool | None = None
    in_proceedings: bool | None = None
    final_order_on: date | None = None
    departed_on: date | None = None
    disposition: str = ""  # EID processing disposition code, or an outcome code
    basis: str = ""  # lookout reason, charge section, ...
    watchlist: bool = False
    criminal: bool = False
    place: str = ""  # port, post or office where the person was met, as the source wrote it


@dataclass(slots=True, unsafe_hash=True)
class Address:
    """A place where the person was said to live, study or stay."""

    line: str
    city: str = ""
    county: str = ""
    state: str = ""  # USPS code, upper case; empty when invalid
    postal_code: str = ""
    kind: AddressKind = AddressKind.RESIDENCE
    first_seen: date | None = None
    last_seen: date | None = None
    confirmed: bool = False


@dataclass(slots=True, unsafe_hash=True)
class Employment:
    """Work, or practical training, with an employer."""

    employer_name: str
    kind: str = ""  # opt | stem_opt | cpt | cpt_full | petition | reported
    started_on: date | None = None
    ended_on: date | None = None
    authorized: bool | None = None
    employer_address: str = ""


@dataclass(slots=True, unsafe_hash=True)
class LifeEvent:
    """Death, naturalization or permanent residence, as a source reports it."""

    kind: str  # died | naturalized | permanent_resident
    occurred_on: date | None = None


@dataclass(slots=True, unsafe_hash=True)
class Vehicle:
    """A vehicle linked to the person (the notice's categories of records)."""

    plate: str
    state: str = ""
    description: str = ""
    last_seen: date | None = None


@dataclass(slots=True, unsafe_hash=True)
class Finance:
    """Financial information (the notice's categories of records)."""

    kind: str  # funding | account | remittance
    description: str = ""
    amount_usd: int | None = None
    occurred_on: date | None = None


Fact = (
    NameForm
    | Identifier
    | Admission
    | Departure
    | StatusEvent
    | BenefitFiling
    | VisaEvent
    | Encounter
    | Address
    | Employment
    | LifeEvent
    | Vehicle
    | Finance
)
