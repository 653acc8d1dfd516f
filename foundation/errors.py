"""The small family of errors that the domain raises; `leadtrac.errors` alone turns them into pages and API answers.

Texts are written for the person at the desk and never contain personal data.
"""

from __future__ import annotations


class DomainError(Exception):
    """Something that the rules of the house refuse. `message` is shown to the user as it is."""

    status = 400
    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotFound(DomainError):
    """Missing, or not for this user: the two look the same."""

    status = 404
    code = "not_found"

    def __init__(self, message: str = "There is no such record, or you may not see it.") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """A visible thing, an action that the user's role lacks: the reason is shown."""

    status = 403
    code = "forbidden"


class StepUpNeeded(Forbidden):
    """The action needs a sign-in that is at most five minutes old."""

    code = "step_up"


class InvalidInput(DomainError):
    """What was entered cannot be used; `field` names the form field where there is one."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Conflict(DomainError):
    """Somebody else was faster, or the record has moved on since the page was opened."""

    status = 409
    code = "conflict"


class FormOnly(DomainError):
    """An address that takes what a form sends was opened as a page: from the address bar, or by Back."""

    status = 405
    code = "form_only"

    def __init__(self) -> None:
        super().__init__("Nothing was done: only a button leads here.")


class AuditUnavailable(DomainError):
    """The audit event could not be written, so nothing is shown and nothing is changed."""

    status = 503
    code = "audit_unavailable"

    def __init__(self) -> None:
        super().__init__("The record of who looks at what cannot be written just now, so nothing can be shown. Try again in a minute.")


class NoActor(RuntimeError):
    """A programming error: work on protected tables was started without saying who acts."""
