"""Which links a person may show to others."""

from urllib.parse import urlsplit


def is_web_address(text: str) -> bool:
    """Whether this is a plain web address: http or https, a host, nothing hidden in it.

    >>> is_web_address("https://wiki.example/brief?page=2")
    True
    >>> is_web_address("javascript:alert(1)")
    False
    """
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    if not all(character.isprintable() and character != " " for character in text):
        return False
    names_somebody = parts.username is not None or parts.password is not None
    return parts.scheme in ("http", "https") and has_host and not names_somebody
