"""Words that decide what a sentence claims, by language: numbers, dates, negations, doubts, opposites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.content.text.words import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What the checker knows of one language; all words are folded.

    Attributes:
        numbers: number words and their values ("" for those that are compared as words: "dozens").
        counting: what other number words of the language look like.
        dates: names of months and days, and words such as "yesterday".
        negations: words that turn a claim round, and verbs that do ("denied").
        doubts: words that make a claim less than certain.
        persons: "I", "we", "you": they speak for the writer or to the reader.
        scoped: whether "not" and "may" stand right before what they bear on.
    """

    numbers: dict[str, str]
    counting: re.Pattern[str]
    dates: frozenset[str]
    negations: frozenset[str]
    doubts: frozenset[str]
    persons: frozenset[str]
    scoped: bool = False


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


def _tongue(
    counted: str,
    others: str,
    counting: str,
    dates: str,
    negations: str,
    doubts: str,
    persons: str,
    *,
    scoped: bool = False,
) -> Tongue:
    """`counted`: number words with their values, as in "two=2"; `others`: number words without one."""
    numbers = {fold(word): value for word, _, value in (pair.partition("=") for pair in counted.split())}
    numbers |= dict.fromkeys(_set(others), "")
    return Tongue(
        numbers=numbers,
        counting=re.compile(counting),
        dates=_set(dates),
        negations=_set(negations),
        doubts=_set(doubts),
        persons=_set(persons),
        scoped=scoped,
    )


_ENGLISH = _tongue(
    "zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 "
    "fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 forty=40 fifty=50 "
    "sixty=60 seventy=70 eighty=80 ninety=90",
    "dozen dozens hundred hundreds thousand thousands million millions billion billions trillion half halves third "
    "thirds quarter quarters twice thrice double doubled triple tripled once both pair couple first second fourth "
    "fifth sixth seventh eighth ninth tenth single majority minority most all none every",
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty\w+|\w+teenth|\w+tieth|\w+fold",
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow "
    "tonight midnight noon spring summer autumn winter",
    "no not never none nobody nothing neither nor without cannot t deny denied denies denying refuse refused refuses "
    "refusing reject rejected rejects rejecting fail failed fails failing failure lack lacked lacks lacking unable "
    "impossible hardly barely halt halted stop stopped stops avoid avoided prevent prevented withdraw withdrew "
    "withdrawn cancel cancelled canceled dismiss dismissed unlikely false untrue",
    "may might could allegedly alleged alleges reportedly reported suspected suspects apparently possibly "
    "possible perhaps probably likely unconfirmed unverified claim claimed claims claiming purported purportedly "
    "believed thought accused rumoured rumored seems seemed appears appeared expected if",
    "i we you me us my our your mine ours yours",
    scoped=True,
)
_GERMAN = _tongue(
    "null=0 zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 elf=11 zwölf=12 zwanzig=20 dreißig=30 "
    "vierzig=40 fünfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90",
    "dutzend dutzende hundert hunderte tausend tausende million millionen milliarde milliarden billion billionen halb "
    "hälfte drittel viertel doppelt zweimal dreimal erste ersten erster zweite zweiten zweiter dritte dritten dritter "
    "beide beiden alle alles mehrheit keine",
    r"\w+(?:zig|ßig|ssig|zehn|hundert|tausend|fach|undert|zigste\w?)",
    "januar jänner februar märz april mai juni juli august september oktober november dezember montag dienstag "
    "mittwoch donnerstag freitag samstag sonnabend sonntag gestern heute morgen vorgestern mitternacht mittag "
    "frühling sommer herbst winter",
    "nicht kein keine keinen keiner keinem nie niemals niemand nichts weder ohne verweigert verweigerte verneint "
    "bestreitet bestritt bestritten dementiert dementierte ablehnt lehnt lehnte abgelehnt scheitert scheiterte "
    "gescheitert unmöglich stoppt stoppte gestoppt verhindert verhinderte falsch unwahr",
    "soll sollen sollte sollten könnte könnten dürfte dürften möglich möglicherweise angeblich mutmaßlich mutmaßliche "
    "mutmaßlichen vermutlich wohl vielleicht wahrscheinlich offenbar behauptet behauptete unbestätigt verdacht "
    "verdächtig falls wäre wären würde würden hätte hätten",
    "ich wir sie du ihr mich uns mein unser dein euer",
)
_FRENCH = _tongue(
    "zéro=0 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 treize=13 quatorze=14 "
    "quinze=15 seize=16 vingt=20 trente=30 quarante=40 cinquante=50 soixante=60",
    "dizaine dizaines douzaine vingtaine trentaine cent cents centaine centaines mille millier milliers million "
    "millions milliard milliards demi moitié tiers quart double triple premier première second seconde deuxième "
    "troisième tous toutes majorité aucun",
    r"\w+ième|vingts|\w+aine\b",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi "
    "vendredi samedi dimanche hier demain minuit midi printemps automne hiver",
    "ne n pas non jamais aucun aucune personne rien ni sans nie nié démenti dément refuse refusé refusent rejette "
    "rejeté échoue échoué impossible faux empêche empêché arrête arrêté",
    "pourrait pourraient aurait auraient serait seraient devrait possible possiblement peut-être probablement "
    "présumé présumée présumés prétendu supposé soupçonné allégué apparemment semble semblerait affirme prétend selon",
    "je nous vous tu moi mon ma mes notre votre",
)
_SPANISH = _tongue(
    "cero=0 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 trece=13 catorce=14 "
    "quince=15 veinte=20 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90",
    "decena decenas docena docenas cien ciento cientos centenar centenares mil miles millón millones billón mitad "
    "tercio cuarto doble triple primer primera primero segundo segunda tercer tercera ambos todos todas mayoría",
    r"(?:dieci|veinti)\w+|\w+cientos|\w+cientas",
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre lunes martes "
    "miércoles jueves viernes sábado domingo ayer hoy mañana medianoche mediodía primavera verano otoño invierno",
    "no nunca jamás nadie nada ningún ninguna ninguno ni sin tampoco negó niega negaron rechazó rechaza rechazaron "
    "fracasó imposible falso impidió detuvo",
    "podría podrían habría habrían sería serían posible posiblemente quizá quizás probablemente presunto presunta "
    "presuntos supuesto supuesta supuestamente presuntamente aparentemente parece afirma según debería",
    "yo nosotros usted ustedes tú mi mis nuestro nuestra su vuestro",
)
_ITALIAN = _tongue(
    "zero=0 due=2 tre=3 quattro=4 cinque=5 sei=6 sette=7 otto=8 nove=9 dieci=10 undici=11 dodici=12 tredici=13 "
    "quattordici=14 quindici=15 sedici=16 venti=20 trenta=30 quaranta=40 cinquanta=50",
    "decina decine dozzina cento centinaia mille mila migliaia milione milioni miliardo miliardi metà terzo quarto "
    "doppio triplo primo prima secondo seconda entrambi tutti tutte maggioranza",
    r"(?:vent|trent|quarant|cinquant|sessant|settant|ottant|novant)\w+|\w+mila|\w+cento|\w+esim[oaie]",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre lunedì martedì "
    "mercoledì giovedì venerdì sabato domenica ieri oggi domani mezzanotte mezzogiorno primavera "
    "estate autunno inverno",
    "non no mai nessuno nessuna niente nulla né senza nega negato ha smentito smentisce rifiuta rifiutato respinto "
    "respinge fallito impossibile falso",
    "potrebbe potrebbero avrebbe avrebbero sarebbe sarebbero possibile forse probabilmente presunto presunta presunti "
    "presumibilmente apparentemente sembra secondo sostiene dovrebbe",
    "io noi voi tu mio mia nostro vostro",
)
_PORTUGUESE = _tongue(
    "zero=0 dois=2 duas=2 três=3 quatro=4 cinco=5 seis=6 sete=7 oito=8 nove=9 dez=10 onze=11 doze=12 treze=13 "
    "catorze=14 quatorze=14 quinze=15 vinte=20 trinta=30 quarenta=40 cinquenta=50 sessenta=60 setenta=70 oitenta=80",
    "dezena dezenas dúzia cem cento centenas mil milhares milhão milhões bilhão bilhões metade terço quarto dobro "
    "triplo primeiro primeira segundo segunda terceiro ambos todos todas maioria",
    r"dez(?:ess|oit|en)\w+|\w+centos|\w+centas",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro segunda-feira "
    "terça-feira quarta-feira quinta-feira sexta-feira sábado domingo ontem hoje amanhã segunda terça quarta quinta "
    "sexta primavera verão outono inverno",
    "não nunca jamais ninguém nada nenhum nenhuma nem sem tampouco negou nega negaram rejeitou rejeita recusou "
    "fracassou impossível falso impediu",
    "poderia poderiam teria teriam seria seriam possível possivelmente talvez provavelmente suposto suposta "
    "supostamente alegado alegadamente aparentemente parece segundo afirma deveria",
    "eu nós você vocês meu minha nosso nossa",
)
_DUTCH = _tongue(
    "nul=0 twee=2 drie=3 vier=4 vijf=5 zes=6 zeven=7 acht=8 negen=9 tien=10 elf=11 twaalf=12 dertien=13 veertien=14 "
    "vijftien=15 zestien=16 zeventien=17 achttien=18 negentien=19 twintig=20 dertig=30 veertig=40 vijftig=50",
    "dozijn tientallen honderd honderden duizend duizenden miljoen miljoenen miljard miljarden half helft derde "
    "kwart dubbel eerste tweede beide alle meerderheid",
    r"\w+(?:tig|honderd|duizend|voud)",
    "januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag "
    "donderdag vrijdag zaterdag zondag gisteren vandaag morgen middernacht lente zomer herfst winter",
    "niet geen nooit niemand niets noch zonder ontkent ontkende ontkend weigert weigerde geweigerd verwerpt verwierp "
    "mislukt mislukte onmogelijk vals onwaar voorkomt stopt stopte",
    "zou zouden kan kon mogelijk misschien waarschijnlijk vermoedelijk vermeende naar-verluidt blijkbaar lijkt "
    "beweert beweerde verdacht volgens",
    "ik wij we u jij je jullie mijn ons onze uw jouw",
)

TONGUES: dict[str, Tongue] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "it": _ITALIAN,
    "pt": _PORTUGUESE,
    "nl": _DUTCH,
}
"""The languages whose claims can be checked; a summary in another one is never a model's."""

_OPPOSITES = """
rise|rose|risen|rises|rising|increase|increased|increases|grew|grow|grown|climb|climbed|gain|gained|up
 / fall|fell|fallen|falls|falling|decrease|decreased|decreases|shrank|drop|dropped|decline|declined|lose|lost|down
win|won|wins|winner|victory|defeats / lose|lost|loses|loser|defeat|defeated
approve|approved|approves|accept|accepted|accepts|back|backed|support|supported|adopt|adopted
 / reject|rejected|oppose|opposed|opposes|block|blocked|veto|vetoed|voted-down
arrest|arrested|jail|jailed|detain|detained|imprisoned|convict|convicted|guilty
 / release|released|free|freed|acquit|acquitted|innocent|cleared
open|opened|opens|reopen|reopened|begin|began|start|started / close|closed|closes|shut|end|ended|stop|stopped
before|earlier|ahead / after|later|following
more|above|over|least|exceeded|higher|larger / fewer|less|below|under|lower|smaller
survive|survived|survivor|survivors|alive|rescued|saved / die|died|dead|killed|kill|kills|death|deaths|perished
buy|bought|buys|acquire|acquired / sell|sold|sells
import|imports|imported / export|exports|exported
attack|attacked|attackers / defend|defended|defenders
men|man|male|boys|boy|father|husband|he|his|him / women|woman|female|girls|girl|mother|wife|she|her|hers
north|northern / south|southern
east|eastern / west|western
confirm|confirmed|confirms|admit|admitted / deny|denied|denies|refute|refuted
join|joined|enter|entered / leave|left|quit|withdrew
ally|allies|allied|friend / enemy|enemies|rival|rivals
wounded|injured|hurt / killed|dead|died|unhurt|unharmed
legal|lawful / illegal|unlawful|banned|outlawed
"""


def _pairs() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    lines = re.sub(r"\n / ", " / ", _OPPOSITES.strip()).splitlines()
    sides = (tuple(frozenset(side.strip().split("|")) for side in line.split(" / ")) for line in lines)
    return tuple((one, other) for one, other in sides)


OPPOSITES = _pairs()
"""English words that must not stand in for each other."""

REPORTING = _set(
    "say says said saying told tells tell according announce announced announces stated reported "
    "reports added adds suggested suggests posted tweeted testified recalled explained noted "
    "warned warns argued argues insisted claimed claims accused alleged wrote confirmed estimated "
    "sagte sagt sagten laut zufolge erklärte teilte berichtete berichtet warnte selon dit déclaré affirmé annoncé "
    "indiqué dijo dice según afirmó anunció informó señaló secondo detto annunciato riferito disse segundo "
    "afirmou anunciou informou volgens zei zegt meldde meldt verklaarde"
)
"""Words by which somebody else says a thing."""
