"""The words that people write above columns, in English, French and German, for each field of each table.

Words that could mean something else about money (a net amount, a discount as an amount) are left out on purpose: a
person says what they are.
"""

import re
import unicodedata

from schemas.tables import TableKind

_ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]|\b(?:in|en)\s+(?:eur|chf|gbp|usd|euros?)\b|[€£$]", re.IGNORECASE)
_CURRENCY = re.compile(r"\b(EUR|CHF|GBP|USD|SEK|NOK|DKK|PLN|CZK|HUF|RON)\b|(€)")
_NOT_WORD = re.compile(r"[^a-z0-9]")


def header_key(header: str) -> str:
    """Return a header as it is compared: without accents, signs, blanks, brackets and the name of a currency."""
    text = (
        _ASIDE.sub(" ", header)
        .casefold()
        .replace("n°", "no")
        .replace("nº", "no")
        .replace("№", "no")
        .replace("%", "percent")
    )
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    key = _NOT_WORD.sub("", plain)
    return key.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def header_currency(header: str) -> str | None:
    """Return the currency that a header names, as in ``Betrag (EUR)`` or ``Montant €``."""
    named = _CURRENCY.search(header)
    return (named[1] or "EUR") if named else None


# Words that several tables share; a field names them with @.
_SHARED = """
@customer: customer number, customer no, customer id, customer code, client number, client id, account number,
    code client, numéro client, numéro de client, n° client, n° de client, num client, référence client,
    compte client, Kundennummer, Kunden-Nr, Kundennr, Kunden-ID, KdNr, Kd-Nr, Debitor, Debitorennummer,
    Debitorennr, Debitor-Nr, Debitorenkonto
@invoice: invoice number, invoice no, invoice id, invoice, document number, document no, doc no, numéro
    facture, numéro de facture, n° facture, n° de facture, num facture, facture, numéro de pièce, n° pièce,
    numéro pièce, Rechnungsnummer, Rechnungs-Nr, Rechnungsnr, Rechnung, ReNr, Re-Nr, RgNr, Rg-Nr, Belegnummer,
    Beleg-Nr, Belegnr
@method: payment method, method of payment, mode de règlement, mode règlement, mode de paiement, mode
    paiement, moyen de paiement, Zahlungsart, Zahlungsweise, Zahlweise, Zahlungsmethode
@currency: currency, currency code, ccy, devise, code devise, monnaie, Währung, Whg, Währungscode
@amount: amount, gross amount, invoice amount, total, total amount, montant, montant TTC, total TTC, montant
    facture, montant total, montant de la facture, Betrag, Bruttobetrag, Brutto, Rechnungsbetrag,
    Gesamtbetrag, Endbetrag, Belegbetrag
@iban: IBAN, bank account, account IBAN, compte bancaire, IBAN client, Bankverbindung, Konto IBAN
@bic: BIC, SWIFT, SWIFT code, BIC SWIFT, code BIC, BIC code
@mandate: mandate reference, mandate id, mandate, UMR, unique mandate reference, RUM, référence mandat,
    référence du mandat, référence unique du mandat, référence unique de mandat, mandat, Mandatsreferenz,
    Mandatsreferenznummer, Mandats-ID, Mandatsnummer
"""

_TABLES = {
    TableKind.CUSTOMERS: """
number: number, no, id, code, numéro, n°, Nummer, Nr, @customer
name: name, customer name, company name, company, nom, nom client, nom du client, raison sociale,
    dénomination, client, société, Firma, Firmenname, Kunde, Kundenname, Name 1, Bezeichnung
street: street, address, address line 1, address 1, adresse, adresse 1, rue, Straße, Strasse Hausnummer,
    Anschrift
postcode: postcode, postal code, zip, zip code, code postal, CP, PLZ, Postleitzahl
town: town, city, ville, localité, commune, Ort, Stadt
country: country, country code, pays, code pays, Land, Landcode, Ländercode, Länderkennzeichen
email: email, e-mail, email address, mail, courriel, adresse e-mail, adresse mail, E-Mail-Adresse
phone: phone, phone number, telephone, téléphone, tél, Telefon, Telefonnummer, Tel
language: language, lang, langue, Sprache
iban: @iban
parent_number: parent number, parent, parent customer, société mère, code société mère, maison mère,
    Konzernnummer, Muttergesellschaft, Hauptkunde, Zentrale
payment_method: @method
legal_id: legal id, registration number, company number, SIREN, SIRET, Handelsregisternummer, HRB,
    Registernummer
vat_number: VAT number, VAT id, VAT no, TVA intracommunautaire, numéro TVA, numéro de TVA, n° TVA, n° de TVA,
    USt-IdNr, USt-ID, Umsatzsteuer-ID, UID
ledger_account: ledger account, GL account, compte comptable, compte auxiliaire, compte collectif, Sachkonto
bic: @bic
""",
    TableKind.INVOICES: """
number: number, no, numéro, n°, Nummer, Nr, @invoice
customer_number: @customer
issue_date: issue date, invoice date, date, document date, date facture, date de facture, date de la facture,
    date d'émission, date émission, date de pièce, date pièce, Rechnungsdatum, Belegdatum, Ausstellungsdatum,
    Datum
due_date: due date, due, due on, échéance, date d'échéance, date échéance, date de échéance, Fälligkeit,
    Fälligkeitsdatum, fällig am, fällig, zahlbar bis, Nettofälligkeit
currency: @currency
amount: @amount
creditor_reference: creditor reference, payment reference, structured reference, référence de paiement,
    référence paiement, référence structurée, communication structurée, Zahlungsreferenz, strukturierte
    Referenz, RF-Referenz
discount_percent: discount percent, discount %, cash discount percent, cash discount %, discount rate, escompte %,
    taux escompte, taux d'escompte, Skonto %, Skonto Prozent, Skontosatz, Skonto in Prozent, Skonto in %
discount_until: discount until, discount date, discount due date, date escompte, date d'escompte, escompte
    jusqu'au, Skonto bis, Skontodatum, Skontofrist, Skontofälligkeit
text: text, description, memo, comment, libellé, désignation, objet, commentaire, Buchungstext, Beschreibung,
    Bemerkung
kind: kind, type, document type, type de pièce, type pièce, nature, Belegart, Art
open_amount: open amount, outstanding, outstanding amount, amount due, balance, balance due, remaining, open,
    reste à payer, reste dû, solde, solde dû, montant restant, montant dû, offener Betrag, offen, Restbetrag,
    Saldo, offener Posten
original_number: original number, original invoice, original invoice number, facture d'origine, facture
    origine, numéro facture origine, Originalrechnung, Bezugsrechnung, Referenzrechnung, ursprüngliche
    Rechnung
payment_method: @method
order_reference: order reference, order number, order no, purchase order, PO number, PO, commande, numéro de
    commande, numéro commande, n° commande, n° de commande, référence commande, réf. commande,
    Bestellnummer, Bestellung, Bestell-Nr, Auftragsnummer, Auftrags-Nr
tax_amount: tax amount, tax, VAT, VAT amount, montant TVA, montant de TVA, TVA, MwSt, MwSt-Betrag, USt,
    USt-Betrag, Steuerbetrag, Umsatzsteuer
discount2_percent: discount2 percent, discount 2 %, escompte 2 %, Skonto 2 %, Skonto 2 Prozent, Skontosatz 2
discount2_until: discount2 until, discount date 2, date escompte 2, Skonto 2 bis, Skontodatum 2
notified_date: notified date, notified on, pre-notification date, prenotification date, date de notification,
    date notification, date de prénotification, Vorankündigung, Vorankündigungsdatum, Avisdatum
""",
    TableKind.MANDATES: """
reference: reference, référence, Referenz, @mandate
customer_number: @customer
scheme: scheme, local instrument, schéma, type de prélèvement, Verfahren, Lastschriftart, Lastschriftverfahren
type: type, mandate type, sequence type, sequence, type de mandat, type mandat, récurrence, Mandatstyp,
    Mandatsart, Sequenz
signature_date: signature date, signed on, date of signature, date de signature, date signature, date du
    mandat, signé le, Unterschriftsdatum, Datum der Unterschrift, unterschrieben am, Mandatsdatum,
    Signaturdatum
iban: @iban
bic: @bic
debtor_name: debtor name, debtor, account holder, name, nom, nom débiteur, nom du débiteur, débiteur,
    titulaire, titulaire du compte, Kontoinhaber, Zahlungspflichtiger, Zahler, Schuldner
last_collected_date: last collected date, last collection, last collection date, last used, dernier
    prélèvement, date dernier prélèvement, date du dernier prélèvement, letzter Einzug, letzte Lastschrift,
    letzte Verwendung
creditor_identifier: creditor identifier, creditor id, CI, ICS, identifiant créancier, identifiant du
    créancier, Gläubiger-ID, Gläubiger-Identifikationsnummer, Gläubigeridentifikation
status: status, state, statut, état, Zustand
b2b_confirmed_date: B2B confirmed date, B2B confirmed, confirmed on, date de confirmation B2B, B2B bestätigt
    am, bestätigt am
debtor_street: debtor street, street, address, rue, adresse, Straße, Anschrift
debtor_postcode: debtor postcode, postcode, postal code, zip, code postal, PLZ, Postleitzahl
debtor_town: debtor town, town, city, ville, Ort, Stadt
debtor_country: debtor country, country, pays, Land
ultimate_debtor: ultimate debtor, tiers débiteur, débiteur final, abweichender Zahler, abweichender Schuldner
signature_place: signature place, place of signature, lieu de signature, lieu, Unterschriftsort, Ort der
    Unterschrift
""",
    TableKind.COLLECTIONS: """
end_to_end_id: end to end id, end-to-end-id, E2E id, end-to-end reference, EREF, référence de bout en bout,
    référence bout en bout, End-to-End-Referenz
invoice_number: @invoice
customer_number: @customer
mandate_reference: @mandate
amount: @amount, Einzugsbetrag, montant prélevé
currency: @currency
collection_date: collection date, due date, requested collection date, date de prélèvement, date prélèvement,
    échéance, date d'échéance, Einzugsdatum, Fälligkeit, Fälligkeitsdatum, Ausführungsdatum
batch_reference: batch reference, batch, batch id, payment information id, PmtInfId, lot, référence lot,
    référence de lot, remise, référence de remise, Sammler, Sammlerreferenz
""",
}


def _read(table: str) -> dict[str, str]:
    """Return the words of each name of a table; lines that go on are indented."""
    joined = table.strip().replace("\n    ", " ")
    return {name: words for name, _, words in (line.partition(": ") for line in joined.splitlines())}


def _keys(field: str, words: str) -> frozenset[str]:
    shared = _read(_SHARED)
    parts = [part.strip() for part in words.split(",")]
    texts = [word for part in parts for word in (shared[part].split(",") if part in shared else [part])]
    return frozenset(header_key(text) for text in (field, *texts))


FIELD_WORDS = {
    kind: {field: _keys(field, words) for field, words in _read(table).items()} for kind, table in _TABLES.items()
}
