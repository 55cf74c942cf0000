"""One address for each way in which an LMS differs from the others, each with its source."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Product:
    """What people call an LMS, and what its administrator does after a registration."""

    name: str
    next_step: str


PRODUCTS = {
    # The tool arrives pending and hidden (Moodle 4.5: registration_helper.php).
    "moodle": Product(
        "Moodle",
        "Under External tool, Manage tools, press Activate on the card of Cohort programs. To let "
        "teachers add it themselves, set it to show in the activity chooser; and tick that it may "
        "add grades, or milestones will not reach the gradebook.",
    ),
    # An administrator reviews and may drop scopes; the key is off until then (registration.md).
    "canvas": Product(
        "Canvas",
        "Canvas shows a review of what was asked for. Keep the services ticked, since milestones "
        "and the roster need them, then turn the key on and make the app available to the account.",
    ),
    "desire2learn": Product(
        "Brightspace",
        "Under Manage Extensibility, LTI Advantage, enable Cohort programs and make a deployment "
        "that shares names, with Assignment and Grade Services and the roster ticked.",
    ),
    "blackboard": Product(
        "Blackboard",
        "Under LTI Tool Providers, approve Cohort programs and allow it grades and memberships.",
    ),
    "practice-lms": Product("the practice LMS", "On its page Tools, press Activate."),
    "sakai": Product("Sakai", "Under Plus or External Tools, allow Cohort programs in sites."),
}

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


def product(family: str) -> Product:
    """The product of a `product_family_code`; any other LMS has a next step in general words."""
    return PRODUCTS.get(
        family.lower(),
        Product("your LMS", "Look for Cohort programs among its external tools and enable it."),
    )


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
