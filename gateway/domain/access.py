"""Who may do what: rights, the rights of each role, and which roles one person may have together.

A right is what a route asks for; a role is a set of rights. Rights are per company. A machine's token names its
rights itself, from those that a machine may have.
"""

from collections.abc import Iterable
from enum import StrEnum

from schemas.errors import GatewayError
from schemas.states import Role


class Right(StrEnum):
    """What a route may ask for."""

    PUBLIC = "public"  # Anyone, without log-in.
    SIGN_IN = "sign_in"  # The password was right; the second factor may still be missing.
    ACCOUNT = "account"  # Anyone who is fully logged in: own settings, choice of the company.
    SEE = "see"
    SEE_IBAN = "see_iban"  # The whole IBAN; each look is journaled.
    SEE_AUDIT = "see_audit"
    SEE_METRICS = "see_metrics"
    WORK = "work"  # Clear the review queue, keep customers and invoices.
    IMPORT = "import"  # Bring bank files, invoices and customers in.
    TAKE_STATEMENT = "take_statement"  # Take a held statement with a reason.
    WITHDRAW_STATEMENT = "withdraw_statement"
    SEE_SETTINGS = "see_settings"  # What matching may book by itself, and the record of the company.
    SET_POLICY = "set_policy"  # What matching may book by itself.
    APPROVE = "approve"
    MANAGE_ACCOUNTS = "manage_accounts"  # The company's own bank accounts.
    MANAGE_SETTINGS = "manage_settings"
    SEE_USERS = "see_users"
    MANAGE_USERS = "manage_users"
    MANAGE_TOKENS = "manage_tokens"


class AccessChangeKind(StrEnum):
    """What an administrator changes about a user that a second administrator has to accept."""

    ROLES = "roles"  # The roles in the company become these; none closes it to him.
    RESET = "reset"  # Password and second factor are forgotten; a new link is made.


class AccessChangeState(StrEnum):
    """Life of such a change. It is accepted at once while there is no second administrator."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


_EVERYONE = frozenset({Right.PUBLIC, Right.SIGN_IN, Right.ACCOUNT})
_READER = _EVERYONE | {Right.SEE, Right.SEE_SETTINGS}

ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _READER,
    Role.CLERK: _READER | {Right.SEE_IBAN, Right.WORK, Right.IMPORT},
    Role.APPROVER: _READER
    | {Right.SEE_IBAN, Right.APPROVE, Right.TAKE_STATEMENT, Right.WITHDRAW_STATEMENT, Right.SET_POLICY},
    Role.ADMINISTRATOR: _EVERYONE
    | {
        Right.SEE_SETTINGS,
        Right.SEE_USERS,
        Right.MANAGE_USERS,
        Right.MANAGE_TOKENS,
        Right.MANAGE_SETTINGS,
        Right.MANAGE_ACCOUNTS,
        Right.SEE_METRICS,
    },
    Role.AUDITOR: _READER | {Right.SEE_IBAN, Right.SEE_AUDIT, Right.SEE_USERS},
}

# A machine has no second factor, so it never approves and never gives rights.
TOKEN_RIGHTS = frozenset(
    {
        Right.SEE,
        Right.SEE_IBAN,
        Right.SEE_AUDIT,
        Right.SEE_METRICS,
        Right.WORK,
        Right.IMPORT,
        Right.TAKE_STATEMENT,
        Right.MANAGE_ACCOUNTS,
    }
)

SECOND_FACTOR_ROLES = frozenset({Role.APPROVER, Role.ADMINISTRATOR})


class RolesExclude(GatewayError):
    """One person cannot be administrator and approver."""

    code = "roles_exclude"


class RightNotForMachines(GatewayError):
    """A token cannot have this right."""

    code = "right_not_for_machines"


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Return the rights of a person with these roles in a company; no role gives none of the company's."""
    return _EVERYONE.union(*(ROLE_RIGHTS[role] for role in roles))


def needs_second_factor(roles: Iterable[Role]) -> bool:
    """Tell whether a person with these roles (in any company) must enrol a second factor before anything else."""
    return not SECOND_FACTOR_ROLES.isdisjoint(roles)


def check_roles(roles: Iterable[Role]) -> None:
    """Check that one person may have these roles, over all companies. Raises RolesExclude."""
    if {Role.ADMINISTRATOR, Role.APPROVER} <= set(roles):
        raise RolesExclude


def check_token_rights(rights: Iterable[Right]) -> None:
    """Check that a machine may have these rights. Raises RightNotForMachines naming the first that it may not."""
    for right in sorted(rights):
        if right not in TOKEN_RIGHTS:
            raise RightNotForMachines(
                f"a token cannot have the right {right.value}: a person with a second factor must"
            )
