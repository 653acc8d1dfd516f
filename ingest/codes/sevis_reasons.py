"""SEVIS reason codes of the batch schema 6.27 and the State Department's lookup tables (domain.md 3.3).

What a reason means for a lead is for the rules to say (`leads`); here stand only the words, per kind of record.
"""

from __future__ import annotations

STUDENT_TERMINATION: dict[str, str] = {
    "01": "Unauthorized withdrawal", "02": "Death", "03": "Unauthorized employment", "04": "Unauthorized drop below full course",
    "05": "Authorized drop below, time exceeded", "06": "Change of nonimmigrant classification",
    "07": "Change of nonimmigrant classification denied", "08": "Expulsion", "09": "Suspension",
    "10": "Absent from country for five months", "11": "Failure to enroll", "12": "Costs exceed resources",
    "13": "Transfer student no show", "14": "Denied transfer", "15": "Extension denied", "16": "Otherwise failing to maintain status",
    "17": "Violation of change-of-status requirements", "18": "Change of status denied", "19": "Change of status withdrawn",
    "20": "Change of status approved", "21": "Transfer withdrawn", "22": "No show, manual", "23": "Authorized early withdrawal",
    "24": "No show, system", "25": "School withdrawn",
}  # fmt: skip
EXCHANGE_TERMINATION: dict[str, str] = {
    "CONVIC": "Conviction of a crime", "DISCIP": "Disciplinary action", "ENGEMP": "Unauthorized employment",
    "FALACT": "Failure to pursue program activities", "FALADD": "Failure to report address", "FALINS": "Failure to keep insurance",
    "FALSTD": "Failure to maintain full course of study", "INVSUS": "Involuntary suspension", "OTHER": "Other",
    "VIOEXV": "Violation of exchange visitor regulations", "VIOSPN": "Violation of sponsor rules",
}  # fmt: skip
EXCHANGE_END: dict[str, str] = {
    "COMP": "Completed", "DOE": "Death", "ICP": "Unable to continue", "PCP": "Completed thirty days or more early", "WFP": "Withdrew",
}  # fmt: skip
STUDENT_CANCEL: dict[str, str] = {
    "01": "Not attending", "02": "Visa issued for another SEVIS ID", "03": "Registered under another SEVIS ID",
    "04": "Arrived under another SEVIS ID", "05": "Created in error", "06": "Offer withdrawn",
}  # fmt: skip
DEPENDENT_END: dict[str, str] = {
    "02": "Death", "03": "Child over 21", "04": "Divorce", "05": "Unauthorized employment", "06": "Principal terminated",
    "09": "Other", "10": "Principal completed",
}  # fmt: skip


def words(class_of_admission: str, status: str, code: str) -> str:
    """The words for a reason code on a record of this class and status; empty when no table knows it."""
    if class_of_admission[1:2] in {"2", "3"} and class_of_admission[:1] in {"F", "M", "J"}:
        return DEPENDENT_END.get(code, "")
    if class_of_admission.startswith("J"):
        return EXCHANGE_TERMINATION.get(code) or EXCHANGE_END.get(code, "")
    return STUDENT_CANCEL.get(code, "") if status == "canceled" else STUDENT_TERMINATION.get(code, "")
