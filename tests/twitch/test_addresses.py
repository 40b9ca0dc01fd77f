"""Where Twitch is, by default and by the environment."""

import pytest

from twitch.addresses import Addresses
from twitch.utils import from_iso_string, to_rfc3339_string


def test_twitch_is_where_twitch_is() -> None:
    assert Addresses.from_environment({}) == Addresses(
        "https://api.twitch.tv/helix", "https://id.twitch.tv/oauth2", "wss://eventsub.wss.twitch.tv/ws"
    )


def test_the_environment_points_elsewhere() -> None:
    environment = {
        "TWITCH_API_URL": "http://127.0.0.1:9000/helix/",
        "TWITCH_AUTH_URL": "http://127.0.0.1:9000/oauth2",
        "TWITCH_EVENTSUB_URL": "",
    }
    assert Addresses.from_environment(environment) == Addresses(
        "http://127.0.0.1:9000/helix", "http://127.0.0.1:9000/oauth2", "wss://eventsub.wss.twitch.tv/ws"
    )


@pytest.mark.parametrize("odd", ["", "localhost:9000", "ftp://x/y", "http://"])
def test_an_address_that_is_none_is_refused_in_a_sentence(odd: str) -> None:
    with pytest.raises(ValueError, match="api_url must begin with http://host or https://host"):
        Addresses(api_url=odd)


def test_times_are_read_and_written_as_twitch_does() -> None:
    moment = from_iso_string("2020-11-10T14:32:18.730260295Z")
    assert to_rfc3339_string(moment) == "2020-11-10T14:32:18Z"
    with pytest.raises(ValueError, match="not a timestamp"):
        from_iso_string("yesterday")
