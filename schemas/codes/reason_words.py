"""What a reason code means, in our own words for clerks."""

from schemas.codes.words import read_words

REASON_WORDS = read_words("""
AC01  account number wrong
      numéro de compte erroné
      Kontonummer falsch
AC04  account closed
      compte clôturé
      Konto aufgelöst
AC06  account blocked, also for direct debits only
      compte bloqué, parfois pour les seuls prélèvements
      Konto gesperrt, auch nur für Lastschriften
AC13  account of a consumer, or wrong kind of account
      compte d'un consommateur ou type de compte inadapté
      Konto eines Verbrauchers oder falsche Kontoart
AG01  no direct debits on this account
      prélèvements interdits sur ce compte
      keine Lastschriften auf diesem Konto
AG02  sequence or kind of debit does not fit
      séquence ou type de prélèvement inadapté
      Sequenz oder Lastschriftart passt nicht
AG07  account cannot be debited (often no funds)
      compte non débitable (souvent sans provision)
      Konto nicht belastbar (oft keine Deckung)
AM01  amount is zero
      montant nul
      Betrag ist null
AM02  amount too large
      montant trop élevé
      Betrag zu hoch
AM03  currency not accepted
      devise refusée
      Währung nicht zulässig
AM04  not enough funds
      provision insuffisante
      keine Deckung
AM05  sent twice
      envoyé en double
      doppelt eingereicht
AM06  amount below the minimum
      montant inférieur au minimum
      Betrag unter dem Mindestbetrag
AM09  amount not as expected
      montant inattendu
      Betrag nicht wie erwartet
AM10  sum does not fit the control sum
      total différent de la somme de contrôle
      Summe weicht von der Kontrollsumme ab
AM16  control sum of the file wrong
      somme de contrôle du fichier erronée
      Kontrollsumme der Datei falsch
AM17  control sum of the batch wrong
      somme de contrôle du lot erronée
      Kontrollsumme des Sammlers falsch
AM18  number of debits wrong
      nombre d'opérations erroné
      Anzahl falsch
AM19  number of debits in the file wrong
      nombre d'opérations du fichier erroné
      Anzahl in der Datei falsch
AM20  number of debits in the batch wrong
      nombre d'opérations du lot erroné
      Anzahl im Sammler falsch
BE01  name does not fit the account
      nom et compte ne correspondent pas
      Name passt nicht zum Konto
BE04  our address missing, wrong or in an old form
      notre adresse absente, erronée ou non structurée
      unsere Anschrift fehlt, ist falsch oder unstrukturiert
BE05  creditor not recognized
      créancier non reconnu
      Gläubiger nicht erkannt
BE06  customer not known at this bank
      client inconnu de cette banque
      Kunde bei dieser Bank unbekannt
BE07  customer's address missing, wrong or in an old form
      adresse du client absente, erronée ou non structurée
      Anschrift des Kunden fehlt, ist falsch oder unstrukturiert
CH03  date too far in the future
      date trop lointaine
      Datum zu weit in der Zukunft
CH11  creditor identifier wrong
      ICS erroné
      Gläubiger-ID falsch
CNOR  our bank not known to the clearing
      notre banque inconnue de la compensation
      unsere Bank im Clearing unbekannt
CUST  called back by the customer
      rappelé par le client
      vom Kunden zurückgerufen
DNOR  customer's bank takes no such debits
      banque du client non joignable
      Bank des Kunden nicht erreichbar
DT01  date wrong
      date erronée
      Datum falsch
DT03  not a bank day
      jour non ouvré
      kein Bankarbeitstag
DU01  file id used before
      identifiant de fichier déjà utilisé
      Datei-ID schon verwendet
DU02  batch id used before
      identifiant de lot déjà utilisé
      Sammler-ID schon verwendet
DU03  debit sent before
      opération déjà envoyée
      Auftrag schon gesendet
DU04  end-to-end id used before
      référence de bout en bout déjà utilisée
      End-to-End-ID schon verwendet
DU05  instruction id used before
      identifiant d'instruction déjà utilisé
      Auftrags-ID schon verwendet
DUPL  duplicate payment
      paiement en double
      doppelte Zahlung
ED05  settlement between banks failed
      règlement interbancaire échoué
      Verrechnung der Banken gescheitert
FF01  file format wrong
      format de fichier invalide
      Dateiformat falsch
FF05  scheme not accepted (Core or B2B)
      schéma non accepté (CORE ou B2B)
      Verfahren nicht zulässig (CORE oder B2B)
FF08  end-to-end id missing or wrong
      référence de bout en bout absente ou erronée
      End-to-End-ID fehlt oder ist falsch
FOCR  returned after a recall
      retour après demande d'annulation
      Rückgabe nach Rückruf
FRAD  recall because of fraud
      rappel pour fraude
      Rückruf wegen Betrugs
LEGL  legal reasons
      raisons juridiques
      rechtliche Gründe
MD01  no valid mandate
      pas de mandat valide
      kein gültiges Mandat
MD02  mandate data missing or wrong
      données du mandat absentes ou erronées
      Mandatsdaten fehlen oder sind falsch
MD05  should not have been collected
      n'aurait pas dû être prélevé
      hätte nicht eingezogen werden sollen
MD06  customer took the money back (8 weeks)
      remboursement demandé par le client (8 semaines)
      Widerspruch des Kunden (8 Wochen)
MD07  customer has died
      client décédé
      Kunde verstorben
MS02  refused by the customer, no reason given
      refus du client sans motif
      Kunde lehnt ab, ohne Grund
MS03  no reason given by the bank (often no funds)
      motif non communiqué par la banque (souvent sans provision)
      Bank nennt keinen Grund (oft keine Deckung)
NARR  see the bank's text
      voir le texte de la banque
      siehe Text der Bank
NOAS  payee did not answer
      pas de réponse du bénéficiaire
      Empfänger hat nicht geantwortet
NOOR  original transfer never arrived
      virement d'origine jamais reçu
      ursprüngliche Überweisung nie eingegangen
RC01  bank code wrong
      code banque erroné
      Bankkennung falsch
RC03  code of the customer's bank wrong
      code de la banque du client erroné
      Kennung der Bank des Kunden falsch
RC04  code of our bank wrong
      code de notre banque erroné
      Kennung unserer Bank falsch
RF01  reference not unique
      référence non unique
      Referenz nicht eindeutig
RR01  customer's account or id missing (regulation)
      compte ou identifiant du client absent (réglementation)
      Konto oder Kennung des Kunden fehlt (Vorschrift)
RR02  customer's name or address missing or not structured
      nom ou adresse du client absents ou non structurés
      Name oder Anschrift des Kunden fehlt oder ist unstrukturiert
RR03  our name or address missing or not structured
      notre nom ou adresse absents ou non structurés
      unser Name oder unsere Anschrift fehlt oder ist unstrukturiert
RR04  regulation (sanctions, embargo)
      raison réglementaire (sanctions, embargo)
      Vorschrift (Sanktion, Embargo)
SL01  limit or list at the customer's bank
      service de la banque du client (limite ou liste)
      Grenze oder Liste bei der Bank des Kunden
SL11  we are not on the customer's white list
      absent de la liste blanche du client
      nicht auf der Positivliste des Kunden
SL12  we are on the customer's black list
      présent sur la liste noire du client
      auf der Sperrliste des Kunden
SL13  too many debits for the customer's limit
      nombre maximal de prélèvements atteint
      Höchstzahl an Lastschriften erreicht
SL14  amount above the customer's limit
      montant supérieur à la limite du client
      Betrag über der Grenze des Kunden
TM01  after the cut-off time
      après l'heure limite
      nach Annahmeschluss
UPAY  payment was not due
      paiement indu
      Zahlung war nicht geschuldet
""")
