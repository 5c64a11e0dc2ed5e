"""Status codes of the payment status report (pain.002) and what they mean for our collections.

A status is never cash: even "settled" is an announcement, only a statement books. A status of one payment overrides
the level above it; a rejected file or batch rejects every payment below it, listed or not.
"""

from enum import StrEnum

from schemas.codes.words import read_words


class StatusEffect(StrEnum):
    """What a status does to the collections that it concerns."""

    SUBMITTED = "submitted"
    ACCEPTED_TECHNICAL = "accepted_technical"
    ACCEPTED = "accepted"
    CHANGED = "changed"  # Accepted with a change, such as another date: read the bank's text.
    PARTIAL = "partial"  # Look at the level below.
    PENDING = "pending"
    REJECTED = "rejected"
    NONE = "none"  # Shown and logged only.


_EFFECTS = {
    "RCVD": StatusEffect.SUBMITTED,
    "ACTC": StatusEffect.ACCEPTED_TECHNICAL,
    "ACCP": StatusEffect.ACCEPTED,
    "ACSP": StatusEffect.ACCEPTED,
    "ACWC": StatusEffect.CHANGED,
    "ACSC": StatusEffect.ACCEPTED,
    "ACCC": StatusEffect.ACCEPTED,
    "PART": StatusEffect.PARTIAL,
    "PDNG": StatusEffect.PENDING,
    "RJCT": StatusEffect.REJECTED,
}

STATUS_WORDS = read_words("""
RCVD  received by the bank
      reçu par la banque
      bei der Bank eingegangen
ACTC  technically accepted
      accepté techniquement
      technisch angenommen
ACCP  accepted after checks of the customer
      accepté après contrôle du client
      angenommen nach Kundenprüfung
ACSP  accepted for execution
      accepté pour exécution
      zur Ausführung angenommen
ACWC  accepted with a change
      accepté avec modification
      mit Änderung angenommen
ACSC  settled with the debtor's bank
      réglé côté débiteur
      beim Zahler verrechnet
ACCC  settled on the creditor's account
      réglé sur le compte du créancier
      auf dem Gläubigerkonto verrechnet
ACFC  funds checked
      provision vérifiée
      Deckung geprüft
ACIS  accepted, cheque issued
      accepté, chèque émis
      angenommen, Scheck ausgestellt
ACPD  accepted, still to be settled
      accepté, à régler
      angenommen, noch zu verrechnen
ACWP  accepted, not yet booked
      accepté, pas encore comptabilisé
      angenommen, noch nicht gebucht
BLCK  blocked
      bloqué
      gesperrt
CANC  cancelled
      annulé
      storniert
CPUC  cash picked up
      espèces retirées
      Bargeld abgeholt
PART  partly accepted
      accepté en partie
      teilweise angenommen
PATC  partly accepted, signatures missing
      accepté en partie, signatures manquantes
      teilweise angenommen, Unterschriften fehlen
PDNG  pending
      en attente
      in Bearbeitung
PRES  presented
      présenté
      vorgelegt
RJCT  rejected
      rejeté
      abgelehnt
RCVC  payee check done
      vérification du bénéficiaire terminée
      Empfängerprüfung abgeschlossen
RVCM  payee checks, some close matches
      vérification du bénéficiaire, concordances proches
      Empfängerprüfung, einige ähnlich
RVMC  payee nearly matches
      bénéficiaire presque concordant
      Empfänger stimmt fast überein
RVNA  payee check not possible
      vérification du bénéficiaire impossible
      Empfängerprüfung nicht möglich
RVNC  payee checks, not all done
      vérifications du bénéficiaire incomplètes
      Empfängerprüfung unvollständig
RVNM  payee does not match
      bénéficiaire non concordant
      Empfänger stimmt nicht überein
""")


def status_effect(code: str | None) -> StatusEffect:
    """Return what a status does. A code that we do not know does nothing; it is shown."""
    return _EFFECTS.get(code or "", StatusEffect.NONE)
