"""Where a request comes from, when proxies stand in front: the last address that no trusted proxy vouches for.

Each proxy appends to `X-Forwarded-For` the address that it was asked from. Read from the right, an entry is true as long as
the one who wrote it is trusted (MDN, "X-Forwarded-For: selecting an IP address"); whatever stands further left may have been
sent by anybody. Events, the lockout and the sign-in library all read the address that is put into `REMOTE_ADDR` here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"


def trusted_networks(words: Sequence[str]) -> tuple[Network, ...]:
    """The networks or single addresses that `words` name; raises `ValueError` on anything else."""
    return tuple(ipaddress.ip_network(word) for word in words)


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether this is the address of a proxy of ours."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def origin_of(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The address that the request comes from: `peer`, the other end of the connection, or whom the proxies speak for.

    An entry that is no address ends the search at the proxy that wrote it.
    """
    origin = peer
    for entry in reversed(forwarded_for.split(",")):
        if not is_trusted(origin, trusted):
            break
        parsed = _parsed(entry)
        if parsed is None:
            break
        origin = str(parsed)
    return origin


def _parsed(entry: str) -> Address | None:
    """The address in an entry, which may carry a port; IPv4 in the clothes of IPv6 is IPv4."""
    words = entry.strip()
    if words.startswith("["):
        words = words[1:].partition("]")[0]
    elif words.count(":") == 1:
        words = words.partition(":")[0]
    try:
        address = ipaddress.ip_address(words)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class OriginMiddleware:
    """Put the origin into `REMOTE_ADDR`; what an untrusted peer says of its own way here is dropped. Stands first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.trusted = trusted_networks(settings.TRUSTED_PROXIES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR", "")
        request.META["REMOTE_ADDR"] = origin_of(peer, request.META.pop(FORWARDED_FOR, ""), self.trusted)
        if not is_trusted(peer, self.trusted):
            request.META.pop(FORWARDED_PROTO, None)
        return self.get_response(request)
