"""Whatever sound collections and refunds are asked for, the files are valid, complete, and made of what banks take."""

import datetime as dt
import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import sepaxml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some
from lxml import etree

from generators.pain001 import save_credit_transfers, write_credit_transfers
from generators.pain008 import save_direct_debits, write_direct_debits
from schemas.bank_profile import AddressMode, BankProfile, CharacterSet, CreditTransferVersion, DirectDebitVersion
from schemas.codes.lists import CATEGORY_PURPOSES, LocalInstrument, SequenceType
from schemas.credit_transfer import CreditTransfer
from schemas.direct_debit import Amendment, BatchKey, DirectDebit, MandateFactsSent
from schemas.identifiers import Bic, CreditorIdentifier, EndToEndId, MandateReference
from schemas.money import amount_text
from schemas.parties import PaymentParty, PostalAddress
from support.figures import count, note
from support.orders import (
    IBANS,
    PROFILE,
    block_of,
    joined,
    message_of,
    transfer_block_of,
    transfer_message_of,
    under,
)

pytestmark = pytest.mark.prove

# In turns, because what chooses the cases remembers all of a turn.
TURNS, CASES = count(full=10, small=1), count(full=250, small=20)
FAIR = settings(
    max_examples=CASES,
    phases=[Phase.generate],  # Shrinking such large values takes minutes; the error names the place.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TAKEN = re.compile(rb"[A-Za-z0-9/\-?:().,'+ ]*")
LATIN = re.compile("[A-Za-z0-9/\\-?:().,'+ À-ÖØ-öø-ÿ]*")
SEEN: Counter[str] = Counter()

pieces = some.text(max_size=20) | some.text("abc äöüßéçœŁøЖ&<>'\"\t\n", max_size=20)
texts = pieces | pieces.map(lambda piece: piece * 9)  # Longer than any element, and quick to choose.
names = some.builds(lambda text: "A" + text, texts)
identifiers = some.from_regex(r"[A-Z0-9+?:().,'-]([A-Z0-9+?:().,' -]{0,33}[A-Z0-9])?", fullmatch=True)
own_ids = some.from_regex("[A-Z0-9-]{1,35}", fullmatch=True).map(EndToEndId)
ibans = some.sampled_from(IBANS)
bics = some.none() | some.sampled_from([Bic("COBADEFFXXX"), Bic("PSSTFRPP")])
days = some.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31))
amounts = some.integers(1, 99_999_999_999) | some.integers(1, 100)
addresses = some.builds(
    PostalAddress,
    country=some.sampled_from(["", "FR", "DE"]),
    town=texts,
    postcode=texts,
    street=texts,
    building=texts,
    lines=some.lists(texts, max_size=2).map(tuple),
)
parties = some.builds(PaymentParty, names, addresses, some.just("") | identifiers)
creditors = some.builds(PaymentParty, names, addresses, some.just(""))
creditor_identifiers = some.sampled_from(
    [CreditorIdentifier("DE98ZZZ09999999999"), CreditorIdentifier("FR72ZZZ123456")]
)
amendments = some.builds(
    Amendment,
    original_reference=some.none() | identifiers.map(MandateReference),
    original_creditor_identifier=some.none() | creditor_identifiers,
    original_creditor_name=texts,
    is_new_account=some.booleans(),
)
remittances: some.SearchStrategy[dict[str, str]] = some.fixed_dictionaries(
    {"remittance": texts}
) | some.fixed_dictionaries(
    {"creditor_reference": some.sampled_from(["RF18539007547034", "+++123/4567/89002+++", "123456789002", "20261"])}
)
purposes = some.sampled_from(["", *sorted(CATEGORY_PURPOSES)])


@some.composite
def debits(draw: some.DrawFn) -> DirectDebit:
    """Return one sound collection."""
    mandate = MandateFactsSent(MandateReference(draw(identifiers)), draw(days), draw(amendments))
    return DirectDebit(
        draw(own_ids),
        draw(amounts),
        mandate,
        draw(parties),
        draw(ibans),
        draw(bics),
        draw(texts),
        purpose=draw(purposes),
        instruction_id=draw(some.just("") | identifiers),
        **draw(remittances),
    )


keys = some.builds(
    BatchKey,
    days,
    some.sampled_from(LocalInstrument),
    some.sampled_from(SequenceType),
    creditors,
    ibans,
    bics,
    creditor_identifiers,
    texts,
    purposes,
    some.sampled_from([True, False, None]),
)
transfers = some.builds(CreditTransfer, own_ids, amounts, parties, ibans, bics, texts, purposes)


def profiles_of(**version: str) -> some.SearchStrategy[BankProfile]:
    """Return profiles of a version with any habits."""
    modes, sets = some.sampled_from(AddressMode), some.sampled_from(CharacterSet)
    return some.builds(
        PROFILE._replace,
        address_mode=modes,
        character_set=sets,
        **{name: some.just(one) for name, one in version.items()},
    )


@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("version", DirectDebitVersion)
def test_any_collections_make_a_valid_file(version: DirectDebitVersion, turn: int) -> None:
    blocks = some.lists(some.tuples(keys, some.lists(debits(), min_size=1, max_size=3)), min_size=1, max_size=3)

    seed(turn)(FAIR(given(blocks, profiles_of(direct_debit_version=version))(collections_are_valid)))()


def collections_are_valid(planned: list[tuple[BatchKey, list[DirectDebit]]], profile: BankProfile) -> None:
    """Write the collections and check all that is said of them."""
    blocks = [block_of(*debits, number=place, key=key) for place, (key, debits) in enumerate(planned)]
    message, file = message_of(*blocks), io.BytesIO()

    saved = save_direct_debits(message, profile, file)

    data = file.getvalue()
    check(data, profile.direct_debit_version, profile)
    assert joined(write_direct_debits(message, profile)) == data
    written = [each for _, debits in planned for each in debits]
    assert (saved.order_count, saved.sum_minor) == (len(written), sum(each.amount_minor for each in written))
    facts = under(data, "DrctDbtTxInf")
    assert [text for path, text in facts if path == "InstdAmt"] == [amount_text(each.amount_minor) for each in written]
    assert [text for path, text in facts if path.endswith("/EndToEndId")] == [each.end_to_end_id for each in written]
    assert [text for path, text in facts if path.endswith("/MndtId")] == [each.mandate.reference for each in written]
    assert [text for path, text in facts if path == "DbtrAcct/Id/IBAN"] == [each.debtor_iban for each in written]


@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("version", CreditTransferVersion)
def test_any_refunds_make_a_valid_file(version: CreditTransferVersion, turn: int) -> None:
    blocks = some.lists(some.lists(transfers, min_size=1, max_size=3), min_size=1, max_size=3)

    seed(turn)(FAIR(given(blocks, profiles_of(credit_transfer_version=version))(refunds_are_valid)))()


def refunds_are_valid(planned: list[list[CreditTransfer]], profile: BankProfile) -> None:
    """Write the refunds and check the file."""
    blocks = [transfer_block_of(*transfers, number=place) for place, transfers in enumerate(planned)]
    message, file = transfer_message_of(*blocks), io.BytesIO()

    save_credit_transfers(message, profile, file)

    data = file.getvalue()
    check(data, profile.credit_transfer_version, profile)
    assert joined(write_credit_transfers(message, profile)) == data


def check(data: bytes, message_name: str, profile: BankProfile) -> None:
    """Check a whole file: against its schema, without empty elements, with the characters that the bank takes."""
    document = etree.fromstring(data)
    schema_of(message_name).assertValid(document)
    for found in document.iter():
        if len(found) == 0:
            assert found.text, found.tag
            assert LATIN.fullmatch(found.text), found.text
            if profile.character_set is not CharacterSet.LATIN:
                assert TAKEN.fullmatch(found.text.encode()), found.text
            assert found.text == found.text.strip()
    for address in document.iter("{*}PstlAdr"):
        assert address.findtext("{*}TwnNm")
        assert address.findtext("{*}Ctry")
    SEEN[message_name] += 1


@cache
def schema_of(message_name: str) -> etree.XMLSchema:
    """Return the schema that the package sepaxml ships."""
    return etree.XMLSchema(file=str(Path(sepaxml.__file__).parent / "schemas" / f"{message_name}.xsd"))


def test_the_count_is_told() -> None:
    told = ", ".join(f"{times} {name}" for name, times in sorted(SEEN.items()))
    note(
        "files of generated collections and refunds", f"{sum(SEEN.values())} files, all valid: {told}", f"0-{TURNS - 1}"
    )
    assert SEEN
