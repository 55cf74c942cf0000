"""The formats that xAPI gives to strings: UUID, IRI, mailbox, language tag, timestamp, duration.

Patterns are possessive (`*+`), so that a long hostile string costs time in proportion to its
length and no more.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeGuard

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

# RFC 3987, without checking the inside of a host.
_CHAR = (
    r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    r"\U00010000-\U000efffd]|%[0-9A-Fa-f]{2})"
)
_IRI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*+:(?=.)(?://(?:{_CHAR}|\[[0-9A-Fa-f:.]++\])*+)?+"
    rf"(?:{_CHAR}|/)*+(?:\?(?:{_CHAR}|[/?\ue000-\uf8ff])*+)?+(?:\#(?:{_CHAR}|[/?])*+)?+"
)

_MAILBOX = re.compile(r"mailto:[^@\s]++@[^@\s.]++(?:\.[^@\s.]++)++")

_SHA1 = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
# SHA-224, -256, -384 and -512 are the family (xAPI-Communication 1.5.2 wants the last three).
_SHA2 = re.compile(r"(?:[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", re.IGNORECASE)

_MEDIA_TYPE = re.compile(r"[\w!#$&^.+\-]++/[\w!#$&^.+\-]++(?:\s*;.*)?", re.ASCII | re.DOTALL)

# RFC 5646, section 2.1; the irregular tags of its "grandfathered" list begin with i- or sgn-.
_LANGUAGE = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})   # language, extended language
        (?:-[a-z]{4})?                                # script
        (?:-(?:[a-z]{2}|[0-9]{3}))?                   # region
        (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*      # variants
        (?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*          # extensions
        (?:-x(?:-[a-z0-9]{1,8})+)?                    # private use
      | x(?:-[a-z0-9]{1,8})+
      | i-[a-z]{3,8} | sgn-[a-z]{2}-[a-z]{2} | en-gb-oed""",
    re.IGNORECASE | re.VERBOSE,
)

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?"
    r"([Zz]|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)

# ISO 8601:2004, 4.4.3.2: weeks stand alone; only the last part may have a fraction.
_DURATION = re.compile(
    r"P(?:\d+(?:[.,]\d+)?W"
    r"|(?=\d|T\d)(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?D)?"
    r"(?:T(?=\d)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?)",
    re.ASCII,
)


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_string(value: object) -> TypeGuard[str]:
    """True of every string, also the empty one."""
    return isinstance(value, str)


def is_boolean(value: object) -> TypeGuard[bool]:
    """True of true and false, never of the strings "true" and "false" (xAPI-Data 2.2)."""
    return isinstance(value, bool)


def is_number(value: object) -> TypeGuard[int | float]:
    """True of JSON numbers; Python would count True as one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_length(value: object) -> bool:
    """True of whole numbers from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_uuid(value: object) -> TypeGuard[str]:
    """A UUID in standard string form (xAPI-Data 4.4), of any version."""
    return _matches(_UUID, value)


def is_iri(value: object) -> TypeGuard[str]:
    """An IRI with a scheme (xAPI-Data 4.3, RFC 3987)."""
    return _matches(_IRI, value)


def is_mailbox(value: object) -> bool:
    """`mailto:` and an address whose domain has a dot (xAPI-Data 2.4.2.3)."""
    return _matches(_MAILBOX, value)


def is_sha1(value: object) -> bool:
    """Forty hexadecimal digits."""
    return _matches(_SHA1, value)


def is_sha2(value: object) -> bool:
    """The hexadecimal digits of one of the SHA-2 hashes (xAPI-Data 2.4.11)."""
    return _matches(_SHA2, value)


def is_media_type(value: object) -> bool:
    """`type/subtype`, with or without parameters."""
    return _matches(_MEDIA_TYPE, value)


def is_language_tag(value: object) -> bool:
    """A language tag that is well-formed after RFC 5646 (xAPI-Data 4.2)."""
    return _matches(_LANGUAGE, value)


def is_duration(value: object) -> bool:
    """A duration in the format of ISO 8601 with designators (xAPI-Data 4.6)."""
    if not isinstance(value, str) or _DURATION.fullmatch(value) is None:
        return False
    fraction = re.search(r"[.,]\d+[YMWDHS]", value)
    return fraction is None or fraction.end() == len(value)


def is_timestamp(value: object) -> bool:
    """A date and time after RFC 3339; one without a zone is accepted (xAPI-Data 4.5)."""
    return isinstance(value, str) and parse_timestamp(value) is not None


def parse_timestamp(text: str) -> datetime | None:
    """The instant that a timestamp names, as aware UTC, cut to microseconds; None if it is none.

    Without a zone it is read as UTC. The offset -00:00 is refused as ADL's suite wants it, and so
    are leap seconds and instants outside the years 1 to 9999, which nobody could store.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    *parts, fraction, zone, sign, hours, minutes = match.groups()
    offset = timedelta()
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if int(minutes or 0) > 59 or (sign == "-" and not offset):
            return None
        offset = -offset if sign == "-" else offset
    try:
        year, month, day, hour, minute, second = map(int, parts)
        microsecond = int((fraction or "")[:6].ljust(6, "0"))
        return datetime(
            year, month, day, hour, minute, second, microsecond, timezone(offset)
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
