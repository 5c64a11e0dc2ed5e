"""The words of the mandate form in English, French and German."""

from schemas.states import Language

_EN = {
    "title": "SEPA Direct Debit Mandate",
    "title_b2b": "SEPA Business-to-Business Direct Debit Mandate",
    "creditor": "Creditor",
    "name": "Name",
    "address": "Address",
    "creditor_identifier": "Creditor identifier",
    "mandate": "Mandate",
    "reference": "Mandate reference",
    "type": "Type of payment",
    "recurrent": "Recurrent",
    "one_off": "One-off",
    "customer_number": "Customer number",
    "debtor": "Debtor",
    "ultimate_debtor": "Payment on behalf of",
    "permission": (
        "By signing I allow {creditor} to instruct my bank to debit my account, and I allow my bank to carry out"
        " these debits."
    ),
    "refund": (
        "I may ask my bank for a refund under the terms of my account agreement, at the latest 8 weeks after the debit."
    ),
    "no_refund": (
        "This mandate is for debits between companies only. I may not ask for a refund once my account was debited;"
        " until the due date I may ask my bank not to pay."
    ),
    "signature": "Signature",
    "place_and_date": "Place and date",
    "signature_of": "Signature of the debtor",
    "signed_on": "Signed on",
    "place": "Place",
    "signed_at": "Signed electronically at",
    "code_sent_to": "Code sent to",
    "address_of_browser": "Network address",
    "browser": "Browser",
    "note": "Please return the signed form to the creditor.",
    "note_b2b": (
        "Please return the signed form to the creditor, and confirm this mandate to your bank before the first debit."
    ),
}
_FR = {
    "title": "Mandat de prélèvement SEPA",
    "title_b2b": "Mandat de prélèvement SEPA interentreprises",
    "creditor": "Créancier",
    "name": "Nom",
    "address": "Adresse",
    "creditor_identifier": "Identifiant créancier SEPA (ICS)",
    "mandate": "Mandat",
    "reference": "Référence unique du mandat (RUM)",
    "type": "Type de paiement",
    "recurrent": "Récurrent",
    "one_off": "Ponctuel",
    "customer_number": "Numéro de client",
    "debtor": "Débiteur",
    "ultimate_debtor": "Pour le compte de",
    "permission": (
        "En signant, j’autorise {creditor} à transmettre des ordres de prélèvement à ma banque et j’autorise ma banque"
        " à débiter mon compte en conséquence."
    ),
    "refund": (
        "Je peux demander le remboursement à ma banque, aux conditions de ma convention de compte, au plus tard"
        " 8 semaines après le débit."
    ),
    "no_refund": (
        "Ce mandat est réservé aux prélèvements entre entreprises. Je ne peux pas demander de remboursement une fois"
        " mon compte débité ; jusqu’à l’échéance, je peux demander à ma banque de ne pas payer."
    ),
    "signature": "Signature",
    "place_and_date": "Lieu et date",
    "signature_of": "Signature du débiteur",
    "signed_on": "Signé le",
    "place": "Lieu",
    "signed_at": "Signé électroniquement le",
    "code_sent_to": "Code envoyé à",
    "address_of_browser": "Adresse réseau",
    "browser": "Navigateur",
    "note": "Merci de renvoyer ce mandat signé au créancier.",
    "note_b2b": (
        "Merci de renvoyer ce mandat signé au créancier et de le confirmer à votre banque avant le premier prélèvement."
    ),
}
_DE = {
    "title": "SEPA-Lastschriftmandat",
    "title_b2b": "SEPA-Firmenlastschrift-Mandat",
    "creditor": "Zahlungsempfänger",
    "name": "Name",
    "address": "Anschrift",
    "creditor_identifier": "Gläubiger-Identifikationsnummer",
    "mandate": "Mandat",
    "reference": "Mandatsreferenz",
    "type": "Art der Zahlung",
    "recurrent": "Wiederkehrend",
    "one_off": "Einmalig",
    "customer_number": "Kundennummer",
    "debtor": "Zahlungspflichtiger",
    "ultimate_debtor": "Zahlung im Auftrag von",
    "permission": (
        "Mit meiner Unterschrift ermächtige ich {creditor}, Zahlungen per Lastschrift von meinem Konto einzuziehen, und"
        " weise meine Bank an, diese Lastschriften einzulösen."
    ),
    "refund": (
        "Ich kann innerhalb von 8 Wochen ab der Belastung die Erstattung zu den Bedingungen meines Kontovertrags"
        " verlangen."
    ),
    "no_refund": (
        "Dieses Mandat gilt nur für Lastschriften zwischen Unternehmen. Nach der Belastung kann ich keine Erstattung"
        " verlangen; bis zum Fälligkeitstag kann ich meine Bank anweisen, nicht zu zahlen."
    ),
    "signature": "Unterschrift",
    "place_and_date": "Ort und Datum",
    "signature_of": "Unterschrift des Zahlungspflichtigen",
    "signed_on": "Unterschrieben am",
    "place": "Ort",
    "signed_at": "Elektronisch unterschrieben um",
    "code_sent_to": "Code gesendet an",
    "address_of_browser": "Netzwerkadresse",
    "browser": "Browser",
    "note": "Bitte senden Sie das unterschriebene Mandat an den Zahlungsempfänger zurück.",
    "note_b2b": (
        "Bitte senden Sie das unterschriebene Mandat an den Zahlungsempfänger zurück und bestätigen Sie es Ihrer Bank"
        " vor der ersten Lastschrift."
    ),
}
WORDS: dict[Language, dict[str, str]] = {Language.EN: _EN, Language.FR: _FR, Language.DE: _DE}
