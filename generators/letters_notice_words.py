"""The words of the notice of direct debits in English, French and German, and how each writes days and amounts."""

from schemas.states import Language

_EN = {
    "title": "Advance notice of SEPA direct debit",
    "greeting": "Dear customer,",
    "intro": "{creditor} will collect the following amount from your account by SEPA direct debit:",
    "intro_series": "{creditor} will collect the following amounts from your account by SEPA direct debit:",
    "day": "Day of the debit",
    "documents": "For",
    "amount": "Amount",
    "reference": "Mandate reference",
    "creditor_identifier": "Creditor identifier",
    "account": "Your account",
    "customer_number": "Customer number",
    "close": "Please see to it that the account is covered on the day. You need not do anything else.",
}
_FR = {
    "title": "Préavis de prélèvement SEPA",
    "greeting": "Madame, Monsieur,",
    "intro": "{creditor} prélèvera le montant suivant sur votre compte par prélèvement SEPA :",
    "intro_series": "{creditor} prélèvera les montants suivants sur votre compte par prélèvement SEPA :",
    "day": "Date du prélèvement",
    "documents": "Objet",
    "amount": "Montant",
    "reference": "Référence unique du mandat (RUM)",
    "creditor_identifier": "Identifiant créancier SEPA (ICS)",
    "account": "Votre compte",
    "customer_number": "Numéro de client",
    "close": "Merci de veiller à ce que le compte soit approvisionné à cette date. Vous n’avez rien d’autre à faire.",
}
_DE = {
    "title": "Vorankündigung einer SEPA-Lastschrift",
    "greeting": "Guten Tag,",
    "intro": "{creditor} zieht den folgenden Betrag per SEPA-Lastschrift von Ihrem Konto ein:",
    "intro_series": "{creditor} zieht die folgenden Beträge per SEPA-Lastschrift von Ihrem Konto ein:",
    "day": "Tag der Lastschrift",
    "documents": "Für",
    "amount": "Betrag",
    "reference": "Mandatsreferenz",
    "creditor_identifier": "Gläubiger-Identifikationsnummer",
    "account": "Ihr Konto",
    "customer_number": "Kundennummer",
    "close": "Bitte sorgen Sie am genannten Tag für Deckung auf dem Konto. Sonst brauchen Sie nichts zu tun.",
}
WORDS: dict[Language, dict[str, str]] = {Language.EN: _EN, Language.FR: _FR, Language.DE: _DE}
DAY_FORMATS: dict[Language, str] = {Language.EN: "%Y-%m-%d", Language.FR: "%d/%m/%Y", Language.DE: "%d.%m.%Y"}
MARKS: dict[Language, tuple[str, str]] = {  # Between thousands, and before the cents.
    Language.EN: (",", "."),
    Language.FR: ("\N{NO-BREAK SPACE}", ","),
    Language.DE: (".", ","),
}
