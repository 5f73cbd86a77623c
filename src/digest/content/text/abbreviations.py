"""Words whose full stop does not, or need not, end a sentence, by what may follow them."""

from __future__ import annotations


def collect(text: str) -> frozenset[str]:
    """The words of a table written as running text."""
    return frozenset(text.split())


BEFORE_NAME = collect(
    """
    mr mrs ms mx dr drs prof gen maj lt col cpt capt cmdr sgt cpl pvt adm adml rev revd hon sen rep reps
    sens gov pres supt insp det
    atty msgr fr br esq gens cols lts messrs mmes mme mlle mgr vs v viz cf ca approx appt det.sgt brig spc
    pfc ssgt amb
    hr fr frl dipl ing st.-
    sr sra srta d dn dña lic arq pdte avda gral cnel
    sig sig.ra dott dott.ssa avv on
    dhr mevr mw ir drs ds
    г-н г-жа тов проф акад им ул пр пл пер д корп стр обл р-н св гр ген полк
    dra dras sras exmo exma ee jj av
    dl dna d-na tp pgs ths
    św inż mgr płk tzw tj m.in mudr judr např tzv tzn
    esim örn bl.a t.ex f.eks s.k dvs
    κ κα κκ δρ καθ αρ
    док др-р
    डॉ श्री सुश्री प्रो डा श्रीमती
    """
)
"""Always followed by the rest of a name or phrase."""

BEFORE_NUMBER = collect(
    """
    no nos nr nrs num núm n pp p pg pgs vol vols fig figs ch chap sec sect art arts ed eds par para paras op
    ver ext tel
    godz ok ul abs bd jh s kap nº № стр т гл рис ст п пп
    """
)
"""Abbreviations before a number, words of their own otherwise ("No. 5", but "He said no. Then...")."""

MONTHS = collect(
    """
    jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun
    janv févr avr juil déc ene abr ago dic gen mag giu lug ott okt dez mrt
    янв февр апр авг сент окт нояб дек
    """
)
"""Shortened months and days, when written with a capital or before a number."""

MAY_END = collect(
    """
    inc corp co ltd plc llc bros jr sr etc est dept univ assn bldg ave blvd rd st mt ft hwy sq cos mfg intl
    natl govt
    ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla
    ore pa penn tenn tex
    vt va wash wis wyo ont que alta
    usw bzw ggf evtl inkl exkl zzgl vgl str gmbh tsd mio mrd
    p.ex ex env resp
    aprox cía ud uds vd vds ee.uu aa.vv
    ecc enz o.a m.n
    тыс млн млрд руб коп долл гг г в вв см др т.д т.п чел
    """
)
"""May stand at a sentence's end or inside it; what follows decides."""

NEVER_END = collect("e.g i.e eg ie z.b d.h u.a o.ä i.d.r s.o p.ej p.e d.w.z o.l.v t.a.v т.е т.к т.н т.о н.э")
"""Never at a sentence's end."""

ORDINALS = collect("de lb gsw nds")
"""Languages in which what follows an ordinal number ("am 3. Mai") has a capital letter inside a sentence too."""

STARTERS = collect(
    """
    the this that these those he she it they we you his her its their our there here in on at by for from
    with without under over after
    before during since until while when where why how what who which if as although though because however
    meanwhile but and
    or so yet nor also still then thus not now once one two three some many most all both each every another
    other others
    an such last next only even just according despite instead later earlier today yesterday tomorrow no
    nobody nothing
    is are was were do does did can could will would should may might must have has had let
    der die das den dem ein eine einer er sie es wir ich im am bei nach auch aber und doch dann wenn nur
    les une il elle ils elles ce cette ces mais dans pour avec selon
    los las uno una pero según también
    он она оно они это в на но по для как что если после однако
    """
)
"""Words that, with a capital after an abbreviation, begin a sentence rather than a name."""
