"""Tells sentences that speak to a language model from those that speak to a reader."""

from __future__ import annotations

import re
import unicodedata

_TO = (
    r"(?:ai|a\.i\.|llm|gpt|chat ?gpt|claude|gemini|copilot|llama|(?:large )?language models?|chat ?bots?|"
    r"(?:ai |virtual )?assistants?|summari[sz]ers?|ai (?:models?|agents?|systems?|tools?))"
)
_WHAT = (
    r"(?:instructions?|prompts?|directions?|guidelines?|commands?|rules?|orders?|context|messages?|constraints?|"
    r"anweisungen|vorgaben|instrucciones|consignes|istruzioni|instruções|instructies|инструкци\w*|указани\w*|تعليمات)"
)
_SPOKEN = re.compile(
    # Marks of a conversation's format.
    r"<\|[\w ]+\|>|\[/?inst\]|<<?/?sys>>?|</?(?:system|assistant|user|instructions?|prompt)\b[^>]*>|"
    r"^\W*(?:system|assistant|developer|user)(?: (?:prompt|message|note|override))?\s*:|### ?(?:system|instruction|"
    r"response|human|assistant)|\bbegin (?:system|new) (?:prompt|instructions?)|"
    # Words about instructions that are to be forgotten or given.
    rf"\b(?:ignor\w+|disregard\w*|forget|override|bypass|skip|discard|vergiss|vergessen sie|ignorier\w*|"
    rf"oubli\w+|olvid\w+|dimentica\w*|esque[çc]\w+|negeer|vergeet|игнорир\w+|забудь\w*|تجاهل)\b.{{0,60}}?\b"
    rf"(?:previous|prior|above|earlier|preceding|your|all|any|the|these|bisherigen|vorherigen|alle|précédentes|"
    rf"anteriores|precedenti|vorige|предыдущ\w+|السابقة|toutes|todas|tutte)\b.{{0,40}}?{_WHAT}|"
    rf"\b(?:new|updated|revised|secret|hidden|system|real) {_WHAT}\b.{{0,20}}(?::|follow|begin|start|for (?:you|the))|"
    rf"\byour (?:new |real |true |only |system )?(?:instructions?|prompt|task|goal|role|job) (?:is|are|now)\b|"
    rf"\b(?:system|developer) (?:prompt|message)\b|\bjailbreak\b|"
    # Words to a model by its name.
    rf"\b(?:you are|you[’']re|act as|pretend to be|as|if you are|dear|note to|attention|hey|hello|to all|for|to any)"
    rf"(?: now| a| an| any| the| all)* {_TO}\b(?=.{{0,60}}(?:[:,!]|\b(?:you|must|should|please|reading|processing|"
    rf"summari[sz]|do not|always|never|will)\b|$))|"
    rf"\b{_TO} (?:reading|processing|parsing|summari[sz]ing|seeing|that reads?) this\b|"
    # Words about the answer.
    r"\b(?:when|if|while) (?:you (?:are )?)?(?:summari[sz]e|summari[sz]ing|asked to summari[sz]e)\b|"
    r"\b(?:summari[sz]e|translate|rewrite|describe) (?:this|the) (?:article|text|page|story|document|news)"
    r"(?: only)? (?:as|by|with|in|to)\b|"
    r"\b(?:respond|reply|answer|output|print|write|return|say|repeat|include|insert|append|add)(?: only| with| exactly|"
    r" back| instead| nothing but| the following)+\b.{0,80}?(?:in|to|as|at the end of|:|\")(?: the| your| every)* ?"
    r"(?:summary|summaries|output|response|answer|reply|json|sentence|text|following|words?|:|\")|"
    r"\b(?:in|into|to|of|from|with) (?:your|every|each) (?:summary|summaries|output|response|answer|reply)\b|"
    r"\b(?:do not|don[’']t|never) (?:mention|reveal|tell|include|cite|disclose) .{0,60}\b(?:summary|user|reader|"
    r"instructions?|prompt)s?\b|"
    r'"(?:summary|from|role|content)"\s*:|\bfrom"?\s*:\s*\[\d',
    re.IGNORECASE,
)
_FULL = str.maketrans({"\u200b": "", "\u00ad": "", "\u2019": "'"})
_LONGEST = 4_000


def addresses_a_model(sentence: str) -> bool:
    """Whether a sentence gives orders to a machine that reads it, or is shaped like a part of its conversation.

    A sentence that only tells of such things may be taken for one: it then is not shown to a model, and nothing
    else comes of it. One that is not found out meets the checks of `cited.py`.
    """
    plain = unicodedata.normalize("NFKC", sentence[:_LONGEST]).translate(_FULL)
    return bool(_SPOKEN.search(plain))
