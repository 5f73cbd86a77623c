"""The English of pointing back: words, phrases and nouns that lean on a sentence before, and what holds them. Pure."""

from __future__ import annotations

import re

WORDS = (
    "he she it they him them his her its their hers theirs this that these those such but and or nor so yet however "
    "meanwhile also then instead therefore thus hence moreover furthermore nevertheless nonetheless similarly "
    "likewise consequently accordingly besides otherwise still too both neither either another others afterwards "
    "conversely indeed he's she's it's they're that's he’s she’s it’s they’re that’s he'd she'd it'd he’d she’d "
    "they'd they’d they've they’ve he'll he’ll she'll she’ll it'll it’ll they'll they’ll that'll that’ll anyway "
    "additionally alternatively elsewhere finally lastly secondly thirdly subsequently afterward thereafter "
    "nor ditto specifically incidentally plus himself herself itself themselves there's-more hence because-of-this"
)
"""A sentence that begins with one of these leans, unless `resolved` says what holds it."""

NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds|thousands|dozens|scores|at least"
)
"""Numbers in words: what a sentence that begins with one speaks of is no name."""

_TIME = (
    r"(?:past |coming |holiday |new |last |very |same )?(?:week|weekend|month|year|morning|afternoon|evening|summer|"
    r"winter|spring|fall|autumn|season|century|decade|christmas|easter|ramadan|january|february|march|april|may|june|"
    r"july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_RESOLVED = re.compile(
    rf"this {_TIME}\b|(?:this|that|these|those) (?-i:[A-Z])|(?:those|he|she|they|such) (?:who|as)\b|"
    r"both (?-i:[A-Z]|the (?:[\w’'-]+ ){1,4}and )|either (?:\S+ ){1,4}or |neither (?:\S+ ){1,4}nor |"
    r"it(?:[’']s| is| was| has been| may be| might be| seems| looks| appears| will be)(?: \S+)? (?:not |never )?"
    r"(?:hard|easy|difficult|clear|unclear|possible|impossible|likely|unlikely|often|rare|common|time|true|no secret|"
    r"safe|tempting|too (?:early|late|soon)|that time|estimated|believed|known|thought|hoped|expected)\b|"
    # "It was the dog, stuck on a silo, that forced his hand": the rest of the sentence says what "it" is.
    r"it(?:[’']s| is| was) (?:not |only )?(?:(?-i:[A-Z])[^,;]{0,60}|the (?!first|second|last|latest|only|"
    r"most|same|\w+est\b)"
    r"[^;]{3,120}),? (?:that|who) (?!it\b|he\b|she\b)|it used to be(?:,| that)|"
    r"it (?:takes|took|rained|snowed|turns out|turned out)\b|still (?:life|image)s?\b|"
    r"so[- ](?:called|far this)\b|so (?:many|much|few) (?:[a-z]+ )+(?:that|have|are)\b|then[- ](?:president|prime|"
    r"(?-i:[A-Z]))|its? (?-i:[A-Z][a-z]+) (?-i:[A-Z])",
    re.IGNORECASE,
)
_FIRST_RESOLVED = re.compile(r"(?:yet )?another [a-z]|finally[ ,]|still[ ,]", re.IGNORECASE)

_PHRASES = re.compile(
    r"(?:for (?:example|instance|this reason|that reason)|in (?:addition|contrast|turn|response|other words|that case|"
    r"this case|both cases|fact|short|general|particular|the meantime|the end|the process)|as (?:a result|such|well|"
    r"noted|mentioned)|of course|after all|to (?:the contrary|be sure|be clear|be fair|make matters worse|do so)|"
    r"on the (?:other|contrary|one hand)|at the (?:same time|time|moment|very least)|after (?:that|this|which)|"
    r"because of (?:this|that|these)|"
    r"(?:all of )?which (?:is|was|means|meant|makes|made|brings|leads|leaves|has|had)|"
    r"by (?:contrast|then|comparison|that time)|"
    r"even (?:so|then|though (?:it|he|she|they|that|this))|since then|until then|up to now|back then|"
    r"(?:later|earlier|soon|shortly|not long|the (?:day|week|month|year)|days|weeks|months|hours|years|minutes|moments)"
    r"(?: (?:on|before|after|afterwards?|later|earlier|that (?:day|week|month|year)))?,|"
    r"the (?:following|next|previous|same) (?:day|week|month|year|morning|night|evening)|"
    r"the (?:latter|former(?! (?:\S+ )?(?-i:[A-Z])| (?:president|prime|first))|pair|duo|trio|same|"
    r"rest of (?:the|them|us))\b|"
    r"(?:one|two|three|four|five|some|many|most|all|none|each|both|several|few|half|neither|much|part)"
    r" of (?:them|these|those|this|that|it)|(?:some|many|most|others?|each|none|one|two|three) (?:also|said|say|says|"
    r"were|was|are|is|have|had)|on top of (?:that|this)|to (?:this|that) end|under th(?:is|at|ese|ose)|"
    r"with (?:this|that|it)|"
    r"more than that|not only that|worse(?: still)?,|better still,|"
    r"asked (?:about|if|whether|why|what|how|by)|when asked|speaking (?:of|about) (?:this|that|it)|"
    r"(?:yes|no|well|ok|okay|sure|right|anyway|again|now|first|second|third|next|last|overall|in all|all in all),|"
    r"(?:here|there) (?:it|they|he|she) |here(?:[’']s| is| are) (?!why\b|how\b|what\b|when\b|where\b)|"
    r"like (?:this|that|these)|"
    r"the (?:answer|reason|result|problem|point|idea|difference|catch|upshot|bottom line|question|good news|"
    r"bad news)(?: (?:is|was|here|for that))?(?:,|:|\?| is\b| was\b)|"
    r"if (?:so|not|that|this|they|he|she|it)\b|not (?:so|that|anymore|everyone)\b)(?=\W|(?<=\W))",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"a (?:second|third|fourth|further) (?!of\b)", re.IGNORECASE)
_SPOKEN = re.compile(
    r"[,”\"’] (?:it|they) (?:also |then |later )?(?:said|says|say|added|adds|claimed|claims|wrote|explained|noted|"
    r"argued|insisted|announced|alleged)\b"
)
_SUBJECT = re.compile(
    rf"(?:the )?(?!(?:the|a|an|in|on|at|for|after|before|when|while|as|if|with|by|from|since|although|though|despite|"
    rf"following|during|until|because|once|to|there|every|some|many|most|more|about|around|nearly|almost|over|"
    rf"{NUMBERS})\b)(?-i:[A-Z])[\w’'-]+",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"(?:one|two|three|some|many|most|all|none|each|several|few|half) of (?:these|those|this) ([a-z]{4,})\b",
    re.IGNORECASE,
)
_TIED = re.compile(
    r"(?:in|at|on|with|despite|after|before|during|following|under|for|from|by|since|because of|as part of|amid|"
    r"like|unlike|among|besides|to|through|as for|about|all|along with|while|as|when|once|until) (?:all (?:of )?|most "
    rf"of |some of )?(?:(?:these|those|such|this|that)(?! {_TIME}\b)(?! (?-i:[A-Z]))|"
    r"(?:he|she|they|it) (?:was|were|is|are|had|has|did|do|does|got|said|\w+ed)\b)",
    re.IGNORECASE,
)
# Nouns for what an earlier sentence named. "The city", "the police", "the president" are known to the reader.
_NOUNS = (
    r"group|company|firm|agency|organi[sz]ation|association|charity|startup|start-up|business|brand|retailer|airline|"
    r"carrier|automaker|carmaker|manufacturer|publisher|developer|studio|club|team|band|side|squad|outfit|coalition|"
    r"alliance|faction|militia|militants|rebels|protesters|demonstrators|man|men|woman|women|boy|girl|boys|girls|teen|"
    r"teenager|teenagers|child|children|couple|two|three|four|five|six|two men|two women|two sides|brothers|sisters|"
    r"victim|victims|suspect|suspects|defendant|defendants|driver|pilot|gunman|shooter|attacker|attackers|assailant|"
    r"actor|actress|singer|rapper|star|player|striker|defender|goalkeeper|midfielder|quarterback|pitcher|athlete|"
    r"author|writer|director|filmmaker|artist|founder|billionaire|politician|lawmaker|lawmakers|researcher|"
    r"researchers|scientists|authors|team|officer|officers|soldiers|troops|report|study|survey|poll|research|"
    r"investigation|inquiry|probe|lawsuit|suit|complaint|indictment|ruling|verdict|sentence|decision|order|bill|law|"
    r"legislation|measure|proposal|plan|deal|agreement|move|announcement|statement|letter|post|tweet|video|photo|"
    r"photos|footage|image|images|clip|episode|film|movie|show|series|book|novel|album|song|match|game|event|incident|"
    r"accident|crash|collision|attack|attacks|shooting|killing|killings|blast|explosion|fire|blaze|storm|quake|"
    r"vehicle|car|truck|boat|ship|vessel|plane|aircraft|jet|helicopter|drone|device|app|product|phone|tool|feature|"
    r"features|site|website|platform|service|scheme|programme|program|project|initiative|resolution|amendment|fund|"
    r"funds|money|discovery|finding|findings|results|changes|change|charges|allegations|allegation|claims|claim|"
    r"comments|remarks|accusations|accusation|figure|figures|number|numbers|increase|decrease|drop|rise|delay|effort|"
    r"efforts|process|policy|rule|rules|ban|system|technology|approach|issue|situation|problem|dispute|conflict|trip|"
    r"visit|meeting|talks|interview|speech|conversation|trend|phenomenon|practice|outlet|publication|newspaper|"
    r"magazine|animal|dog|cat|stray|pet|creature|trial|hearing|case|arrest|arrests|death|deaths|body|bodies|remains|"
    r"building|structure|facility|property|home|house|apartment|restaurant|store|shop|school|symptoms|condition|"
    r"disease|drug|vaccine|treatment|first step|step|pair|list|collection|line|award|prize|campaign|tour"
)
_ADJECTIVE = (
    r"(?:\d+-year-old|\d+|[a-z]+-[a-z-]+|new|old|young|entire|whole|latest|recent|late|[A-Z]\w+(?:an|ese|ish)|"
    r"[a-z]+(?:al|ed|ing|ic|ous|ive|ary|ent|ant))"
)
_DEFINITE = re.compile(
    rf"[Tt]he (?:{_ADJECTIVE} )?(?P<noun>{_NOUNS})s?(?:[’']s?)?(?= (?!(?:of|that|which|who|whose|behind|between|"
    r"against|responsible|to|on|near|named|called|known|for|from|about|into|over)\b)[a-z(]|,|[’'])"
)
_AGED = re.compile(
    r"The \d{1,3}-year-olds?(?: [a-z]+){0,2}(?: (?:was|is|has|had|had been|said|will|who|also|told)\b|,)"
)
_CLAUSE = re.compile(r"[^,.;:]{2,90}, (?=[a-z])")
_PRONOUN = re.compile(r"\b(?:he|she|him|his|her|hers)\b")
_HELD = re.compile(
    r"(?<=[\w,’'] )[A-Z][\w’'-]+|^(?!The\b|A\b|An\b|In\b|On\b|At\b|For\b|After\b|Before\b|When\b|While\b|As\b|If\b|"
    r"With\b|By\b|From\b|Since\b|Although\b|Though\b|Despite\b|Following\b|During\b|Until\b|Because\b|Once\b|To\b|"
    r"Police\b|Prosecutors\b|Officials\b|Authorities\b|Asked\b|Speaking\b|Last\b|Now\b|Today\b|Yesterday\b|There\b|"
    r"Every\b|What\b|How\b|Where\b|Even\b|Under\b|Over\b|No\b|Not\b|One\b|Some\b|Back\b|Just\b|Then\b)[A-Z][\w’'-]+|"
    r"\b(?:who|man|woman|boy|girl|person|someone|somebody|everyone|anyone|one|mother|father|mom|dad|wife|husband|son|"
    r"daughter|brother|sister|friend|child|baby|teen|teenager|student|patient|victim|suspect|widow|queen|king|pope|"
    r"president|minister|chief|[a-z]{3,}(?:er|or|ist|ian|ant|ee|ess|eer))s?\b"
)
_FOLLOWS = re.compile(r",? (?:the )?(?:[a-z-]+ ){0,3}[A-Z][\w’'-]+")
_STEM = 5


def resolved(bare: str, *, first: bool) -> bool:
    """Whether what follows the leaning word says what it means ("It was the mayor who …", "This week …")."""
    return bool(_RESOLVED.match(bare)) or (first and bool(_FIRST_RESOLVED.match(bare)))


def points_back(bare: str, *, title: str, first: bool) -> bool:
    """Whether an English sentence opens on a phrase, a noun or a person that an earlier sentence must have named."""
    known = title.casefold()
    some = _SOME.match(bare)
    if some and some[1][:_STEM] in known:  # "All of these games" below "The five games to play"
        return False
    if _AGAIN.match(bare):
        return not first
    if _unnamed_speaker(bare) or _PHRASES.match(bare) or (_TIED.match(bare) and not first) or _unheld(bare):
        return True
    if _AGED.match(bare):
        return True
    clause = _CLAUSE.match(bare)
    places = (0, clause.end()) if clause else (0,)
    for place in places:
        named = _DEFINITE.match(bare, place)
        if named and named["noun"].rpartition(" ")[2][:_STEM] not in known:
            return True
    return False


def _unnamed_speaker(bare: str) -> bool:
    """Whether "it said" or "they added" stands behind a claim whose claimant no word of the sentence names."""
    spoken = None if bare == bare.lower() else _SPOKEN.search(bare)
    return spoken is not None and not _SUBJECT.match(bare)


def _unheld(bare: str) -> bool:
    """Whether the first "he" or "her" stands before anybody is named whom it could mean."""
    pronoun = None if bare == bare.lower() else _PRONOUN.search(bare)  # without capitals nobody is named
    if pronoun is None or _HELD.search(bare, 0, pronoun.start()):
        return False
    comma = bare.find(",", pronoun.end())  # "In his first speech, Quill said"
    return not (0 <= comma < pronoun.end() + 90 and _FOLLOWS.match(bare, comma))
