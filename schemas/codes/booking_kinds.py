"""What a booking is to receivables, and what a bank's code says about it, by sign.

The codes themselves lie in `iso_bookings`, `german_bookings` and `swift_bookings`; `bookings` decides.
"""

from enum import StrEnum
from typing import NamedTuple

from schemas.codes.words import read_words


class BookingKind(StrEnum):
    """What a booking on our account is. Those that come in are credits, unless said otherwise."""

    INCOMING_TRANSFER = "incoming_transfer"
    OWN_COLLECTION = "own_collection"
    OWN_COLLECTION_REVERSAL = "own_collection_reversal"  # Debit: we gave a collection back.
    RETURNED_DEBIT = "returned_debit"  # Debit: a collection (or cheque) of ours came back.
    RETURNED_TRANSFER = "returned_transfer"  # Credit: a transfer of ours came back.
    RECALLED_TRANSFER = "recalled_transfer"  # Debit: a transfer that we had received was taken back.
    OUTGOING_TRANSFER = "outgoing_transfer"
    SUPPLIER_DEBIT = "supplier_debit"
    SUPPLIER_DEBIT_RETURN = "supplier_debit_return"  # Credit: a debit on our account came back to us.
    INTERNAL_TRANSFER = "internal_transfer"  # Cash concentration. Either sign.
    FEE = "fee"  # Either sign.
    INTEREST = "interest"  # Either sign.
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    BILL = "bill"  # Bill of exchange (LCR, BOR).
    REVERSAL = "reversal"  # The bank cancels a booking of its own.
    UNKNOWN = "unknown"


KIND_WORDS = read_words("""
incoming_transfer        transfer received
                         virement reçu
                         Überweisungseingang
own_collection           our direct debit
                         notre prélèvement
                         eigener Lastschrifteinzug
own_collection_reversal  our direct debit given back
                         prélèvement restitué par nous
                         eigene Lastschrift zurückgegeben
returned_debit           direct debit returned
                         prélèvement impayé
                         Rücklastschrift
returned_transfer        our transfer came back
                         notre virement est revenu
                         eigene Überweisung zurückgekommen
recalled_transfer        received transfer taken back
                         virement reçu repris
                         erhaltene Überweisung zurückgeholt
outgoing_transfer        our transfer
                         virement émis
                         eigene Überweisung
supplier_debit           debit by a supplier
                         prélèvement d'un fournisseur
                         Lastschrift eines Lieferanten
supplier_debit_return    returned debit of a supplier
                         prélèvement fournisseur restitué
                         Rückgabe einer Lieferantenlastschrift
internal_transfer        transfer between own accounts
                         virement entre comptes propres
                         Übertrag zwischen eigenen Konten
fee                      bank fee
                         frais bancaires
                         Bankentgelt
interest                 interest
                         intérêts
                         Zinsen
card                     card payment
                         paiement par carte
                         Kartenzahlung
cheque                   cheque
                         chèque
                         Scheck
cash                     cash
                         espèces
                         Bargeld
bill                     bill of exchange
                         effet de commerce
                         Wechsel
reversal                 reversal by the bank
                         contre-passation par la banque
                         Storno der Bank
unknown                  unknown kind
                         nature inconnue
                         unbekannte Art
""")


class Meaning(NamedTuple):
    """What a code means for money in and out, without and with a return reason beside it."""

    credit: BookingKind
    debit: BookingKind
    credit_returned: BookingKind = BookingKind.RETURNED_TRANSFER
    debit_returned: BookingKind = BookingKind.RETURNED_DEBIT


def either(kind: BookingKind) -> Meaning:
    """Return the meaning of a code whose kind does not depend on the sign."""
    return Meaning(kind, kind)


_K = BookingKind
UNKNOWN = either(_K.UNKNOWN)
FEE, INTEREST, INTERNAL, REVERSAL = (
    either(_K.FEE),
    either(_K.INTEREST),
    either(_K.INTERNAL_TRANSFER),
    either(_K.REVERSAL),
)
CARD, CHEQUE, CASH, BILL = either(_K.CARD), either(_K.CHEQUE), either(_K.CASH), either(_K.BILL)
# A debit under a code for money in (and the other way round) may be a correction or a return: a person looks.
INCOMING = Meaning(_K.INCOMING_TRANSFER, _K.UNKNOWN, _K.RETURNED_TRANSFER, _K.RECALLED_TRANSFER)
OUTGOING = Meaning(_K.UNKNOWN, _K.OUTGOING_TRANSFER, _K.RETURNED_TRANSFER, _K.RECALLED_TRANSFER)
TRANSFER = Meaning(_K.INCOMING_TRANSFER, _K.OUTGOING_TRANSFER)
TRANSFER_RETURN = Meaning(_K.RETURNED_TRANSFER, _K.RECALLED_TRANSFER, _K.RETURNED_TRANSFER, _K.RECALLED_TRANSFER)
COLLECTION = Meaning(_K.OWN_COLLECTION, _K.UNKNOWN, _K.SUPPLIER_DEBIT_RETURN)
SUPPLIER = Meaning(_K.UNKNOWN, _K.SUPPLIER_DEBIT, _K.SUPPLIER_DEBIT_RETURN)
# Some banks mix up issued and received debits; money that came in by one is ours, whatever the letter.
RECEIVED_DEBIT = Meaning(_K.OWN_COLLECTION, _K.SUPPLIER_DEBIT, _K.SUPPLIER_DEBIT_RETURN)
UNPAID = Meaning(_K.SUPPLIER_DEBIT_RETURN, _K.RETURNED_DEBIT, _K.SUPPLIER_DEBIT_RETURN)
DEBIT_REVERSAL = Meaning(_K.SUPPLIER_DEBIT_RETURN, _K.OWN_COLLECTION_REVERSAL, _K.SUPPLIER_DEBIT_RETURN)
