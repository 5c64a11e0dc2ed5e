"""ISO 20022 bank transaction codes (domain, family, sub-family) as receivables reads them."""

from schemas.codes import booking_kinds as kinds
from schemas.codes.booking_kinds import Meaning
from schemas.codes.words import read_words

# Sub-families that mean the same in every family.
_ANYWHERE = {
    **dict.fromkeys("CHRG FEES COMM COME COMI COMT".split(), kinds.FEE),
    "INTR": kinds.INTEREST,
}
_EXACT = {
    **{(family, "RRTN"): kinds.TRANSFER_RETURN for family in ("RCDT", "RRCT", "ICDT", "IRCT")},
    **{(family, "UPDD"): kinds.UNPAID for family in ("IDDT", "RDDT")},
    **{(family, part): kinds.DEBIT_REVERSAL for family in ("IDDT", "RDDT") for part in ("PRDD", "RCDD")},
    ("CNTR", "CHKD"): kinds.CHEQUE,
}
_FAMILIES = {
    "RCDT": kinds.INCOMING,
    "RRCT": kinds.INCOMING,
    "ICDT": kinds.OUTGOING,
    "IRCT": kinds.OUTGOING,
    "IDDT": kinds.COLLECTION,
    "RDDT": kinds.RECEIVED_DEBIT,
    "ICCN": kinds.INTERNAL,
    "RCCN": kinds.INTERNAL,
    "CCRD": kinds.CARD,
    "MCRD": kinds.CARD,
    "RCHQ": kinds.CHEQUE,
    "ICHQ": kinds.CHEQUE,
    "CNTR": kinds.CASH,
    "DRFT": kinds.BILL,
}


def iso_meaning(domain: str, family: str, sub_family: str) -> Meaning:
    """Return what a bank transaction code means. Outside payments only fees and interest are known."""
    if sub_family in _ANYWHERE:
        return _ANYWHERE[sub_family]
    if domain != "PMNT":
        return kinds.UNKNOWN
    return _EXACT.get((family, sub_family)) or _FAMILIES.get(family, kinds.UNKNOWN)


ISO_WORDS = read_words("""
PMNT-RCDT-ESCT  SEPA transfer received
                virement SEPA reçu
                SEPA-Überweisung eingegangen
PMNT-RCDT-SALA  salary received
                salaire reçu
                Gehaltseingang
PMNT-RCDT-STDO  standing order received
                virement permanent reçu
                Dauerauftrag eingegangen
PMNT-RCDT-SDVA  same-day transfer received
                virement reçu à valeur du jour
                taggleiche Überweisung eingegangen
PMNT-RCDT-XBCT  foreign transfer received
                virement international reçu
                Auslandsüberweisung eingegangen
PMNT-RCDT-BOOK  transfer inside the bank received
                virement interne à la banque reçu
                hausinterne Überweisung eingegangen
PMNT-RCDT-DMCT  domestic transfer received
                virement national reçu
                Inlandsüberweisung eingegangen
PMNT-RCDT-RRTN  transfer returned or recalled
                virement retourné ou rappelé
                Überweisung zurückgegeben
PMNT-RRCT-ESCT  instant transfer received
                virement instantané reçu
                Echtzeitüberweisung eingegangen
PMNT-ICDT-ESCT  SEPA transfer sent
                virement SEPA émis
                SEPA-Überweisung ausgeführt
PMNT-ICDT-XBCT  foreign transfer sent
                virement international émis
                Auslandsüberweisung ausgeführt
PMNT-ICDT-RRTN  transfer returned or recalled
                virement retourné ou rappelé
                Überweisung zurückgegeben
PMNT-IRCT-ESCT  instant transfer sent
                virement instantané émis
                Echtzeitüberweisung ausgeführt
PMNT-IDDT-ESDD  SEPA direct debit (Core), collected
                prélèvement SEPA (CORE) encaissé
                SEPA-Basislastschrift eingezogen
PMNT-IDDT-BBDD  SEPA direct debit (B2B), collected
                prélèvement SEPA (B2B) encaissé
                SEPA-Firmenlastschrift eingezogen
PMNT-IDDT-UPDD  direct debit returned unpaid
                prélèvement impayé
                Rücklastschrift
PMNT-IDDT-PRDD  direct debit reversed
                prélèvement annulé
                Lastschrift storniert
PMNT-IDDT-RCDD  direct debit cancelled
                prélèvement révoqué
                Lastschrift widerrufen
PMNT-RDDT-ESDD  SEPA direct debit (Core) on our account
                prélèvement SEPA (CORE) sur notre compte
                SEPA-Basislastschrift auf unserem Konto
PMNT-RDDT-BBDD  SEPA direct debit (B2B) on our account
                prélèvement SEPA (B2B) sur notre compte
                SEPA-Firmenlastschrift auf unserem Konto
PMNT-RDDT-UPDD  direct debit on our account returned
                prélèvement sur notre compte restitué
                Lastschrift auf unserem Konto zurückgegeben
PMNT-RDDT-PRDD  direct debit on our account reversed
                prélèvement sur notre compte annulé
                Lastschrift auf unserem Konto storniert
PMNT-MDOP-CHRG  bank charges
                frais bancaires
                Bankentgelt
PMNT-MCOP-CHRG  bank charges given back
                frais bancaires remboursés
                Bankentgelt erstattet
ACMT-MDOP-CHRG  account charges
                frais de tenue de compte
                Kontoführungsentgelt
PMNT-CNTR-CDPT  cash paid in
                versement d'espèces
                Bareinzahlung
XTND-NTAV-NTAV  no code given by the bank
                code non communiqué par la banque
                kein Code von der Bank
""")
