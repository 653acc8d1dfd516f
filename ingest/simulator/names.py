"""Names of the simulated world, with their own script and the romanizations that documents give them.

Family names are put together from syllables and are meant to belong to nobody; given names are ordinary. A name keeps
the script form, the romanization of the passport, and another romanization that some other system may have used.
"""

from __future__ import annotations

from typing import NamedTuple

from ingest.simulator.dice import Dice


class PersonName(NamedTuple):
    """A name: romanized as in the passport, in its own script, and in another romanization."""

    family: str
    given: str
    script: str = ""
    other_family: str = ""
    other_given: str = ""


class Syllable(NamedTuple):
    """One building stone: romanized, other romanization, script."""

    latin: str
    other: str
    script: str


class Culture(NamedTuple):
    """How the people of some countries are named."""

    stems: tuple[Syllable, ...]
    endings: tuple[Syllable, ...]
    female: tuple[Syllable, ...]
    male: tuple[Syllable, ...]
    scripted: bool = False
    double_family: bool = False
    family_first: bool = False


def _stones(text: str) -> tuple[Syllable, ...]:
    """`LATIN`, `LATIN=OTHER` or `LATIN=OTHER=script`, blanks between."""
    return tuple(
        Syllable(parts[0], parts[1] if len(parts) > 1 and parts[1] else parts[0], parts[2] if len(parts) > 2 else "")
        for parts in (word.split("=") for word in text.split())
    )


CULTURES: dict[str, Culture] = {
    "english": Culture(
        _stones("ASHEN BRAMBLE CORVEN DALLOW ELDERN FENWICK GARROW HOLLIS KESTREL LARKEN MERROW NORVELL PENDER QUILLEN RADLEY TARLOW"),
        _stones("BY HAM TON FORD WOOD STEAD LEY WORTH"),
        _stones("ALICE EMMA GRACE HANNAH LUCY OLIVIA RUTH SOPHIE MARY JANE"),
        _stones("ADAM BEN DANIEL GEORGE HENRY JACK LIAM OLIVER THOMAS WILL"),
    ),
    "spanish": Culture(
        _stones("MONTAR VALD CARD SOLAR QUIR BELT ARRAN FUENT MORAL SERR TORAL ZARR CAMP DELG"),
        _stones("EZ=ES ARO ADA INO ERO ILLA ENA IGUEZ=IGUES"),
        _stones("ANA MARIA LUCIA SOFIA CARMEN ELENA XIMENA=JIMENA ROSA PILAR INES"),
        _stones("JOSE JUAN LUIS CARLOS DIEGO MIGUEL JAVIER=XAVIER RAFAEL PEDRO ANDRES"),
        double_family=True,
    ),
    "portuguese": Culture(
        _stones("CARVAL FIGUEIR MORAV TEIXAR SILVAN PEREND RIBAR NOGUAR BARRET ALMAR"),
        _stones("HO ES IRA OSO ANO ADO"),
        _stones("ANA BEATRIZ CAMILA JULIA LARISSA MARIANA PATRICIA RENATA"),
        _stones("BRUNO CAIO FELIPE GUSTAVO JOAO LUCAS RAFAEL TIAGO=THIAGO"),
        double_family=True,
    ),
    "french": Culture(
        _stones("BEAU CHANT DELOR FONT GRAND LAMB MARCH ROCHE SAUV VERN"),
        _stones("ELIN AIGNE OUX IER ETTE ARD"),
        _stones("AMELIE CAMILLE CHLOE HELENE JULIE MANON NATHALIE"),
        _stones("ANTOINE ETIENNE HUGO JULIEN LOUIS MATHIEU PIERRE"),
    ),
    "german": Culture(
        _stones("BREM FALK GRUEN=GRUN HOLT KESS LIND OSTER STERN TANN WALDE"),
        _stones("HAUER MANN STEINER FELDT NER BRUCK"),
        _stones("ANNA GRETA HEIKE KATRIN LENA MAREIKE SABINE"),
        _stones("FELIX JONAS JUERGEN=JURGEN KLAUS LUKAS MATTHIAS STEFAN"),
    ),
    "italian": Culture(
        _stones("BELL CASTAL FERRAN GALLIN MARCH PELLEG ROMAL TREVIS VINC ZANOT"),
        _stones("INI ETTI ARO ONE ELLI ATO"),
        _stones("CHIARA ELISA FRANCESCA GIULIA MARTINA PAOLA"),
        _stones("ALESSIO DAVIDE GIOVANNI LUCA MARCO MATTEO"),
    ),
    "arabic": Culture(
        _stones(
            "AL-BA=EL-BA=الب AL-HA=EL-HA=الح AL-NU=AN-NOU=النو AL-MA=EL-MA=الم AL-SA=AS-SA=الس AL-KHA=EL-KHA=الخ "
            "AL-RA=AR-RA=الر AL-DA=AD-DA=الد"
        ),
        _stones(
            "RANI=RANY=راني TAWI=TAOUI=طاوي MIDI=MEEDI=ميدي SSOUNI=SUNI=سوني LABI=LABY=لابي QRAWI=KRAWI=قراوي HDAN=HEDAN=هدان ZZAR=ZAR=زار"
        ),
        _stones("FATIMA=FATEMA=فاطمة MARYAM=MARIAM=مريم NOUR=NUR=نور LAYLA=LEILA=ليلى AISHA=AICHA=عائشة HUDA=HODA=هدى"),
        _stones("MOHAMMED=MUHAMMAD=محمد AHMED=AHMAD=أحمد YOUSEF=YUSUF=يوسف OMAR=UMAR=عمر KHALED=KHALID=خالد HUSSEIN=HUSAYN=حسين"),
        scripted=True,
    ),
    "cyrillic": Culture(
        _stones(
            "BOR=BOR=Бор VERESH=VERESCH=Вереш GOLUB=HOLUB=Голуб ZHAV=JAV=Жав KRYL=KRIL=Крыл MOROZH=MOROJ=Морож "
            "PRIM=PRYM=Прим SHUST=SCHUST=Шуст TIKH=TYKH=Тих YARM=IARM=Ярм"
        ),
        _stones("OV=OFF=ов ENKO=ENCO=енко SKIY=SKII=ский IN=YN=ин UK=OUK=ук"),
        _stones(
            "ANNA=HANNA=Анна YULIA=IULIIA=Юлия NATALIA=NATALYA=Наталья OLGA=OLHA=Ольга SVETLANA=SVITLANA=Светлана "
            "EKATERINA=KATERYNA=Екатерина"
        ),
        _stones(
            "IVAN=YVAN=Иван DMITRY=DMITRII=Дмитрий SERGEY=SERHII=Сергей ALEKSEY=ALEXEI=Алексей YURI=IURII=Юрий MIKHAIL=MYKHAILO=Михаил"
        ),
        scripted=True,
    ),
    "chinese": Culture(
        _stones("FAN=FAN=范 XU=HSU=虚 SHE=SHEH=设 JIA=CHIA=假 YANG=YANG=样 TI=TEE=题 MU=MOO=模"),
        _stones("LI=LEE=例 NI=NEE=拟 DING=TING=定 XING=HSING=型 BEN=PEN=本 AN=ARN=案"),
        _stones("FANG=FONG=芳 JING=CHING=静 MIN=MING=敏 XUE=HSUEH=雪 LIN=LYNN=琳 YAN=YEN=艳 MEILING=MEI-LING=美玲 XIAOYU=HSIAO-YU=小雨"),
        _stones(
            "WEI=WAI=伟 LEI=LEY=磊 YONG=YUNG=勇 JUN=CHUN=军 JIE=CHIEH=杰 YANG=YOUNG=洋 JIANGUO=CHIEN-KUO=建国 ZHIQIANG=CHIH-CHIANG=志强"
        ),
        scripted=True,
        family_first=True,
    ),
    "japanese": Culture(
        _stones("ARA HINO KATO=KATOH MINA NORI SATSU TAMA YUKO"),
        _stones("GAWA=KAWA MOTO SHIRO=SIRO MURA TANI ZAKI=SAKI"),
        _stones("AKIKO HARUKA KEIKO MISAKI YOKO=YOHKO YUI"),
        _stones("HIROSHI=HIROSI KENJI NAOKI SHOTA=SHOHTA TARO=TAROH YUTA"),
    ),
    "korean": Culture(
        _stones("BAEKSON CHAEWOL DOHAN=TOHAN GANGIL=KANGIL HWAMUN JINSEO=CHINSEO MAENGU NAMSAM"),
        _stones("= "),
        _stones("EUN-JI=EUNJI HYE-JIN=HYEJIN JI-WOO=JIWOO MIN-SEO=MINSEO SOO-YEON=SUYEON"),
        _stones("DONG-HYUN=DONGHYUN JAE-SUNG=JAESUNG JOON-HO=JUNHO MIN-JUN=MINJUN SEUNG-WOO=SEUNGWOO"),
    ),
    "indian": Culture(
        _stones("ARUN BHAVAN CHANDRA=CHANDAR DEVIN GOKAL HARISH=HARISCH KALYAN MADHUR NAREN PRASAN RAVIK SUVAR"),
        _stones("WAL=VAL KAR=KER PURI=POORI DHARI AMANI SEKAR=SEKHAR"),
        _stones("ANJALI DEEPA=DIPA KAVITA=KAVITHA LAKSHMI=LAXMI MEERA=MIRA POOJA=PUJA SUNITA"),
        _stones("AMIT ARJUN DEEPAK=DIPAK RAHUL RAJESH SANJAY=SANJAI VIJAY=VIJAI VIKRAM"),
    ),
    "african": Culture(
        _stones("ADEKUN BABATOL CHUKWAN EZEOR IFEMAD KWAMAN NWADIK OLUWAT OKORAF UZOMAN"),
        _stones("LE BI DU WA JI SOLA"),
        _stones("ADA AMINA BLESSING CHIOMA FATOU GRACE NGOZI"),
        _stones("CHIDI EMEKA IBRAHIM KOFI MUSA SEGUN TUNDE"),
    ),
}

# Countries of citizenship with their culture and weight (shares after domain.md 2.3 and 4.3, rounded).
VISA_WAIVER_COUNTRIES: tuple[tuple[tuple[str, str], float], ...] = (
    (("GBR", "english"), 20), (("JPN", "japanese"), 15), (("DEU", "german"), 11), (("FRA", "french"), 10),
    (("KOR", "korean"), 9), (("AUS", "english"), 7), (("ITA", "italian"), 6), (("ESP", "spanish"), 5),
    (("NLD", "german"), 4), (("IRL", "english"), 3), (("CHL", "spanish"), 2),
)  # fmt: skip
VISA_COUNTRIES: tuple[tuple[tuple[str, str], float], ...] = (
    (("MEX", "spanish"), 16), (("BRA", "portuguese"), 12), (("CHN", "chinese"), 13), (("IND", "indian"), 10),
    (("COL", "spanish"), 7), (("ARG", "spanish"), 5), (("VEN", "spanish"), 5), (("ECU", "spanish"), 3),
    (("PHL", "spanish"), 3), (("NGA", "african"), 3), (("RUS", "cyrillic"), 3), (("UKR", "cyrillic"), 2),
    (("EGY", "arabic"), 2), (("SAU", "arabic"), 2), (("JOR", "arabic"), 1), (("MAR", "arabic"), 1),
    (("GHA", "african"), 1), (("VNM", "chinese"), 1), (("KAZ", "cyrillic"), 1),
)  # fmt: skip


def draw_name(dice: Dice, culture: str, sex: str) -> PersonName:
    """A name of this culture."""
    kind = CULTURES[culture]
    family = _family(dice, kind)
    if kind.double_family:
        family = _joined(family, _family(dice, kind))
    given = dice.pick(kind.female if sex == "F" else kind.male)
    if not kind.scripted and dice.chance(0.25):
        second = dice.pick(kind.female if sex == "F" else kind.male)
        given = given if second.latin == given.latin else _joined(given, second)
    script = ""
    if kind.scripted:
        script = f"{family.script}{given.script}" if kind.family_first else f"{given.script} {family.script}"
    return PersonName(family.latin, given.latin, script, family.other, given.other)


def sibling_name(dice: Dice, culture: str, sex: str, name: PersonName) -> PersonName:
    """A twin's name: the same family name, another given name."""
    kind = CULTURES[culture]
    choices = [given for given in (kind.female if sex == "F" else kind.male) if given.latin != name.given]
    given = dice.pick(choices)
    family_script = name.script.split(" ")[-1] if " " in name.script else name.script[:2]
    script = (f"{family_script}{given.script}" if kind.family_first else f"{given.script} {family_script}") if kind.scripted else ""
    return PersonName(name.family, given.latin, script, name.other_family, given.other)


def _family(dice: Dice, kind: Culture) -> Syllable:
    stem, ending = dice.pick(kind.stems), dice.pick(kind.endings)
    return Syllable(stem.latin + ending.latin, stem.other + ending.other, stem.script + ending.script)


def _joined(first: Syllable, second: Syllable) -> Syllable:
    return Syllable(f"{first.latin} {second.latin}", f"{first.other} {second.other}", "")
