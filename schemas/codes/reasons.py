"""Why a collection or transfer was refused or came back: one table of reason codes.

Codes are ISO 20022 external codes (status reasons of pain.002, return reasons of statements), their use that of the
SEPA schemes. A code that is not here is shown as it came and left to a person.
"""

from typing import NamedTuple

from schemas.codes.reason_actions import MandateAction, NextAction, Retry, ReturnKind
from schemas.codes.reason_words import REASON_WORDS
from schemas.codes.words import Words

# One debt is collected at most twice again, and never in haste.
RETRIES_MAX = 2
RETRY_AFTER_BUSINESS_DAYS = 5

# Text key extensions (?34 of German MT940) whose meaning sources agree on. A reason code in the text wins over them;
# 990 to 999 mark the sequence on the debtor's side and are no return reasons.
GERMAN_RETURN_NUMBERS = {
    "901": "AC01",
    "902": "AC04",
    "903": "AC06",
    "904": "AG01",
    "906": "AM04",
    "908": "BE04",
    "909": "MD01",
    "910": "MD02",
    "912": "MD06",
    "913": "MD07",
    "914": "MS03",
    "915": "RC01",
}

_KINDS = {
    "J": ReturnKind.REJECT,
    "F": ReturnKind.REFUSAL,
    "T": ReturnKind.RETURN,
    "D": ReturnKind.REFUND,
    "V": ReturnKind.REVERSAL,
}


class Reason(NamedTuple):
    """What a reason code means and what is done by default. No kinds: not normal for direct debits."""

    code: str
    kinds: frozenset[ReturnKind]
    retry: Retry
    mandate: MandateAction
    action: NextAction
    words: Words


def _reason(code: str, kinds: str, retry: str, mandate: str, action: str) -> Reason:
    return Reason(
        code=code,
        kinds=frozenset(_KINDS[kind] for kind in kinds),
        retry=Retry(retry),
        mandate=MandateAction(mandate),
        action=NextAction(action),
        words=REASON_WORDS[code],
    )


# Code, kinds (reJect, reFusal, reTurn, refunD, reVersal), retry, mandate, next action.
_TABLE = (
    _reason("AC01", "JT", "fix", "suspend", "ask_account"),
    _reason("AC04", "JT", "no", "suspend", "ask_account"),
    _reason("AC06", "JT", "no", "suspend", "ask_debtor"),
    _reason("AC13", "JT", "no", "cancel", "new_mandate"),
    _reason("AG01", "JT", "no", "suspend", "other_way"),
    _reason("AG02", "JT", "fix", "keep", "correct_file"),
    _reason("AG07", "JT", "later", "keep", "present_again"),
    _reason("AM01", "J", "fix", "keep", "correct_file"),
    _reason("AM02", "J", "fix", "keep", "correct_file"),
    _reason("AM03", "J", "fix", "keep", "correct_file"),
    _reason("AM04", "JT", "later", "keep", "present_again"),
    _reason("AM05", "JTV", "no", "keep", "check_sent"),
    _reason("AM06", "J", "fix", "keep", "correct_file"),
    _reason("AM09", "J", "fix", "keep", "correct_file"),
    _reason("AM10", "J", "fix", "keep", "correct_file"),
    _reason("AM16", "J", "fix", "keep", "correct_file"),
    _reason("AM17", "J", "fix", "keep", "correct_file"),
    _reason("AM18", "J", "fix", "keep", "correct_file"),
    _reason("AM19", "J", "fix", "keep", "correct_file"),
    _reason("AM20", "J", "fix", "keep", "correct_file"),
    _reason("BE01", "JT", "fix", "suspend", "compare_mandate"),
    _reason("BE04", "JT", "fix", "keep", "complete_data"),
    _reason("BE05", "JT", "fix", "keep", "check_creditor_identifier"),
    _reason("BE06", "", "no", "keep", "ask_account"),
    _reason("BE07", "JT", "fix", "keep", "complete_data"),
    _reason("CH03", "J", "fix", "keep", "move_date"),
    _reason("CH11", "J", "fix", "keep", "correct_file"),
    _reason("CNOR", "JT", "fix", "keep", "ask_own_bank"),
    _reason("CUST", "", "no", "keep", "read_text"),
    _reason("DNOR", "JT", "no", "suspend", "other_way"),
    _reason("DT01", "J", "fix", "keep", "move_date"),
    _reason("DT03", "J", "fix", "keep", "move_date"),
    _reason("DU01", "J", "fix", "keep", "check_sent"),
    _reason("DU02", "J", "fix", "keep", "check_sent"),
    _reason("DU03", "J", "fix", "keep", "check_sent"),
    _reason("DU04", "J", "fix", "keep", "check_sent"),
    _reason("DU05", "J", "fix", "keep", "check_sent"),
    _reason("DUPL", "", "no", "keep", "read_text"),
    _reason("ED05", "JT", "later", "keep", "present_again"),
    _reason("FF01", "J", "fix", "keep", "correct_file"),
    _reason("FF05", "JT", "fix", "keep", "correct_file"),
    _reason("FF08", "J", "fix", "keep", "correct_file"),
    _reason("FOCR", "", "no", "keep", "read_text"),
    _reason("FRAD", "", "no", "keep", "compliance"),
    _reason("LEGL", "", "no", "keep", "compliance"),
    _reason("MD01", "JTD", "no", "suspend", "new_mandate"),
    _reason("MD02", "JT", "fix", "suspend", "compare_mandate"),
    _reason("MD05", "V", "no", "keep", "check_sent"),
    _reason("MD06", "D", "no", "decide", "ask_debtor"),
    _reason("MD07", "JT", "no", "cancel", "estate"),
    _reason("MS02", "FTV", "no", "decide", "ask_debtor"),
    _reason("MS03", "JTV", "later_once", "keep", "present_again"),
    _reason("NARR", "", "no", "keep", "read_text"),
    _reason("NOAS", "", "no", "keep", "read_text"),
    _reason("NOOR", "", "no", "keep", "read_text"),
    _reason("RC01", "JT", "fix", "keep", "correct_file"),
    _reason("RC03", "JT", "fix", "keep", "correct_file"),
    _reason("RC04", "JT", "fix", "keep", "correct_file"),
    _reason("RF01", "J", "fix", "keep", "correct_file"),
    _reason("RR01", "JT", "fix", "keep", "complete_data"),
    _reason("RR02", "JT", "fix", "keep", "complete_data"),
    _reason("RR03", "JT", "fix", "keep", "complete_data"),
    _reason("RR04", "JT", "no", "suspend", "compliance"),
    _reason("SL01", "JT", "no", "suspend", "ask_to_allow"),
    _reason("SL11", "JT", "no", "suspend", "ask_to_allow"),
    _reason("SL12", "JT", "no", "suspend", "ask_to_allow"),
    # Later is possible, but never by itself: presenting SL1x again unasked is advised against.
    _reason("SL13", "JT", "no", "keep", "ask_to_allow"),
    _reason("SL14", "JT", "no", "keep", "ask_to_allow"),
    _reason("TM01", "J", "fix", "keep", "move_date"),
    _reason("UPAY", "", "no", "keep", "read_text"),
)

REASONS = {reason.code: reason for reason in _TABLE}


def is_return_reason(code: str | None) -> bool:
    """Return whether a code says that money came back. Some banks send 0000 for success."""
    return bool(code) and code != "0000"
