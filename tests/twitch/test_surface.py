"""What programs were written for: names stay, and every call that was documented can still be made.

A line is a method: its parameters in their order, ``?`` after one that needn't be given, ``/`` behind those that are
given by position alone, ``*`` before those that are given by name alone. Methods of Helix stand in
helix/test_signatures.py, event types and their models in eventsub/test_surface.py.

What isn't here though it was public once, was of the inside: the shard's worker, the gateway and the state of a client,
a bucket of the rate limit, typed dicts of raw JSON (a model's ``raw`` is the JSON).
"""

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import twitch
from twitch import App, errors, models, oauth, utils
from twitch.eventsub import ClientApp, ClientUser, Event, Metadata, MultiShardClientApp, Shard, client
from twitch.eventsub.accounts import Accounts
from twitch.ext import tasks
from twitch.helix import PaginatedRequest
from twitch.oauth import AuthorizationCodeGrantFlow, BaseFlow, DeviceCodeFlow
from twitch.simulator import Simulator

MODULES = """
twitch twitch.app twitch.api twitch.models twitch.http twitch.errors twitch.utils twitch.eventsub twitch.eventsub.client
twitch.eventsub.shard twitch.eventsub.event twitch.eventsub.models twitch.eventsub.errors twitch.oauth
twitch.oauth.flows twitch.oauth.models twitch.oauth.scopes twitch.ext.tasks
"""

TOP_LEVEL = """
App AppAPI UserAPI TwitchException ClientException HTTPException TwitchServerError Forbidden NotFound RateLimited
BadRequest Unauthorized Conflict AuthFailure TokenError ConnectionClosed ShardError ShardNotFound Conduit ConduitShard
ConduitShardError ConduitShardUpdate Subscription
"""

CLIENT = """
__init__: client_id client_secret * connector? proxy? proxy_auth? http_trace?
is_closed:
is_ready:
async setup_hook:
event: handler
dispatch: event args? args?
async on_error: event_method error args? args?
add_token: user_id access_token refresh_token
async add_user: access_token refresh_token?
remove_token: user_id
async token_maintenance_task:
async wait_until_ready:
clear:
async close:
async on_ready:
async on_connect:
async on_disconnect:
async on_shard_connect: shard_id
async on_shard_disconnect: shard_id
async on_token_update: user_id access_token refresh_token
async on_token_remove: user_id
async on_revocation: subscription metadata
"""

METHODS: dict[type, str] = {
    App: """
    __init__: client_id client_secret * connector? proxy? proxy_auth? http_trace?
    get_token_quota: user_id
    get_token: user_id
    add_token: user_id access_token refresh_token
    remove_token: user_id
    async add_user: access_token refresh_token?
    get_user_by_id: user_id
    async authorize: * token?
    async close:
    clear:
    """,
    ClientApp: CLIENT
    + """
    __init__: client_id client_secret * ignore_conflict?
    async identify_shard: conduit_id shard_id / * session_id
    async authorize: token? / * conduit_id?
    async connect: conduit_id * shard_ids? reconnect?
    async start: conduit_id * shard_ids? reconnect?
    run: conduit_id shard_ids? * reconnect? log_handler? log_level? root_logger?
    """,
    MultiShardClientApp: """
    __init__: client_id client_secret * shard_connect_timeout?
    get_shard: shard_id /
    async launch_shard: conduit_id shard_id * reconnect?
    async launch_shards: conduit_id shard_ids * reconnect?
    async connect: conduit_id * shard_ids? reconnect?
    async close:
    """,
    Shard: """
    launch:
    async close:
    async reconnect:
    async disconnect:
    """,
    ClientUser: CLIENT
    + """
    async authorize: token? /
    async login: access_token refresh_token register_events?
    async connect: * reconnect? mock_url?
    async start: access_token refresh_token? * register_events? reconnect? mock_url?
    run: access_token refresh_token? * register_events? reconnect? mock_url? log_handler? log_level? root_logger?
    """,
    BaseFlow: """
    from_app: app
    async validate_token: token
    async refresh_token: token
    async revoke_token: token
    async credentials_grant_flow:
    async add_user: access_token refresh_token?
    """,
    DeviceCodeFlow: """
    from_app: app
    async request_device_code: scopes?
    async get_device_token: device_code
    async wait_for_device_token: device_code interval? timeout?
    """,
    AuthorizationCodeGrantFlow: """
    from_app: app
    get_authorization_url: redirect_uri scopes? state? * force_verify?
    async get_authorization_token: code redirect_uri
    """,
    PaginatedRequest: """
    async next:
    async before:
    """,
    tasks.Loop: """
    start: args? args?
    stop:
    pause:
    resume:
    cancel:
    skip_next_execution:
    queue_priority_task: work
    on_start: hook
    on_stop: hook
    before_execution: hook
    on_error: hook
    get_info:
    is_running:
    is_paused:
    """,
    errors.HTTPException: """
    is_client_error:
    is_server_error:
    """,
    utils.ExponentialBackoff: """
    __init__: base_delay? max_delay? reset_interval?
    """,
}

FUNCTIONS = {
    utils: """
    from_iso_string: text
    to_rfc3339_string: moment
    normalize_timezone: moment
    async json_or_text: response
    setup_logging: handler? level? root?
    parse_mock_urls: url
    """,
    tasks: """
    loop: * seconds? minutes? hours? count? name? max_catchup?
    """,
}

ATTRIBUTES: dict[type, str] = {
    App: "tokens users_scopes tokens_validity",
    ClientApp: "eventsub application ws loop",
    MultiShardClientApp: "shards",
    ClientUser: "user eventsub application ws loop",
    Shard: "id is_running",
    Event: "event subscription metadata id",
    Metadata: "message_id message_type message_timestamp raw",
    models.Conduit: "id shard_count raw",
    models.ConduitShard: "id status method callback session_id connected_at disconnected_at raw",
    models.ConduitShardError: "id message code",
    models.ConduitShardUpdate: "shards errors raw",
    models.Subscription: "id status type version condition transport created_at cost raw",
    oauth.Token: "access_token refresh_token token_type scopes raw",
    oauth.ValidateToken: "client_id login scopes user_id expires_in raw",
    oauth.ClientCredentials: "access_token expires_in token_type raw",
    oauth.DeviceCode: "device_code user_code verification_uri expires_in interval raw",
    errors.HTTPException: "response headers code text",
    tasks.Loop: "elapsed_time",
}

HELIX_MODELS = """
ActiveUserExtension AdSchedule AdSnooze AnalyticsReport AutoModSettings AutoModStatusMessage BannedUser
BitsLeaderboardEntry BlockedTerm Category ChannelEditor ChannelEmote ChannelFollower ChannelInfo
ChannelStreamSchedule ChannelTeam ChannelVIP CharityCampaign CharityDonation ChatBadgeSet ChatSettings Chatter
Cheermote Clip ClipDownload ContentClassificationLabel CreatedClip CreatorGoal DropsEntitlement
DropsEntitlementUpdate EmoteSet ExtensionBitsProduct ExtensionConfiguration ExtensionLiveChannel
ExtensionTransaction FollowedChannel Game GlobalEmote HypeTrainStatus Moderator Poll Prediction Raid SearchChannel
SendMessageStatus SharedChatSession ShieldModeStatus StarCommercial StreamInfo StreamKey StreamMarker
SuspiciousUserStatus TeamUsers UnbanRequest UserActiveExtensionUpdate UserAuthorization UserChatColor UserExtension
UserIdentity UserInfo UserSubscription Video WarnReason
"""


def documented() -> Iterator[Any]:
    tables: list[tuple[Any, str]] = [*METHODS.items(), *FUNCTIONS.items()]
    for owner, lines in tables:
        for line in filter(None, map(str.strip, lines.splitlines())):
            name = line.partition(":")[0].removeprefix("async ")
            yield pytest.param(owner, line, id=f"{owner.__name__}-{name}")


@pytest.mark.parametrize(("owner", "line"), list(documented()))
def test_a_documented_call_can_be_made(owner: Any, line: str) -> None:
    """With all that may be given, with only what must be given, and by name where names are part of it."""
    head, _, parameters = line.partition(":")
    name = head.removeprefix("async ")
    function = inspect.getattr_static(owner, name)
    bound_first = ["self"] if inspect.isclass(owner) and inspect.isfunction(function) else []
    function = getattr(owner, name)
    assert inspect.iscoroutinefunction(function) == head.startswith("async ")

    words = parameters.split()
    by_position = words[: words.index("*")] if "*" in words else words
    by_name = words[words.index("*") + 1 :] if "*" in words else []
    nameless = "/" in by_position or "args?" in by_position
    by_position = [word for word in by_position if word != "/"]
    signature = inspect.signature(function)
    needed = [word for word in by_position if not word.endswith("?")]
    needed_names = {word: word for word in by_name if not word.endswith("?")}
    signature.bind(*bound_first, *needed, **needed_names)
    signature.bind(*bound_first, *by_position, **{word.rstrip("?"): word for word in by_name})
    if not nameless:
        signature.bind(*bound_first, **{word.rstrip("?"): word for word in (*by_position, *by_name)})


@pytest.mark.parametrize(
    ("owner", "name"), [(owner, name) for owner, names in ATTRIBUTES.items() for name in names.split()]
)
def test_a_documented_attribute_is_there(owner: type, name: str) -> None:
    assert hasattr(owner, name) or name in getattr(owner, "__annotations__", {})


@pytest.mark.parametrize("module", MODULES.split())
def test_a_documented_module_is_there(module: str) -> None:
    assert importlib.import_module(module).__doc__


def test_top_level_names_are_there() -> None:
    assert [name for name in TOP_LEVEL.split() if not hasattr(twitch, name)] == []


def test_models_of_helix_are_there_under_their_documented_names() -> None:
    assert [name for name in HELIX_MODELS.split() if not hasattr(models, name)] == []
    assert [name for name in HELIX_MODELS.split() if not hasattr(twitch, name)] == []


def test_clients_share_what_is_documented_of_both() -> None:
    assert issubclass(MultiShardClientApp, ClientApp)
    assert issubclass(ClientApp, Accounts)
    assert issubclass(ClientUser, Accounts)
    assert issubclass(BaseFlow, App)
    assert issubclass(DeviceCodeFlow, BaseFlow)
    assert client.ClientApp is ClientApp


def test_errors_are_one_tree_as_documented() -> None:
    of_http = "TwitchServerError Forbidden NotFound RateLimited BadRequest Unauthorized Conflict"
    of_client = "AuthFailure TokenError ConnectionClosed ShardError ShardNotFound"
    assert all(issubclass(getattr(errors, name), errors.HTTPException) for name in of_http.split())
    assert all(issubclass(getattr(errors, name), errors.ClientException) for name in of_client.split())
    assert issubclass(errors.HTTPException, errors.TwitchException)
    assert issubclass(errors.ClientException, errors.TwitchException)


async def test_an_error_has_what_twitch_answered() -> None:
    async with Simulator.serve(port=0) as sim, App("id", "secret", addresses=sim.addresses) as app:
        with pytest.raises(errors.NotFound) as caught:
            await app.application.delete_conduit("none")
        error = caught.value
        assert (error.status, error.code, error.is_client_error(), error.is_server_error()) == (404, 404, True, False)
        assert error.text == error.message != ""
        assert error.response is not None
        assert error.headers["content-type"].startswith("application/json")
        dead = (await app.oauth.client_credentials()).access_token
        await app.oauth.revoke(dead)
        with pytest.raises(errors.Unauthorized) as refused:
            await app.oauth.validate(dead)
        assert refused.value.response is not None
    assert errors.NotFound(404, "made by hand").headers == {}


async def test_a_loop_counts_its_executions() -> None:
    @tasks.loop(seconds=1)
    async def once() -> None: ...

    assert once.current_execution == 0


def test_an_event_is_the_one_of_its_id() -> None:
    payload = {
        "subscription": {"id": "s", "type": "stream.offline", "version": "1", "condition": {}},
        "event": {"broadcaster_user_id": "1", "broadcaster_user_login": "a", "broadcaster_user_name": "A"},
    }
    first, second, other = (
        Event.from_payload(payload, metadata=Metadata(message_id=message_id)) for message_id in ("m", "m", "n")
    )
    assert (first == second, first == other, len({first, second, other}), first.id) == (True, False, 2, "m")
