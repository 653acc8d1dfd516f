"""A small OpenID Connect provider on this machine: discovery, keys, tokens; it signs in whoever it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "leadtrac"


@dataclass
class Provider:
    """What the provider says: `claims` go into the next token, over the usual ones."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    signing_key: rsa.RSAPrivateKey | None = None  # another one than the published
    url: str = ""
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)

    def authorized(self, address: str) -> dict[str, str]:
        """What the browser brings back from the provider's page at `address`."""
        self.asked = parse_qs(urlsplit(address).query)
        return {"code": "one-time", "state": self.asked["state"][0]}

    def token(self) -> str:
        """An ID token for whoever was signed in last."""
        now = int(time.time())
        usual = {"iss": self.issuer or self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.asked["nonce"][0]}
        return jwt.encode({**usual, **self.claims}, self.signing_key or self.key, algorithm="RS256", headers={"kid": "one"})

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        """The published keys."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers on a free port until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, words: dict[str, Any]) -> None:
            body = json.dumps(words).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer(provider.keys() if self.path == "/keys" else provider.configuration())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.answer({"access_token": "opaque", "token_type": "Bearer", "id_token": provider.token()})

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
