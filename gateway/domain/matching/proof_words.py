"""The sentences of the signs, by code: English, French and German, a line each (proof.py fills them)."""

from schemas.codes.words import read_words

SENTENCES = read_words("""
names_item              the text names {number}
                        le libellé cite {number}
                        der Text nennt {number}
names_short             {written} in the text is short for {number}
                        {written} dans le libellé abrège {number}
                        {written} im Text ist kurz für {number}
names_range             {number} lies in the range that ends with {written}
                        {number} est dans la série qui se termine par {written}
                        {number} liegt in der Reihe, die mit {written} endet
names_alias             {written} in the text is an order or reference of {number}
                        {written} dans le libellé est une commande ou référence de {number}
                        {written} im Text ist Bestellung oder Referenz von {number}
names_reference         the structured reference {written} is that of {number}
                        la référence structurée {written} est celle de {number}
                        die strukturierte Referenz {written} gehört zu {number}
names_in_end_to_end_id  the end-to-end id names {number}
                        la référence de bout en bout cite {number}
                        die End-to-End-ID nennt {number}
mistyped                {written} in the text is nearly {number}
                        {written} dans le libellé est presque {number}
                        {written} im Text ist beinahe {number}
names_other             the text names {number} as well
                        le libellé cite aussi {number}
                        der Text nennt auch {number}
near_other              {number} is nearly the same number, and as much of it is open
                        {number} est presque le même numéro, pour le même solde ouvert
                        {number} ist beinahe dieselbe Nummer, und ebenso viel davon ist offen
names_unknown           {written} looks like a number of ours, but nothing open has it
                        {written} ressemble à un de nos numéros, mais rien d’ouvert ne le porte
                        {written} sieht aus wie eine Nummer von uns, aber nichts Offenes hat sie
called_otherwise        the text calls {written} no invoice: {called}
                        le texte ne nomme pas {written} une facture : {called}
                        der Text nennt {written} keine Rechnung: {called}
iban_confirmed          the account is on the record or a mandate of customer {customer}
                        le compte figure sur la fiche ou un mandat du client {customer}
                        das Konto steht im Stammsatz oder einem Mandat des Kunden {customer}
iban_confirmed_by       the account was confirmed for customer {customer} on {since_date} by {by}
                        le compte a été confirmé pour le client {customer} le {since_date} par {by}
                        das Konto wurde für den Kunden {customer} am {since_date} von {by} bestätigt
iban_proposed           the account has paid for customer {customer} before, but is not confirmed
                        le compte a déjà payé pour le client {customer}, sans être confirmé
                        das Konto hat schon für den Kunden {customer} gezahlt, ist aber nicht bestätigt
iban_collector          the account pays for several customers
                        le compte paie pour plusieurs clients
                        das Konto zahlt für mehrere Kunden
name_agrees             the payer's name is that of customer {customer}
                        le nom du payeur est celui du client {customer}
                        der Name des Zahlers ist der des Kunden {customer}
name_similar            the payer's name resembles that of customer {customer}
                        le nom du payeur ressemble à celui du client {customer}
                        der Name des Zahlers ähnelt dem des Kunden {customer}
customer_number         the text holds the customer number {customer}
                        le libellé contient le numéro de client {customer}
                        der Text enthält die Kundennummer {customer}
mandate                 the mandate is that of customer {customer}
                        le mandat est celui du client {customer}
                        das Mandat ist das des Kunden {customer}
payer_differs           nothing shows that customer {customer} paid
                        rien ne montre que le client {customer} a payé
                        nichts zeigt, dass der Kunde {customer} gezahlt hat
amount_exact            the amount is exactly what is open: {amount_minor}
                        le montant est exactement le solde ouvert : {amount_minor}
                        der Betrag ist genau der offene: {amount_minor}
sum_exact               the amount is exactly the sum of {count} items: {amount_minor}
                        le montant est exactement la somme de {count} postes : {amount_minor}
                        der Betrag ist genau die Summe von {count} Posten: {amount_minor}
only_item               no other open item of the customer has this amount
                        aucun autre poste ouvert du client n’a ce montant
                        kein anderer offener Posten des Kunden hat diesen Betrag
only_set                sum of {count} open items, the only set that fits
                        somme de {count} postes ouverts, la seule combinaison qui convient
                        Summe von {count} offenen Posten, die einzige passende Auswahl
other_sets              sum of {count} open items, but another set fits as well
                        somme de {count} postes ouverts, mais une autre combinaison convient aussi
                        Summe von {count} offenen Posten, doch eine andere Auswahl passt auch
sets_fit                other open items of the customer may fit together as well
                        d’autres postes ouverts du client peuvent aussi convenir ensemble
                        andere offene Posten des Kunden könnten zusammen auch passen
others_fit              {number} fits the amount as well
                        {number} convient aussi au montant
                        {number} passt auch zum Betrag
search_cut              there were too many combinations to try them all
                        trop de combinaisons pour toutes les essayer
                        zu viele Kombinationen, um alle zu prüfen
by_chance               among so many open items a sum fits easily by chance
                        parmi tant de postes ouverts une somme convient vite par hasard
                        bei so vielen offenen Posten passt leicht zufällig eine Summe
discount                {discount_minor} discount, agreed until {until_date}
                        escompte de {discount_minor}, accordé jusqu’au {until_date}
                        {discount_minor} Skonto, vereinbart bis {until_date}
discount_late           {discount_minor} discount taken after {until_date}
                        escompte de {discount_minor} déduit après le {until_date}
                        {discount_minor} Skonto gezogen nach dem {until_date}
discount_unagreed       {discount_minor} discount of {percent} % that nobody agreed
                        escompte de {discount_minor}, soit {percent} %, non convenu
                        {discount_minor} Skonto von {percent} %, nicht vereinbart
rounded                 {rest_minor} are missing, for the payer rounded
                        il manque {rest_minor}, le payeur a arrondi
                        es fehlen {rest_minor}, der Zahler hat gerundet
charges_reported        the bank reports {charges_minor} charges, which make up the difference
                        la banque annonce {charges_minor} de frais, qui font la différence
                        die Bank meldet {charges_minor} Entgelt, das den Unterschied ausmacht
charges_supposed        {charges_minor} are missing, perhaps charges of a bank
                        il manque {charges_minor}, peut-être des frais bancaires
                        es fehlen {charges_minor}, vielleicht Bankentgelt
within_tolerance        {rest_minor} are missing, which the company lets go
                        il manque {rest_minor}, que la société abandonne
                        es fehlen {rest_minor}, auf die die Firma verzichtet
rest_open               {rest_minor} stay open
                        {rest_minor} restent ouverts
                        {rest_minor} bleiben offen
oldest_first            the oldest items first
                        les postes les plus anciens d’abord
                        die ältesten Posten zuerst
kept_on_account         {on_account_minor} are kept on account
                        {on_account_minor} sont gardés en acompte
                        {on_account_minor} bleiben als Guthaben stehen
habit_oldest_first      customer {customer} usually pays the oldest items first: right {right}×, wrong {wrong}×
                        le client {customer} paie d’habitude les postes les plus anciens : juste {right}×, faux {wrong}×
                        der Kunde {customer} zahlt sonst die ältesten Posten zuerst: {right}× richtig, {wrong}× falsch
habit_deducts           customer {customer} usually deducts {percent} %: right {right}×, wrong {wrong}×
                        le client {customer} déduit d’habitude {percent} % : juste {right}×, faux {wrong}×
                        der Kunde {customer} zieht sonst {percent} % ab: {right}× richtig, {wrong}× falsch
habit_rounds            customer {customer} usually rounds: right {right}×, wrong {wrong}×
                        le client {customer} arrondit d’habitude : juste {right}×, faux {wrong}×
                        der Kunde {customer} rundet sonst: {right}× richtig, {wrong}× falsch
habit_not_proven        not yet booked by itself: {count}× right are still missing
                        pas encore comptabilisé sans question : il manque {count}× juste
                        noch nicht von selbst gebucht: {count}× richtig fehlen noch
paid_already            {number} was settled on {settled_date}
                        {number} a été soldé le {settled_date}
                        {number} wurde am {settled_date} ausgeglichen
nothing_open            nothing of {number} is open
                        rien n’est ouvert sur {number}
                        von {number} ist nichts offen
no_reference            nothing in the text names what is paid
                        rien dans le libellé ne cite ce qui est payé
                        nichts im Text nennt, was bezahlt wird
twin_waits              an equal payment of {booking_date} waits and may be for the same
                        un paiement égal du {booking_date} attend, peut-être pour la même chose
                        eine gleiche Zahlung vom {booking_date} wartet und mag dasselbe meinen
in_flight               a direct debit of {number} is in flight, due on {collection_date}
                        un prélèvement de {number} est en cours, échéance le {collection_date}
                        eine Lastschrift für {number} ist unterwegs, fällig am {collection_date}
disputed                {disputed_minor} of {number} are in dispute
                        {disputed_minor} de {number} sont en litige
                        {disputed_minor} von {number} sind strittig
other_currency          {number} is in {item_currency}, the money in {currency}
                        {number} est en {item_currency}, l’argent en {currency}
                        {number} lautet auf {item_currency}, das Geld auf {currency}
return_of               takes back the payment of {booking_date}, found by {found_by}
                        reprend le paiement du {booking_date}, trouvé par {found_by}
                        nimmt die Zahlung vom {booking_date} zurück, gefunden über {found_by}
return_fee              {fee_minor} of it are charges
                        dont {fee_minor} de frais
                        davon {fee_minor} Entgelt
pays_out                pays out {number} exactly
                        rembourse exactement {number}
                        zahlt {number} genau aus
collection_of           our direct debit {end_to_end_id} of {collection_date}
                        notre prélèvement {end_to_end_id} du {collection_date}
                        unsere Lastschrift {end_to_end_id} vom {collection_date}
collection_amount       it was for {amount_minor}
                        il était de {amount_minor}
                        sie lautete auf {amount_minor}
collection_ended        our direct debit {end_to_end_id} has its money already
                        notre prélèvement {end_to_end_id} a déjà été encaissé
                        unsere Lastschrift {end_to_end_id} ist schon eingegangen
collection_rejected     the bank rejected our direct debit {end_to_end_id} before
                        la banque avait rejeté notre prélèvement {end_to_end_id}
                        die Bank hatte unsere Lastschrift {end_to_end_id} abgelehnt
batch_of                our direct debits of the block {block}: {count} of them
                        nos prélèvements du lot {block} : {count}
                        unsere Lastschriften des Sammlers {block}: {count}
batch_short             the credit of block {block} is short by {short_minor}
                        il manque {short_minor} au crédit du lot {block}
                        der Gutschrift des Sammlers {block} fehlen {short_minor}
batch_more              the credit of block {block} is {short_minor} more than what is awaited
                        le crédit du lot {block} dépasse de {short_minor} ce qui est attendu
                        die Gutschrift des Sammlers {block} ist um {short_minor} höher als erwartet
batch_ended             nothing of block {block} is awaited any more
                        plus rien n’est attendu du lot {block}
                        vom Sammler {block} wird nichts mehr erwartet
rejects_explain         {count} rejected debits of {rejected_minor} explain the difference
                        {count} prélèvements rejetés de {rejected_minor} expliquent la différence
                        {count} abgelehnte Lastschriften über {rejected_minor} erklären den Unterschied
rejects_credited        {count} rejected debits of {rejected_minor} are credited all the same; the bank takes them back
                        {count} prélèvements rejetés de {rejected_minor} sont crédités ; la banque les reprendra
                        {count} abgelehnte Lastschriften über {rejected_minor} sind dabei; die Bank holt sie zurück
without_debits          the difference is exactly {missing}, if these did not come
                        la différence est exactement {missing}, s’ils ne sont pas venus
                        der Unterschied ist genau {missing}, falls diese nicht kamen
paid_meanwhile          {over_minor} are more than is open by now and are kept on account
                        {over_minor} dépassent le solde ouvert et restent à valoir
                        {over_minor} sind mehr als noch offen und bleiben als Guthaben
no_debit                none of our direct debits fits; looked for: {tried}
                        aucun de nos prélèvements ne convient ; recherché : {tried}
                        keine unserer Lastschriften passt; gesucht: {tried}
takes_back              takes back our direct debit {end_to_end_id} of {collection_date}
                        reprend notre prélèvement {end_to_end_id} du {collection_date}
                        nimmt unsere Lastschrift {end_to_end_id} vom {collection_date} zurück
back_reason             the bank gives the reason {code}
                        la banque donne le motif {code}
                        die Bank nennt den Grund {code}
compensation            {compensation_minor} of it are interest that the customer’s bank claims
                        dont {compensation_minor} d’intérêts réclamés par la banque du client
                        davon {compensation_minor} Zinsausgleich der Bank des Kunden
more_than_debit         {more_minor} more than the direct debit, and the bank does not say why
                        {more_minor} de plus que le prélèvement, sans explication de la banque
                        {more_minor} mehr als die Lastschrift, und die Bank sagt nicht warum
less_than_debit         {less_minor} less than the direct debit
                        {less_minor} de moins que le prélèvement
                        {less_minor} weniger als die Lastschrift
may_be_debit            may take back our direct debit {end_to_end_id} of {collection_date}
                        reprend peut-être notre prélèvement {end_to_end_id} du {collection_date}
                        nimmt vielleicht unsere Lastschrift {end_to_end_id} vom {collection_date} zurück
back_already            our direct debit {end_to_end_id} came back before
                        notre prélèvement {end_to_end_id} était déjà revenu
                        unsere Lastschrift {end_to_end_id} kam schon zurück
no_money_yet            no credit of our direct debit {end_to_end_id} is booked yet
                        aucun crédit de notre prélèvement {end_to_end_id} n’est encore comptabilisé
                        zu unserer Lastschrift {end_to_end_id} ist noch keine Gutschrift gebucht
refund_of               our refund {end_to_end_id} of {execution_date}
                        notre remboursement {end_to_end_id} du {execution_date}
                        unsere Erstattung {end_to_end_id} vom {execution_date}
refund_batch            our refunds of the block {block}: {count} of them
                        nos remboursements du lot {block} : {count}
                        unsere Erstattungen des Sammlers {block}: {count}
refund_unnamed          the bank names nothing; the block {block} with {count} of our refunds has this sum and day
                        la banque ne cite rien ; le lot {block} de {count} de nos remboursements a ce total et ce jour
                        die Bank nennt nichts; der Sammler {block} mit {count} unserer Erstattungen hat Summe und Tag
refund_amount           what was sent was {amount_minor}
                        le montant envoyé était de {amount_minor}
                        beauftragt waren {amount_minor}
refund_over             {over_minor} more went out than is kept by now; the customer owes it
                        {over_minor} de plus que ce qui reste gardé ; le client les doit
                        {over_minor} mehr, als noch gutgeschrieben ist; der Kunde schuldet sie
refund_back             our refund {end_to_end_id} of {execution_date} came back
                        notre remboursement {end_to_end_id} du {execution_date} est revenu
                        unsere Erstattung {end_to_end_id} vom {execution_date} kam zurück
refund_paid             the refund {end_to_end_id} was paid out before
                        le remboursement {end_to_end_id} a déjà été débité
                        die Erstattung {end_to_end_id} wurde schon ausgeführt
refund_failed           the refund {end_to_end_id} came back or was rejected before
                        le remboursement {end_to_end_id} était déjà revenu ou rejeté
                        die Erstattung {end_to_end_id} kam schon zurück oder wurde abgelehnt
refund_not_paid         no debit of the refund {end_to_end_id} is booked yet
                        aucun débit du remboursement {end_to_end_id} n’est encore comptabilisé
                        zur Erstattung {end_to_end_id} ist noch keine Belastung gebucht
refund_not_sent         nobody said that the file with the refund {end_to_end_id} was sent
                        personne n’a dit que le fichier du remboursement {end_to_end_id} a été envoyé
                        niemand hat gesagt, dass die Datei mit der Erstattung {end_to_end_id} gesendet wurde
user_rule               by your rule “{rule}”
                        par votre règle « {rule} »
                        nach Ihrer Regel „{rule}“
user_rule_stopped       your rule “{rule}” fits, but the text names {number}
                        votre règle « {rule} » convient, mais le libellé cite {number}
                        Ihre Regel „{rule}“ passt, doch der Text nennt {number}
user_rule_differs       your rule “{rule}” would set it aside
                        votre règle « {rule} » le mettrait de côté
                        Ihre Regel „{rule}“ würde es beiseitelegen
points_elsewhere        account, name or number point at customer {customer}
                        compte, nom ou numéro désignent le client {customer}
                        Konto, Name oder Nummer weisen auf den Kunden {customer}
advice_lists            the advice of {advice_date} lists {count} of our numbers
                        l’avis du {advice_date} cite {count} de nos numéros
                        das Avis vom {advice_date} nennt {count} unserer Nummern
advice_unknown          the advice lists {written} with {paid_minor}, which is nothing that is open
                        l’avis cite {written} pour {paid_minor}, rien d’ouvert ne le porte
                        das Avis nennt {written} mit {paid_minor}, offen ist dazu nichts
advice_sum              the lines of the advice add up to {lines_minor}, its total is {stated_minor}
                        les lignes de l’avis font {lines_minor}, son total est {stated_minor}
                        die Zeilen des Avis ergeben {lines_minor}, seine Summe ist {stated_minor}
advice_deducts          the advice takes {deducted_minor} off {number}, which was not agreed; it stays open
                        l’avis déduit {deducted_minor} de {number}, sans accord ; ce reste demeure ouvert
                        das Avis zieht {deducted_minor} von {number} ab, nicht vereinbart; der Rest bleibt offen
advice_more             the advice pays {paid_minor} for {number}, of which {open_minor} are open
                        l’avis règle {paid_minor} pour {number}, dont {open_minor} restent ouverts
                        das Avis zahlt {paid_minor} für {number}, offen sind {open_minor}
""")
