"""What every part of the API shares: default deny, pages by cursor, refusals as data, one event a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from access.models import User
from access.permissions import Permission
from foundation.errors import InvalidInput, NotFound

CURSOR_LENGTH = 300
UUID_PATTERN = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
CURSOR = OpenApiParameter("cursor", str, description="Opaque: take it from `next` of the page before.")


class ProblemSerializer(serializers.Serializer[object]):
    """Why a request was refused: a sentence for a person, a code for a program."""

    detail = serializers.CharField()
    code = serializers.CharField()


READ_REFUSALS: dict[int, Any] = {403: ProblemSerializer, 404: ProblemSerializer, 422: ProblemSerializer}
ACT_REFUSALS: dict[int, Any] = dict.fromkeys((400, 403, 404, 409, 415, 422), ProblemSerializer)


class DeskViewSet(GenericViewSet[Any]):
    """A viewset that declares `required_permission` (and `act_permissions`, by name of the act, where an act needs another)."""

    required_permission: Permission
    act_permissions: Mapping[str, Permission] = {}


def who(request: Request) -> User:
    """The signed-in person: the middleware has let nobody else in."""
    return cast(User, request.user)


def cursor_of(request: Request) -> str:
    """The cursor that the address carries; empty for the first page."""
    return request.query_params.get("cursor", "")[:CURSOR_LENGTH]


def next_page(request: Request, cursor: str) -> str | None:
    """The address of the next page: the same question with the new cursor."""
    if not cursor:
        return None
    asked = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return f"{request.path}?{urlencode({**asked, 'cursor': cursor})}"


def uuid_of(text: str) -> UUID:
    """The id in an address. Raises `NotFound` for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def uuid_cursor(request: Request) -> UUID | None:
    """A cursor that is an id; what is none is as good as no cursor."""
    try:
        return UUID(cursor_of(request))
    except ValueError:
        return None


def given(body: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body of an act, checked. Raises `InvalidInput` that names the first field that is wrong."""
    read = body(data=request.data)
    if read.is_valid():
        return cast(dict[str, Any], read.validated_data)
    field, problems = next(iter(read.errors.items()))
    message = str(problems[0]) if isinstance(problems, list) else "This cannot be used."
    raise InvalidInput(message if field == "non_field_errors" else f"{field}: {message}", field=field)
