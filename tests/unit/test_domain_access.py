"""Roles, rights and what one person or machine may have."""

import pytest

from gateway.domain.access import (
    ROLE_RIGHTS,
    TOKEN_RIGHTS,
    Right,
    RightNotForMachines,
    RolesExclude,
    check_roles,
    check_token_rights,
    needs_second_factor,
    rights_of,
)
from schemas.states import Role

CHANGING = {
    Right.WORK,
    Right.IMPORT,
    Right.TAKE_STATEMENT,
    Right.WITHDRAW_STATEMENT,
    Right.SET_POLICY,
    Right.APPROVE,
    Right.MANAGE_ACCOUNTS,
    Right.MANAGE_SETTINGS,
    Right.MANAGE_USERS,
    Right.MANAGE_TOKENS,
}
MONEY = {Right.WORK, Right.IMPORT, Right.APPROVE, Right.TAKE_STATEMENT, Right.WITHDRAW_STATEMENT, Right.SET_POLICY}


def test_every_role_has_rights() -> None:
    assert set(ROLE_RIGHTS) == set(Role)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_readers_change_nothing(role: Role) -> None:
    assert ROLE_RIGHTS[role].isdisjoint(CHANGING)


def test_an_administrator_has_no_right_over_money() -> None:
    assert ROLE_RIGHTS[Role.ADMINISTRATOR].isdisjoint(MONEY)


def test_who_makes_does_not_approve() -> None:
    assert Right.APPROVE not in ROLE_RIGHTS[Role.CLERK]
    assert Right.WORK not in ROLE_RIGHTS[Role.APPROVER]


def test_each_right_is_given_by_some_role() -> None:
    assert set().union(*ROLE_RIGHTS.values()) == set(Right)


def test_rights_add_up_over_roles() -> None:
    assert rights_of([Role.CLERK, Role.ADMINISTRATOR]) == ROLE_RIGHTS[Role.CLERK] | ROLE_RIGHTS[Role.ADMINISTRATOR]
    assert rights_of([]) == {Right.PUBLIC, Right.SIGN_IN, Right.ACCOUNT}


@pytest.mark.parametrize("role", Role)
def test_only_checkers_and_administrators_need_a_second_factor(role: Role) -> None:
    assert needs_second_factor([role]) is (role in {Role.APPROVER, Role.ADMINISTRATOR})


def test_administrator_and_approver_exclude_each_other() -> None:
    check_roles([Role.ADMINISTRATOR, Role.CLERK])
    check_roles([Role.APPROVER, Role.CLERK])

    with pytest.raises(RolesExclude):
        check_roles([Role.APPROVER, Role.CLERK, Role.ADMINISTRATOR])


@pytest.mark.parametrize("right", Right)
def test_a_machine_has_only_the_rights_of_machines(right: Right) -> None:
    if right in TOKEN_RIGHTS:
        check_token_rights([right])
        assert right not in {Right.APPROVE, Right.MANAGE_USERS, Right.MANAGE_TOKENS}
    else:
        with pytest.raises(RightNotForMachines, match=right.value):
            check_token_rights([Right.SEE, right])
