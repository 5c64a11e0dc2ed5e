"""Where recognized words stand in a text."""

import pytest

from gateway.domain.matching.marks import marks
from schemas.references import ReferenceScheme, generate
from support.matching import index_of, invoice, money

RF = generate(ReferenceScheme.RF, "FA2026000101")
ITEMS = [
    invoice(1, "FA-2026-000101", 10_000, creditor_reference=RF),
    *[invoice(key, f"FA-2026-{key:06d}", 100) for key in range(102, 106)],
    invoice(7, "FA-2026-000007", 100, 2),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Straße FA-2026-000101 ", [("FA-2026-000101", "number")], id="number behind a sharp s"),
        pytest.param(f"zu {RF[:4]} {RF[4:]}", [(f"{RF[:4]} {RF[4:]}", "reference")], id="reference with blanks"),
        pytest.param("RF18539007547034", [("RF18539007547034", "unknown")], id="reference of nobody"),
        pytest.param(
            "FA-2026-000101-103, 104", [("FA-2026-000101", "number"), ("103", "short_form"), ("104", "short_form")],
            id="list",
        ),
        pytest.param(
            "Kd C0002 Rg 7", [("C0002", "customer_number"), ("7", "short_form")], id="short form of the customer named"
        ),
        pytest.param("Rg 7 von 12", [], id="small numbers that mean nothing"),
        pytest.param("FA-2026-OO0101", [("FA-2026-OO0101", "misread")], id="misread"),
        pytest.param("FA-2026-0001O1", [("FA-2026-0001O1", "misread")], id="broken by a letter, and misread"),
        pytest.param("FA-2025-000009", [("FA-2025-000009", "unknown")], id="unknown"),
        pytest.param("Danke", [], id="nothing"),
    ],
)  # fmt: skip
def test_what_was_recognized_is_marked(text: str, expected: list[tuple[str, str]]) -> None:
    found = marks(money(1, text, end_to_end_id="FA-2026-000102", creditor_reference="FA-2026-000103"), index_of(*ITEMS))

    assert [(text[mark.start : mark.end], mark.what.value) for mark in found] == expected
