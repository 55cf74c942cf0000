"""One address for each way in which an LMS differs from the others, each with its source."""

from urllib.parse import urlsplit

# Products whose services live on several hosts. Every other LMS is one host.
HOSTED_FAMILIES = (
    # One issuer for every institution, sign-in at sso.canvaslms.com, courses at the institution's
    # own host (Canvas: doc/api/lti_launch_overview.md).
    ("instructure.com", "canvaslms.com"),
    # The tenant's host signs in, auth.brightspace.com gives tokens (D2L: LTI Advantage articles).
    ("brightspace.com", "desire2learn.com", "d2l.com"),
    # Issuer blackboard.com, everything else at developer.blackboard.com (Blackboard: OIDC login).
    ("blackboard.com",),
)


def same_family(address: str, other: str) -> bool:
    """Whether two web addresses belong to one LMS: one host and port, or one hosted product."""
    host, other_host = _netloc(address), _netloc(other)
    if not host or not other_host:
        return False
    family = _family(host)
    return host == other_host or (bool(family) and family == _family(other_host))


def frame_origins(*addresses: str | None) -> tuple[str, ...]:
    """Who may frame the pages of a platform: the origins of its addresses.

    Hosted Canvas shows courses on the institution's host, which neither the issuer nor the
    authorization endpoint names; so every host of the family may.
    """
    origins: dict[str, None] = {}
    for address in addresses:
        host = _netloc(address or "")
        if host:
            origins[f"{urlsplit(address or '').scheme}://{host}"] = None
            origins.update((f"https://*.{domain}", None) for domain in _family(host))
    return tuple(origins)


def _family(host: str) -> tuple[str, ...]:
    for family in HOSTED_FAMILIES:
        if any(host == domain or host.endswith("." + domain) for domain in family):
            return family
    return ()


def _netloc(address: str) -> str:
    """Host and port in lower case, or nothing for what is no plain web address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789.-_:")
    if parts.scheme not in ("http", "https") or not host or not set(host) <= allowed:
        return ""
    if parts.username is not None or parts.password is not None:
        return ""
    default = 443 if parts.scheme == "https" else 80
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, default) else f"{name}:{port}"
