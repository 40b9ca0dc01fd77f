"""Users: who they are, what they allow, whom they block, and the extensions on their channels."""

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import query
from twitch.models import UserAuthorization, UserInfo

GET_USERS = Endpoint(
    "get_users",
    "GET",
    "/users",
    auth=Auth.EITHER,
    item=UserInfo,
    answer=Answer.MANY,
    by_hand=True,
    parameters=(
        query.many("user_ids", "id", at_most=100, optional=True),
        query.many("user_logins", "login", at_most=100, optional=True),
    ),
    together_max=100,
)
GET_AUTHORIZATION_BY_USER = Endpoint(
    "get_user_authorizations",
    "GET",
    "/authorization/users",
    anchor="get-authorization-by-user",
    auth=Auth.APP,
    item=UserAuthorization,
    answer=Answer.MANY,
    about="What users have granted to this client, any number of them.",
    parameters=(query.many("user_ids", "user_id", at_most=10),),
)
