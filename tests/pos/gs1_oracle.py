# SPDX-License-Identifier: GPL-3.0-or-later
"""A second reader of scanners' messages, written from the GS1 Barcode Syntax Dictionary, the General Specifications and the
scanner's contract alone, to be compared with what `coster scan --text` says. It shares no code and no table with the first:
what an AI wants comes from the dictionary file at run time, the lists of countries and currencies from Debian's iso-codes
(with the currencies that came and went since: 396 924, 191 694 931 932).

read(message, Settings(...)) -> Result; raises Undecided where this reader does not know the whole code list."""
import dataclasses
import re

GS = b'\x1d'
CSET82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
CSET39 = '#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
CSET64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
CSET32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

COUNTRIES = set("""
004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 072 074 076 084 086 090 092
096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 166 170 174 175 178 180 184 188 191 192 196 203
204 208 212 214 218 222 226 231 232 233 234 238 239 242 246 248 250 254 258 260 262 266 268 270 275 276 288 292 296
300 304 308 312 316 320 324 328 332 334 336 340 344 348 352 356 360 364 368 372 376 380 384 388 392 398 400 404 408
410 414 417 418 422 426 428 430 434 438 440 442 446 450 454 458 462 466 470 474 478 480 484 492 496 498 499 500 504
508 512 516 520 524 528 531 533 534 535 540 548 554 558 562 566 570 574 578 580 581 583 584 585 586 591 598 600 604
608 612 616 620 624 626 630 634 638 642 643 646 652 654 659 660 662 663 666 670 674 678 682 686 688 690 694 702 703
704 705 706 710 716 724 728 729 732 740 744 748 752 756 760 762 764 768 772 776 780 784 788 792 795 796 798 800 804
807 818 826 831 832 833 834 840 850 854 858 860 862 876 882 887 894
""".split())
COUNTRIES_ALPHA2 = set("""
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
""".split())
CURRENCIES = set("""
008 012 032 036 044 048 050 051 052 060 064 068 072 084 090 096 104 108 116 124 132 136 144 152 156 170 174 188 192
203 208 214 222 230 232 238 242 262 270 292 320 324 328 332 340 344 348 352 356 360 364 368 376 388 392 396 398 400
404 408 410 414 417 418 422 426 430 434 446 454 458 462 480 484 496 498 504 512 516 524 532 533 548 554 558 566 578
586 590 598 600 604 608 634 643 646 654 682 690 702 704 706 710 728 748 752 756 760 764 776 780 784 788 800 807 818
826 834 840 858 860 882 886 901 924 925 926 927 928 929 930 933 934 936 938 940 941 943 944 946 947 948 949 950 951
952 953 955 956 957 958 959 960 961 962 963 964 965 967 968 969 970 971 972 973 975 976 977 978 979 980 981 984 985
986 990 994 997 999
""".split())
# Only some package types: of any other this reader has no opinion.
PACKAGE_TYPES = {'PX', 'CT', 'BX', 'CR', 'PK', '43', '200', '8', 'X11', 'ZZ'}
NO_PACKAGE_TYPES = {'00', '0', 'px', 'Q', '9999', '?', 'B-'}
PRIMES = [p for p in range(2, 520) if all(p % d for d in range(2, p))]


class Undecided(Exception):
    """The right answer depends on a list that is not here."""


class Refused(Exception):
    """The data breaks a rule."""


@dataclasses.dataclass
class Settings:
    today: tuple = (2026, 3, 15)
    layouts: list = None        # of (kind, pattern)
    gs: bytes = None
    compressed: bool = False


@dataclasses.dataclass
class Result:
    gs1: dict = None
    derived: dict = dataclasses.field(default_factory=dict)
    rcn: dict = None
    error: bool = False
    aim: str = None
    text: str = ''

    @property
    def gtin(self):
        return (self.gs1 or {}).get('01')


@dataclasses.dataclass
class Part:
    cset: str
    shortest: int
    longest: int
    optional: bool
    rules: list


@dataclasses.dataclass
class Ai:
    ai: str
    predefined: bool
    attribute: bool
    parts: list
    req: list       # of lists of sets: each list is a choice, each set wants all its members
    ex: list
    key: list       # None: no key; else the sequences of qualifiers


def read_dictionary(path):
    table = {}
    for line in open(path, encoding='utf-8'):
        words = line.split('#', 1)[0].split()
        if not words:
            continue
        first, _, last = words[0].partition('-')
        flags, parts, req, ex, key = '', [], [], [], None
        for word in words[1:]:
            if re.fullmatch(r'[*?]+', word):
                flags = word
            elif word.startswith('req='):
                req.append([set(choice.split('+')) for choice in word[4:].split(',')])
            elif word.startswith('ex='):
                ex += word[3:].split(',')
            elif word == 'dlpkey':
                key = [[]]
            elif word.startswith('dlpkey='):
                key = [sequence.split(',') for sequence in word[7:].split('|')]
            else:
                spec, *rules = word.split(',')
                kind = re.fullmatch(r'(\[?)([NXYZ])(\.\.)?(\d+)\]?', spec)
                size = int(kind[4])
                parts.append(Part(kind[2], 1 if kind[3] else size, size, bool(kind[1]), rules))
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            table[ai] = Ai(ai, '*' in flags, '?' in flags, parts, req, ex, key)
    return table


# Rules of content, by their names in the dictionary. Each takes the text and the settings.

def check_digit(digits):
    return str(-sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(digits))) % 10)


def full_year(yy, this_year):
    difference = yy - this_year % 100
    return this_year // 100 * 100 + yy + (-100 if difference >= 51 else 100 if difference <= -50 else 0)


def days_of(year, month):
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def is_date(text, settings, zero=False):
    year = int(text[:4]) if len(text) == 8 else full_year(int(text[:2]), settings.today[0])
    month, day = int(text[-4:-2]), int(text[-2:])
    return 1 <= month <= 12 and (0 if zero else 1) <= day <= days_of(year, month)


def check_pair(text):
    total = sum(CSET82.index(c) * PRIMES[i] for i, c in enumerate(reversed(text))) % 1021
    return CSET32[total >> 5] + CSET32[total & 31]


def is_iban(text):
    if len(text) <= 10 or text[:2] not in COUNTRIES_ALPHA2 or not re.fullmatch('[0-9A-Z]+', text):
        return False
    return int(''.join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def is_coupon(text, settings):
    """AI 8110: digits, of which many say how many follow."""
    family = r'(?:1\d|2\d{2}|3\d{3}|4\d{4}|5\d{5})[0-49]\d{3}'
    company = '(?:' + '|'.join(r'%d\d{%d}' % (n, n + 6) for n in range(7)) + '|9)'
    whole = (r'(?:' + '|'.join(r'%d\d{%d}' % (n, n + 6) for n in range(7)) + r')\d{6}'
             r'(?:1\d|2\d{2}|3\d{3}|4\d{4}|5\d{5})' + family +
             r'(?:1[0-3]' + family + company + r')?(?:2' + family + company + r')?'
             r'(?:3(?P<last>\d{6}))?(?:4(?P<first>\d{6}))?'
             r'(?:5(?:' + '|'.join(r'%d\d{%d}' % (n, n + 6) for n in range(10)) + r'))?'
             r'(?:6(?:' + '|'.join(r'%d\d{%d}' % (n, n + 6) for n in range(1, 8)) + r'))?'
             r'(?:9[01256][0-2]\d[01])?')
    found = re.fullmatch(whole, text, re.ASCII)
    if not found:
        return False
    dates = [found[name] for name in ('first', 'last') if found[name]]
    return all(is_date(date, settings) for date in dates) and dates == sorted(dates)


def is_offer(text):
    """AI 8112."""
    return re.fullmatch(r'[01](?:' + '|'.join(r'%d\d{%d}' % (n, n + 6) for n in range(7)) + r')\d{6}(?:' +
                        '|'.join(r'%d\d{%d}' % (n, n + 6) for n in range(10)) + ')', text, re.ASCII) is not None


def is_package(text):
    if text in PACKAGE_TYPES:
        return True
    if text in NO_PACKAGE_TYPES:
        return False
    raise Undecided


def is_place(text):
    found = re.fullmatch(r'([1-9]\d*)/([1-9]\d*)', text, re.ASCII)
    return bool(found) and int(found[1]) <= int(found[2])


RULES = {
    'csum': lambda t, s: check_digit(t[:-1]) == t[-1],
    'csumalpha': lambda t, s: len(t) >= 2 and check_pair(t[:-2]) == t[-2:],
    'gcppos1': lambda t, s: re.match(r'[0-9]{4}', t) is not None,
    'gcppos2': lambda t, s: re.match(r'.[0-9]{4}', t) is not None,
    'hasnondigit': lambda t, s: re.search(r'[^0-9]', t) is not None,
    'nozeroprefix': lambda t, s: t == '0' or not t.startswith('0'),
    'nonzero': lambda t, s: t.strip('0') != '',
    'zero': lambda t, s: t.strip('0') == '',
    'yymmdd': lambda t, s: is_date(t, s),
    'yyyymmdd': lambda t, s: is_date(t, s),
    'yymmd0': lambda t, s: is_date(t, s, zero=True),
    'hhmi': lambda t, s: t[:2] < '24' and t[2:] < '60',
    'hh': lambda t, s: t < '24',
    'mi': lambda t, s: t < '60',
    'ss': lambda t, s: t < '60',
    'iso3166': lambda t, s: t in COUNTRIES,
    'iso3166999': lambda t, s: t in COUNTRIES or t == '999',
    'iso3166alpha2': lambda t, s: t in COUNTRIES_ALPHA2,
    'iso4217': lambda t, s: t in CURRENCIES,
    'iso5218': lambda t, s: t in '0129',
    'iban': lambda t, s: is_iban(t),
    'pcenc': lambda t, s: '%' not in re.sub('%[0-9A-Fa-f]{2}', '', t),
    'latitude': lambda t, s: int(t) <= 1800000000,
    'longitude': lambda t, s: int(t) <= 3600000000,
    'yesno': lambda t, s: t in '01',
    'winding': lambda t, s: t in '019',
    'hyphen': lambda t, s: t.strip('-') == '',
    'pieceoftotal': lambda t, s: 0 < int(t[:len(t) // 2]) <= int(t[len(t) // 2:]),
    'posinseqslash': lambda t, s: is_place(t),
    'importeridx': lambda t, s: re.fullmatch('[-0-9A-Z_a-z]', t) is not None,
    'mediatype': lambda t, s: '01' <= t <= '10' or t >= '80',
    'packagetype': lambda t, s: is_package(t),
    'couponcode': is_coupon,
    'couponposoffer': lambda t, s: is_offer(t),
}


def in_set(cset, text):
    if cset == 'Z':
        body = text.rstrip('=')
        pads = len(text) - len(body)
        return all(c in CSET64 for c in body) and (pads == 0 or (pads <= 2 and len(text) % 3 == 0))
    return all(c in {'N': '0123456789', 'X': CSET82, 'Y': CSET39}[cset] for c in text)


class Reader:
    def __init__(self, dictionary):
        self.table = read_dictionary(dictionary)

    # Values and associations

    def take(self, entry, text, settings):
        """How many characters the value takes from the front of the text."""
        at = 0
        if not text:
            raise Refused('empty')
        for part in entry.parts:
            piece = text[at:at + part.longest]
            if part.optional and not piece:
                continue
            if len(piece) < part.shortest or not in_set(part.cset, piece):
                raise Refused('form')
            for rule in part.rules:
                if not RULES[rule](piece, settings):
                    raise Refused(rule)
            at += len(piece)
        return at

    def whole(self, ai, text, settings):
        if ai not in self.table or self.take(self.table[ai], text, settings) != len(text):
            raise Refused('length')
        return text

    def put(self, found, ai, value):
        if found.setdefault(ai, value) != value:
            raise Refused('twice')

    def has(self, found, pattern, self_ai):
        return any(ai != self_ai and re.fullmatch(pattern.replace('n', '.'), ai) for ai in found)

    def associate(self, found):
        for ai in found:
            entry = self.table[ai]
            if any(self.has(found, pattern, ai) for pattern in entry.ex):
                raise Refused('ex')
            for choices in entry.req:
                if not any(all(self.has(found, pattern, ai) for pattern in choice) for choice in choices):
                    raise Refused('req')
        if '8030' in found:
            # General Specifications: what is signed is an instance.
            for ai, bare in (('253', 13), ('255', 13), ('8003', 14)):
                if len(found.get(ai, '')) == bare:
                    raise Refused('serial')
        return found

    # The three grammars

    def plain(self, text, settings):
        found = {}
        if not text:
            raise Refused('nothing')
        while text:
            ai = next((text[:n] for n in (2, 3, 4) if text[:n] in self.table), None)
            if ai is None:
                raise Refused('unknown')
            entry = self.table[ai]
            text = text[len(ai):]
            value = text.split('\x1d', 1)[0]
            used = self.take(entry, value, settings)
            if used < len(value) and not entry.predefined:
                raise Refused('long')
            self.put(found, ai, value[:used])
            text = text[used:]
            if text.startswith('\x1d'):
                text = text[1:]
        return self.associate(found)

    def bracketed(self, text, settings):
        found = {}
        while text:
            head = re.match(r'\(([0-9]+)\)((?:\\\(|[^(])*)', text, re.DOTALL)
            if not head:
                raise Refused('bracket')
            self.put(found, head[1], self.whole(head[1], head[2].replace('\\(', '('), settings))
            text = text[head.end():]
        return self.associate(found)

    def link(self, text, settings):
        if re.search(r'[^A-Za-z0-9\-._~:/?#\[\]@!$&\'()*+,;=%]', text):
            raise Refused('characters')
        address = re.match(r'(?:https?|HTTPS?)://([A-Za-z0-9.\-:\[\]]+)(/[^?#]*)(?:\?([^#]*))?', text)
        if not address:
            raise Refused('no address')
        segments = address[2].split('/')[1:]
        start = len(segments)
        while True:
            start -= 2
            if start < 0 or segments[start] not in self.table:
                raise Refused('no key')
            if self.table[segments[start]].key is not None:
                break
        path = segments[start::2]
        found = {}
        for ai, value in zip(path, segments[start + 1::2]):
            if ai in found:
                raise Refused('twice')
            found[ai] = self.whole(ai, unescape(value), settings)
        sequences = self.table[path[0]].key
        if not any(is_subsequence(path[1:], sequence) for sequence in sequences):
            raise Refused('order')
        for parameter in (address[3] or '').split('&'):
            ai, equals, value = parameter.partition('=')
            if not equals or not re.fullmatch('[0-9]+', ai):
                continue
            if ai not in self.table or ai in found or not self.table[ai].attribute:
                raise Refused('attribute')
            if any(is_subsequence(path[1:at] + [ai] + path[at:], sequence)
                   for at in range(1, len(path) + 1) for sequence in sequences):
                raise Refused('belongs into the path')
            found[ai] = self.whole(ai, unescape(value.replace('+', ' ')), settings)
        return self.associate(found)

    def digits(self, text, settings, result):
        if check_digit(text[:-1]) != text[-1]:
            raise Refused('check digit')
        ean = text.zfill(13) if len(text) == 12 else text
        if len(ean) == 8 and ean[0] in '02' or len(ean) == 13 and re.match('02|04|2|000000', ean):
            if len(ean) == 13:
                result.rcn = by_layout(ean, settings.layouts or [])
            return None
        return {'01': text.zfill(14)}

    # The order of rules

    def read(self, message, settings):
        result = Result()
        message = message.rstrip(b'\r\n\t')
        aim = re.match(rb'\][A-Za-z][0-9]', message)
        if aim:
            result.aim = aim[0].decode()
            message = message[3:]
        is_bracket = re.match(rb'\([0-9]{2,4}\)', message)
        is_address = re.match(rb'http://|https://|HTTP://|HTTPS://', message)
        restored = message.replace(settings.gs, GS) if settings.gs else message
        shown = message
        text = message.decode('latin-1')
        try:
            if result.aim in (']C1', ']e0', ']d2', ']Q3', ']J1'):
                shown = restored
                result.gs1 = self.plain(restored.decode('latin-1'), settings)
            elif result.aim in (']E0', ']E4', ']I1'):
                if not re.fullmatch('[0-9]{%d}' % {']E0': 13, ']E4': 8, ']I1': 14}[result.aim], text):
                    raise Refused('digits')
                result.gs1 = self.digits(text, settings, result)
            elif is_address:
                try:
                    result.gs1 = self.link(text, settings)
                except Refused:
                    pass
            elif result.aim:
                pass
            elif is_bracket:
                result.gs1 = self.bracketed(text, settings)
            elif re.fullmatch('[0-9]{8}|[0-9]{12,14}', text):
                result.gs1 = self.digits(text, settings, result)
            elif re.match(rb'\x1d?[0-9]{2}', restored):
                try:
                    result.gs1 = self.plain(restored.decode('latin-1').removeprefix('\x1d'), settings)
                    shown = restored
                except Refused:
                    pass
        except Refused:
            result.error = True
            result.rcn = None
        if shown.startswith(GS):
            shown = shown[1:]
        try:
            result.text = shown.decode('utf-8')
        except UnicodeDecodeError:
            result.text = shown.decode('latin-1')
        result.derived = derive(result.gs1 or {}, settings)
        return result


def unescape(text):
    """Percent sequences to characters; what is none stays."""
    if re.search('%00', text):
        raise Refused('NUL')
    return re.sub('%([0-9A-Fa-f]{2})', lambda found: chr(int(found[1], 16)), text)


def is_subsequence(part, whole):
    rest = iter(whole)
    return all(item in rest for item in part)


def decimal(digits, places):
    text = digits.lstrip('0').rjust(places + 1, '0')
    return text if places == 0 else text[:-places] + '.' + text[-places:]


def derive(found, settings):
    out = {}
    for ai, value in found.items():
        if ai in ('11', '13', '15', '16', '17'):
            year, month, day = full_year(int(value[:2]), settings.today[0]), int(value[2:4]), int(value[4:])
            if day == 0 and ai in ('11', '13'):
                continue
            out[ai] = '%04d-%02d-%02d' % (year, month, day or days_of(year, month))
        elif re.match('310|320|392', ai):
            out[ai] = decimal(value, int(ai[3]))
        elif ai.startswith('393'):
            out[ai] = '%s %s' % (decimal(value[3:], int(ai[3])), value[:3])
    return out


# Restricted circulation

def weight(digit, factor):
    """General Specifications, the weighting factors of price verifiers."""
    product = digit * int(factor[0])
    tens, units = divmod(product, 10)
    return {'2-': (units - tens) % 10, '3 ': units, '5+': (units + tens) % 10, '5-': (units - tens) % 10}[factor]


def verifier(value):
    if len(value) == 4:
        return str(sum(weight(int(c), f) for c, f in zip(value, ('2-', '2-', '3 ', '5-'))) * 3 % 10)
    rest = -sum(weight(int(c), f) for c, f in zip(value, ('5+', '2-', '5-', '5+', '2-'))) % 10
    return str(next(digit for digit in range(10) if weight(digit, '5-') == rest))


def by_layout(ean, layouts):
    for kind, pattern in layouts:
        inside = re.search(r'\{(N*)(D*)\}', pattern)
        slots = pattern.replace('{', '').replace('}', '')
        if any(slot.isdigit() and slot != digit for slot, digit in zip(slots, ean)):
            continue
        value = ''.join(digit for slot, digit in zip(slots, ean) if slot in 'ND')
        if 'V' in slots and ean[slots.index('V')] != verifier(value):
            raise Refused('verifier')
        return {'kind': kind, 'item': ''.join(digit for slot, digit in zip(slots, ean) if slot == '.'),
                'value': decimal(value, len(inside[2]))}
    return None
