"""A pretended bank to try the gateway against, in tests and from the command line.

It takes our orders as a strict bank would, answers, settles, sends money back, and keeps the truth in its books. It
shares the vocabulary with the product, but neither its readers nor its writers nor its rules.
"""

from gateway.fake_bank.bank import FakeBank, Letter
from gateway.fake_bank.books import Outcome, State, Transfer, state_from_json, state_to_json
from gateway.fake_bank.fates import magic_words
from gateway.fake_bank.habits import Habits

__all__ = [
    "FakeBank", "Habits", "Letter", "Outcome", "State", "Transfer", "magic_words", "state_from_json", "state_to_json",
]  # fmt: skip
