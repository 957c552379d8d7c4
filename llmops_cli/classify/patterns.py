"""Turns of phrase that say what is wanted, and marks of form; each is one feature. They say, the model weighs.

Each carries a text it must find, and where it is worth looking for it. Patterns see lower-cased text.
"""

import re
from typing import Callable, NamedTuple


class Pattern(NamedTuple):
    """A named expression, a text it must find, and what makes it worth a try: of one that begins with \\b the first three signs of
    the words it may begin with, of any other what a text must have somewhere; 0 for a digit, longer ones for any piece of text."""

    name: str
    expression: str
    finds: str
    needs: str


TEXT_KIND = (r"(?:e-?mail|letter|memo|essay|article|report|(?:blog )?post|blog|story|poem|speech|song|lyrics|script|haiku|sonnet|limerick"
             r"|toast|paragraph|description|caption|headline|press release|newsletter|announcement|invitation|bio|biography|statement"
             r"|review|cover letter|proposal|chapter|scene|dialogue|monologue|note|obituary|message|tweet|ad|advert|text|intro|introduction)")
CODE_KIND = (r"(?:code|function|script|query|regex|regexp|program|macro|class|method|unit tests?|app|application|website|webpage|web page"
             r"|dockerfile|makefile|api|bot|plugin|extension|component|cron ?job|workflow|yaml|sql|one-?liner|algorithm|formula|html|game)")

PATTERNS = (
    Pattern("summarise", r"\b(?:summ?ar(?:y|i[sz]e|ies|i[sz]ing)|tl;?dr|recap|gist|key (?:points|takeaways)|main points|boil (?:it|this) down"
            r"|in a nutshell|minutes (?:of|from)|condense|executive summary|bottom line)\b", "give me the key points of this", "boi bot con exe gis in key mai min rec sum tl tld"),
    Pattern("draft text", r"\b(?:write|draft|compose|create|generate|prepare)\s+(?:me\s+|us\s+)?(?:(?:an?|the|my|some|short|brief|\d+)\s+)?(?:[\w'-]+\s+){0,4}?"
            + TEXT_KIND + r"s?\b", "write me a short farewell email", "com cre dra gen pre wri"),
    Pattern("rework text", r"\b(?:re-?write|rephrase|reword|paraphrase|shorten|expand|tighten|polish|edit|improve|proofread|rework)\s+(?:this|the|my|it|these|our|that|following)\b",
            "rephrase this sentence", "edi exp imp par pol pro re rep rew sho tig"),
    Pattern("translate", r"\b(?:translat\w*|(?:in|into|to) (?:english|german|french|spanish|italian|portuguese|dutch|polish|russian|chinese|japanese"
            r"|korean|arabic|turkish|swedish|hindi|mandarin)|how (?:do|would|to) (?:you |i |we )?say|auf (?:deutsch|englisch)|en (?:inglés|español|anglais|français))\b",
            "how do you say cheers in polish", "auf en how in int to tra"),
    Pattern("tone", r"\b(?:(?:more|less|too|sounds?|make (?:it|this)|tone)\s+(?:a (?:bit|little) )?(?:more |less |too )?(?:formal|informal|polite|friendly|casual|professional|confident|assertive"
            r"|diplomatic|warm|harsh|blunt|rude|direct|neutral|aggressive|soft|stiff|cold|human|natural)|friendlier|politer|softer|warmer|tone (?:down|of)|less jargon)\b",
            "make it less formal", "fri les mak mor pol sof sou ton too war"),
    Pattern("plain words", r"\b(?:(?:plain|simple|simpler|layman'?s?|everyday) (?:english|language|words|terms)|like i'?m (?:five|5|ten|a)|(?:year|yr)[- ]?olds?|for (?:a )?(?:beginners?|children|kids|laym[ae]n))\b",
            "put it in plain english", "eve for lay lik pla sim yea yr yro"),
    Pattern("question of fact", r"^(?:\W*)(?:who|what|when|where|which|why|whose|whom|how (?:many|much|old|long|far|tall|big|does|do|did|is|are|was|were|come|often))\b", "who was the first to fly", "how wha whe whi who why"),
    Pattern("what is", r"\b(?:what(?:'s| is| are| was| were)|explain|define|meaning of|difference between|tell me about|how does|how do(?:es)? .{1,40} work)\b", "what is the difference between hail and sleet", "def dif exp how mea tel wha"),
    Pattern("pros and cons", r"\b(?:pros (?:and|&) cons|advantages|disadvantages|compare|comparison|versus|vs\.?|is it true|evidence)\b", "pros and cons of diesel", "adv com dis evi is pro ver vs"),
    Pattern("ideas", r"\b(?:ideas?|brainstorm|suggest(?:ions?)?|recommend(?:ations?)?|tips|names? for|titles? for|slogans?|taglines?|ways to|come up with|things to|questions to ask|topics)\b",
            "ideas for a party", "bra com ide nam que rec slo sug tag thi tip tit top way"),
    Pattern("advice", r"\b(?:how (?:can|should|do|to|would) (?:i|we|you)?|should (?:i|we)|what should|what(?:'s| is) the best way|best way to|advice|help me (?:plan|decide|choose|figure)|where should|which .{1,30} should)\b",
            "should i rent or buy", "adv bes hel how sho wha whe whi"),
    Pattern("plan", r"\b(?:plan|itinerary|roadmap|schedule|syllabus|curriculum|strategy|agenda|checklist|to-?do list|step[- ]by[- ]step|meal plan|workout|timetable)\b", "a week-long itinerary", "age che cur iti mea pla roa sch ste str syl tim to tod wor"),
    Pattern("maths", r"\b(?:calculate|compute|solve|average|median|probability|percent(?:age)?|sum of|equation|derivative|integral|standard deviation|correlation|regression|ratio|how (?:many|much))\b",
            "the probability of rain", "ave cal com cor der equ how int med per pro rat reg sol sta sum"),
    Pattern("maths", r"\d\s*[-+*/×÷^=%]\s*\d|\\(?:int|frac|sum|sqrt)\b|\$[^$]{1,80}\$", "what is 12 * 8", "$ 0 \\"),
    Pattern("sort out", r"\b(?:extract|classif\w+|categori[sz]e|rank|sort|group|label|tag|count|tabulate|convert|identify (?:which|the|all|whether)|list (?:all|the|every)|into (?:a|two|three|four|\d+) (?:table|columns?|groups?|categories|lists?)|as (?:json|csv|a table)|which (?:of (?:these|the following)))\b",
            "sort these by date", "as cat cla con cou ext gro ide int lab lis ran sor tab tag whi"),
    Pattern("numbers pasted", r"(?:\d[\d.,]*[\s,;|/]+){5,}", "12, 14, 15, 17, 19, 24", "0"),
    Pattern("table pasted", r"(?:^|\n)[^\n|]*\|[^\n|]*\||(?:^|\n)[^\n,]+,[^\n,]+,[^\n]+\n[^\n,]+,[^\n,]+,|\t.*\t", "name | age | town |", "\t \n |"),
    Pattern("make code", r"\b(?:write|create|make|build|generate|give|need|implement|develop|code|design)\s+(?:me\s+|us\s+)?(?:(?:an?|the|some|my)\s+)?(?:[\w'#+.-]+\s+){0,4}?" + CODE_KIND + r"s?\b",
            "write a python function", "bui cod cre des dev gen giv imp mak nee wri"),
    Pattern("code languages", r"\b(?:python|java ?script|typescript|java|c\+\+|c#|golang|rust|ruby|php|perl|kotlin|swift|matlab|bash|powershell|vba|sql|postgres(?:ql)?|mysql|mongo(?:db)?|html|css|react|angular|django|flask"
            r"|node(?:\.?js)?|docker|kubernetes|kubectl|terraform|ansible|git|github|linux|ubuntu|nginx|aws|azure|excel|regex|json|yaml|pandas|numpy|haskell|scala|android|ios|wordpress|spring|jquery|linq|\.net|asp\.net)\b", "in python", ". and ang ans asp aws azu bas c css dja doc exc fla git gol has htm ios jav jqu jso kot kub lin mat mon mys ngi nod num pan per php pos pow pyt rea reg rub rus sca spr sql swi ter typ ubu vba wor yam"),
    Pattern("code pasted", r"```|</\w+>|[\w.]\([^)\n]{0,40}\)[;{.:]|\.\w+\(|[{};] *(?:\n|$)|=>|==|!=|&&|\|\||::|\$\w+ ?=", "x = items.append(3)", "$ & ( : ; < = ` { | }"),
    Pattern("code words pasted", r"\b(?:def \w+\(|(?:public|private|static|import|const|let|var|return) \w+|function ?\(|select .{1,80} from )|#include", "const x", "# con def fun imp let pri pub ret sel sta var"),
    Pattern("error", r"\b(?:error|exception|traceback|stack ?trace|segfault|errno|fatal|undefined|not found|permission denied|timed? ?out|failed to|cannot|unable to|won'?t (?:start|open|load|connect|print|boot)|(?:isn|doesn|not) ?'?t? work(?:ing)?|crash(?:es|ed|ing)?|keeps? (?:crashing|freezing|asking))\b",
            "printer won't connect", "can cra doe err exc fai fat isn kee not per seg sta tim tra una und won"),
    Pattern("error", r"(?:error|exception)\b", "a nullpointerexception", "error exception"),
    Pattern("command line", r"(?:^|\s)(?:\$ |(?:sudo|npm|pip3?|git|docker|kubectl|apt|brew|ssh|curl|chmod|cd|ls) )|\w\.(?:py|js|ts|java|cpp|cs|sh|sql|yml|yaml|json|log|exe|dll|conf|xlsx?|docx?)\b|/\w+/\w|[a-z]:\\",
            "pip install keeps failing", "$ . / \\ apt bre cd chm cur doc git kub ls npm pip ssh sud"),
    Pattern("our company", r"\b(?:our (?:company|policy|handbook|office|firm|hr|portal|intranet|payroll|travel|expense|leave|vacation|holiday)|company (?:policy|card|car|phone|laptop|handbook|credit)|hr (?:policy|portal|form|department)|do we (?:have|get|offer|need)|are we (?:allowed|entitled|supposed)|am i (?:allowed|entitled|eligible|required|supposed)|can (?:i|we) (?:expense|claim|carry|take)|work(?:ing)? from home)\b",
            "do we get a day off for moving", "am are can com do hr our wor"),
    Pattern("leave and pay", r"\b(?:pto|annual leave|sick (?:leave|day|days|note)|parental leave|maternity|paternity|vacation days?|holiday (?:allowance|entitlement)|days? off|time off|payslip|pay ?check|pay ?day|payroll|salary|bonus|pension|401\(?k\)?|w-?2|per diem|reimburse\w*|expense (?:report|claim)s?|health insurance|dental|overtime|notice period|probation)\b",
            "how many sick days do i have", "0 ann bon day den exp hea hol mat not ove par pat pay pen per pro pto rei sal sic tim vac w w2"),
    Pattern("who approves", r"\b(?:who (?:approves?|signs?|do i (?:ask|contact|talk|report|send|email|tell)|is responsible|handles)|which form|where do i (?:submit|find|send|report|file|get)|how do i (?:request|apply|submit|report|book|claim|get access)|approval|sign[- ]?off)\b",
            "who approves travel", "app how sig whe whi who"),
    Pattern("to a customer", r"\b(?:(?:to|for|from|with) (?:an?|the|our|my|this|that|your|some|all)?\s*(?:[\w-]+ ){0,2}(?:customers?|clients?|prospects?|guests?|buyers?|subscribers?|tenants?|leads?)|customer (?:service|support|complain\w*|asks?|wants?|says?|wrote)|client (?:asks?|wants?|says?|wrote|complain\w*)|cold (?:e-?mail|call|outreach)|sales (?:pitch|e-?mail|script|call)|help[- ]cent(?:er|re)|support (?:ticket|reply|agent)|canned)\b",
            "reply to an angry customer", "can cli col cus for fro hel sal sup to wit"),
    Pattern("of a customer", r"\b(?:my (?:order|parcel|package|refund|invoice|subscription|account|card|bill|delivery|booking|reservation|transfer|payment|membership|top[- ]?up|money|purchase)|i (?:ordered|bought|paid|was charged|was billed|returned|purchased|got charged)|(?:refund|exchange) (?:me|my|this|it)|order (?:number|no|#|id|status)|where is my|has(?:n'?t| not) (?:arrived|come|been delivered)|cancel my|charged (?:me )?(?:twice|two times|a fee|extra))\b",
            "where is my parcel", "can cha exc has i my ord ref whe"),
    Pattern("greeting", r"^\W*(?:hi|hello|hey|hiya|yo|howdy|good (?:morning|evening|afternoon|night)|thanks?(?: you| a lot| so much)?|thx|ty|ok(?:ay)?|bye|goodbye|see you|yes|no|yep|nope|sure|lol|cool|nice|great|hallo|hola|bonjour|ciao|moin)\W*(?:there|everyone|bot|again|all|team)?\W*$",
            "hey there!", "bon bye cia coo goo gre hal hel hey hi hia hib hie hit hiy hol how lol moi nic no noa nob noe nop not ok oka okb oke okt see sur tha thx ty tya tyb tye tyt yep yes yo yoa yob yoe yot"),
    Pattern("about the bot", r"\b(?:are you (?:an? )?(?:real|human|robot|bot|ai|there|sentient|alive|chatgpt|gpt|conscious|happy|ok)|who (?:are|made|created|built|trained) you|what(?:'s| is) your (?:name|favou?rite|opinion|model|age|purpose)|how (?:are|old are) you|do you (?:have|like|love|feel|sleep|dream|know who|remember|want)|can you (?:feel|think|hear|see me|sing|dance)|your (?:name|creator|feelings|instructions|prompt|system prompt)|you(?:'re| are) (?:an? )?(?:idiot|stupid|great|awesome|the best|useless|funny|smart|dumb))\b",
            "who made you", "are can do how wha who you"),
    Pattern("play", r"\b(?:(?:tell|know|got|another)\b.{0,15}\b(?:joke|riddle)s?|roll (?:a|the) d(?:ie|ice)|flip a coin|sing (?:me )?(?:a|happy)|play (?:some|a|the|my|music|song)|set (?:an? |the )?(?:timer|alarm|volume)|remind me|turn (?:on|off|up|down)|let'?s play|pretend (?:to be|you)|role-?play|knock knock|wake me|call (?:mom|mum|dad|my)|text (?:mom|mum|dad|my))\b",
            "set a timer for ten minutes", "ano cal fli got kno let pla pre rem rol set sin tel tex tur wak"),
    Pattern("persona", r"\b(?:act as|you are (?:a|an|the|my)|you'?re an? |imagine you(?:'re| are)|pretend you|take the role|as an? (?:expert|experienced|senior|professional))\b", "act as a lawyer", "act as ima pre tak you"),
    Pattern("addressed", r"\b(?:to (?:my|the|all|our) (?:boss|manager|team|staff|colleagues?|landlord|teacher|neighbou?r|professor|employees?|board|ceo|supervisor|wife|husband|friend|mother|father|parents|director|committee))\b", "a note to my boss", "to"),
    Pattern("refers to a text", r"\b(?:(?:this|the|following|below|above|attached|given|provided) (?:text|passage|paragraph|article|thread|e-?mail|transcript|document|report|notes?|meeting|message|chapter|paper|abstract|reference|sentence|letter|contract|story|excerpt)|based on (?:this|the|that)|according to|given (?:this|the|a))\b",
            "based on this passage, when was it built", "abo acc att bas bel fol giv pro the thi"),
    Pattern("length wanted", r"\b(?:(?:in|max(?:imum)?|under|about|at most|up to|around|within|no more than|exactly|fewer than|less than)\s+(?:\w+\s+)?(?:\d+|one|two|three|four|five|six|ten)\s+(?:words?|sentences?|lines?|paragraphs?|bullets?|bullet points|pages?|characters|verses|stanzas|points)|\d+[- ]?words?|bullet points|one[- ]pager)\b", "max 100 words", "0 abo aro at bul exa few in les max no one und up wit"),
    Pattern("quoted", r"[\"“„«‘'](?=[^\"”“»]{25,})[^\"”“»]{25,}", "shorter: \"we are pleased to let you know that\"", "\" ' « ‘ “ „"),
    Pattern("colon and text", r"^[^\n]{3,120}:\s*(?:\n|[\"“„«'])", "what is wrong here:\n x", ":"),
    Pattern("dialogue", r"(?:^|\n)\s*[\w. ]{2,20}: .+\n\s*[\w. ]{2,20}: ", "ann: we ship\nbob: when?", "\n"),
    Pattern("letter pasted", r"\b(?:dear \w+|kind regards|best regards|sincerely|sehr geehrte|mit freundlichen|cordialement|bonjour (?:madame|monsieur)|estimad[oa]s?|atentamente)\b", "dear team, we are", "ate bes bon cor dea est kin mit seh sin"),
    Pattern("multiple choice", r"(?:^|\s)[a1][).] .{1,160}\s[b2][).] |\boptions?:|\btrue or false\b", "a) one b) two", "2 b opt tru"),
    Pattern("items in a row", r",[^,\n]{2,25},[^,\n]{2,25},[^,\n]{2,25},", "oak, ash, elm, fir, yew", ","),
    Pattern("list pasted", r"\n\s*(?:[-*•]|\d+[.)]) .*\n\s*(?:[-*•]|\d+[.)]) ", "\n- a\n- b\n- c", "\n"),
)

_FIRSTS = re.compile(r"\b(?:\d|\w{1,3})|[^\w \-?!]").finditer
_DIGIT = re.compile(r"\d").search


class _Tries(NamedTuple):
    """What to try on a text that has a certain word or sign: searches of the whole (a bit a pattern), matches at the place."""

    searches: int
    matches: list[tuple[str, Callable[[str, int], object]]]


def _tries() -> dict[str, _Tries]:
    """What to try for each need that a pattern names."""
    found: dict[str, _Tries] = {}
    for number, pattern in enumerate(PATTERNS):
        for need in pattern.needs.split(" "):
            for first in "0123456789" if need == "0" else (need,):
                tries = found.get(first, _Tries(0, []))
                if pattern.expression.startswith(r"\b"):
                    tries.matches.append((_NAMES[number], re.compile(pattern.expression).match))
                else:
                    tries = tries._replace(searches=tries.searches | 1 << number)
                found[first] = tries
    return found


def _search(expression: str) -> Callable[[str], object]:
    compiled = re.compile(expression)
    return compiled.match if expression.startswith("^") else compiled.search    # the same, without a look at every place


_NAMES = tuple(f"~{pattern.name}" for pattern in PATTERNS)
_SEARCHES = tuple(_search(pattern.expression) for pattern in PATTERNS)
_TRIES = _tries()
_PIECES = tuple((need, tries.searches) for need, tries in _TRIES.items() if len(need) > 3)
_OF_DIGITS = sum(1 << number for number, pattern in enumerate(PATTERNS) if "0" in pattern.needs.split(" "))


def found_in(lowered: str) -> set[str]:
    """The names, each with a `~` before it, of the patterns that stand in a text in lower case."""
    found: set[str] = set()
    searches = 0
    for first in _FIRSTS(lowered):
        tries = _TRIES.get(first[0])
        if tries:
            searches |= tries.searches
            for name, match in tries.matches:
                if name not in found and match(lowered, first.start()):
                    found.add(name)
    for piece, bits in _PIECES:
        if piece in lowered:
            searches |= bits
    if not lowered.isascii() and _DIGIT(lowered):       # digits of other scripts
        searches |= _OF_DIGITS
    while searches:
        number = (searches & -searches).bit_length() - 1
        searches &= searches - 1
        if _SEARCHES[number](lowered):
            found.add(_NAMES[number])
    return found
