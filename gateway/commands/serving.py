"""Serve the pages and the API until somebody asks to stop."""

import asyncio
import signal
from typing import Annotated

import typer

from config.logs import configure_logs
from config.settings import Settings, load_settings
from gateway import app
from gateway.commands.shared import Data
from gateway.web.server import HttpServer


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty data folder with an invented company.")] = False,
    host: Annotated[str | None, typer.Option(help="Where to listen.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: Data = None,
) -> None:
    """Serve the pages and the API, and do what is due."""
    settings = load_settings(data_dir=data, host=host, port=port)
    configure_logs(settings.log_format)
    asyncio.run(_serve(settings, demo=demo))


async def _serve(settings: Settings, *, demo: bool) -> None:
    if demo:
        await app.prepare_demo(settings, say=lambda text: typer.echo(text, err=True))
    application = await app.build_app(settings)
    link = await app.admit_first_administrator(application, settings)
    server = HttpServer(application)
    await server.start(settings.host, settings.port)
    typer.echo(f"SEPA gateway: {settings.address} ({settings.shown_database})", err=True)
    if link is not None:
        typer.echo(f"Nobody can log in yet. Make the first administrator here, once: {link}", err=True)
    await _asked_to_stop()
    await server.stop()


async def _asked_to_stop() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
