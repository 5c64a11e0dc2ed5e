"""Names are compared as clerks compare them, but strictly."""

import pytest

from gateway.domain.matching.names import agree, are_similar, fold


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param("Anna Müller", "MUELLER ANNA", id="transliterated, turned, capitals"),
        pytest.param("Anna Müller", "Anna Muller", id="umlaut left out"),
        pytest.param("Maçonnerie Besançon SARL", "MACONNERIE BESANCON", id="cedillas, legal form left out"),
        pytest.param("Weiß S.à r.l.", "Weiss SARL", id="legal form spelled out"),
        pytest.param("Rossi S.r.l.", "ROSSI SRL", id="points in the legal form"),
        pytest.param(
            "Autohaus Zimmermann UG (haftungsbeschränkt)", "Autohaus Zimmermann UG (haf", id="cut by the bank"
        ),
        pytest.param("Anna Müller", "Anna und Peter Müller", id="joint account"),
        pytest.param("van den Berg Transport B.V.", "Transport van den Berg", id="particles"),
        pytest.param("Østergård & Łódź", "Ostergard und Lodz", id="northern letters"),
        pytest.param("GmbH", "gmbh", id="nothing but a legal form"),
    ],
)
def test_names_agree(ours: str, theirs: str) -> None:
    assert agree(fold(ours), fold(theirs))
    assert are_similar(fold(ours), fold(theirs))


@pytest.mark.parametrize(
    ("ours", "theirs", "is_similar"),
    [
        pytest.param("Peter Schmidt", "Petra Schmidt", True, id="one letter"),
        pytest.param("Weber GmbH", "Weber AG", True, id="another legal form"),
        pytest.param("Müller Elektro Service", "Müller Elektro", True, id="less than all words"),
        pytest.param("Anna Müller", "Müller", False, id="family name only"),
        pytest.param("Anna Müller", "Hans Müller", False, id="another first name"),
        pytest.param("Müller", "Müller Holding", False, id="one word among others"),
        pytest.param("", "", False, id="no names"),
        pytest.param("Anna", "", False, id="no payer"),
    ],
)
def test_names_do_not_agree(ours: str, theirs: str, is_similar: bool) -> None:
    assert not agree(fold(ours), fold(theirs))
    assert are_similar(fold(ours), fold(theirs)) is is_similar
