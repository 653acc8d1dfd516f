"""Pages as a signed-in person gets them, without a browser: for measurements and tests. Nothing of the application calls it."""

from __future__ import annotations

import time

from django.test import Client

from access.models import User
from access.sign_in import METHODS_KEY
from leadtrac.middleware import NOTICE_KEY


def signed_in(user: User, *, host: str = "testserver") -> Client:
    """A client whose session was opened with password and one-time code just now, the notice accepted."""
    client = Client(headers={"host": host})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    now = time.time()
    session[METHODS_KEY] = [
        {"method": "password", "at": now, "username": user.username},
        {"method": "mfa", "at": now, "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session[NOTICE_KEY] = True
    session.save()
    return client
