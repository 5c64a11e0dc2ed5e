"""Collections into payment blocks and files: the whole key of sepa-rules 3.3, a fixed order, the limits of a bank."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from gateway.domain.collecting.model import BlockPlan, CreditorTerms, FilePlan, PlannedCollection
from schemas.codes.lists import LocalInstrument
from schemas.direct_debit import BatchKey, PaymentParty
from schemas.identifiers import CreditorIdentifier

_BYTES_EACH = 1_100  # A generous estimate: the shortest collection has some 550 bytes, most have 700.


def batch_key(one: PlannedCollection) -> BatchKey:
    """Return what a collection shares with the others of its block."""
    creditor = one.creditor
    return BatchKey(
        collection_date=one.collection_date,
        local_instrument=one.scheme,
        sequence_type=one.sequence_type,
        creditor=PaymentParty(creditor.name, creditor.address),
        creditor_iban=creditor.iban,
        creditor_bic=creditor.bic,
        creditor_identifier=CreditorIdentifier(creditor.identifier),
        is_batch_booked=creditor.profile.is_batch_booked,
    )


def files_of(collections: Iterable[PlannedCollection]) -> list[FilePlan]:
    """Return the files that some collections make: one for each account, and for each scheme where the bank wants that.

    A file that would be larger than the bank takes is cut; its blocks are cut with it.
    """
    apart: defaultdict[tuple[int, str], list[PlannedCollection]] = defaultdict(list)
    for one in collections:
        profile = one.creditor.profile
        scheme = one.mandate.scheme if profile.are_schemes_apart else ""
        apart[one.creditor.account_id, scheme].append(one)
    files: list[FilePlan] = []
    for key in sorted(apart):
        creditor = apart[key][0].creditor
        most = max(1, min(creditor.profile.collections_max, creditor.profile.bytes_max // _BYTES_EACH))
        files.extend(_files(creditor, _blocks(apart[key]), most))
    return files


def _blocks(collections: Iterable[PlannedCollection]) -> list[BlockPlan]:
    found: defaultdict[tuple[object, ...], list[PlannedCollection]] = defaultdict(list)
    for one in collections:
        found[one.collection_date, one.mandate.scheme, one.sequence_type, one.creditor.identifier].append(one)
    blocks = [BlockPlan(batch_key(together[0]), together) for together in found.values()]
    return sorted(blocks, key=_place)


def _place(block: BlockPlan) -> tuple[object, ...]:
    key = block.key
    return key.collection_date, key.local_instrument, key.sequence_type, key.creditor_identifier, key.creditor.name


def _files(creditor: CreditorTerms, blocks: Sequence[BlockPlan], most: int) -> Iterator[FilePlan]:
    inside: list[BlockPlan] = []
    room = most
    for block in blocks:
        rest = list(block.collections)
        while rest:
            inside.append(BlockPlan(block.key, rest[:room]))
            taken = len(inside[-1].collections)
            rest, room = rest[taken:], room - taken
            if not room:
                yield FilePlan(creditor, tuple(inside))
                inside, room = [], most
    if inside:
        yield FilePlan(creditor, tuple(inside))


def schemes_of(file: FilePlan) -> list[LocalInstrument]:
    """Return the schemes that a file collects under."""
    return sorted({block.key.local_instrument for block in file.blocks})
