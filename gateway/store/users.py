"""People and machines that may come in, and their sessions."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

from gateway.domain.access import AccessChangeKind, AccessChangeState
from gateway.store import columns
from gateway.store.columns import Row
from schemas.states import Language, Role


class User(Row, table=True):
    """A person. The seed of the second factor is not stored: it is derived from the installation's key and the salt."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("login"),)

    id: int = columns.key(primary=True)
    login: str = columns.text()
    name: str = columns.text()
    password_hash: str = columns.text(default="")
    totp_salt: str | None = columns.text(nullable=True)
    totp_enrolled_at: dt.datetime | None = columns.moment(nullable=True)
    totp_last_step: int | None = columns.key(nullable=True)
    language: Language | None = columns.enum(Language, nullable=True)
    theme: str = columns.text(default="")
    is_active: bool = columns.flag(default=True)
    created_at: dt.datetime = columns.moment()


class UserRole(Row, table=True):
    """What a user may do in a company."""

    __tablename__ = "user_role"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        ForeignKeyConstraint(["company_id"], ["company.id"]),
    )

    user_id: int = columns.key(primary=True)
    company_id: int = columns.key(primary=True)
    role: Role = columns.enum(Role, primary=True)


class RecoveryCode(Row, table=True):
    """A code for the day the second factor is lost; each works once."""

    __tablename__ = "recovery_code"
    __table_args__ = (ForeignKeyConstraint(["user_id"], ["user_account.id"]),)

    id: int = columns.key(primary=True)
    user_id: int = columns.key(index=True)
    code_hash: str = columns.text()
    used_at: dt.datetime | None = columns.moment(nullable=True)


class Session(Row, table=True):
    """A log-in that lasts; only the hash of its value is kept."""

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("value_hash"), ForeignKeyConstraint(["user_id"], ["user_account.id"]))

    id: int = columns.key(primary=True)
    value_hash: str = columns.text()
    user_id: int = columns.key(index=True)
    company_id: int | None = columns.key(nullable=True)
    second_factor_at: dt.datetime | None = columns.moment(nullable=True)
    created_at: dt.datetime = columns.moment()
    seen_at: dt.datetime = columns.moment()


class OneTimeLink(Row, table=True):
    """A link that works once, to set a password: of the first administrator (no user yet), or of a user."""

    __tablename__ = "one_time_link"
    __table_args__ = (UniqueConstraint("value_hash"), ForeignKeyConstraint(["user_id"], ["user_account.id"]))

    id: int = columns.key(primary=True)
    value_hash: str = columns.text()
    user_id: int | None = columns.key(nullable=True)
    expires_at: dt.datetime = columns.moment()
    used_at: dt.datetime | None = columns.moment(nullable=True)


class AccessChange(Row, table=True):
    """What an administrator wants to change about a user, and what the second one said."""

    __tablename__ = "access_change"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        ForeignKeyConstraint(["company_id"], ["company.id"]),
        ForeignKeyConstraint(["proposed_by"], ["user_account.id"]),
        ForeignKeyConstraint(["decided_by"], ["user_account.id"]),
        CheckConstraint("decided_by <> proposed_by", name="two_persons"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    user_id: int = columns.key(index=True)
    kind: AccessChangeKind = columns.enum(AccessChangeKind)
    roles: list[str] = columns.facts()
    state: AccessChangeState = columns.enum(AccessChangeState)
    proposed_by: int | None = columns.key(nullable=True)  # None: the command line.
    proposed_at: dt.datetime = columns.moment()
    decided_by: int | None = columns.key(nullable=True)
    decided_at: dt.datetime | None = columns.moment(nullable=True)


class ApiToken(Row, table=True):
    """A machine's key to the API of one company, with named rights."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("value_hash"), ForeignKeyConstraint(["company_id"], ["company.id"]))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    name: str = columns.text()
    value_hash: str = columns.text()
    rights: list[str] = columns.facts()
    created_by: str = columns.text()
    created_at: dt.datetime = columns.moment()
    last_used_at: dt.datetime | None = columns.moment(nullable=True)
    revoked_at: dt.datetime | None = columns.moment(nullable=True)


class LogInFailure(Row, table=True):
    """Failed log-ins of an account or an address in a window of time."""

    __tablename__ = "log_in_failure"

    subject: str = columns.text(primary=True)  # account:..., address:... (hashed)
    count: int = columns.number()
    window_at: dt.datetime = columns.moment()
