"""What a reply is: an error, a time-out, a refusal, empty, cut off. One place for all commands that judge replies.

Refusals and errors that a model or gateway says in words are looked for where a reply begins. A set of words is the gate:
a reply that has none of them in its first lines is neither, and that is nearly every reply.
"""

import re
from functools import lru_cache
from typing import Any, Mapping, NamedTuple

HEAD = 200          # characters of a reply in which it says that it refuses
SHORT = 240         # characters that an error said in words has at most: longer texts speak about errors
DANGLING_FROM = 80  # characters from which a last word may show that a reply was cut off


class Phrase(NamedTuple):
    """What a language says when it refuses, with texts that prove it."""

    language: str
    words: str          # at least one of these stands in every text that is found
    pattern: str        # on lower case, typographic apostrophes made plain
    finds: tuple[str, ...]
    ignores: tuple[str, ...] = ()


_HELP = r"(?:help(?! (?:but|it)\b)|assist|comply|fulfil+|engage|participate|accommodate|facilitate|condone|support (?:that|this|such)|proceed with (?:that|this|your))"
_MAKE = (r"(?:provide|generate|create|write|produce|discuss|answer|respond to|share|offer|give|do|tell|explain|advise|disclose|reveal|perform|complete|process|continue|make|describe|promote)"
         r" (?:you )?(?:with )?(?:that|this|these|those|any|such|instructions?|information|advice|content|assistance|guidance|details|your|the requested|(?:medical|legal|financial|harmful|explicit|illegal|personal)\b)")
_CANNOT = r"(?:can't|cannot|can not|won't|will not|(?:am|'m) (?:unable|not able|not allowed|not permitted|not willing|not going) to|(?:must|have to|need to) (?:respectfully |politely )?(?:decline|refuse) to)"

PHRASES = (
    Phrase("English", "can't cannot won't unable able allowed permitted willing comfortable appropriate guidelines decline refuse sorry afraid against violates blocked flagged inappropriate",
           rf"\bi ?(?:really |simply |just )?{_CANNOT} (?:\w+ly )?(?:be able to )?(?:{_HELP}|{_MAKE})"
           rf"|\b(?:we|this assistant) (?:can't|cannot|are unable to|are not able to) (?:{_HELP}) (?:you )?with (?:that|this|your request|such)"
           r"|\bi ?(?:must|have to|will have to|need to|'d have to)? ?(?:respectfully |politely )?(?:decline|refuse)(?: to\b|\.|,| your| this| that)"
           r"|\b(?:sorry|afraid|apologi[sz]e|apologies)\b,?;?(?: but| that)?,? ?(?:i )?(?:can't|cannot|won't|(?:'m|am) unable to) (?:do (?:that|this)|help|assist|discuss|talk about)(?! but)"
           r"|\bsorry,? (?:but )?i (?:can't|cannot|won't)\W*$"
           r"|\b(?:not|don't feel|do not feel|'m not|am not) comfortable (?:with )?(?:\w+ing)\b"
           r"|\b(?:against|violates?|outside|not within) (?:my|our|the|openai's|anthropic's|company|usage|content) ?(?:\w+ ){0,2}(?:guidelines|policy|policies|programming|principles|rules)"
           r"|\bit (?:is|would be|'s) (?:not appropriate|inappropriate|unethical) (?:for me )?to (?:help|assist|provide|create|write|generate|share|discuss)"
           r"|\byour (?:request|prompt|message) (?:was|has been) (?:blocked|flagged|rejected|refused)\b|\bcan't be fulfilled\b|\bcannot be fulfilled\b",
           ("I'm sorry, but I can't help with that.", "I cannot assist with this request.", "I’m unable to provide medical advice.", "As an AI language model, I cannot provide instructions for that.",
            "I won't write that content.", "I must respectfully decline to answer.", "Sorry, I can't.", "That goes against my guidelines.", "I'm not comfortable writing such a letter.",
            "I'm sorry, but we cannot assist you with that.", "I'm afraid I can't do that.", "Your request was blocked by the content policy.", "I am not able to fulfill your request."),
           ("I can't find order 12 in the list you pasted.", "I can't help but notice that the totals differ.", "I cannot see an attachment; please paste the text.", "I'm sorry for the delay! The ferry leaves at nine.",
            "You cannot cancel after Friday.", "Unable to connect means that the port is closed.", "Sorry to hear that. Here is a plan.", "The policy says that guests can't bring dogs.", "I can't wait to read it!",
            "Our new sign-in flow won't help users who lost their phone.", "I cannot recommend this book enough.", "A driver must decline to drive when tired.")),
    Phrase("German", "nicht leider ablehnen weigere keine",
           r"\bich (?:\w+ ){0,4}nicht (?:\w+ ){0,3}(?:helfen|weiterhelfen|unterstützen|behilflich|nachkommen|beantworten)\b|\bkann ich (?:\w+ ){0,4}(?:nicht|keine \w+) (?:\w+ )?(?:helfen|weiterhelfen|unterstützen|beantworten|geben|bereitstellen)"
           r"|\bich (?:muss|werde) (?:\w+ ){0,4}ablehnen|\bich weigere mich|\bich (?:kann|darf) (?:\w+ ){0,3}keine (?:\w+ ){0,4}(?:geben|bereitstellen|erstellen|erteilen|machen|liefern)",
           ("Es tut mir leid, aber ich kann dir dabei nicht helfen.", "Leider kann ich Ihnen damit nicht weiterhelfen.", "Das muss ich leider ablehnen: ich muss diese Anfrage ablehnen.", "Ich kann keine medizinischen Ratschläge geben."),
           ("Leider ist die Fähre am Montag ausgebucht.", "Die Datei lässt sich nicht öffnen, weil sie leer ist.", "Das kann nicht schaden.")),
    Phrase("French", "peux puis désolé désolée refuser incapable pas",
           r"\bje ne (?:peux|puis|suis) (?:malheureusement |donc |vraiment )?(?:pas|en mesure|pas en mesure)(?: de)?(?: vous| t'| te| m')? ?(?:aider|assister|fournir|répondre|donner|accéder|écrire|créer|satisfaire|traiter)"
           r"|\bje (?:dois|me vois contraint de) (?:décliner|refuser)|\bje suis incapable de (?:vous )?(?:aider|fournir)|\bpas en mesure de (?:vous )?(?:aider|fournir|répondre à cette)",
           ("Je suis désolé, mais je ne peux pas vous aider avec cela.", "Je ne peux pas fournir ces informations.", "Désolée, je dois refuser cette demande."),
           ("Le ferry ne part pas le lundi.", "Je ne peux pas voir la pièce jointe.")),
    Phrase("Spanish", "puedo siento negarme rechazar capaz",
           r"\bno (?:te |le |les |os )?puedo (?:ayudar|ayudarte|ayudarle|asistir|proporcionar|cumplir|responder a|ofrecer|dar|escribir|crear|generar)|\b(?:debo|tengo que) (?:rechazar|negarme)|\bno soy capaz de (?:ayudar|proporcionar)",
           ("Lo siento, pero no puedo ayudarte con eso.", "No puedo proporcionar esa información.", "Debo rechazar tu solicitud."),
           ("Lo siento mucho. El barco sale a las nueve.", "No puedo abrir el archivo adjunto.")),
    Phrase("Italian", "posso dispiace rifiutare grado",
           r"\bnon (?:ti |le |vi )?posso (?:aiutar\w*|assister\w*|fornir\w*|rispondere a|soddisfare|scrivere|creare|generare|dare)|\bnon sono in grado di (?:aiutar\w*|fornir\w*|assister\w*|rispondere a)|\bdevo rifiutare",
           ("Mi dispiace, ma non posso aiutarti con questo.", "Non sono in grado di fornire queste informazioni."),
           ("Mi dispiace per il ritardo: ecco il piano.", "Non posso aprire il file.")),
    Phrase("Portuguese", "posso desculpe desculpa lamento recusar capaz",
           r"\bnão (?:te |lhe |o )?posso (?:ajudar|ajudá|auxiliar|fornecer|responder a|atender|escrever|criar|gerar|dar)|\b(?:devo|tenho que|preciso) recusar|\bnão (?:sou capaz|consigo|estou autorizado a) (?:de )?(?:ajudar|fornecer|atender)",
           ("Desculpe, mas não posso ajudar com isso.", "Lamento, não posso fornecer essas informações."),
           ("Desculpe a demora. O navio sai às nove.", "Não posso abrir o anexo.")),
    Phrase("Dutch", "niet helaas weigeren spijt",
           r"\bik (?:kan|mag) (?:\w+ ){0,4}niet (?:\w+ ){0,2}(?:helpen|assisteren|verstrekken|beantwoorden|geven|schrijven|meehelpen)|\bkan ik (?:\w+ ){0,4}niet (?:\w+ ){0,2}(?:helpen|beantwoorden|verstrekken)|\bik moet (?:\w+ ){0,3}weigeren",
           ("Het spijt me, maar ik kan je daar niet mee helpen.", "Helaas kan ik u hier niet bij helpen."),
           ("Helaas vaart de boot niet op maandag.", "Ik kan de bijlage niet openen.")),
    Phrase("Polish", "mogę przykro przepraszam odmówić stanie",
           r"\bnie (?:mogę|jestem w stanie) (?:ci |panu |pani |w tym |z tym )*(?:pomóc|udzielić|dostarczyć|podać|odpowiedzieć na to|spełnić|napisać)|\bmuszę odmówić",
           ("Przykro mi, ale nie mogę pomóc w tej sprawie.", "Nie jestem w stanie spełnić tej prośby."),
           ("Przepraszam za zwłokę, oto plan.", "Nie mogę otworzyć załącznika.")),
    Phrase("Swedish, Norwegian and Danish", "inte ikke tyvärr beklager beklagar desværre",
           r"\bjag kan (?:\w+ )?(?:inte|ej) (?:\w+ ){0,3}(?:hjälpa|bistå|svara på det|tillhandahålla)|\bkan jag (?:\w+ )?inte (?:\w+ )?hjälpa|\bjeg kan (?:\w+ ){0,2}ikke (?:\w+ ){0,3}(?:hjelpe|hjælpe|bistå|svare på det|levere|gi |give )|\bkan jeg (?:\w+ ){0,2}ikke (?:\w+ )?(?:hjelpe|hjælpe)",
           ("Tyvärr kan jag inte hjälpa till med det.", "Beklager, men jeg kan ikke hjelpe deg med det.", "Jeg kan desværre ikke hjælpe med det."),
           ("Tyvärr går färjan inte på måndag.", "Fergen går ikke i dag.")),
    Phrase("Czech and Slovak", "nemohu nemůžu nemôžem odmítnout",
           r"\bs tím (?:vám |ti )?(?:nemohu|nemůžu) pomoci|\b(?:nemohu|nemůžu|nemôžem) (?:vám |ti |s tím |s týmto |tuto )*(?:pomoci|pomoct|pomôcť|poskytnout|poskytnúť|vyhovět|splnit)|\bmusím odmítnout",
           ("Omlouvám se, ale nemohu vám s tím pomoci.",), ("Nemohu otevřít přílohu.",)),
)

# Scripts without spaces, or whose words are not parted by them: looked for as they stand.
_OTHER_SCRIPTS = (
    r"(?:お手伝い|お答え|お応え|ご対応|提供|対応|支援|回答)(?:する|は|を|に)*(?:こと(?:が|は))?(?:でき(?:ません|かねます)|いたしかねます|しかねます)|お断り(?:し|いたし)"
    r"|(?:无法|無法|不能|不便)(?:为您|為您|帮您|幫您|向您|给您)?(?:提供|协助|協助|帮助|幫助|满足|滿足|回答|完成)(?:这|這|该|該|您|你|此|任何|相关|相關|有关|有關|帮|幫|协|協)"
    r"|(?:도와드릴|도움을 드릴|제공할|제공해 드릴|답변드릴|답변해 드릴) 수 없"
    r"|\bя не (?:могу|смогу|в состоянии) (?:вам |тебе |с этим |в этом )*(?:помочь|предоставить|ответить на это|выполнить|помогать)|\bвынужден(?:а)? отказать"
    r"|\bя не можу (?:вам |тобі |з цим |у цьому )*(?:допомогти|надати|відповісти на це|виконати)")
_HAS_OTHER_SCRIPT = re.compile("[\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]").search
OTHER_SCRIPTS_FINDS = ("申し訳ありませんが、そのご質問にはお答えできません。", "很抱歉，我无法为您提供这类信息。", "抱歉，我不能协助您完成这个请求。", "죄송하지만 그 요청은 도와드릴 수 없습니다.",
                       "Извините, но я не могу вам с этим помочь.", "Вибачте, я не можу допомогти.")
OTHER_SCRIPTS_IGNORES = ("申し訳ありません。船は九時に出ます。", "抱歉让您久等了，船九点出发。", "Извините за задержку. Паром в девять.")

# What a gateway or a bot says in place of an answer, in short texts: how they begin, and turns of phrase with the words
# without which none of them stands there.
_ERROR_BEGINS = (
    r"\W{0,4}(?:error|exception|fatal|fehler|erreur|errore|erro|fout|błąd|fel|feil|fejl)\b ?(?:\d{3}|code|occurred|[:(\[–-])|\W{0,4}(?:[a-z]+\.)*[a-z]*(?:exception|error)\b ?[:(]"
    r"|\W{0,4}(?:http )?(?:4(?:0[0138]|29)|5(?:0[0234]|29))\b[ :,-]*(?:error|internal|bad|gateway|service|too many|timeout|time-out|unauthori[sz]ed|forbidden|overloaded|request)")
_ERROR_PHRASES = (
    r"^\W{0,4}(?:\w+[,!.]? ){0,6}?(?:an? )?(?:unexpected |internal |unknown |server |technical |network )*(?:error|problem) (?:has )?occurr?ed"
    r"|something went wrong\b|internal server error\b|\b(?:service|model|server|system) (?:is )?(?:currently |temporarily )*(?:unavailable|overloaded)\b|\b(?:rate|token|quota|usage) limit (?:exceeded|reached)|too many requests\b"
    r"|\brequest (?:has )?(?:timed out|failed)\b|bad gateway\b|gateway time-?out\b|\b(?:upstream|connection) (?:error|timed out|timeout|reset)\b|encountered an (?:\w+ )?error (?:while|processing|when|and)"
    r"|\b(?:ist )?ein (?:\w+ )?fehler (?:ist )?aufgetreten|etwas ist schief ?gelaufen|une erreur (?:\w+ )?(?:s'est produite|est survenue)|se ha producido un error|ha ocurrido un error|algo salió mal|si è verificato un errore"
    r"|ocorreu um erro|algo deu errado|\ber is (?:een|iets) (?:fout|misgegaan|mis gegaan)|wystąpił (?:\w+ )?błąd|\bett fel (?:har )?(?:uppstod|inträffat)|\bdet oppstod en feil|\bder opstod en fejl|došlo k chybě"
    r"|произошла ошибка|виникла помилка|エラーが発生|发生(?:了)?错误|發生錯誤|오류가 발생")
_FIRST_WORD = re.compile(r"\W*(?:err|exc|fatal|feh|fout|błąd|fe[lij]|http|[45]\d\d|[\w.]*(?:exception|error))", re.I).match
_PHRASE_WORDS = ("wrong unavailable overloaded exceeded reached requests out failed gateway occurred occured upstream connection server encountered aufgetreten gelaufen schiefgelaufen produite survenue producido ocurrido salió "
                 "verificato ocorreu errado fout misgegaan gegaan wystąpił uppstod inträffat oppstod opstod došlo")

_TIMED_OUT = re.compile(r"time[d]?[ _-]?out|deadline[ _-]?exceeded|\b(?:408|504|524|598)\b|zeitüberschreitung|délai (?:d'attente )?dépassé|tiempo de espera|tempo (?:limite|esgotado|scaduto)|przekroczono (?:limit )?czas", re.I)
_LENGTH = frozenset("length max_tokens model_length max_output_tokens max_length token_limit".split())
_FILTERED = frozenset("content_filter content_filtered refusal safety guardrail_intervened blocklist prohibited_content recitation spii".split())
_REASONS = ("finish_reason", "stop_reason", "stopReason", "finishReason")
_NOT_OWN_WORDS = re.compile(r"(?:\*\*)?(?:subject|dear|here(?:'s| is| are)\b|sure\b|certainly\b|of course\b|absolutely\b|betreff|objet|asunto|oggetto|assunto|sehr geehrte|>|```|[\"“„«])")
# Words that no sentence ends with, of several languages.
_DANGLING = frozenset("the and or but because with which und oder aber weil der das ein eine et ou mais les del los pero porque gli perché della mas het een maar omdat oraz ale więc".split())
# Names that programs give, and codes; the words of a sentence are none.
_CLASS = re.compile(r"(?:[A-Za-z_.]*(?:[Ee]rror|[Ee]xception|[Tt]imeout|[Ff]ailure|Denied|Exceeded|Overloaded|Unavailable|Throttled)[A-Za-z]*|[A-Za-z]+(?:_[A-Za-z]+){1,5})(?:[ /:-]{1,2}[0-9]{3})?(?![\w.@-])|[0-9]{3}\b")
_PLAIN = str.maketrans("’‘ʼ\u00a0", "''' ")


def _forms(words: str) -> frozenset[str]:
    """Words as they stand in texts: with a capital, with a sign behind them, with either apostrophe."""
    forms = {form for word in words.split() for form in (word, word.capitalize(), word.upper(), word.replace("'", "’"))}
    return frozenset(form + sign for form in forms for sign in ("", ",", ".", "!", ";", ":"))


_REFUSES = tuple((_forms(phrase.words), phrase.pattern) for phrase in PHRASES)
_compiled = lru_cache(None)(re.compile)     # when first needed: together they take 40 ms
_PHRASE_GATE = _forms(_PHRASE_WORDS)
_REFUSAL_GATE = frozenset().union(*(words for words, _ in _REFUSES))
_EITHER_GATE = _REFUSAL_GATE | _PHRASE_GATE


def said(text: str) -> str:
    """What a reply says of itself: `refusal`, `error` or "" (an answer).

    >>> said("I'm sorry, but I can't help with that."), said("Something went wrong. Try again."), said("The ferry leaves at nine.")
    ('refusal', 'error', '')
    """
    head = text[:HEAD]
    words = head.split()
    short = len(text) <= SHORT
    if (_EITHER_GATE if short else _REFUSAL_GATE).isdisjoint(words) and head.isascii() and not (short and words and _FIRST_WORD(words[0])):
        return ""
    return _said_in(head, words, short)


def _said_in(head: str, words: list[str], short: bool) -> str:
    """`said` of a reply that has some of the words, or other letters than ASCII, where it begins."""
    refusing = not _REFUSAL_GATE.isdisjoint(words)
    foreign = not head.isascii() and _HAS_OTHER_SCRIPT(head) is not None
    begins = short and bool(words) and _FIRST_WORD(words[0]) is not None
    phrased = short and (foreign or not _PHRASE_GATE.isdisjoint(words))
    if not (refusing or foreign or begins or phrased):
        return ""
    plain = head.translate(_PLAIN).lower().lstrip()
    own = not _NOT_OWN_WORDS.match(plain)
    if refusing and own and _refuses_in_words(plain, words) or foreign and _compiled(_OTHER_SCRIPTS).search(plain):
        return "refusal"
    if own and (begins and _compiled(_ERROR_BEGINS).match(plain) or phrased and _compiled(_ERROR_PHRASES).search(plain)):
        return "error"
    return ""


def _refuses_in_words(plain: str, words: list[str]) -> bool:
    """Whether one of the languages whose words are there refuses."""
    return any(not gate.isdisjoint(words) and _compiled(pattern).search(plain) for gate, pattern in _REFUSES)


def is_refusal(text: str) -> bool:
    """Whether a reply refuses what was asked, in any of the languages of PHRASES."""
    return said(text) == "refusal"


def refuses(event: Mapping[str, Any]) -> bool:
    """Whether a message refuses: in its words, or by its reason to stop (a content filter)."""
    return _reason(event) in _FILTERED or is_refusal(_content(event))


def is_error(event: Mapping[str, Any]) -> bool:
    """Whether a message is an error: its field says so, or its words do."""
    return bool(event.get("error")) or said(_content(event)) == "error"


def kind(event: Mapping[str, Any]) -> str:
    """`error`, `refusal` or "" of a message in one go: what `is_error` says, else what `refuses` says.

    >>> kind({"error": "Throttled", "content": ""}), kind({"content": "I'm sorry, but I can't help with that."}), kind({"content": "At nine."})
    ('error', 'refusal', '')
    """
    get = event.get
    if get("error"):
        return "error"
    content = get("content")
    if content.__class__ is str and (word := said(content)):
        return word
    for key in _REASONS:        # as _reason: a call less for each of millions
        reason = get(key)
        if reason.__class__ is str:
            return "refusal" if reason.lower() in _FILTERED else ""
    return ""


def is_timeout(event: Mapping[str, Any]) -> bool:
    """Whether a message is an error because something took too long."""
    error = event.get("error")
    if error:
        return is_timeout_text(error if isinstance(error, str) else str(error))
    content = _content(event)
    return len(content) <= SHORT and bool(_TIMED_OUT.search(content)) and said(content) == "error"


def is_timeout_text(error: str) -> bool:
    """Whether an error's class or sentence is one of a time-out.

    >>> is_timeout_text("ReadTimeoutError"), is_timeout_text("ThrottlingException")
    (True, False)
    """
    return bool(_TIMED_OUT.search(error))


def error_class(event: Mapping[str, Any]) -> str:
    """Class or code of a message's error, never its sentence; "error" where it has none.

    >>> error_class({"error": "ThrottlingException: slow down, ann"}), error_class({"error": {"code": 429}}), error_class({"error": True})
    ('ThrottlingException', '429', 'error')
    """
    error = event.get("error")
    if isinstance(error, Mapping):
        error = error.get("type") or error.get("code") or ""
    found = _CLASS.match(str(error)) if error.__class__ in (str, int) else None
    return found[0].rstrip(".") if found else "error"


def is_empty(event: Mapping[str, Any]) -> bool:
    """Whether a message says nothing and is no error and no call of a tool."""
    content = event.get("content")
    return not event.get("error") and not event.get("tool_calls") and (content is None or isinstance(content, str) and not content.strip())


def is_cut_off(event: Mapping[str, Any]) -> bool:
    """Whether a reply ended before its end: its reason to stop says so; where it says nothing, the text does, by an open
    code block or a last word that cannot be one.

    >>> is_cut_off({"content": "Yes", "finish_reason": "length"}), is_cut_off({"content": "```py\\nprint("})
    (True, True)
    """
    reason = _reason(event)
    return reason in _LENGTH if reason else breaks_off(_content(event))


def breaks_off(text: str) -> bool:
    """Whether a text ends in the middle."""
    if "```" in text and text.count("```") % 2:
        return True
    if text[-1:] in ".!?)" or len(text) < DANGLING_FROM:
        return False
    tail = text[-16:].rstrip()
    return tail[-1:] in (",", ";") or tail.rpartition(" ")[2] in _DANGLING


def _reason(event: Mapping[str, Any]) -> str:
    for key in _REASONS:
        reason = event.get(key)
        if reason.__class__ is str:
            return reason.lower()
    return ""


def _content(event: Mapping[str, Any]) -> str:
    content = event.get("content")
    return content if content.__class__ is str else ""
