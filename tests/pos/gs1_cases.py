# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up messages for tests/pos/test_gs1_oracle.py: valid ones of every AI in every form, and ones that break a rule.
Everything comes from the random generator that is passed in; nothing here says what is right."""
import math

import gs1_oracle as oracle

FIGURES = '0123456789'
LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
HOSTS = ['id.gs1.org', 'shop.example', 'a', 'EXAMPLE.COM:8443', '192.0.2.7', '[2001:db8::2]', 'xn--bcher-kva.example', 'a.', '00', '01',
         'a_b', 'a~b', '', 'a%41', 'u@h']
STEMS = ['', '/p', '/some/extra/path', '/01/x', '/00/faux', '/01/09521234543213', '/10/A', '//', '/a%20b', '/99/x', '/gtin']
STRAYS = ['linkType=gs1:pip', 'ref', 'x1=01', 's=a%20b', '', 'lang=de;q=1', '=', '=1', '999=1', '12345=1', '1=2', '10', '01=', 'a=b=c', '%31%37=260101',
          '17=260101;99=A', 'utm_source=qr', '٣=1'.encode().hex()]
AIMS = [']C1', ']e0', ']d2', ']Q3', ']J1']
PLAIN_AIMS = [']Q0', ']Q1', ']Q2', ']d0', ']d1', ']J0', ']C0', ']X0', ']E1', ']E2', ']I0', ']z0', ']c1']


def some(random, alphabet, count):
    return ''.join(random.choice(alphabet) for _ in range(count))


def number(random, count):
    return some(random, FIGURES, count)


def any_date(random, years=2):
    """Mostly a date, sometimes none."""
    year = number(random, 2 * (years // 2)) if years == 2 else random.choice(['19', '20', '00', '21']) + number(random, 2)
    month = random.choice(['%02d' % random.randint(1, 12)] * 12 + ['00', '13', '99'])
    day = random.choice(['%02d' % random.randint(1, 28)] * 6 + ['00', '29', '30', '31', '32', '99'])
    if random.random() < 0.15:
        month, day = '02', random.choice(['28', '29', '30'])
    return year + month + day


def iban(random):
    country, rest = random.choice(['DE', 'FR', 'KR', 'GB', 'XX', 'MT']), some(random, FIGURES + LETTERS, random.choice([5, 6, 7, 11, 18, 30]))
    text = ''.join(str(int(c, 36)) for c in rest + country + '00')
    check = '%02d' % (98 - int(text) % 97)
    return country + (check if random.random() < 0.8 else number(random, 2)) + rest


def counted(random, low, high, base=0):
    size = random.randint(low, high)
    return str(size) + number(random, size + base)


def coupon(random):
    def purchase():
        return counted(random, 1, 5) + random.choice('0123495') + number(random, 3)

    def company():
        return random.choice(['9', counted(random, 0, 6, 6)])
    text = counted(random, 0, 6, 6) + number(random, 6) + counted(random, 1, 5) + purchase()
    for option in '1234569':
        if random.random() < 0.3:
            text += option + {'1': lambda: random.choice('01234') + purchase() + company(), '2': lambda: purchase() + company(),
                              '3': lambda: any_date(random), '4': lambda: any_date(random), '5': lambda: counted(random, 0, 9, 6),
                              '6': lambda: counted(random, 1, 7, 6),
                              '9': lambda: some(random, '012567', 1) + some(random, '0123', 1) + number(random, 1) + some(random, '012', 1)}[option]()
    return text[:70]


def offer(random):
    return (random.choice('012') + counted(random, 0, 7, 6) + number(random, 6) + counted(random, 0, 9, 6))[:70]


def checked(random, size, good):
    digits = number(random, size - 1)
    return digits + (oracle.check_digit(digits) if good else number(random, 1))


# What a component may hold by its rule; now and then something that breaks it.
CONTENT = {
    'yymmdd': any_date, 'yymmd0': any_date, 'yyyymmdd': lambda r: any_date(r, 4), 'iban': iban, 'couponcode': coupon, 'couponposoffer': offer,
    'hhmi': lambda r: r.choice(['0000', '2359', '2400', '2360', '0960', '%02d%02d' % (r.randint(0, 23), r.randint(0, 59))]),
    'hh': lambda r: r.choice(['00', '23', '24', '99']), 'mi': lambda r: r.choice(['00', '59', '60']), 'ss': lambda r: r.choice(['00', '59', '60']),
    'iso3166': lambda r: r.choice(sorted(oracle.COUNTRIES) * 3 + ['%03d' % n for n in range(1000)]),
    'iso3166999': lambda r: r.choice(sorted(oracle.COUNTRIES) + ['999', '998', '000']),
    'iso3166alpha2': lambda r: r.choice(sorted(oracle.COUNTRIES_ALPHA2) + ['AA', 'ZZ', 'de', '12']),
    'iso4217': lambda r: r.choice(sorted(oracle.CURRENCIES) * 3 + ['%03d' % n for n in range(1000)]),
    'iso5218': lambda r: r.choice('01293'), 'yesno': lambda r: r.choice('0012'), 'winding': lambda r: r.choice('0192'),
    'latitude': lambda r: r.choice(['0000000000', '1800000000', '1800000001', '9999999999', number(r, 10)]),
    'longitude': lambda r: r.choice(['0000000000', '3600000000', '3600000001', '9999999999', number(r, 10)]),
    'hyphen': lambda r: r.choice('----_0'), 'importeridx': lambda r: r.choice(oracle.CSET82),
    'pieceoftotal': lambda r: r.choice(['0101', '0102', '0201', '0001', '0100', '9999', '9899', number(r, 4)]),
    'posinseqslash': lambda r: r.choice(['1/1', '1/2', '2/1', '0/1', '1/0', '9/9', '1//', '/11', '111', 'a/b', '1/a']),
    'mediatype': lambda r: r.choice(['01', '10', '00', '11', '79', '80', '99', '30']),
    'packagetype': lambda r: r.choice(sorted(oracle.PACKAGE_TYPES) + sorted(oracle.NO_PACKAGE_TYPES)),
    'pcenc': lambda r: r.choice(['A%20B', '%', '%2', '%zz', '%%41', 'A%C3%A9', '100%25', 'Kim+Lee', '%41%', 'plain']),
    'nozeroprefix': lambda r: r.choice(['0', '00', '01', '1', '10', '123456789012']), 'zero': lambda r: r.choice('0001'),
}


def free_text(random, part, size):
    alphabet = {'N': FIGURES, 'X': random.choice([oracle.CSET82, LETTERS + FIGURES, LETTERS + FIGURES, '(\\)/%+&=?#', FIGURES]),
                'Y': oracle.CSET39, 'Z': oracle.CSET64}[part.cset]
    text = some(random, alphabet, size)
    if part.cset == 'Z' and random.random() < 0.3:
        text = text[:-2] + random.choice(['=', '==', '=A', 'A='])
    return text


def component(random, part, spoil):
    size = random.choice([part.shortest, part.longest, random.randint(part.shortest, part.longest)])
    if spoil and random.random() < 0.5:
        size = random.choice([part.shortest - 1, part.longest + 1])
    for rule in part.rules:
        if rule in CONTENT and (spoil or random.random() < 0.95):
            return CONTENT[rule](random)
    if 'csum' in part.rules:
        return checked(random, max(size, 2), not spoil or random.random() < 0.5)
    if 'csumalpha' in part.rules:
        body = number(random, 5) + some(random, oracle.CSET82, max(0, min(size, part.longest) - 7))
        return body + (oracle.check_pair(body) if not spoil else some(random, oracle.CSET32, 2))
    text = free_text(random, part, max(size, 0))
    if 'gcppos1' in part.rules and not spoil:
        text = number(random, 5) + text[5:]
    if spoil and random.random() < 0.4:
        at = random.randint(0, len(text))
        text = text[:at] + random.choice(' ~^{|\x1d\x7f\xe9A0(\\') + text[at + 1:]
    return text


def value(random, entry, spoil=False):
    text = ''
    for part in entry.parts:
        if part.optional and random.random() < 0.5:
            break
        text += component(random, part, spoil)
    return text


def is_good(reader, entry, text, settings):
    try:
        return reader.take(entry, text, settings) == len(text)
    except (oracle.Refused, oracle.Undecided):
        return False


def good_value(random, reader, entry, settings):
    for _ in range(200):
        text = value(random, entry)
        if is_good(reader, entry, text, settings):
            return text
    raise AssertionError('no good value for AI ' + entry.ai)


def resolve(random, table, pattern):
    return random.choice([ai for ai in table if len(ai) == len(pattern) and all(p in ('n', c) for p, c in zip(pattern, ai))])


def elements(random, reader, settings):
    """A message as (AI, value) pairs, mostly one that keeps the associations."""
    table = reader.table
    grocery = ['01', '10', '15', '17', '11', '13', '16', '21', '3103', '3102', '3100', '3922', '3932', '30', '22', '235', '91', '422', '7003', '8005', '7007', '02', '00']
    wanted = random.sample(grocery, random.randint(1, 6)) if random.random() < 0.6 else random.sample(sorted(table), random.randint(1, 4))
    if random.random() < 0.5 and '01' not in wanted:
        wanted.insert(0, '01')
    found = {}
    while wanted and len(found) < 12:
        ai = wanted.pop(0)
        if ai in found or random.random() < 0.02:
            continue
        clash = any(reader.has({other: 1}, pattern, ai) for other in found for pattern in table[ai].ex) or \
            any(reader.has({ai: 1}, pattern, other) for other in found for pattern in table[other].ex)
        if clash and random.random() < 0.9:
            continue
        found[ai] = good_value(random, reader, table[ai], settings)
        for choices in table[ai].req:
            if not any(all(reader.has(dict.fromkeys(list(found) + wanted), p, ai) for p in choice) for choice in choices):
                wanted += [resolve(random, table, pattern) for pattern in sorted(random.choice(choices))]
    pairs = list(found.items())
    if random.random() < 0.5:
        random.shuffle(pairs)
    return pairs


def spoil_elements(random, reader, pairs):
    pairs = list(pairs)
    if not pairs:
        return pairs
    at = random.randrange(len(pairs))
    ai = pairs[at][0]
    way = random.randrange(7)
    if way == 0:
        del pairs[at]
    elif way == 1:
        pairs.insert(random.randint(0, len(pairs)), pairs[at])
    elif way == 2:
        pairs.append((ai, value(random, reader.table[ai])))
    elif way == 3:
        pairs[at] = (ai, value(random, reader.table[ai], spoil=True))
    elif way == 4:
        pairs[at] = (some(random, FIGURES, random.choice([1, 2, 3, 4, 5])), pairs[at][1])
    elif way == 5:
        other = random.choice(sorted(reader.table))
        pairs.insert(random.randint(0, len(pairs)), (other, value(random, reader.table[other])))
    else:
        pairs[at] = (ai, pairs[at][1][:-1] if random.random() < 0.5 else pairs[at][1] + random.choice('0A'))
    return pairs


def as_plain(random, reader, pairs, separator='\x1d'):
    text = ''
    for i, (ai, content) in enumerate(pairs):
        text += ai + content
        variable = ai not in reader.table or not reader.table[ai].predefined
        due = variable and i + 1 < len(pairs)
        if due != (random.random() < 0.05):
            text += separator
    return text


def as_bracketed(random, pairs):
    return ''.join('(%s)%s' % (ai, content.replace('(', '\\(' if random.random() < 0.95 else '(')) for ai, content in pairs)


def escape(random, text, keep):
    out = ''
    for c in text:
        plain = c.isascii() and (c.isalnum() or c in '-._~')
        if (plain and random.random() < 0.97) or (not plain and c in keep and random.random() < 0.3):
            out += c
        else:
            out += ('%%%02x' if random.random() < 0.3 else '%%%02X') % ord(c)
    return out


def as_link(random, reader, pairs):
    keys = [ai for ai, _ in pairs if ai in reader.table and reader.table[ai].key is not None]
    key = random.choice(keys) if keys else '01'
    values = dict(pairs)
    sequence = random.choice(reader.table[key].key)
    path = [key] + [ai for ai in sequence if ai in values and random.random() < 0.9]
    if random.random() < 0.06:
        path = path[:1] + random.sample(path[1:], len(path) - 1)
    if random.random() < 0.04:
        path.insert(random.randint(0, len(path)), random.choice([ai for ai, _ in pairs] + ['10', '99']))
    # What the key's other sequences could hold does not go into the query by itself.
    query = ['%s=%s' % (ai, escape(random, content, '!$\'()*,;:@/?' + ('+&' if random.random() < 0.02 else '')))
             for ai, content in pairs if ai not in path and (reader.table.get(ai, None) is None or reader.table[ai].attribute or random.random() < 0.2)]
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        query.insert(random.randint(0, len(query)), random.choice(STRAYS))
    if query and random.random() < 0.05:
        query.append(random.choice(query))
    text = random.choice(['http', 'https', 'HTTP', 'HTTPS'] * 6 + ['Https', 'ftp']) + '://' + random.choice(HOSTS[:9] * 4 + HOSTS)
    text += random.choice(STEMS[:4] * 3 + STEMS)
    text += ''.join('/%s/%s' % (ai, escape(random, values.get(ai, 'X'), '!$\'()*+,;:@=&')) for ai in path)
    if random.random() < 0.03:
        text += '/'
    if query or random.random() < 0.05:
        text += '?' + ('&' if random.random() < 0.97 else '&&').join(query)
    return text + random.choice([''] * 6 + ['#', '#top', '#/01/x?17=1'])


def any_number(random):
    size = random.choice([8, 12, 13, 13, 14, 7, 9, 11, 15])
    digits = random.choice(['', '2', '02', '04', '000000', '00000', '0', '4', '952', '0000000']) + number(random, size)
    digits = digits[:size - 1]
    return digits + (oracle.check_digit(digits) if random.random() < 0.8 else number(random, 1))


def layout(random):
    """One of the layouts that a shop could have, as kind and pattern."""
    prefix = random.choice(['2', '20', '21', '22', '28', '29', '02', '04', '2999', '000000', '041'])
    value_size = random.choice([4, 5, 4, 5, 3, 6, 1])
    with_v = value_size in (4, 5) and random.random() < 0.5
    whole = random.randint(0, value_size)
    rest = 12 - len(prefix) - value_size - with_v
    text = '{' + 'N' * whole + 'D' * (value_size - whole) + '}'
    slots = ['.' if random.random() < 0.9 else number(random, 1) for _ in range(rest)] + ['V'] * with_v
    if random.random() < 0.5:
        random.shuffle(slots)
    at = random.choice([0, len(slots), random.randint(0, len(slots))])
    return random.choice(['weight', 'price', 'units']), prefix + ''.join(slots[:at]) + text + ''.join(slots[at:])


def number_of_layout(random, pattern):
    slots = pattern.replace('{', '').replace('}', '')
    digits = [slot if slot.isdigit() else number(random, 1) for slot in slots]
    content = ''.join(digit for slot, digit in zip(slots, digits) if slot in 'ND')
    if 'V' in slots and random.random() < 0.8:
        digits[slots.index('V')] = oracle.verifier(content)
    text = ''.join(digits)
    return text + oracle.check_digit(text)


def garble(random, message):
    """Bytes changed, moved, cut or added."""
    for _ in range(random.randint(1, 2)):
        at = random.randint(0, len(message))
        way = random.randrange(7)
        if way == 0:
            message = message[:at]
        elif way == 1:
            message = message[:at] + message[at + 1:]
        elif way == 2 and at + 1 < len(message):
            message = message[:at] + message[at + 1:at + 2] + message[at:at + 1] + message[at + 2:]
        elif way == 3:
            message = message[:at] + random.choice([b'\x1d', b'(', b')', b'\\(', b'~', b'%', b'%00', b'+', b'/', b'\xe9', b'\xc3\xa9', b' ', b'\\', b'[', b'|']) + message[at:]
        elif way == 4:
            message = message.replace(b'\x1d', b'', 1)
        elif way == 5:
            message = message[:at] + bytes([random.choice(b'0123456789')]) + message[at + 1:]
        else:
            message = message[at:]
    return message


def message(random, reader, settings):
    """One message as bytes without NUL."""
    if random.random() < 0.12:
        if settings.layouts and random.random() < 0.6:
            text = number_of_layout(random, random.choice(settings.layouts)[1])
        else:
            text = any_number(random)
        if random.random() < 0.4:
            text = random.choice([']E0', ']E4', ']I1', {8: ']E4', 13: ']E0', 14: ']I1'}.get(len(text), ''), ']Q1', ']E1', '\x1d']) + text
        raw = text.encode()
    else:
        pairs = elements(random, reader, settings)
        if random.random() < 0.4:
            pairs = spoil_elements(random, reader, pairs)
        way = random.random()
        separator = settings.gs.decode() if settings.gs and random.random() < 0.8 else '\x1d'
        if way < 0.3:
            text = random.choice(AIMS) + as_plain(random, reader, pairs, separator)
        elif way < 0.45:
            text = random.choice(['', '', separator, '\x1d', '\x1d\x1d'] + PLAIN_AIMS) + as_plain(random, reader, pairs, separator)
        elif way < 0.7:
            text = random.choice([''] * 9 + PLAIN_AIMS + AIMS) + as_bracketed(random, pairs)
        else:
            text = random.choice([''] * 20 + PLAIN_AIMS + AIMS) + as_link(random, reader, pairs)
        raw = text.encode('latin-1' if random.random() < 0.5 else 'utf-8')
    if random.random() < 0.15:
        raw = garble(random, raw)
    raw += random.choice([b''] * 8 + [b'\r', b'\n', b'\r\n', b'\t', b'\t\r\n', b'\n\n'])
    return raw.replace(b'\0', b'')


# Compressed links (GS1 Digital Link Standard: Compression): AIs as packed digits or a code for a pair, each value in as many
# bits as its format needs, the whole in URI-safe base 64.
BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
PAIRS = {'0A': '01 22', '0B': '01 10', '0C': '01 21', '0D': '01 17', '0E': '01 7003', '0F': '01 30', '1A': '01 10 21 17', '1B': '01 15', '1C': '01 11',
         '1D': '01 16', '1E': '01 91', '1F': '01 10 15', '2D': '01 3103', '3C': '01 3202', '9B': '8017 8019', '9D': '414 254', 'A2': '01 3922'}


def bits(number, count):
    return bin(number)[2:].zfill(count) if count else ''


def packed_number(digits):
    """The bits that the standard gives a number of so many digits: a hundredth is added before rounding up, so that 59 digits have
    one more than they need."""
    return bits(int(digits or '0'), math.ceil(len(digits) * math.log2(10) + 0.01))


def fields(parts):
    """Neighbouring digits are one field, and so is all behind the first character field."""
    out = []
    for part in parts:
        is_number, is_fixed = part.cset == 'N', not part.optional and part.shortest == part.longest
        if out and out[-1][0] == is_number and (out[-1][1] == is_fixed or not is_number):
            out[-1] = (is_number, out[-1][1] and is_fixed, out[-1][2] + part.longest)
        else:
            out.append((is_number, is_fixed, part.longest))
    return out


def packed_characters(random, text):
    """Three bits say how the characters are written: one of the ways that can."""
    ways = [(4, ''.join(bits(ord(c), 7) for c in text))]
    if text.isdigit():
        ways.append((0, packed_number(text)))
    if all(c in '0123456789abcdef' for c in text):
        ways.append((1, ''.join(bits(int(c, 16), 4) for c in text)))
    if all(c in '0123456789ABCDEF' for c in text):
        ways.append((2, ''.join(bits(int(c, 16), 4) for c in text)))
    if all(c in BASE64 for c in text):
        ways.append((3, ''.join(bits(BASE64.index(c), 6) for c in text)))
    return random.choice(ways)


def packed_value(random, entry, text):
    out = ''
    for is_number, is_fixed, longest in fields(entry.parts):
        piece, text = text[:longest], text[longest:]
        length = '' if is_fixed else bits(len(piece), longest.bit_length())
        if is_number:
            out += length + packed_number(piece)
        else:
            way, stream = packed_characters(random, piece)
            out += bits(way, 3) + length + stream
    return out


def compressed(random, reader, pairs):
    """The last segment of a link, and the pairs that it holds in the order they were packed."""
    values = dict(pairs)
    codes = [code for code, ais in PAIRS.items() if all(ai in values for ai in ais.split())]
    first = random.choice(codes) if codes and random.random() < 0.7 else None
    done = PAIRS[first].split() if first else []
    stream = bits(int(first, 16), 8) if first else ''
    stream += ''.join(packed_value(random, reader.table[ai], values[ai]) for ai in done)
    for ai in values:
        if ai not in done:
            stream += ''.join(bits(int(digit), 4) for digit in ai) + packed_value(random, reader.table[ai], values[ai])
    stream += '0' * (-len(stream) % 6)
    return ''.join(BASE64[int(stream[i:i + 6], 2)] for i in range(0, len(stream), 6))


def compressed_message(random, reader, settings):
    """A compressed link, and what it holds if that makes a valid link: (bytes, elements or None)."""
    while True:
        pairs = elements(random, reader, settings)
        keys = [ai for ai, _ in pairs if reader.table[ai].key is not None]
        try:
            reader.associate(dict(pairs))
        except (oracle.Refused, oracle.Undecided):
            continue
        if keys:
            break
    host = random.choice(['https://id.gs1.org/', 'HTTPS://DL.SHOP.EXAMPLE/', 'http://a/some/path/'])
    return (host + compressed(random, reader, pairs)).encode(), pairs
