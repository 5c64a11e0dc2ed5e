"""Prepare a file: planned collections become the very values that are stored and written, under ids that are ours.

Ids are random text with a running number: they say nothing, and none is ever given twice (INV-12).
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, count
from typing import BinaryIO, NamedTuple

from gateway.domain.calendar import latest_submission
from gateway.domain.collecting.model import BlockPlan, FilePlan, LeftOutReason, MandateTerms, PlannedCollection
from gateway.domain.collecting.remittance import is_reference
from gateway.domain.scheme_rules import check_collections
from generators.charset import fold
from generators.orders import UnwritableOrder, WrittenOrder
from generators.pain008 import save_direct_debits
from schemas.bank_profile import BankProfile
from schemas.codes.lists import LocalInstrument
from schemas.countries import is_eea
from schemas.direct_debit import BatchKey, DirectDebit, DirectDebitMessage, MandateFactsSent, PaymentBlock
from schemas.identifiers import Bic, EndToEndId, Iban, MandateReference, MessageId, PaymentInformationId
from schemas.parties import NO_ADDRESS, PaymentParty

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # Without I, O, 0 and 1, which people confuse.
_RANDOM = 12  # 60 bits.
_TOLD_EACH = 5_000  # Collections.


class Prepared(NamedTuple):
    """One collection: as planned, and as it will be written."""

    planned: PlannedCollection
    debit: DirectDebit


class PreparedBlock(NamedTuple):
    """One payment block."""

    payment_information_id: PaymentInformationId
    key: BatchKey
    collections: Sequence[Prepared]

    @property
    def sum_minor(self) -> int:
        """The sum of its collections."""
        return sum(one.planned.amount_minor for one in self.collections)


class BadCollection(NamedTuple):
    """A collection that cannot be in its file, and why."""

    planned: PlannedCollection
    reason: LeftOutReason
    detail: str


class PreparedFile(NamedTuple):
    """A file before it is written: what is in it, and what had to be left out."""

    message_id: MessageId
    plan: FilePlan
    blocks: tuple[PreparedBlock, ...]
    bad: tuple[BadCollection, ...]

    @property
    def collection_count(self) -> int:
        """How many collections are in it."""
        return sum(len(block.collections) for block in self.blocks)

    @property
    def sum_minor(self) -> int:
        """Their sum."""
        return sum(block.sum_minor for block in self.blocks)

    @property
    def profile(self) -> BankProfile:
        """The habits of the bank it is for."""
        return self.plan.creditor.profile

    def collections(self) -> Iterator[tuple[PreparedBlock, Prepared]]:
        """Yield each collection with its block."""
        for block in self.blocks:
            for one in block.collections:
                yield block, one


def new_message_id() -> MessageId:
    """Return an id for a file that no file ever had."""
    return MessageId("".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM)))


def prepare_file(plan: FilePlan, message_id: MessageId, *, today: dt.date) -> PreparedFile:
    """Give the collections of a file their ids, and leave out what breaks a rule of the scheme."""
    blocks: list[PreparedBlock] = []
    bad: list[BadCollection] = []
    debtors: dict[int, _Debtor] = {}
    judged: dict[int, str] = {}
    numbers = count(1)
    for place, block in enumerate(plan.blocks, 1):
        prepared = []
        for planned in block.collections:
            mandate = planned.mandate
            debtor = debtors.get(mandate.id) or debtors.setdefault(mandate.id, _debtor(mandate))
            prepared.append(Prepared(planned, _debit(planned, debtor, EndToEndId(f"{message_id}-{next(numbers)}"))))
        _judge(block, prepared, plan.creditor.profile, today, judged)
        good = prepared
        if any(judged.values()):
            bad += [_bad(one.planned, fault) for one in prepared if (fault := judged[one.planned.mandate.id])]
            good = [one for one in prepared if not judged[one.planned.mandate.id]]
        if good:
            blocks.append(PreparedBlock(PaymentInformationId(f"{message_id}-B{place}"), block.key, good))
    return PreparedFile(message_id, plan, tuple(blocks), tuple(bad))


def _bad(planned: PlannedCollection, detail: str) -> BadCollection:
    return BadCollection(planned, LeftOutReason.BREAKS_RULE, detail)


class _Debtor(NamedTuple):
    """What all collections of a mandate say alike, in the order in which they say it."""

    mandate: MandateFactsSent
    party: PaymentParty
    iban: Iban
    bic: Bic | None
    ultimate: str


def _debtor(mandate: MandateTerms) -> _Debtor:
    """Return the debtor as he is written. One in the EEA needs no address, and the safest is none."""
    address = NO_ADDRESS if is_eea(mandate.iban.country) else mandate.address
    facts = MandateFactsSent(MandateReference(mandate.reference), mandate.signature_date, mandate.amendment)  # type: ignore[arg-type]  # Planning refused a mandate without signature.
    party = PaymentParty(mandate.debtor_name, address)
    return _Debtor(facts, party, mandate.iban, mandate.bic, mandate.ultimate_debtor)


def _debit(planned: PlannedCollection, debtor: _Debtor, end_to_end_id: EndToEndId) -> DirectDebit:
    text = planned.remittance
    texts = ("", text) if is_reference(text) else (text, "")
    return DirectDebit(end_to_end_id, planned.amount_minor, *debtor, *texts)


def _judge(
    block: BlockPlan, prepared: Sequence[Prepared], profile: BankProfile, today: dt.date, judged: dict[int, str]
) -> None:
    """Write down of each mandate what of it breaks a rule that banks enforce; nothing where all is well.

    A mandate is judged once in a file, at its earliest day: what differs between its collections is ours (ids,
    amounts within what SEPA takes, folded texts), and the writer checks each against the XSD.
    """

    def folded(text: str, limit: int) -> str:
        return fold(text, profile.character_set, limit)

    fresh = {key: one.debit for one in prepared if (key := one.planned.mandate.id) not in judged}
    judged.update(dict.fromkeys(fresh, ""))
    of_id = {debit.end_to_end_id: mandate_id for mandate_id, debit in fresh.items()}
    for finding in check_collections(fresh.values(), block.key, today=today, fold=folded):
        if finding.is_error and finding.end_to_end_id is not None:
            mandate_id = of_id[EndToEndId(finding.end_to_end_id)]
            judged[mandate_id] = judged[mandate_id] or f"{finding.rule.name}: {finding.found}"


def without(file: PreparedFile, bad: dict[str, BadCollection]) -> PreparedFile:
    """Return a file without some collections, named by end-to-end id."""
    blocks = [
        block._replace(collections=[one for one in block.collections if one.debit.end_to_end_id not in bad])
        for block in file.blocks
    ]
    return file._replace(blocks=tuple(block for block in blocks if block.collections), bad=(*file.bad, *bad.values()))


def write_file(
    prepared: PreparedFile, created_at: dt.datetime, file: BinaryIO, told: Callable[[int], None] = lambda _: None
) -> WrittenOrder:
    """Write a file, each part checked against its XSD; ``told`` hears how many collections are written.

    Raises UnwritableOrder naming the collection at fault.
    """
    written = accumulate((len(block.collections) for block in prepared.blocks), initial=0)
    blocks = [
        PaymentBlock(
            block.payment_information_id, block.key, len(block.collections), block.sum_minor,
            _debits(block, lambda done, before=before: told(before + done)),  # type: ignore[misc]
        )
        for block, before in zip(prepared.blocks, written, strict=False)
    ]  # fmt: skip
    message = DirectDebitMessage(
        prepared.message_id, created_at, prepared.plan.creditor.name, blocks, prepared.collection_count,
        prepared.sum_minor, prepared.profile.initiating_party_id,
    )  # fmt: skip
    return save_direct_debits(message, prepared.profile, file)


def _debits(block: PreparedBlock, told: Callable[[int], None]) -> Iterator[DirectDebit]:
    for start in range(0, len(block.collections), _TOLD_EACH):
        told(start)
        yield from [one.debit for one in block.collections[start : start + _TOLD_EACH]]


def bad_by(error: UnwritableOrder, prepared: PreparedFile) -> dict[str, BadCollection]:
    """Return the collection that an error names. Raises the error itself when it names none of them."""
    for _, one in prepared.collections():
        if one.debit.end_to_end_id == error.end_to_end_id:
            return {error.end_to_end_id: _bad(one.planned, str(error))}
    raise error


def submission_until(prepared: PreparedFile) -> dt.datetime:
    """Return the moment until which the bank takes the file: that of its earliest block."""
    profile = prepared.profile
    return min(
        latest_submission(
            block.key.collection_date,
            lead_days=profile.lead_days_b2b
            if block.key.local_instrument is LocalInstrument.B2B
            else profile.lead_days_core,
            cut_off=profile.cut_off,
            zone=profile.zone,
        )
        for block in prepared.blocks
    )


def asked_by_item(prepared: PreparedFile) -> dict[int, tuple[int, dt.date]]:
    """Return what the file asks of each item anew, and the last day on which it asks for any of it.

    What a person planned before is asked for already.
    """
    asked: dict[int, tuple[int, dt.date]] = {}
    for block in prepared.blocks:
        date = block.key.collection_date
        for one in block.collections:
            if one.planned.stored_id is None:
                for item_id, amount in one.planned.lines:
                    asked[item_id] = (asked[item_id][0] + amount if item_id in asked else amount), date
    return asked
