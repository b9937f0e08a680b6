"""Who may read the figures of /metrics; no HTTP, no database."""

from __future__ import annotations

import hmac
from ipaddress import IPv6Address, ip_address

from ekopi.config import Settings


def may_read_figures(settings: Settings, *, bearer: str | None, address: str | None, forwarded: bool) -> bool:
    """With EKOPI_METRICS_TOKEN whoever has it, from anywhere; without it this computer alone.

    Through a proxy everybody comes from loopback, so where one stands in front (hops, https, or a proxy's
    header: `forwarded`) nobody is let in without the token. It is compared in constant time.
    """
    if settings.metrics_token:
        return hmac.compare_digest((bearer or "").encode(), settings.metrics_token.encode())
    behind_proxy = settings.proxy_hops > 0 or settings.https or forwarded
    return not behind_proxy and _loopback(address)


def _loopback(address: str | None) -> bool:
    try:
        known = ip_address(address or "")
    except ValueError:  # a socket file has no address
        return False
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return (mapped or known).is_loopback
