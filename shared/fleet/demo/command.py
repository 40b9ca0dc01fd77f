"""The demo's command line."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import click

import fleet
from fleet.apps import AppError, load_app
from fleet.demo.options import DemoOptions
from fleet.demo.run import Demo
from fleet.demo.screen import Screen
from fleet.settings import SettingError, load

EXAMPLES = Path(fleet.__file__).parents[2] / "examples"


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--seconds", type=click.FloatRange(1), metavar="N", help="Stop after N seconds of traffic; else Ctrl-C does."
)
@click.option(
    "--kill-worker-after",
    type=click.FloatRange(0),
    metavar="S",
    help="Kill a worker with SIGKILL after S seconds of traffic.",
)
@click.option(
    "--rate", type=click.FloatRange(1, 20_000), default=200, show_default=True, help="Events a second, in all."
)
@click.option(
    "--channels", type=click.IntRange(1, 2_000), default=50, show_default=True, help="Channels they come from."
)
@click.option("--workers", type=click.IntRange(1, 20), default=2, show_default=True, help="Shard workers.")
@click.option("--shards", type=click.IntRange(1, 200), default=4, show_default=True, help="Shards of the conduit.")
@click.option(
    "--app",
    default="live_alert:alerts",
    show_default=True,
    metavar="MODULE:CLIENT",
    help="The program whose handlers run.",
)
@click.option(
    "--app-path",
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
    default=EXAMPLES,
    help="The folder that it is in; examples, unless you say otherwise.",
)
@click.option(
    "--logs",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    metavar="FOLDER",
    help="Keep the processes' logs here; else they go when all went well.",
)
def main(
    seconds: float | None,
    kill_worker_after: float | None,
    rate: float,
    channels: int,
    workers: int,
    shards: int,
    app: str,
    app_path: Path,
    logs: Path | None,
) -> None:
    """Runs the whole fleet on this machine against a simulated Twitch, and counts.

    Starts redis-server, the simulator, a coordinator, shard workers and a handler process, each as in production, on free
    loopback ports. No account and no network are needed; settings in the environment are ignored. Ctrl-C, or the end of
    --seconds, stops everything in order; a second Ctrl-C at once. The last line is the account, by message id:

    \b
      demo: sent=… streamed=… handled=… lost=… duplicated=… twitch_dropped=…
      sent            messages that the simulator wrote to live sockets
      streamed        entries in the event streams
      handled         events of the types that the program handles, handled without an error (live_alert: stream.online)
      lost            sent, and in no stream
      duplicated      stream entries too many
      twitch_dropped  written to no socket: the shard was dark, and so was the one other that Twitch tries
      lost_at_kill    with --kill-worker-after: sent to the killed worker within a second before it died, and in no stream

    Exit code 1 where anything is lost or duplicated, or an event of a handled type was not handled.
    """
    if kill_worker_after is not None and workers < 2:
        raise click.UsageError("--kill-worker-after needs at least two workers")
    if kill_worker_after is not None and seconds is not None and kill_worker_after >= seconds:
        raise click.UsageError("--kill-worker-after must lie before the end, --seconds")
    sys.path.insert(0, str(app_path))
    try:
        handled = load_app(load({"FLEET_APP": app})).client.handled_types()
    except (AppError, SettingError) as error:
        raise click.ClickException(f"{error} (--app-path is {app_path})") from None
    options = DemoOptions(
        seconds=seconds,
        kill_worker_after=kill_worker_after,
        rate=rate,
        channels=channels,
        workers=workers,
        shards=shards,
        app=app,
        app_path=app_path,
        logs=logs,
        types=frozenset(type_ for type_, _ in handled),
    )
    sys.exit(asyncio.run(_run(options)))


async def _run(options: DemoOptions) -> int:
    stop, hurry = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, signalled)
    return await Demo(options, Screen(stop.set), stop, hurry).run()
