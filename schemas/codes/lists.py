"""Short code lists of collections and statements: sequence, scheme, balances, entry status, purposes."""

from enum import StrEnum

from schemas.codes.words import read_words


class LocalInstrument(StrEnum):
    """The two SEPA direct debit schemes. COR1 is dead since 20 November 2016."""

    CORE = "CORE"
    B2B = "B2B"


class SequenceType(StrEnum):
    """Place of a collection in the life of its mandate. RPRE exists in the schema for cards only."""

    FIRST = "FRST"  # Optional since 20 November 2016.
    RECURRENT = "RCUR"
    FINAL = "FNAL"  # After it the mandate is finished.
    ONE_OFF = "OOFF"


class BalanceCode(StrEnum):
    """Balances of a camt statement (ISO 20022 ExternalBalanceType1Code)."""

    OPENING_BOOKED = "OPBD"
    PREVIOUS_CLOSING_BOOKED = "PRCD"
    CLOSING_BOOKED = "CLBD"
    OPENING_AVAILABLE = "OPAV"
    CLOSING_AVAILABLE = "CLAV"
    FORWARD_AVAILABLE = "FWAV"
    INTERIM_AVAILABLE = "ITAV"
    INTERIM_BOOKED = "ITBD"
    EXPECTED = "XPCD"
    INFORMATION = "INFO"


# Many banks send PRCD instead of OPBD.
OPENING_BALANCES = frozenset({BalanceCode.OPENING_BOOKED, BalanceCode.PREVIOUS_CLOSING_BOOKED})

INSTRUMENT_WORDS = read_words("""
CORE  Core direct debit
      prélèvement CORE
      Basislastschrift
B2B   business direct debit
      prélèvement interentreprises
      Firmenlastschrift
""")

SEQUENCE_WORDS = read_words("""
FRST  first of a series
      premier d'une série
      erste einer Folge
RCUR  recurrent
      récurrent
      wiederkehrend
FNAL  last of a series
      dernier d'une série
      letzte einer Folge
OOFF  one-off
      ponctuel
      einmalig
""")

BALANCE_WORDS = read_words("""
OPBD  opening balance
      solde d'ouverture
      Anfangssaldo
PRCD  previous closing balance
      solde de clôture précédent
      voriger Schlusssaldo
CLBD  closing balance
      solde de clôture
      Schlusssaldo
OPAV  opening available balance
      solde disponible d'ouverture
      verfügbarer Anfangssaldo
CLAV  closing available balance
      solde disponible de clôture
      verfügbarer Schlusssaldo
FWAV  future available balance
      solde disponible futur
      künftig verfügbarer Saldo
ITAV  interim available balance
      solde disponible intermédiaire
      verfügbarer Zwischensaldo
ITBD  interim balance
      solde intermédiaire
      Zwischensaldo
XPCD  expected balance
      solde attendu
      erwarteter Saldo
INFO  for information
      pour information
      zur Information
""")

ENTRY_STATUS_WORDS = read_words("""
BOOK     booked
         comptabilisé
         gebucht
PDNG     announced
         en attente
         vorgemerkt
INFO     for information
         pour information
         zur Information
FUTR     in the future
         à venir
         zukünftig
UNKNOWN  unknown status
         statut inconnu
         unbekannter Status
""")

# Purposes and category purposes that receivables meets (ISO 20022 ExternalPurpose1Code).
PURPOSE_WORDS = read_words("""
CHAR  donation
      don
      Spende
ELEC  electricity
      électricité
      Strom
ENRG  energy
      énergie
      Energie
GASB  gas
      gaz
      Gas
GDDS  goods
      marchandises
      Waren
INSU  insurance
      assurance
      Versicherung
INTC  payment inside the group
      paiement intragroupe
      konzerninterne Zahlung
LIFI  life insurance
      assurance vie
      Lebensversicherung
LOAN  loan
      prêt
      Darlehen
OTHR  other
      autre
      Sonstiges
PENS  pension
      pension
      Rente
PHON  telephone
      téléphone
      Telefon
REFU  refund
      remboursement
      Erstattung
RENT  rent
      loyer
      Miete
SALA  salary
      salaire
      Gehalt
SCVE  services
      services
      Dienstleistungen
SUBS  subscription
      abonnement
      Abonnement
SUPP  supplier payment
      paiement fournisseur
      Lieferantenzahlung
TAXS  taxes
      impôts
      Steuern
TRAD  trade
      commerce
      Handel
WTER  water
      eau
      Wasser
""")

CATEGORY_PURPOSES = frozenset("SUPP TRAD LOAN TAXS SALA PENS INTC OTHR".split())
