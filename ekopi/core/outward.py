"""The one way out: fetches from hosts that the installation allows, and from nowhere else.

A name is resolved once and the call goes to that address, so that a second answer of the name server changes nothing.
Names must lead to public addresses only; an address inside of a network can be allowed by writing it into the list
itself. Every redirect is checked like the first address.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import SplitResult, urljoin, urlsplit

REDIRECTS = 3
TIMEOUT = 10.0
"""Seconds for the connection, and between two pieces of an answer."""
TOTAL = 120.0
"""Seconds for an answer, redirects included."""
CHUNK = 64 * 1024
PORTS = {"http": 80, "https": 443}
_TRANSLATED = tuple(
    ipaddress.IPv6Network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
"""IPv6 addresses that stand for an IPv4 one, which may be any."""


class NotAllowed(Exception):
    """The address, or one that it redirects to, is none that may be called; `host` says which."""

    def __init__(self, host: str):
        super().__init__(host)
        self.host = host


class Unreachable(Exception):
    """No whole answer came: no connection, too slow, broken off."""


class TooLarge(Exception):
    """The answer is larger than asked for."""


@dataclass(frozen=True)
class Answer:
    """Status and headers (names in small letters) of the last answer; its body went into `into`."""

    url: str
    status: int
    headers: dict[str, str]


def hosts_of(setting: str) -> frozenset[str]:
    """The hosts of a list with commas: "api.contoh.go.id", "10.0.0.5:8080"."""
    return frozenset(part.strip().lower() for part in setting.split(",") if part.strip())


def allowed(url: str, hosts: Collection[str]) -> bool:
    """Whether the address is of an allowed host; what its name leads to is looked at when it is called."""
    try:
        _checked(url, hosts)
    except NotAllowed:
        return False
    return True


def fetch(
    url: str,
    into: IO[bytes],
    *,
    hosts: Collection[str],
    limit: int,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    total: float = TOTAL,
) -> Answer:
    """GETs an address and writes its body, at most `limit` bytes, into the open file.

    Raises NotAllowed, Unreachable, TooLarge; a status of failure is an answer like others.
    """
    deadline = time.monotonic() + total
    for _hop in range(REDIRECTS + 1):
        parts = _checked(url, hosts)
        connection = _connection(parts, _address(parts), timeout)
        watch = threading.Timer(max(deadline - time.monotonic(), 0.001), _cut, (connection,))
        watch.start()
        try:
            connection.request("GET", _target(parts), headers=_headers(headers))
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            if answer.status in (301, 302, 303, 307, 308) and "location" in said:
                url = urljoin(url, said["location"])
                continue
            _copy(answer, into, limit)
            return Answer(url, answer.status, said)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(type(error).__name__) from error
        finally:
            watch.cancel()
            connection.close()
    raise Unreachable("redirects")


def _headers(more: Mapping[str, str] | None) -> dict[str, str]:
    return {"Accept-Encoding": "identity", "User-Agent": "EKOPI", **(more or {})}


def _copy(answer: http.client.HTTPResponse, into: IO[bytes], limit: int) -> None:
    size = 0
    while chunk := answer.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge()
        into.write(chunk)
    if answer.length:  # the connection ended before what was announced
        raise Unreachable("IncompleteRead")


def _cut(connection: http.client.HTTPConnection) -> None:
    """Ends a call that takes too long, whatever it waits for."""
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _checked(url: str, hosts: Collection[str]) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotAllowed(url[:100]) from error
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in PORTS or not plain or "@" in parts.netloc or not host:
        raise NotAllowed(host or url[:100])
    name = f"[{host}]" if ":" in host else host
    usual = PORTS[parts.scheme]
    listed = {f"{name}:{port or usual}"} | ({name} if (port or usual) == usual else set[str]())
    if not listed & set(hosts):
        raise NotAllowed(host)
    return parts


def _address(parts: SplitResult) -> str:
    """The one address that is called. A name that leads to any address that is not public is refused as a whole."""
    host = parts.hostname or ""
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host))  # it stands in the list itself
    try:
        found = socket.getaddrinfo(host, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("name") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(public(address) for address in addresses):
        raise NotAllowed(host)
    return addresses[0]


def public(address: str) -> bool:
    """Whether an address is one of the open Internet, and does not stand for another one."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address) and (
        known.ipv4_mapped is not None or any(known in net for net in _TRANSLATED)
    ):
        return False
    return known.is_global and not known.is_multicast


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connection(parts: SplitResult, address: str, timeout: float) -> http.client.HTTPConnection:
    made = (_Secure if parts.scheme == "https" else _Plain)(
        parts.hostname or "", _port(parts), timeout=timeout
    )
    made.address = address
    return made


class _Plain(http.client.HTTPConnection):
    address = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _Secure(http.client.HTTPSConnection):
    address = ""

    def connect(self) -> None:
        sock = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host)
