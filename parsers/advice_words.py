"""The words of remittance advices in English, French and German: above columns, and before values in a text."""

import re

from parsers.tabular_words import header_key

_COLUMNS = {
    "number": """invoice number, invoice no, invoice, document number, document no, document, reference, your reference,
        your invoice, number, no, numéro, n°, numéro facture, numéro de facture, n° facture, n° de facture, facture,
        votre facture, votre référence, référence, n° pièce, numéro de pièce, pièce, Rechnungsnummer, Rechnungs-Nr,
        Rechnungsnr, Rechnung, Ihre Rechnung, Ihre Rechnungsnummer, Ihre Belegnummer, Belegnummer, Beleg-Nr, Belegnr,
        Beleg, Re-Nr, Referenz, Nummer, Nr, Verwendungszweck""",
    "paid": """amount paid, paid, paid amount, net amount, net, net paid, payment amount, payment, amount of payment,
        montant payé, montant réglé, payé, réglé, net payé, net à payer, net, montant net, règlement, montant du
        règlement, Zahlbetrag, Zahlung, gezahlt, bezahlt, Nettobetrag, Netto, überwiesen, Überweisungsbetrag,
        Zahlungsbetrag, gezahlter Betrag""",
    "gross": """gross amount, gross, invoice amount, document amount, montant TTC, montant brut, brut, montant facture,
        montant de la facture, Bruttobetrag, Brutto, Rechnungsbetrag, Belegbetrag""",
    "amount": "amount, total, montant, Betrag, Summe",
    "discount": """discount, cash discount, discount amount, discount taken, escompte, montant escompte,
        escompte déduit, Skonto, Skontobetrag, Skontoabzug""",
    "deducted": """deduction, deductions, deducted, withheld, déduction, déductions, retenue, retenues, Abzug, Abzüge,
        Kürzung, Kürzungen, Einbehalt""",
    "kind": "type, kind, document type, type de pièce, type pièce, nature, Belegart, Art",
    "currency": "currency, ccy, devise, monnaie, Währung, Whg",
}
COLUMNS = {header_key(word): field for field, words in _COLUMNS.items() for word in " ".join(words.split()).split(",")}
_CREDIT = r"credit[ -]?(?:note|memo)|gutschrift|avoir|note de cr[ée]dit"
IS_CREDIT = re.compile(rf"\b(?:{_CREDIT})\b", re.IGNORECASE)
IS_DISCOUNT = re.compile(r"skonto|escompte|discount", re.IGNORECASE)
TOTAL = re.compile(
    r"\W*(?:gesamt|total|summe|zahlbetrag|zahlungsbetrag|überweisungsbetrag|somme"
    r"|montant (?:total|du virement|viré|du règlement)"
    r"|net (?:à payer|payé)|amount (?:paid|transferred)|payment amount|transfer amount|grand total)",
    re.IGNORECASE,
)
# A label, then its value.
PAYMENT_DATE = re.compile(
    r"(?:zahlungsdatum|zahltag|zahlung vom|überweisung vom|valuta|wertstellung|ausführungsdatum|ausführung am"
    r"|date (?:de|du) (?:paiement|règlement|virement|valeur)|(?:virement|règlement) du|payment date|date of payment"
    r"|value date|transfer date|paid on|payment of)\W{0,5}"
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2}))",
    re.IGNORECASE,
)
CUSTOMER_NUMBER = re.compile(
    r"(?:kundennummer|kunden-?nr|kd-?nr|debitorennummer|debitor|customer (?:number|no|id)|account number"
    r"|(?:n°|numéro|code|réf\w*) (?:de )?client|compte client)\W{0,5}([A-Z0-9][A-Z0-9./-]{0,30})",
    re.IGNORECASE,
)
PAYER_NAME = re.compile(
    r"^\W*(?:auftraggeber|zahler|zahlungspflichtiger|payer|paid by|ordering party|payeur|donneur d.ordre|débiteur)"
    r"\W{1,5}(\w.{1,69})$",
    re.IGNORECASE,
)
