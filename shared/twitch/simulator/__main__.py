"""python -m twitch.simulator"""

import asyncio
import secrets
import signal
import sys
from contextlib import suppress

import click

from twitch.simulator.app import Simulator
from twitch.simulator.options import Options

_TWITCH = Options()
_WATCH_SECONDS = 5.0


def _client(_context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str | None]:
    clients: dict[str, str | None] = {}
    for pair in pairs:
        client_id, _, secret = pair.partition(":")
        if not client_id:
            raise click.BadParameter("give ID:SECRET, or ID for a public client")
        clients[client_id] = secret or None
    return clients


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--port", default=9000, show_default=True, help="Port to listen on; 0 picks a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="ID:SECRET",
    callback=_client,
    help="Accept this client only (repeatable). Without it any id and secret will do.",
)
@click.option(
    "--traffic",
    "rate",
    type=float,
    metavar="RATE",
    help="Send this many events a second, from when the shards of a conduit are enabled (or 10 s after the first one)."
    " Traffic ordered at /control/ waits only if told so.",
)
@click.option("--channels", default=50, show_default=True, help="How many channels the traffic comes from.")
@click.option("--time-scale", default=1.0, show_default=True, help="Let every clock of this Twitch run so much faster.")
@click.option(
    "--bind-seconds",
    default=_TWITCH.bind_seconds,
    show_default=True,
    help="A session that serves nothing for so long is closed with 4003.",
)
@click.option(
    "--close-displaced", is_flag=True, help="Close a session so, too, that has lost its last shard or subscription."
)
@click.option(
    "--reconnect-seconds", default=_TWITCH.reconnect_seconds, show_default=True, help="From session_reconnect to 4004."
)
@click.option("--ping-seconds", default=_TWITCH.ping_seconds, show_default=True, help="Between pings; 0 sends none.")
@click.option(
    "--dark-hours",
    default=_TWITCH.dark_seconds / 3600,
    show_default=True,
    help="A conduit without an enabled shard is deleted after so long.",
)
@click.option("--points", default=800, show_default=True, help="Rate limit, in points a minute and bucket.")
@click.option(
    "--max-total-cost",
    default=_TWITCH.max_total_cost,
    show_default=True,
    help="What the subscriptions of a client may cost together.",
)
@click.option(
    "--require-grants",
    is_flag=True,
    help="Refuse subscriptions, and calls of an app in a user's name, for which no user has granted the scopes.",
)
@click.option("--refuse-pings", is_flag=True, help="Close with 4001 on a client's ping, as documented; else answer it.")
@click.option("--truth-rows", default=_TWITCH.truth_rows_max, show_default=True, help="How much of the truth is kept.")
@click.option("--seed", type=int, help="Same seed, same ids. Without it every run has its own.")
def main(
    port: int,
    host: str,
    clients: dict[str, str | None],
    rate: float | None,
    channels: int,
    time_scale: float,
    bind_seconds: float,
    close_displaced: bool,  # noqa: FBT001
    reconnect_seconds: float,
    ping_seconds: float,
    dark_hours: float,
    points: int,
    max_total_cost: int,
    require_grants: bool,  # noqa: FBT001
    refuse_pings: bool,  # noqa: FBT001
    truth_rows: int,
    seed: int | None,
) -> None:
    """A Twitch that speaks conduits, for tests, demos and benchmarks.

    Point a client at it with the three addresses that it prints. Any string is a user's token (user-123 is user 123),
    app access tokens come from POST /oauth2/token. What happens is ordered at /control/: POST events, traffic,
    faults, revocations; GET truth, state, sockets, conduits.

    \b
      curl -X POST localhost:9000/control/traffic -d '{"rate": 200, "channels": 50}'
      curl -X POST localhost:9000/control/faults -d '{"fault": "reconnect", "shard": 0}'
      curl 'localhost:9000/control/truth?after=0&limit=10'
    """
    try:
        options = Options(
            seed=secrets.randbits(48) if seed is None else seed,
            time_scale=time_scale,
            bind_seconds=bind_seconds,
            close_displaced=close_displaced,
            reconnect_seconds=reconnect_seconds,
            ping_seconds=ping_seconds,
            dark_seconds=dark_hours * 3600,
            max_total_cost=max_total_cost,
            require_grants=require_grants,
            refuse_pings=refuse_pings,
            truth_rows_max=truth_rows,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    traffic = None if rate is None else {"rate": rate, "channels": channels, "subscribe": True, "wait": True}
    try:
        with asyncio.Runner(loop_factory=_new_event_loop) as runner:
            runner.run(_serve(host, port, clients or None, points, options, traffic))
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror or error}") from None


async def _watch(simulator: Simulator, stop: asyncio.Event) -> None:
    """Until it is stopped, say each few seconds whether traffic fell behind."""
    told = 0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _WATCH_SECONDS)
            return
        running = simulator.control.traffic()
        skipped = 0 if running is None else running["skipped"]
        if skipped > told:
            click.echo(f"simulator: behind: {skipped - told} events of the traffic were skipped", err=True)
        told = skipped


def _new_event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415 — optional, and saves half of the CPU where it is installed
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _serve(
    host: str,
    port: int,
    clients: dict[str, str | None] | None,
    points: int,
    options: Options,
    traffic: dict[str, float] | None,
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # on Windows Ctrl-C raises KeyboardInterrupt in any case
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Simulator.serve(
        port, host=host, clients=clients, points_per_minute=points, options=options
    ) as simulator:
        click.echo(f"simulator: listening on {simulator.url}")
        for name, address in simulator.environment.items():
            click.echo(f"  {name}={address}")
        if traffic is not None:
            try:
                simulator.control.start_traffic(traffic)
            except ValueError as error:
                raise click.UsageError(f"--traffic: {error}") from None
        sys.stdout.flush()
        await _watch(simulator, stop)
        totals = simulator.model.truth.totals
    click.echo(f"simulator: {totals.sent} sent, {totals.dropped} dropped", err=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
