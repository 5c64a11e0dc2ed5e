"""What the payer wrote, and what the bank wrote beside it."""

import pytest

from support.camt_files import (
    camt053,
    details,
    entry,
    read,
)


@pytest.mark.parametrize(
    ("inside", "text", "reference"),
    [
        pytest.param("<Ustrd>RE 4711 &amp; 4712</Ustrd>", "RE 4711 & 4712", None, id="one line"),
        pytest.param("<Ustrd>RE 4711</Ustrd><Ustrd>Danke</Ustrd>", "RE 4711 Danke", None, id="two lines"),
        pytest.param("<Ustrd/><Ustrd>RE 4711</Ustrd>", "RE 4711", None, id="an empty line"),
        pytest.param(f"<Ustrd>{'x' * 140}</Ustrd><Ustrd>y</Ustrd>", "x" * 140 + "y", None, id="cut inside a word"),
        pytest.param(f"<Ustrd>{'x' * 35}</Ustrd><Ustrd>y</Ustrd>", "x" * 35 + "y", None, id="cut at 35"),
        pytest.param(f"<Ustrd>{'x' * 34} </Ustrd><Ustrd>y</Ustrd>", "x" * 34 + " y", None, id="cut behind a word"),
        pytest.param(f"<Ustrd>{'x' * 35}</Ustrd><Ustrd> y</Ustrd>", "x" * 35 + " y", None, id="cut before a word"),
        pytest.param(f"<Ustrd>{'x' * 34}</Ustrd><Ustrd>y</Ustrd>", "x" * 34 + " y", None, id="not cut"),
        pytest.param("<Ustrd>\n  RE\n  4711\n</Ustrd>", "RE 4711", None, id="printed over lines"),
        pytest.param(
            "<Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>", "", "RF18539007547034", id="structured"
        ),
        pytest.param(
            "<Ustrd>Danke</Ustrd><Strd><RfrdDocInf><Nb>RE 1</Nb></RfrdDocInf><RfrdDocInf><Nb>RE 2</Nb></RfrdDocInf>"
            "<CdtrRefInf><Ref>RF1</Ref></CdtrRefInf><AddtlRmtInf>Skonto</AddtlRmtInf></Strd>"
            "<Strd><CdtrRefInf><Ref>RF2</Ref></CdtrRefInf></Strd>",
            "Danke RF2 RE 1 RE 2 Skonto",
            "RF1",
            id="all of it",
        ),
        pytest.param("<Strd><RfrdDocInf><Nb>RE 1</Nb></RfrdDocInf></Strd>", "RE 1", None, id="documents only"),
        pytest.param("<Strd/>", "text of the bank", None, id="empty"),
        pytest.param("", "text of the bank", None, id="none"),
    ],
)
def test_remittance_is_read_whole(inside: str, text: str, reference: str | None) -> None:
    content = f"<RmtInf>{inside}</RmtInf><AddtlTxInf>text of the bank</AddtlTxInf>"

    found = read(camt053([entry(details=details(content))])).transaction

    assert (found.remittance, found.creditor_reference) == (text, reference)


@pytest.mark.parametrize(
    ("of_entry", "content", "text"),
    [
        pytest.param("of the entry", "<RmtInf><Ustrd>RE 1</Ustrd></RmtInf>", "of the entry", id="of the entry"),
        pytest.param("", "<RmtInf><Ustrd>RE 1</Ustrd></RmtInf>", "of the detail", id="of the detail"),
        pytest.param("", "", "", id="said as remittance already"),
    ],
)
def test_what_the_bank_wrote_beside_a_payment_is_kept(of_entry: str, content: str, text: str) -> None:
    detail = details(f"{content}<AddtlTxInf>of the detail</AddtlTxInf>")

    reading = read(camt053([entry(details=detail, text=f"<AddtlNtryInf>{of_entry}</AddtlNtryInf>")]))

    assert reading.entry.text == text
