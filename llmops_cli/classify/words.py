"""Words that do the same work in a prompt, so that one seen in training speaks for its kin: class to words.

The classes are features beside the words themselves. They hold what people ask for (verbs, kinds of text, subjects),
first in English, then in the languages that prompts at work most often come in.
"""

CLASSES = """
WRITE: write draft compose author pen craft writeup redraft schreib schreibe schreiben verfasse verfassen entwirf formuliere
  formulier rédige rédiger écris écrire escribe escribir escribeme redacta redactar scrivi scrivere scrivimi escreva escrever
  escreve schrijf schrijven napisz napisać напиши написать составь skriv skriva yaz اكتب लिखो लिखें लिखिए redige
MAKE: create make generate produce build prepare give provide offer put erstelle erstellen mach mache gib crée créer fais faire
  donne crea crear haz dame hazme fammi dammi fai criar crie faça gere maak geef zrób stwórz przygotuj создай сделай
  придумай skapa gör hazırla oluştur
REWORD: rewrite reword rephrase paraphrase rework revise edit shorten tighten expand lengthen polish trim reformulate restructure
  improve proofread condense redo elaborate umformulieren überarbeite kürze kürzen verbessere verbessern reformule reformuler
  raccourcis améliore corrige mejora acorta riscrivi reescreva melhore herschrijf popraw перепиши сократи исправь
SUM: summarize summarise summary summaries summarized summarised summarizing summarising tldr recap recaps abridge boil digest
  gist synopsis minutes takeaways takeaway highlights distill distil outline zusammenfassen zusammenfassung fasse résume résumer
  résumé-moi synthèse resume resumir resumen resúmeme resumo resuma riassumi riassunto riassumere samenvatten samenvatting
  streszczenie streść podsumuj podsumowanie резюмируй кратко sammanfatta sammanfattning özetle özet لخص تلخيص सारांश
TRANSLATE: translate translation translations translated translating übersetze übersetzen übersetz übersetzung traduis traduire
  traduction traduce traducir traduceme traducción traduci tradurre traduzione traduza traduzir tradução vertaal vertalen vertaling
  przetłumacz tłumaczenie переведи перевод перевести översätt översättning çevir çeviri tercüme ترجم अनुवाद oversæt oversett
LANGUAGE: english german french spanish italian portuguese dutch polish russian swedish danish norwegian finnish turkish arabic
  hindi chinese mandarin cantonese japanese korean greek czech hungarian romanian ukrainian bulgarian croatian serbian hebrew
  persian farsi urdu bengali tamil thai vietnamese indonesian malay tagalog swahili latin catalan welsh irish deutsch englisch
  englische englischen französisch spanisch italienisch deutsche anglais allemand espagnol français italien inglés alemán francés
  español italiano inglese tedesco francese spagnolo inglês alemão francês espanhol português engels duits frans angielski niemiecki
  английский немецкий русский engelska tyska ingilizce almanca türkçe
TONE: tone formal formally informal informally polite politely politer friendly friendlier friendliness casual casually
  professional professionally respectful confident confidently assertive diplomatic diplomatically warmer warm softer soften gentler
  kinder nicer colder firmer stern blunt harsh rude aggressive pushy humble enthusiastic empathetic sincere apologetic corporate
  stiff chatty conversational cheerful register wording höflicher höflich förmlich förmlicher freundlicher freundlich formell
  netter poli polie plus-poli soutenu amable formalmente educado cortés cortese gentile formale simpático beleefder vriendelijker
  grzeczniej uprzejmie вежливее официально trevligare kibar resmi sound sounds
SIMPLE: simpler simplify simplified simple plain layman laymans layperson layman's jargon easy easier einfach einfacher einfache leichte
  sencillo semplice simples eenvoudig prościej проще child kid kids beginner year-old grader novice non-expert
TEXTKIND: email e-mail mail letter memo essay article report post blog story poem speech song lyrics script haiku sonnet limerick
  toast eulogy obituary paragraph sentence description caption headline press statement newsletter announcement invitation bio
  biography review abstract introduction conclusion cover cv résumé resume testimonial reference chapter novel scene dialogue
  monologue tale fable ballad screenplay play verse poems essays stories articles tweet linkedin proposal notice flyer brochure
  editorial manifesto card greeting message note text wording copy version draft aufsatz brief gedicht geschichte bericht
  rede artikel lettre poème histoire discours carta poema cuento historia discurso correo lettera poesia racconto discorso brief
  gedicht verhaal wiersz list opowiadanie письмо стихотворение рассказ dikt brev berättelse şiir hikaye mektup
POETIC: rhyme rhyming rhymes stanza stanzas verses metaphor protagonist character characters plot villain hero narrator fantasy
  sci-fi fiction fictional fanfic dystopian setting suspense romance twist genre
READING: transcript thread meeting minutes notes article passage paper chapter memo report document discussion interview call text
  following below above attached abschnitt text protokoll besprechung protocole réunion compte-rendu reunión acta riunione verbale
  vergadering notulen spotkanie совещание текст möte
BRIEF: short shorter brief briefly concise sentence sentences bullet bullets bulletpoints points lines key main essential essentials
  nutshell overview core important kurz kürzer stichpunkte stichworte sätze satz points-clés phrases phrase puntos frases punti
  frasi pontos kernpunten zinnen zdaniach punktach предложениях meningar punkter words
EXPLAIN: explain explains explanation describe define definition clarify elaborate tell teach erkläre erklär erklären expliquer explique
  explica explicar explícame spiega spiegami spiegare explique-me leg uitleggen wyjaśnij wytłumacz объясни förklara açıkla اشرح समझाओ
COMPARE: compare comparison difference differences differ differs versus vs contrast distinguish similarities pros cons advantages
  disadvantages drawbacks unterschied unterschiede vergleich vergleiche différence différences compare-moi diferencia diferencias
  differenza differenze diferença verschil różnica разница skillnad fark
FIND: research find verify check investigate literature sources evidence study studies facts fact true myth accurate history origin
  origins meaning means theory concept principle cause causes effects impact role significance
WH: what whats what's which who who's whom whose when where why was wer wann wo warum wieso weshalb welche welcher welches que quoi quel
  quelle quels quelles qui quand où pourquoi qué cuál cuáles quién cuándo dónde che cosa quale quali chi quando dove perché
  o-que qual quem onde wat wie welke waarom wanneer waar co kto kiedy gdzie dlaczego jaki jaka что кто когда где почему какой какая
  vad vem när var varför vilken ne kim nerede neden hangi ما من متى أين لماذا क्या कौन कब कहाँ क्यों
HOW: how how's wie comment cómo como hoe jak как hur nasıl كيف कैसे
SHOULD: should shall ought better advise advice recommend recommends recommendation recommendations suggest suggests suggestion
  suggestions tips tip sollte soll empfiehl empfehlung empfehlungen rat tipps vorschläge devrais conseils conseil conseille
  recommande debería consejos recomienda dovrei consigli consigliami devo dicas sugestões moet advies tips radę polecić porady
  посоветуй совет советы råd öner önerir tavsiye
IDEA: idea ideas brainstorm brainstorming suggestions names name titles title slogans slogan taglines tagline topics themes options
  ways creative activities gift gifts present themed ideen idee vorschlag namen idées idée noms ideas nombres idee nomi ideias nomes
  ideeën namen pomysły pomysł nazwy идеи идею названия idéer namn fikir fikirler أفكار विचार prompts icebreakers questions
PLAN: plan plans planning planner schedule schedules itinerary roadmap strategy strategies syllabus curriculum agenda checklist
  timetable routine workout diet programme program steps timeline milestones roadmap priorities prioritize budget trip holiday
  vacation weekend party wedding planen zeitplan reiseplan lernplan planning itinéraire calendario itinerario piano programma
  roteiro cronograma planning schema harmonogram план расписание schema resa program
PERSONAL: i'm ive i've my me myself mine friend girlfriend boyfriend wife husband partner mom mum dad mother father sister brother
  daughter son kids toddler baby cat dog boss neighbour neighbor roommate
COMPUTE: root chance convert celsius fahrenheit kilometres pounds ounces cents discount tip monthly yearly twice half quarter thirds product calculate compute sum total average mean median percentage percent variance deviation probability ratio multiply divide
  subtract add solve equation integral derivative correlation regression forecast margin interest rate growth compound percentile
  berechne berechnen ausrechnen durchschnitt prozent summe calcule calculer moyenne pourcentage calcula calcular promedio porcentaje
  calcola calcolare media percentuale média porcentagem bereken gemiddelde oblicz średnia procent посчитай вычислить вычислите
  сколько процент beräkna räkna hesapla ortalama احسب गणना prove proof maximum minimum maximize minimize odds equals
MATH: triangle circle radius angle angles rectangle polygon square cube cylinder integer integers prime polynomial matrix vector theorem
  lemma function limit logarithm sine cosine quadratic coefficient modulo divisible permutation combinations dice coin marbles
  geometry algebra arithmetic fraction decimal digits numerator km mph meters metres litres grams liters kg
EXTRACT: positive negative neutral odd alphabetically alphabetical chronological chronologically arrange determine entities entity label labels tweet json extract list identify classify categorize categorise label rank sort group tag bucket count convert pull parse tabulate
  detect match separate split sentiment order dedupe extrahiere ordne sortiere klassifiziere extraire trie classe extrae clasifica
  ordena estrai classifica ordina extraia classifique sorteer sorteren wypisz posortuj сортируй извлеки sortera sırala
TABLE: table csv column columns row rows spreadsheet data dataset chart graph plot histogram outlier outliers distribution figures
  numbers statistics metrics kpi revenue sales quarter quarterly q1 q2 q3 q4 yoy totals tabelle spalte spalten zeilen zahlen
  tableau colonne lignes chiffres tabla columna filas datos tabella dati tabela dados tabel cijfers dane таблица данные tabell
CODE: code coding function functions script class method variable loop array string regex query sql api json yaml xml html css
  bug debug debugging exception traceback stacktrace compile compiler syntax module library package framework backend frontend
  endpoint algorithm recursion refactor unit unittest test-case snippet repo commit branch merge deploy deployment pipeline
  complexity mutex tcp udp http https socket flexbox div stylesheet variables const makefile heap heapsort quicksort mergesort binary tree
  stack queue dijkstra crontab cron cache cookie cors oauth jwt ssl tls token tokens webhook iframe localhost terminal shell console cli
  stdin stdout dataframes tuple tuples getter setter inheritance polymorphism interface generics template templates macro macros locale
  parser schema database index join deadlock thread async await callback runtime segfault null undefined nan pointer struct
  enum lambda decorator iterator dictionary hashmap dataframe boolean codebase skript funktion abfrage fehlermeldung requête
  fonction erreur consulta código función función errore codice funzione zapytanie kod функция код skripta
LANGCODE: python javascript js typescript java c# c++ golang rust ruby php perl kotlin swift scala haskell matlab bash shell powershell
  vba r sas julia react angular vue svelte django flask fastapi spring node nodejs npm pip pandas numpy pytorch tensorflow spark
  dbt airflow terraform ansible kubernetes kubectl docker helm jenkins git github gitlab linux ubuntu debian nginx apache postgres
  postgresql mysql sqlite mongodb redis kafka elasticsearch aws azure gcp lambda s3 ec2 jquery laravel wordpress unity arduino
  latex selenium cmake gradle maven .net dotnet linq asp graphql jupyter webpack css html sql android ios
DEVICE: laptop printer router wifi wi-fi vpn outlook excel word powerpoint teams zoom windows mac macbook iphone phone browser chrome
  firefox driver monitor keyboard mouse bluetooth usb hdmi screen app software install installed update reboot restart crash crashes
  crashing freezes frozen password login server network dns firewall port ssh certificate backup sharepoint onedrive sap jira
  confluence slack gmail google docs sheets drive photoshop figma formula vlookup xlookup pivot macro conditional formatting cell
  autocorrect airpods headphones headset charger battery settings camera webcam microphone tablet ipad kindle storage icloud spotify
  whatsapp discord telegram notion trello asana salesforce hubspot shopify tab toolbar font sync pdf wallpaper ringtone projector scanner
  hotspot modem antivirus malware bios gpu cpu ram ssd hard-drive usb-c docking synology nas raspberry
  drucker rechner passwort imprimante ordinateur impresora ordenador stampante impressora drukarka принтер skrivare
ERROR: error errors fails failed failing failure broken stuck crash 404 500 502 503 401 403 denied timeout refused permission exit
  cannot can't won't doesn't isn't not fehler funktioniert geht erreur marche fonctionne falla funciona funziona werkt działa ошибка
  работает fungerar çalışmıyor
OURS: our we us company company's employer firm office here team department hr payroll unser unsere wir bei uns unserer notre nos nous
  nuestra nuestro nuestros nuestras nostra nostro nossa nosso ons onze bij nasz nasza nas наша наш у нас vår vårt våra bizim şirket
POLICY: policy policies handbook procedure rule rules allowed entitled entitlement eligible eligibility approve approves approval approver
  approved sign-off compliance guideline guidelines permitted form portal intranet ticket workflow process onboarding offboarding
  richtlinie regelung regeln erlaubt darf dürfen formular genehmigen genehmigt politique règlement droit formulaire política
  permitido formulario regolamento modulo permesso beleid formulier regulamin formularz wniosek политика правила blankett izin
LEAVE: leave vacation holiday holidays pto sick maternity paternity parental annual unpaid bereavement sabbatical overtime
  days remote homeoffice wfh urlaub urlaubstage krankmeldung elternzeit überstunden congé congés maladie arrêt vacaciones baja
  ferie malattia permessi férias licença verlof vakantiedagen ziek urlop zwolnienie отпуск больничный semester semesterdagar
  föräldraledighet sjuk
PAY: salary salaries payslip paycheck pay payday wage wages bonus pension 401k benefits benefit insurance dental stock raise
  reimbursement reimburse reimbursed expense expenses receipt receipts per-diem mileage allowance claim deductible w2 w-2 tax
  probation notice gehalt gehaltsabrechnung lohn spesen reisekosten rente bonus salaire prime mutuelle frais nómina sueldo gastos
  stipendio rimborso salário reembolso salaris declaratie onkosten pensja wypłata premia зарплата премия lön löneutbetalning
  reseräkning maaş
CUSTOMER: customer customers client clients prospect prospects buyer buyers guest guests lead leads patient tenant subscriber
  kunde kunden kundin client cliente clientes clienti klant klanten klient klienta клиент клиенту клиента kund kunder kunden müşteri
ORDER: order orders ordered refund refunds parcel package delivery delivered shipping shipment tracking invoice invoiced charged
  billing bill subscription account cancel cancelled cancellation return returned replacement warranty purchase purchased checkout
  payment card bank transfer transaction top-up atm debit credit statement coupon voucher membership upgrade downgrade bestellung
  lieferung paket rechnung rückerstattung erstattung commande colis livraison remboursement facture pedido envío reembolso factura
  ordine pacco spedizione rimborso fattura encomenda bestelling pakket terugbetaling factuur zamówienie paczka zwrot faktura заказ
  посылка возврат beställning paket återbetalning sipariş kargo iade
COMPLAINT: complaint complaints complain complaining complained angry upset unhappy disappointed frustrated furious apology apologise
  apologize sorry inconvenience escalate escalation beschwerde reklamation réclamation plainte queja reclamo reclamação klacht
  reklamacja жалоба reklamation şikayet
SALES: pitch cold outreach follow-up prospecting demo trial offer discount quote pricing renewal upsell churn campaign landing
  sales-email selling sell faq help-centre help-center macro canned chatbot support agent angebot devis oferta offerta
REPLY: reply replies respond response answer answering antworte antwort antworten réponds réponse répondre responde respuesta rispondi
  risposta responda resposta antwoord odpowiedz odpowiedź ответь ответ svara svar cevap yanıtla رد जवाब
GREET: hi hello hey hiya yo howdy morning evening afternoon goodnight hallo moin servus bonjour salut coucou hola buenas ciao
  buongiorno olá oi hoi dag cześć hej привет здравствуйте hallå merhaba selam مرحبا नमस्ते thanks thank thx ty cheers danke merci
  gracias grazie obrigado obrigada dank bedankt dzięki dziękuję спасибо tack teşekkürler شكرا धन्यवाद bye goodbye tschüss au-revoir
  adiós arrivederci tchau doei пока hejdå ok okay yes no yeah nope yep sure lol haha hahaha cool nice great
BOT: you your yourself you're ur u chatgpt gpt bot robot ai assistant human sentient alive model openai siri alexa trained
  feelings du dich dir tu toi usted tú je jij ty ciebie ты тебя dig sen
PLAY: joke jokes riddle pun funny sing roleplay role-play pretend roll flip play pause song music playlist volume timer alarm remind
  reminder lights light thermostat turn dim call text weather witz erzähl blague chiste barzelletta piada mop dowcip żart анекдот
  шутку skämt vits şaka wecker
PLEASE: please pls plz kindly bitte s'il por favor stp svp per piacere alsjeblieft aub proszę пожалуйста snälla lütfen من-فضلك कृपया
CAN: can could would will kannst könntest können pouvez peux pourrais puedes podrías puoi potresti pode poderia kun kunt możesz
  можешь kan
NEED: need needs want wants looking help hilfe brauche möchte besoin voudrais aide necesito quiero ayuda vorrei aiuto bisogno
  preciso quero ajuda nodig wil potrzebuję chcę нужно хочу помоги behöver vill lazım istiyorum
PEOPLE: president king queen emperor actor actress singer player author inventor founder scientist philosopher painter team club band
  capital country city river mountain ocean continent population war battle century year decade dynasty empire
SCIENCE: planet star galaxy gravity atom molecule cell dna protein virus bacteria species evolution chemical reaction energy physics
  biology chemistry climate temperature disease symptom symptoms vitamin brain heart blood muscle economics inflation gdp democracy
  philosophy religion psychology law
"""


def classes() -> dict[str, str]:
    """Word to class; a word that stands in several goes with the first.

    >>> classes()["rephrase"], classes()["übersetze"]
    ('<REWORD>', '<TRANSLATE>')
    """
    found: dict[str, str] = {}
    name = ""
    for word in CLASSES.split():
        if word.endswith(":") and word.isascii() and word[:-1].isupper():
            name = f"<{word[:-1]}>"
        else:
            found.setdefault(word, name)
    return found
