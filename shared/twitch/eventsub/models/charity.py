"""Charity campaigns: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-charity-campaign-donate-event"""

from datetime import datetime

from twitch.eventsub.models.shapes import EventMoneyAmount, InChannel
from twitch.records import User

EventCharityDonationAmount = EventMoneyAmount


class _OfCharity(InChannel, frozen=True, kw_only=True):
    id: str
    charity_name: str = ""
    charity_description: str = ""
    charity_logo: str = ""
    charity_website: str = ""


class ChannelCharityCampaignDonationEvent(_OfCharity, frozen=True, kw_only=True):
    """``user`` donates; ``id`` is the donation's."""

    campaign_id: str
    user: User
    amount: EventMoneyAmount


class ChannelCharityCampaignProgressEvent(_OfCharity, frozen=True, kw_only=True):
    """The campaign comes nearer to its target; ``id`` is the campaign's."""

    current_amount: EventMoneyAmount
    target_amount: EventMoneyAmount


class ChannelCharityCampaignStartEvent(ChannelCharityCampaignProgressEvent, frozen=True, kw_only=True):
    """A campaign starts; ``id`` is the campaign's."""

    started_at: datetime


class ChannelCharityCampaignStopEvent(ChannelCharityCampaignProgressEvent, frozen=True, kw_only=True):
    """A campaign stops; ``id`` is the campaign's."""

    stopped_at: datetime
