"""Passwords: what is refused, and that hashing runs at most twice at a time."""

import asyncio
import threading
import time

import pytest
from argon2 import PasswordHasher

from gateway.services.passwords import Passwords, WeakPassword

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "größe für immer", "clara likes purple rain", "X9$k2mQv!7pL", "my company is very nice"],
)
def test_good_passwords_are_taken(password: str) -> None:
    passwords = Passwords(QUICK)

    assert passwords.check(password, names=["clara", "Clara Meier", "My Company"]) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("elevenchars", "it needs 12", id="11 characters"),
        pytest.param("ababababababab", "different", id="two letters"),
        pytest.param("ClaraMeier1234", "your name", id="name of the user"),
        pytest.param("Beispiel Handel!", "the company's", id="name of the company"),
        pytest.param("Password Of The List", "in the list", id="of the operator's list"),
        pytest.param("x1y2z" * 60, "more than 256", id="endless"),
    ],
)
def test_weak_passwords_are_refused(password: str, why: str) -> None:
    passwords = Passwords(QUICK, frozenset({"password of the list"}))

    with pytest.raises(WeakPassword, match=why):
        passwords.check(password, names=["clara.meier", "Clara Meier", "Beispiel Handel GmbH"])


async def test_hashes_are_argon2id_and_fit_their_password_only() -> None:
    passwords = Passwords(QUICK)

    made = await passwords.hash("correct horse battery")

    assert made.startswith("$argon2id$")
    assert await passwords.is_right(made, "correct horse battery")
    assert not await passwords.is_right(made, "correct horse battery ")
    assert not await passwords.is_right("", "a password that nobody has")
    assert not await passwords.is_right("no hash", "x")


async def test_the_same_letters_in_other_code_points_are_the_same_password() -> None:
    passwords = Passwords(QUICK)

    made = await passwords.hash("gr\u00f6\u00dfer als sonst")

    assert await passwords.is_right(made, "gro\u0308\u00dfer als sonst")


async def test_at_most_two_hashes_run_at_once_and_the_loop_stays_free(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, lock = Passwords(QUICK), threading.Lock()
    running, most = 0, 0

    def slow(_hash: str, _password: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(passwords, "_fits", slow)
    ticks = 0
    waiting = asyncio.gather(*[passwords.is_right("hash", "x") for _ in range(10)])
    while not waiting.done():
        ticks += 1
        await asyncio.sleep(0.001)

    assert (most, ticks > 20) == (2, True)


async def test_an_unknown_user_costs_as_much_as_a_known_one() -> None:
    passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=16_384, parallelism=1))
    made = await passwords.hash("correct horse battery")

    async def cost(known: str) -> float:
        began = time.process_time()
        await passwords.is_right(known, "wrong")
        return time.process_time() - began

    known, unknown = min([await cost(made) for _ in range(5)]), min([await cost("") for _ in range(5)])

    assert 0.5 < known / unknown < 2
