"""Who a text stands for: the same user for everyone who reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch.simulator.people import People, person_of_id, person_of_login, person_of_token


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("user-123", "user_123"),
        ("refresh-123", "user_123"),
        ("STREAMER_TOKEN", "streamer"),
        ("streamer-access-token", "streamer"),
        ("STREAMER_REFRESH", "streamer"),
        ("my bot", "my_bot"),
        ("ACCESS_TOKEN", "somebody"),
        ("…", "somebody"),
    ],
)
def test_a_token_names_a_login(text: str, login: str) -> None:
    assert person_of_token(text) == person_of_login(login)


def test_a_login_has_a_number_that_never_changes() -> None:
    assert person_of_login("streamer").user_id == "771141170"
    assert person_of_login(" Streamer ") == person_of_login("streamer")


def test_a_login_made_from_an_id_leads_back_to_it() -> None:
    assert person_of_login(person_of_id("42").login) == person_of_id("42")


def test_a_name_without_a_letter_is_no_login() -> None:
    with pytest.raises(ValueError, match="no Twitch login"):
        person_of_login(" ! ")


@given(st.text(max_size=40))
def test_every_text_is_somebody_with_a_numeric_id_and_a_login_twitch_would_allow(text: str) -> None:
    person = person_of_token(text)
    assert person.user_id.isdecimal()
    assert 1 <= len(person.login) <= 25
    assert set(person.login) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


def test_people_who_were_met_are_known_by_their_id() -> None:
    people = People()
    streamer = people.by_login("streamer")
    assert people.by_id(streamer.user_id) == streamer
    assert people.by_id("7").login == "user_7"
