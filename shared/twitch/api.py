"""Helix as methods: `AppAPI` with the app's own token, `UserAPI` with a user's."""


class AppAPI:
    """Helix with the app's own token."""


class UserAPI:
    """Helix with a user's token."""

    id: str
    login: str
