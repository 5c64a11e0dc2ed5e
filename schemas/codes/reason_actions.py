"""What receivables does about money that came back: the closed sets that the table of reasons is made of.

The recommended actions are our own defaults, which a policy may change.
"""

from enum import StrEnum

from schemas.codes.words import read_words


class ReturnKind(StrEnum):
    """Who sent a collection back and when (the R-transactions of the SEPA direct debit schemes)."""

    REJECT = "reject"  # A bank, before settlement.
    REFUSAL = "refusal"  # The debtor, before settlement.
    RETURN = "return"  # The debtor's bank, within days of settlement.
    REFUND = "refund"  # The debtor, up to 8 weeks or 13 months.
    REVERSAL = "reversal"  # We.


class Retry(StrEnum):
    """Whether the same debt may be collected again on the same mandate."""

    NO = "no"
    FIX = "fix"  # Once what was wrong is corrected.
    LATER = "later"
    LATER_ONCE = "later_once"


class MandateAction(StrEnum):
    """What becomes of the mandate."""

    KEEP = "keep"
    SUSPEND = "suspend"
    DECIDE = "decide"  # Suspended until a person decides.
    CANCEL = "cancel"


class NextAction(StrEnum):
    """What a person does next."""

    ASK_ACCOUNT = "ask_account"
    ASK_DEBTOR = "ask_debtor"
    ASK_OWN_BANK = "ask_own_bank"
    ASK_TO_ALLOW = "ask_to_allow"
    CHECK_CREDITOR_IDENTIFIER = "check_creditor_identifier"
    CHECK_SENT = "check_sent"
    COMPARE_MANDATE = "compare_mandate"
    COMPLETE_DATA = "complete_data"
    COMPLIANCE = "compliance"
    CORRECT_FILE = "correct_file"
    ESTATE = "estate"
    MOVE_DATE = "move_date"
    NEW_MANDATE = "new_mandate"
    OTHER_WAY = "other_way"
    PRESENT_AGAIN = "present_again"
    READ_TEXT = "read_text"


ACTION_WORDS = read_words("""
ask_account               ask for the right account and amend the mandate
                          demander le bon compte et modifier le mandat
                          richtiges Konto erfragen und Mandat ändern
ask_debtor                talk to the customer before any new debit
                          contacter le client avant tout nouveau prélèvement
                          vor jeder neuen Lastschrift mit dem Kunden sprechen
ask_own_bank              ask our own bank
                          interroger notre banque
                          eigene Bank fragen
ask_to_allow              ask the customer to allow our debits at his bank
                          demander au client d'autoriser nos prélèvements auprès de sa banque
                          Kunden bitten, unsere Lastschriften bei seiner Bank zuzulassen
check_creditor_identifier check our creditor identifier and announce its change
                          vérifier notre ICS et signaler son changement
                          unsere Gläubiger-ID prüfen und Änderung mitsenden
check_sent                check first whether it was already sent
                          vérifier d'abord si l'ordre a déjà été envoyé
                          zuerst prüfen, ob schon gesendet wurde
compare_mandate           compare with the signed mandate
                          comparer avec le mandat signé
                          mit dem unterschriebenen Mandat vergleichen
complete_data             complete names and addresses
                          compléter noms et adresses
                          Namen und Anschriften ergänzen
compliance                hand over to compliance
                          transmettre à la conformité
                          an Compliance übergeben
correct_file              correct our data and collect again
                          corriger nos données et représenter
                          unsere Daten berichtigen
estate                    write to the estate
                          s'adresser à la succession
                          an die Erben wenden
move_date                 collect on a later bank day
                          représenter un jour ouvré ultérieur
                          an einem späteren Bankarbeitstag einziehen
new_mandate               do not collect; find the evidence, obtain a new mandate
                          ne plus prélever ; réunir la preuve, obtenir un nouveau mandat
                          nicht einziehen; Nachweis suchen, neues Mandat einholen
other_way                 agree on another account or a transfer
                          convenir d'un autre compte ou d'un virement
                          anderes Konto oder Überweisung vereinbaren
present_again             remind, and collect again later
                          relancer, puis représenter plus tard
                          mahnen und später erneut einziehen
read_text                 read the bank's text
                          lire le texte de la banque
                          Text der Bank lesen
""")
