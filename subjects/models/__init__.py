"""People, the typed facts about them, and the ledger of who is who."""

from subjects.models.associate import Associate
from subjects.models.fact import FACT_MODELS, FactBase
from subjects.models.identity import IdentityLink, Judgement, MatchKey, SubjectRedirect
from subjects.models.person_facts import EmploymentFact, FinanceFact, IdentifierFact, LifeEventFact, NameFact, VehicleFact
from subjects.models.possible import PossibleRecord
from subjects.models.presence_facts import AddressFact, AdmissionFact, DepartureFact, EncounterFact
from subjects.models.search import PersonSearch
from subjects.models.status_facts import FilingFact, StatusFact, VisaFact
from subjects.models.subject import Subject

__all__ = (
    "FACT_MODELS",
    "AddressFact",
    "AdmissionFact",
    "Associate",
    "DepartureFact",
    "EmploymentFact",
    "EncounterFact",
    "FactBase",
    "FilingFact",
    "FinanceFact",
    "IdentifierFact",
    "IdentityLink",
    "Judgement",
    "LifeEventFact",
    "MatchKey",
    "NameFact",
    "PersonSearch",
    "PossibleRecord",
    "StatusFact",
    "Subject",
    "SubjectRedirect",
    "VehicleFact",
    "VisaFact",
)
