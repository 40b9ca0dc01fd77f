"""What Twitch's OAuth server answers with, under the older name of answers.py."""

from twitch.oauth.answers import ClientCredentials, DeviceCode, Token, ValidateToken

__all__ = ["ClientCredentials", "DeviceCode", "Token", "ValidateToken"]
