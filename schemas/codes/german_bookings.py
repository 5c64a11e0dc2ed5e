"""German booking codes (Geschäftsvorfallcodes, GVC): the three digits that open a structured ``:86:``."""

from schemas.codes import booking_kinds as kinds
from schemas.codes.booking_kinds import BookingKind, Meaning
from schemas.codes.words import read_words

_GROUPS = (
    (kinds.SUPPLIER, "004 005 104 105"),
    (kinds.OUTGOING, "008 020 116 117 118 119 177 188 191"),
    (kinds.INCOMING, "051 052 053 152 153 154 155 156 157 161 162 163 164 165 166 167 168 169 189 194"),
    (kinds.UNPAID._replace(credit=BookingKind.UNKNOWN), "009 108 109 195 197"),
    (kinds.TRANSFER_RETURN, "159 160"),
    (kinds.COLLECTION, "071 171 174 192 196"),
    (kinds.UNPAID._replace(debit=BookingKind.UNKNOWN), "181 184"),
    (kinds.DEBIT_REVERSAL._replace(credit=BookingKind.UNKNOWN), "193"),
    (kinds.TRANSFER, "201 202 206"),
    (kinds.CASH, "082 083"),
    (kinds.CHEQUE, "070 170 183"),
    (kinds.CARD, "106 107"),
    (kinds.FEE, "805 806 807 808 809"),
    # "Other" is a fee when it is taken; money that came so may be anything.
    (kinds.FEE._replace(credit=BookingKind.UNKNOWN), "835"),
    (kinds.INTEREST, "814"),
    (kinds.INTERNAL, "820 833"),
    (kinds.REVERSAL, "899"),
)
_MEANINGS = {code: meaning for meaning, codes in _GROUPS for code in codes.split()}


def german_meaning(code: str) -> Meaning | None:
    """Return what a GVC means, or None where we do not know it. All of 2xx are foreign payments."""
    return _MEANINGS.get(code) or (kinds.TRANSFER if len(code) == 3 and code[0] == "2" else None)


GERMAN_WORDS = read_words("""
009  direct debit returned (old scheme)
     prélèvement impayé (ancien schéma)
     Rücklastschrift (altes Verfahren)
051  transfer received (old scheme)
     virement reçu (ancien schéma)
     Überweisung eingegangen (altes Verfahren)
070  cheque paid in
     remise de chèque
     Scheckeinreichung
082  cash paid in
     versement d'espèces
     Bareinzahlung
083  cash taken out
     retrait d'espèces
     Barauszahlung
104  SEPA direct debit (B2B) on our account
     prélèvement SEPA (B2B) sur notre compte
     SEPA-Firmenlastschrift auf unserem Konto
105  SEPA direct debit (Core) on our account
     prélèvement SEPA (CORE) sur notre compte
     SEPA-Basislastschrift auf unserem Konto
106  card payment
     paiement par carte
     Kartenzahlung
107  card payment with direct debit
     paiement par carte avec prélèvement
     Kartenzahlung per Lastschrift
108  our direct debit (B2B) returned
     notre prélèvement (B2B) impayé
     Rücklastschrift (Firmenlastschrift)
109  our direct debit (Core) returned
     notre prélèvement (CORE) impayé
     Rücklastschrift (Basislastschrift)
116  SEPA transfer sent
     virement SEPA émis
     SEPA-Überweisung ausgeführt
117  standing order sent
     virement permanent émis
     Dauerauftrag ausgeführt
118  instant transfer sent
     virement instantané émis
     Echtzeitüberweisung ausgeführt
119  donation sent
     don émis
     Spende ausgeführt
152  standing order received
     virement permanent reçu
     Dauerauftrag eingegangen
153  salary or pension received
     salaire ou pension reçus
     Gehalt oder Rente eingegangen
154  capital benefits received
     prestations d'épargne reçues
     vermögenswirksame Leistungen eingegangen
155  old-age benefits received
     prestations de retraite reçues
     Altersvorsorge eingegangen
156  transfer from a public treasury
     virement du Trésor public
     Überweisung einer öffentlichen Kasse
157  instant transfer received, salary
     virement instantané reçu, salaire
     Echtzeitüberweisung eingegangen, Gehalt
159  SEPA transfer came back
     virement SEPA revenu
     SEPA-Überweisung zurückgekommen
160  instant transfer came back
     virement instantané revenu
     Echtzeitüberweisung zurückgekommen
166  SEPA transfer received
     virement SEPA reçu
     SEPA-Überweisung eingegangen
167  SEPA transfer received with checked reference
     virement SEPA reçu avec référence vérifiée
     SEPA-Überweisung eingegangen mit geprüfter Referenz
168  instant transfer received
     virement instantané reçu
     Echtzeitüberweisung eingegangen
169  donation received
     don reçu
     Spende eingegangen
170  cheque collected
     chèque encaissé
     Scheckeinzug
171  our direct debit (Core), single
     notre prélèvement (CORE), unitaire
     Basislastschrift eingezogen, einzeln
174  our direct debit (B2B), single
     notre prélèvement (B2B), unitaire
     Firmenlastschrift eingezogen, einzeln
177  transfer sent online
     virement émis en ligne
     Online-Überweisung ausgeführt
181  debit on our account given back (Core)
     prélèvement sur notre compte restitué (CORE)
     Lastschrift auf unserem Konto zurückgegeben (Basis)
184  debit on our account given back (B2B)
     prélèvement sur notre compte restitué (B2B)
     Lastschrift auf unserem Konto zurückgegeben (Firmen)
188  instant transfers sent, batch
     virements instantanés émis, lot
     Echtzeitüberweisungen ausgeführt, Sammler
189  instant transfers received, batch
     virements instantanés reçus, lot
     Echtzeitüberweisungen eingegangen, Sammler
191  SEPA transfers sent, batch
     virements SEPA émis, lot
     SEPA-Überweisungen ausgeführt, Sammler
192  our direct debits (Core), batch
     nos prélèvements (CORE), lot
     Basislastschriften eingezogen, Sammler
193  our direct debit given back
     notre prélèvement restitué
     eigene Lastschrift zurückgegeben
194  SEPA transfers received, batch
     virements SEPA reçus, lot
     SEPA-Überweisungen eingegangen, Sammler
195  our direct debits (Core) returned, batch
     nos prélèvements (CORE) impayés, lot
     Rücklastschriften (Basis), Sammler
196  our direct debits (B2B), batch
     nos prélèvements (B2B), lot
     Firmenlastschriften eingezogen, Sammler
197  our direct debits (B2B) returned, batch
     nos prélèvements (B2B) impayés, lot
     Rücklastschriften (Firmen), Sammler
201  foreign payment
     paiement international
     Auslandszahlung
805  account closing
     arrêté de compte
     Kontoabschluss
806  postage
     frais postaux
     Porto
807  bank fees
     frais bancaires
     Bankentgelt
808  bank fees
     frais bancaires
     Gebühren
809  commission
     commission
     Provision
814  interest
     intérêts
     Zinsen
820  transfer between own accounts
     virement entre comptes propres
     Übertrag
833  cash concentration
     centralisation de trésorerie
     Cash-Pooling
835  other booking of the bank
     autre opération de la banque
     sonstige Buchung der Bank
899  cancellation by the bank
     annulation par la banque
     Storno
999  unstructured text
     texte libre
     unstrukturierter Text
""")
