"""Code lists of banks and schemes, with plain words for clerks in English, French and German.

A code that is not in a list is kept and shown as it came; nothing here refuses one. Words are found with
``words_of(TABLE, code, language)``.
"""

from schemas.codes.booking_kinds import KIND_WORDS, BookingKind
from schemas.codes.bookings import booking_kind, code_words
from schemas.codes.reason_actions import ACTION_WORDS, MandateAction, NextAction, Retry, ReturnKind
from schemas.codes.reason_words import REASON_WORDS
from schemas.codes.reasons import GERMAN_RETURN_NUMBERS, REASONS, Reason, is_return_reason
from schemas.codes.status import STATUS_WORDS, StatusEffect, status_effect
from schemas.codes.words import Words, words_of

__all__ = [
    "ACTION_WORDS",
    "GERMAN_RETURN_NUMBERS",
    "KIND_WORDS",
    "REASONS",
    "REASON_WORDS",
    "STATUS_WORDS",
    "BookingKind",
    "MandateAction",
    "NextAction",
    "Reason",
    "Retry",
    "ReturnKind",
    "StatusEffect",
    "Words",
    "booking_kind",
    "code_words",
    "is_return_reason",
    "status_effect",
    "words_of",
]
