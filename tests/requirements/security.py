"""The 66 security checks. FR: FedRAMP r5 moderate; AS: OWASP ASVS 5.0.0; CJ: CJIS Security Policy; DJ: Django's deployment checks.

The parameters of FR and the requirements of AS were read in their published files. Those of CJ are from memory and Unverified.
Where sources disagree the stricter holds.
"""

from __future__ import annotations

from tests.requirements.book import Book, Requirement

HEAD = """# Security checks

<!-- Written by `python -m tests.requirements` from the marks of the tests. Do not edit by hand. -->

66 checks, each with the tests that prove it (paths under `tests/`). `make check` fails while this page is out of date or a check
has no test.

Sources: **FR** FedRAMP r5 moderate, **AS** OWASP ASVS 5.0.0, **CJ** CJIS Security Policy (Unverified: cited from memory),
**DJ** Django's own deployment checks. Where they disagree the stricter holds; what is decided where they leave a choice stands
in italics.
"""

CHECKS = (
    ("MFA on every account", "no page of ours opens with one factor", "FR IA-2(1)(2); AS 6.3.3; CJ", ""),
    ("a factor that cannot be phished", "WebAuthn; no SMS, no e-mail code", "FR IA-2", ""),
    ("lockout", "5 failures in 15 minutes", "CJ AC-7; FR AC-7", "counted by account and source; see 5"),
    ("length of the lockout", "30 minutes, or until an administrator ends it", "CJ AC-7", ""),
    (
        "the lockout is no tool against a colleague",
        "live sessions survive; the own device and another source still get in",
        "AS 6.1.1",
        "",
    ),
    ("no enumeration of accounts", "the same status, body and time (20 %) for known and unknown names", "AS 6.3.8", ""),
    ("length of a password", "15 at least", "FR IA-5(1); AS 6.2.1", ""),
    ("long passwords of any characters", "64 and more, no rule of composition", "AS 6.2.5, 6.2.9", ""),
    ("weak passwords", "the most used, breached ones, words of this place", "AS 6.2.4, 6.2.11, 6.2.12", ""),
    ("no forced rotation", "a password of 400 days still signs in", "FR IA-5(1); AS 6.2.10", "an older CJIS policy asked for 90 days"),
    ("hashing of passwords", "PBKDF2-SHA256 with 600,000 rounds at least", "AS 11.4.2", ""),
    (
        "time-based codes",
        "each code once; a new one every 30 s",
        "AS 6.5.1, 6.5.5",
        "a code is taken one step before and after its own, against clocks that differ (RFC 6238, 5.2)",
    ),
    ("reset tokens", "10 minutes, once, of the latest request only", "AS 6.5.5, 6.6.2", ""),
    ("a reset keeps the second factor", "it is still asked", "AS 6.4.3", ""),
    ("session ids", "new at sign-in and at each confirmation; 128 bits at least", "AS 7.2.3, 7.2.4", ""),
    ("idle lock", "15 minutes; 10 for administrators", "FR AC-11, SC-10; CJ", ""),
    ("longest session", "12 hours, whatever is done in it", "FR IA-11", "30 minutes of inactivity: see 16, which is stricter"),
    (
        "step-up",
        "a sign-in at most 5 minutes old for destruction, release of a hold, disclosure, grants",
        "AS 7.5.3",
        "",
    ),
    ("sign-out", "the session is dead on the server", "AS 7.4.1", ""),
    ("a closed account", "all its sessions end at once", "AS 7.4.2", ""),
    ("an administrator ends sessions", "all of a person; effective at once", "AS 7.4.5", ""),
    (
        "accounts that are not used",
        "90 days; a temporary one closes after 96 hours at most; administrators see both",
        "FR AC-2, AC-2(2)(3)",
        "",
    ),
    ("parallel sessions", "2; a third sign-in ends the oldest", "AS 7.1.2", ""),
    ("system-use notice", "shown and accepted before sign-in", "FR AC-8", ""),
    ("default deny", "every address outside a list asks for a sign-in", "AS 8.3.1", ""),
    ("access to objects", "out of scope is 404, with every verb, as for a made-up one", "AS 8.2.2", ""),
    ("access to fields", "identifiers are masked without the permission", "AS 8.2.3", ""),
    ("row-level security", "without context the application reads nothing", "ADR 4, ADR 5", ""),
    ("database role", "no superuser, no owner, no BYPASSRLS; workers refuse to start otherwise", "AS 13.2.2; FR AC-6", ""),
    ("coverage of row-level security", "FORCE and policies on every table, views with the rights of their reader", "ADR 4, ADR 5", ""),
    ("no context leaks", "two people on one connection", "ADR 4, ADR 5", ""),
    ("markings are conjunctive", "one missing marking hides", "FR AC-3, AC-4", ""),
    ("no leak by sums", "counts, lists and exports equal a slow rule", "AS 8.2.2", ""),
    (
        "separation of duties",
        "three people for a destruction, two to leave a compartment, to review, for routine use N",
        "FR AC-5; AS 2.3.5",
        "",
    ),
    ("least privilege", "roles and permissions equal a table that was reviewed", "FR AC-6", ""),
    ("administration is on record", "every act", "FR AC-6(9)", ""),
    ("revocation", "at the next request", "AS 8.3.2", ""),
    ("what is on record", "sign-ins, administration, refusals, reads, changes, removals", "FR AU-2", ""),
    ("what an event says", "who, what, when, where, source, outcome, session, object", "FR AU-3, AU-3(1); AS 16.2.1", ""),
    ("time of events", "UTC, to the second or finer", "FR AU-8; AS 16.2.2", ""),
    ("reads and searches", "the event stands before the answer, with the ids shown", "FR AU-2; AS 16.3.2", ""),
    ("bulk writes", "leave their trace", "FR AU-12", ""),
    (
        "the log fails",
        "the request fails closed, and the program's log says so loudly",
        "FR AU-5; AS 16.5.3",
        "FR's parameter says overwrite the oldest; we do not",
    ),
    ("append-only", "UPDATE, DELETE, TRUNCATE are refused", "FR AU-9; AS 16.4.2", ""),
    ("tampering", "the first index that was changed, dropped, reordered or cut is named", "FR AU-9", ""),
    ("an older database", "fails against the published checkpoints", "FR AU-9, SI-7", ""),
    ("no personal data in logs", "canaries are absent", "AS 16.2.5, 14.2.4", ""),
    ("no forged log lines", "CR, LF, ESC are encoded", "AS 16.4.1", ""),
    ("life of the log", "never removed by the application", "FR AU-11; M-26-14; CJ", ""),
    ("audit of the audit", "its pages are restricted and on record", "FR AU-9(4)", ""),
    ("HSTS", "a year, subdomains; HTTP is redirected", "AS 3.4.1; DJ W004, W005, W008", ""),
    ("cookies", "Secure, HttpOnly, SameSite, __Host-", "AS 3.3.1-3.3.4; DJ W012, W016", ""),
    ("headers", "content policy with frame-ancestors, nosniff, referrer policy", "AS 3.4.3-3.4.6; DJ W006, W022", ""),
    ("caching", "no-store behind the sign-in; Clear-Site-Data at sign-out", "AS 14.3.1, 14.3.2", ""),
    ("encryption at rest", "AES-256-GCM; a dump holds no canary", "FR SC-28(1); AS 11.3.2; CJ", ""),
    ("encryption on the way", "a database or Redis on another machine needs verified TLS", "FR SC-8(1); AS 12.3.1, 12.3.2", ""),
    ("approved cryptography", "no MD5 or SHA-1, no `random` for secrets", "FR SC-13; AS 11.4.1, 11.5.1", ""),
    (
        "uploads",
        "type by content and name, size, unpacked size; a scanner that is named passes a file or it is not kept",
        "AS 5.2.1-5.2.3, 5.4.3; FR SI-3",
        "",
    ),
    ("injection", "SQL, HTML, formulas in exports", "AS 1.2.1, 1.2.4, 1.2.10; FR SI-10", ""),
    ("safe methods", "GET never writes; the rest needs the CSRF token", "AS 3.5.1, 3.5.3", ""),
    ("mass assignment", "fields that the form does not have are ignored", "AS 15.3.3", ""),
    ("errors", "no stack, SQL or path", "AS 16.5.1; FR SI-11", ""),
    ("deployment check", "no warning", "DJ; AS 13.4.2", ""),
    (
        "bulk viewing",
        "an alarm within minutes for each person; exports are capped",
        "AS 2.4.1; FR AC-2(12)",
        "120 records opened in an hour, 10,000 taken out in a day; Unverified: our own numbers",
    ),
    ("no personal data in addresses", "searches are posted", "AS 14.2.1", ""),
    ("dependencies", "all pinned by hash; a bill of materials", "AS 15.1.2; FR SI-2", ""),
)

SECURITY = Book(
    page="security.md",
    mark="check",
    head=HEAD,
    requirements=tuple(Requirement(str(number), *line) for number, line in enumerate(CHECKS, start=1)),
    exceptions={
        "58": "Which scanner is named, and how new its signatures are, is the place's: here a script stands in for it. Drops are not "
        "scanned: they are text that is parsed, never executed or opened.",
        "66": "Whether a pinned version has a known weakness stands in an advisory database on another machine, and changes daily.",
    },
)
