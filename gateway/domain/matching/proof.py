"""The signs that speak for or against an explanation, as short sentences in the reader's language.

A sign is a code with facts (text and whole numbers only, so that it can be stored). How a fact is shown is told by its
name: ``*_minor`` is an amount in the fact ``currency``, ``*_date`` an ISO date, ``percent_points`` are hundredths of a
per cent; anything else is shown as it is.
"""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum

from gateway.domain.matching.model import Sign
from gateway.domain.matching.proof_words import SENTENCES
from schemas.money import amount_text
from schemas.states import Language


class SignCode(StrEnum):
    """What was noticed."""

    NAMES_ITEM = "names_item"
    NAMES_SHORT = "names_short"
    NAMES_RANGE = "names_range"
    NAMES_ALIAS = "names_alias"
    NAMES_REFERENCE = "names_reference"
    NAMES_IN_END_TO_END_ID = "names_in_end_to_end_id"
    MISTYPED = "mistyped"
    NAMES_OTHER = "names_other"
    NEAR_OTHER = "near_other"
    NAMES_UNKNOWN = "names_unknown"
    CALLED_OTHERWISE = "called_otherwise"
    IBAN_CONFIRMED = "iban_confirmed"
    IBAN_CONFIRMED_BY = "iban_confirmed_by"
    IBAN_PROPOSED = "iban_proposed"
    IBAN_COLLECTOR = "iban_collector"
    NAME_AGREES = "name_agrees"
    NAME_SIMILAR = "name_similar"
    CUSTOMER_NUMBER = "customer_number"
    MANDATE = "mandate"
    PAYER_DIFFERS = "payer_differs"
    AMOUNT_EXACT = "amount_exact"
    SUM_EXACT = "sum_exact"
    ONLY_ITEM = "only_item"
    ONLY_SET = "only_set"
    OTHER_SETS = "other_sets"
    SETS_FIT = "sets_fit"
    OTHERS_FIT = "others_fit"
    SEARCH_CUT = "search_cut"
    BY_CHANCE = "by_chance"
    DISCOUNT = "discount"
    DISCOUNT_LATE = "discount_late"
    DISCOUNT_UNAGREED = "discount_unagreed"
    ROUNDED = "rounded"
    CHARGES_REPORTED = "charges_reported"
    CHARGES_SUPPOSED = "charges_supposed"
    WITHIN_TOLERANCE = "within_tolerance"
    REST_OPEN = "rest_open"
    OLDEST_FIRST = "oldest_first"
    KEPT_ON_ACCOUNT = "kept_on_account"
    HABIT_OLDEST_FIRST = "habit_oldest_first"
    HABIT_DEDUCTS = "habit_deducts"
    HABIT_ROUNDS = "habit_rounds"
    HABIT_NOT_PROVEN = "habit_not_proven"
    PAID_ALREADY = "paid_already"
    NOTHING_OPEN = "nothing_open"
    NO_REFERENCE = "no_reference"
    TWIN_WAITS = "twin_waits"
    IN_FLIGHT = "in_flight"
    DISPUTED = "disputed"
    OTHER_CURRENCY = "other_currency"
    RETURN_OF = "return_of"
    RETURN_FEE = "return_fee"
    PAYS_OUT = "pays_out"
    COLLECTION_OF = "collection_of"
    COLLECTION_AMOUNT = "collection_amount"
    COLLECTION_ENDED = "collection_ended"
    COLLECTION_REJECTED = "collection_rejected"
    BATCH_OF = "batch_of"
    BATCH_SHORT = "batch_short"
    BATCH_MORE = "batch_more"
    BATCH_ENDED = "batch_ended"
    REJECTS_EXPLAIN = "rejects_explain"
    REJECTS_CREDITED = "rejects_credited"
    WITHOUT_DEBITS = "without_debits"
    PAID_MEANWHILE = "paid_meanwhile"
    NO_DEBIT = "no_debit"
    TAKES_BACK = "takes_back"
    BACK_REASON = "back_reason"
    COMPENSATION = "compensation"
    MORE_THAN_DEBIT = "more_than_debit"
    LESS_THAN_DEBIT = "less_than_debit"
    MAY_BE_DEBIT = "may_be_debit"
    BACK_ALREADY = "back_already"
    NO_MONEY_YET = "no_money_yet"
    REFUND_OF = "refund_of"
    REFUND_BATCH = "refund_batch"
    REFUND_UNNAMED = "refund_unnamed"
    REFUND_AMOUNT = "refund_amount"
    REFUND_OVER = "refund_over"
    REFUND_BACK = "refund_back"
    REFUND_PAID = "refund_paid"
    REFUND_FAILED = "refund_failed"
    REFUND_NOT_PAID = "refund_not_paid"
    REFUND_NOT_SENT = "refund_not_sent"
    USER_RULE = "user_rule"
    USER_RULE_STOPPED = "user_rule_stopped"
    USER_RULE_DIFFERS = "user_rule_differs"
    POINTS_ELSEWHERE = "points_elsewhere"
    ADVICE_LISTS = "advice_lists"
    ADVICE_UNKNOWN = "advice_unknown"
    ADVICE_SUM = "advice_sum"
    ADVICE_DEDUCTS = "advice_deducts"
    ADVICE_MORE = "advice_more"


def sentence(
    sign: Sign,
    language: Language,
    *,
    money: Callable[[int, str], str] = lambda minor, currency: f"{amount_text(minor, currency)} {currency}",
    date: Callable[[dt.date], str] = dt.date.isoformat,
) -> str:
    """Return a sign as a sentence without a full stop; ``money`` and ``date`` write for the reader."""
    currency = str(sign.facts.get("currency", ""))
    shown = {
        name: money(int(fact), currency)
        if name.endswith("_minor")
        else date(dt.date.fromisoformat(str(fact)))
        if name.endswith("_date")
        else str(fact)
        for name, fact in sign.facts.items()
    }
    return SENTENCES[sign.code].in_language(language).format_map(shown)
