"""Which reconnect URLs a session follows.

Twitch sends a session to another host of the same domain (`cell-a.eventsub.wss.twitch.tv`). A URL from the network
is a request to open a connection anywhere, so it is followed only to the configured EventSub host or below it, over
the same scheme. Ports may differ. A host without a domain (an address, `localhost`) has no "below": it must be equal.
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from twitch.eventsub.outcomes import place

# Far above any URL seen; a longer one is no URL.
URL_LENGTH_MAX = 4096

# What a name in DNS is made of here. Others (`%2f`, `;`) could be read as the end of the host by whoever comes next.
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


def why_refused(url: object, eventsub_url: str, suffixes: tuple[str, ...] = ()) -> str | None:
    """Why `url` is not followed, as a sentence for an operator; None when it is.

    `eventsub_url` is the session's own; `suffixes` are domains that are trusted besides its host.
    """
    if not isinstance(url, str) or not url:
        return "the reconnect message names no URL"
    # Two parsers may read a URL with such characters as two hosts, and the check would be for the wrong one.
    if len(url) > URL_LENGTH_MAX or any(not "!" <= c <= "~" or c == "\\" for c in url):
        return "the reconnect URL is too long or has characters that no URL has"
    asked, ours = _split(url), urlsplit(eventsub_url)
    if asked is None or not asked.hostname:
        return "the reconnect URL cannot be read"
    if asked.scheme != ours.scheme:
        return f"the reconnect URL's scheme is not {ours.scheme}: {place(url)}"
    if asked.username is not None or asked.password is not None:
        return f"the reconnect URL has a user name in it: {place(url)}"
    host, own = _host(asked.hostname), _host(ours.hostname or "")
    if host == own or (_has_subdomains(own) and _below(host, own)):
        return None
    if not _is_address(host) and any(
        host == trusted or _below(host, trusted) for s in suffixes if (trusted := _host(s))
    ):
        return None
    return f"the reconnect URL leads to another host than {own} or below it: {place(url)}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    return parts


def _host(name: str) -> str:
    return name.lower().removesuffix(".")  # a fully qualified name is the same name


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _below(host: str, domain: str) -> bool:
    return host.endswith("." + domain) and _NAME.fullmatch(host) is not None


def _has_subdomains(host: str) -> bool:
    return "." in host and not _is_address(host)
