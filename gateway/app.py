"""The only place where everything is put together."""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from zoneinfo import ZoneInfo

from aiohttp import web
from argon2 import PasswordHasher

from config.banks import load_bank_profiles
from config.catalogs import load_catalogs
from config.letters import load_templates
from config.settings import InvalidSettings, Settings
from gateway.jobs import Jobs
from gateway.services.fill_demo import PASSWORD, PEOPLE, fill_demo, is_empty
from gateway.services.fill_demo_collections import fill_demo_collections
from gateway.services.freeze_run import CollectPlace
from gateway.services.log_in import LogInRules
from gateway.services.passwords import Passwords
from gateway.services.read_mailbox import Mailbox
from gateway.services.send_mail import Mailer
from gateway.services.set_up_installation import ensure_company, ensure_first_administrator, first_administrator_link
from gateway.services.submit_run import resolve_broken_off
from gateway.services.take_advices import AdviceIntake
from gateway.store.database import Database, open_database, sqlite_url
from gateway.store.installation_key import installation_key
from gateway.store.originals import Originals
from gateway.web import background
from gateway.web.address import PublicAddress
from gateway.web.application import make_application
from gateway.web.bodies import Limits
from gateway.web.context import GATEWAY, Gateway
from gateway.web.frame import Frame
from gateway.web.rendering import Pages
from gateway.web.routes import BADGES, ROUTES
from gateway.web.routing import Route, check_routes
from gateway.workers import Place, Workers, open_gate
from generators.demo import make_demo
from schemas.bank_profile import BankProfile

DEMO_SEED = 1
_LAST_WORDS_S = 5.0  # What background work may still take when the process ends.


def utc_now() -> dt.datetime:
    """Return the moment that it is."""
    return dt.datetime.now(dt.UTC)


async def open_store(settings: Settings, *, clock: Callable[[], dt.datetime] = utc_now) -> Database:
    """Open the database, set up at once when it is empty, with the company that the settings name."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = settings.database_url or sqlite_url(settings.data_dir)
    database = await open_database(url, now=clock())
    await ensure_company(
        database,
        code=settings.company_code,
        name=settings.company_name,
        language=settings.company_language,
        now=clock(),
    )
    return database


async def build_app(
    settings: Settings,
    *,
    clock: Callable[[], dt.datetime] = utc_now,
    routes: Sequence[Route] = ROUTES,
    hasher: PasswordHasher | None = None,
) -> web.Application:
    """Put the application together; its database and workers are closed when the application is cleaned up.

    Raises InvalidSettings, UnsafeAddress, UnsafeKey, UnsafeDatabase, MigrationFailed or RouteWithoutRight.
    """
    address = PublicAddress.parse(settings.address)
    check_routes(routes)
    database = await open_store(settings, clock=clock)
    await resolve_broken_off(collect_place(settings, database))
    workers = build_workers(settings)
    gateway = Gateway(
        database=database,
        originals=Originals(settings.data_dir / "originals", size_max=settings.file_bytes_max),
        workers=workers,
        data_dir=settings.data_dir,
        clock=clock,
        address=address,
        pages=Pages(catalogs=load_catalogs(), frame=Frame(routes, BADGES), zone=ZoneInfo(settings.zone)),
        routes=routes,
        key=installation_key(settings.key_file or settings.data_dir / "installation.key"),
        passwords=build_passwords(settings, hasher),
        profiles=bank_profiles(settings),
        limits=_limits(settings),
        log_in_rules=_log_in_rules(settings),
        proxies=settings.proxies,
        templates=load_templates(),
        mailer=_mailer(settings),
        advice_days=settings.advice_days,
    )
    application = make_application(gateway, routes)
    jobs = Jobs(database, workers.import_file, clock, _advice_intake(settings, gateway))
    application.on_startup.append(lambda _: _start(jobs))
    application.on_cleanup.append(lambda _: _stop(jobs, workers, gateway))
    return application


async def prepare_demo(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Fill an empty data folder with an invented company, and say how to log in to it."""
    demo = make_demo(seed=DEMO_SEED, last_date=utc_now().date())
    named = settings.model_copy(update={"company_name": demo.company_name})
    await (await open_store(named)).close()
    gate = open_gate(place_of(settings))
    try:
        if await is_empty(gate):
            say(f"Filling {settings.data_dir} with the invented company {demo.company_name} ...")
            people = await fill_demo(gate, build_passwords(settings), demo, progress=say)
            say("collecting what is due soon")
            await fill_demo_collections(
                gate, demo, seed=DEMO_SEED, logins=[one.login for one in people], profiles=bank_profiles(settings)
            )
    finally:
        await gate.database.close()
    for login, name, roles in PEOPLE:
        say(f"Log in as {login} ({name}, {roles[0].value}) with the password: {PASSWORD}")


def build_workers(settings: Settings) -> Workers:
    """Return the pool of worker processes; none is started before there is work."""
    return Workers(place_of(settings), count=settings.workers)


def bank_profiles(settings: Settings) -> dict[str, BankProfile]:
    """Return the habits of banks by name: of the operator's file where he has one, else the examples."""
    path = settings.data_dir / "banks.toml"
    found = load_bank_profiles(path) if path.exists() else load_bank_profiles()
    return {profile.code: profile for profile in found}


def collect_place(settings: Settings, database: Database) -> CollectPlace:
    """Return what collecting needs, over a store that is open."""
    originals = Originals(settings.data_dir / "originals", size_max=settings.file_bytes_max)
    return CollectPlace(database, originals, utc_now, bank_profiles(settings))


def place_of(settings: Settings) -> Place:
    """Return where a process finds the store."""
    url = settings.database_url or sqlite_url(settings.data_dir)
    return Place(url, settings.data_dir, settings.file_bytes_max)


def build_passwords(settings: Settings, hasher: PasswordHasher | None = None) -> Passwords:
    """Return what makes and compares passwords, with the operator's list of those that are refused."""
    if settings.password_list is None:
        return Passwords(hasher)
    try:
        lines = settings.password_list.read_text(errors="replace").splitlines()
    except OSError as error:
        raise InvalidSettings(f"password_list {settings.password_list} cannot be read: {error.strerror}") from error
    return Passwords(hasher, frozenset(line.strip().casefold() for line in lines))


async def admit_first_administrator(application: web.Application, settings: Settings) -> str | None:
    """Let the first administrator in: by the settings, or by a one-time link, which is returned."""
    gateway = application[GATEWAY]
    if settings.admin_login:
        await ensure_first_administrator(
            gateway.database,
            gateway.passwords,
            login=settings.admin_login,
            password=settings.admin_password.get_secret_value(),
            now=gateway.clock(),
        )
        return None
    link = await first_administrator_link(gateway.database, now=gateway.clock())
    return None if link is None else f"{gateway.address.url}/welcome/{link}"


def _advice_intake(settings: Settings, gateway: Gateway) -> AdviceIntake | None:
    if settings.advice_folder is None and not settings.advice_mail_host:
        return None
    mailbox = None
    if settings.advice_mail_host:
        mailbox = Mailbox(
            host=settings.advice_mail_host,
            port=settings.advice_mail_port,
            user=settings.advice_mail_user,
            password=settings.advice_mail_password.get_secret_value(),
            folder=settings.advice_mail_folder,
            security=settings.advice_mail_security,
        )
    return AdviceIntake(
        gateway.database, gateway.originals, gateway.workers.receive_advice,
        company_code=settings.company_code, days=settings.advice_days, folder=settings.advice_folder, mailbox=mailbox,
    )  # fmt: skip


def _mailer(settings: Settings) -> Mailer | None:
    if not settings.smtp_host:
        return None
    return Mailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        sender=settings.smtp_sender,
        security=settings.smtp_security,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        text_bytes_max=settings.text_bytes_max,
        file_bytes_max=settings.file_bytes_max,
        idle_s=settings.body_idle_s,
        body_s=settings.body_s,
        header_s=settings.header_s,
        keep_alive_s=settings.keep_alive_s,
        connections_max=settings.connections_max,
        connections_per_address_max=settings.connections_per_address_max,
    )


def _log_in_rules(settings: Settings) -> LogInRules:
    return LogInRules(
        account_attempts_max=settings.account_attempts_max,
        address_attempts_max=settings.address_attempts_max,
        window=dt.timedelta(seconds=settings.attempts_window_s),
        idle=dt.timedelta(seconds=settings.session_idle_s),
        longest=dt.timedelta(seconds=settings.session_longest_s),
    )


async def _start(jobs: Jobs) -> None:
    jobs.start()


async def _stop(jobs: Jobs, workers: Workers, gateway: Gateway) -> None:
    await jobs.stop()
    await asyncio.to_thread(workers.close)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WORDS_S):
            await background.finished()
    await gateway.slow_work.end()
    await gateway.database.close()
