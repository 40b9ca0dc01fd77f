"""Conduits and their shards: https://dev.twitch.tv/docs/eventsub/handling-conduit-events/"""

from twitch.helix.endpoints import Answer, Auth, Endpoint, Lane, Nothing
from twitch.helix.parameters import body, query
from twitch.models.conduits import Conduit, ConduitShard

SHARDS_PER_UPDATE_MAX = 100
"""https://dev.twitch.tv/docs/api/reference/#update-conduit-shards"""
_SHARD_COUNT = body.whole("shard_count", between=(1, 20_000))
"""https://dev.twitch.tv/docs/eventsub/handling-conduit-events/"""

GET_CONDUITS = Endpoint(
    "get_conduits",
    "GET",
    "/eventsub/conduits",
    auth=Auth.APP,
    item=Conduit,
    answer=Answer.MANY,
    about="The app's conduits, at most five.",
    lane=Lane.LISTINGS,
)
CREATE_CONDUIT = Endpoint(
    "create_conduit",
    "POST",
    "/eventsub/conduits",
    anchor="create-conduits",
    auth=Auth.APP,
    item=Conduit,
    answer=Answer.ONE,
    about="A new conduit of 1 to 20,000 shards. Raises RateLimited of the other kind where five exist.",
    parameters=(_SHARD_COUNT,),
    lane=Lane.SHARDS,
)
UPDATE_CONDUIT = Endpoint(
    "update_conduit",
    "PATCH",
    "/eventsub/conduits",
    anchor="update-conduits",
    auth=Auth.APP,
    item=Conduit,
    answer=Answer.ONE,
    about="Give a conduit another number of shards. Channels are spread anew; shards above the number are dropped.",
    parameters=(body.text("conduit_id", "id"), _SHARD_COUNT),
    lane=Lane.SHARDS,
)
DELETE_CONDUIT = Endpoint(
    "delete_conduit",
    "DELETE",
    "/eventsub/conduits",
    auth=Auth.APP,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Delete a conduit, and with it all of its subscriptions.",
    parameters=(query.text("conduit_id", "id"),),
)
GET_CONDUIT_SHARDS = Endpoint(
    "get_conduit_shards",
    "GET",
    "/eventsub/conduits/shards",
    auth=Auth.APP,
    item=ConduitShard,
    answer=Answer.PAGES,
    about="The shards of a conduit as Twitch sees them. Ids at or above its shard count may linger.",
    parameters=(query.text("conduit_id"), query.text("status", optional=True)),
    limit=None,
    lane=Lane.LISTINGS,
)
UPDATE_CONDUIT_SHARDS = Endpoint(
    "update_conduit_shards",
    "PATCH",
    "/eventsub/conduits/shards",
    auth=Auth.APP,
    success=202,
    item=ConduitShard,
    answer=Answer.MANY,
    by_hand=True,
    parameters=(body.text("conduit_id"), body.shaped("shards", "Sequence[ShardUpdate]")),
    lane=Lane.SHARDS,
)
