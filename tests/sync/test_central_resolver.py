#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GS1 resolver and the product pages over HTTP, asked by a client that knows the rules and nothing of the code.

test_central_resolver.py PROGRAMS"""
import http.client
import json
import os
import pathlib
import random
import re
import ssl
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from harness import Central, Programs, Tap, expect, wait_for

TLS = ssl._create_unverified_context()
BASE = 'https://shop.example'
VOC = 'https://ref.gs1.org/voc/'
G = '09520000010379'

tap = Tap('central_resolver')
central = Central(Programs(sys.argv[1]), tap.folder / 'central')
central.command('price', 'pause', '--store', '1')
expect(central.command('public-url', BASE).stdout.strip() == BASE, 'public-url')
central.serve()
tap.at_end(central.kill)


def ask(path, method='GET', **headers):
    connection = http.client.HTTPSConnection('127.0.0.1', central.port, context=TLS, timeout=30)
    headers = {name.replace('_', '-'): value for name, value in headers.items()}
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def redirects(path, to, **headers):
    status, answer, _ = ask(path, **headers)
    expect(status == 307, '%s: %d' % (path, status))
    expect(answer['Location'] == to, '%s leads to %s, not %s' % (path, answer['Location'], to))
    expect(answer['Access-Control-Allow-Origin'] == '*', 'no CORS')
    expect('Location' in answer['Access-Control-Expose-Headers'] and 'Link' in answer['Access-Control-Expose-Headers'],
           'not exposed')
    expect('rel="linkset"' in answer['Link'] and 'linkType=linkset' in answer['Link'], 'no Link to the linkset')
    expect('Accept-Language' in answer['Vary'], 'no Vary')


def linkset(path, **headers):
    status, answer, body = ask(path, **headers)
    expect(status == 200, '%s: %d %s' % (path, status, body[:200]))
    check_linkset(json.loads(body)['linkset'])
    return answer, json.loads(body)['linkset']


def check_linkset(contexts):
    """GS1's rules of a linkset, written from their description."""
    expect(isinstance(contexts, list) and contexts, 'no contexts')
    for context in contexts:
        expect(context['anchor'].startswith(BASE + '/'), 'anchor %s' % context['anchor'])
        expect(isinstance(context['itemDescription'], str) and context['itemDescription'], 'no description')
        described = set()
        for key, links in context.items():
            if key in ('anchor', 'itemDescription'):
                continue
            expect(key.startswith(VOC) and re.fullmatch('[A-Za-z]+', key[len(VOC):]), 'relation %s' % key)
            expect(isinstance(links, list) and links, 'links of %s' % key)
            for link in links:
                expect(urllib.parse.urlparse(link['href']).scheme in ('http', 'https') and link['title'], '%s' % link)
                expect(set(link) <= {'href', 'title', 'type', 'hreflang', 'context'}, 'members of %s' % link)
                for language in link.get('hreflang', []):
                    expect(re.fullmatch('[a-z]{2}(-[A-Z]{2})?', language), 'language %s' % language)
                if key != VOC + 'defaultLink':
                    described.add(link['href'])
        default = context.get(VOC + 'defaultLink', [])
        expect(len(default) <= 1, 'several default links')
        for link in default:
            expect(set(link) == {'href', 'title'}, 'the default link has more than href and title: %s' % link)
            expect(link['href'] in described, 'the default link is described nowhere: %s' % link)


def a_lot(gtin=G):
    page = ask('/p/%s?lang=en' % gtin)[2].decode()
    return re.search('/p/%s/lot/([^?"]+)' % gtin, page).group(1)


@tap.case('the_self_test_list')
def self_test():
    lot = a_lot()
    redirects('/01/' + G, '%s/p/%s' % (BASE, G))
    redirects('/01/%s?linkType=gs1:pip&x=1' % G, '%s/p/%s?linkType=gs1:pip&x=1' % (BASE, G))
    redirects('/01/%s/10/UNKNOWN' % G, '%s/p/%s' % (BASE, G))
    redirects('/01/%s/' % G, '%s/p/%s' % (BASE, G))
    redirects('/01/%s/10/A%%2FB' % G, '%s/p/%s' % (BASE, G))
    redirects('/01/%s/10/%s?15=261129&3103=000450' % (G, lot), '%s/p/%s/lot/%s?15=261129&3103=000450' % (BASE, G, lot))
    redirects('/any/prefix/01/%s/10/%s' % (G, lot), '%s/p/%s/lot/%s' % (BASE, G, lot))
    expect(ask('/01/%s?linkType=gs1:eifu' % G)[0] == 404, 'a type that is not there')
    expect(ask('/01/09520000099991')[0] in (400, 404), 'an unknown product')
    expect(ask('/00/395212345000000019')[0] == 404, 'a pallet that nothing is known of')
    for bad in ('/01/%s/17/261231' % G, '/01/09520000010378', '/foo', '/01/9520000010379/10/L1', '/01/%s/21/S1/10/L1' % G,
                '/01/%s?10=L1' % G, '/gtin/%s/lot/A' % G, '/01/%s?17=261131' % G, '/01/%s/10/%s' % (G, 'L' * 21),
                '/01/%s/10/a%%20b' % G, '/01/%s?9999=1' % G, '/eh0123', '/exAbC'):
        status, answer, body = ask(bad)
        expect(status == 400 and json.loads(body)['message'], '%s: %d' % (bad, status))
        expect(answer['Access-Control-Allow-Origin'] == '*', 'no CORS on %s' % bad)
    status, answer, body = ask('/01/' + G, 'HEAD')
    expect(status == 307 and body == b'' and answer['Location'], 'HEAD: %d %s' % (status, body))
    status, answer, body = ask('/01/' + G, 'OPTIONS')
    expect(status in (200, 204) and body == b'', 'OPTIONS: %d' % status)
    for method in ('GET', 'HEAD', 'OPTIONS'):
        expect(method in answer['Allow'] and method in answer['Access-Control-Allow-Methods'], 'OPTIONS names %s' % method)


@tap.case('host_is_never_believed')
def host():
    status, answer, _ = ask('/01/' + G, Host='evil.example')
    expect(answer['Location'] == '%s/p/%s' % (BASE, G) and 'evil' not in str(answer), 'Host got in: %s' % answer)


@tap.case('the_linkset_in_each_form')
def forms():
    lot = a_lot()
    for headers in ({}, {'Accept': '*/*'}, {'Accept': 'application/linkset+json'}):
        answer, contexts = linkset('/01/%s/10/%s?linkType=linkset' % (G, lot), **headers)
        expect(answer['Content-Type'] == 'application/linkset+json', answer['Content-Type'])
        expect('linkset-context' in str(answer.get_all('Link')), 'no context link')
        expect([c['anchor'] for c in contexts] == ['%s/01/%s/10/%s' % (BASE, G, lot), '%s/01/%s' % (BASE, G)],
               'levels: %s' % [c['anchor'] for c in contexts])
        expect(contexts[0][VOC + 'traceability'][0]['href'] == '%s/p/%s/lot/%s/route' % (BASE, G, lot), 'no route')
        expect(contexts[1][VOC + 'recallStatus'], 'no recall status')
    linkset('/01/' + G, Accept='application/linkset+json')
    linkset('/01/%s?linkType=all' % G)
    answer, _ = linkset('/01/%s?linkType=linkset' % G, Accept='application/json')
    expect(answer['Content-Type'].startswith('application/json'), answer['Content-Type'])
    status, answer, body = ask('/01/%s?linkType=linkset' % G, Accept='application/ld+json')
    expect(status == 200 and json.loads(body)['@context'], 'no context in JSON-LD')
    status, answer, body = ask('/01/%s?linkType=linkset' % G, Accept='text/html,*/*;q=0.1')
    expect(answer['Content-Type'].startswith('text/html'), answer['Content-Type'])
    inside = re.search(r'<script type="application/ld\+json">(.*?)</script>', body.decode(), re.S).group(1)
    check_linkset(json.loads(inside)['linkset'])


@tap.case('link_types_under_each_of_their_names')
def names():
    lot = a_lot()
    for name in ('gs1:traceability', VOC + 'traceability', 'https://gs1.org/voc/traceability'):
        query = '?linkType=' + urllib.parse.quote(name, safe=':/')
        redirects('/01/%s/10/%s%s' % (G, lot, query), '%s/p/%s/lot/%s/route%s' % (BASE, G, lot, query))
    expect(ask('/01/%s?linkType=schema:review' % G)[0] == 404, 'another vocabulary')


def register(link, kind, href, title, *more):
    return central.command('link', 'add', link, '--type', kind, '--href', href, '--title', title, *more)


@tap.case('registered_links_by_language_type_and_context')
def registered():
    link = '/01/' + G
    register(link, 'gs1:recipeInfo', 'https://recipes.example/ko?a=1#top', '사과 요리', '--languages', 'ko')
    register(link, 'gs1:recipeInfo', 'https://recipes.example/en', 'Apple recipes', '--languages', 'en')
    register(link, 'gs1:recipeInfo', 'https://recipes.example/en.json', 'Apple recipes', '--languages', 'en',
             '--media-type', 'application/json')
    ask_for = link + '?linkType=gs1:recipeInfo'
    redirects(ask_for, 'https://recipes.example/ko?a=1&linkType=gs1:recipeInfo#top', Accept_Language='ko-KR,en;q=0.5')
    redirects(ask_for, 'https://recipes.example/en?linkType=gs1:recipeInfo', Accept_Language='fr, en-GB;q=0.8, ko;q=0.1',
              Accept='text/html')
    redirects(ask_for, 'https://recipes.example/en.json?linkType=gs1:recipeInfo', Accept_Language='en',
              Accept='application/json')
    status, _, body = ask(ask_for)
    expect(status == 300, 'nothing tells them apart: %d' % status)
    check_linkset(json.loads(body)['linkset'])
    linkset(link + '?linkType=linkset')
    removed = json.loads(central.command('link', 'remove', link, '--type', 'gs1:recipeInfo').stdout)
    expect(removed['removed'] == 3 and ask(ask_for)[0] == 404, 'removed: %s' % removed)


@tap.case('a_default_of_ones_own_and_what_may_not_be_registered')
def defaults():
    link = '/01/' + G
    register(link, 'gs1:promotion', 'https://promo.example/x', 'This week', '--default')
    redirects(link, 'https://promo.example/x')
    linkset(link + '?linkType=linkset')
    central.command('link', 'remove', link)
    redirects(link, '%s/p/%s' % (BASE, G))
    register('/414/9520007000007', 'gs1:locationInfo', 'https://farm.example/', 'The orchard', '--default')
    redirects('/414/9520007000007', 'https://farm.example/')
    for arguments in ((link + '/10/A/21/B', 'gs1:pip', 'https://a.example/', 'x'), (link, 'gs1:pip', 'javascript:alert(1)', 'x'),
                      (link, 'gs1:nonsense', 'https://a.example/', 'x'), ('/foo', 'gs1:pip', 'https://a.example/', 'x'),
                      ('/01/09520000099990/10/A', 'gs1:pip', 'https://a.example/', 'x'), (link, 'gs1:pip', 'https://a.example/', '')):
        done = central.command('link', 'add', arguments[0], '--type', arguments[1], '--href', arguments[2], '--title',
                               arguments[3], check=False)
        expect(done.returncode != 0 and done.stderr.strip(), 'registered: %s' % (arguments,))


@tap.case('the_description_is_as_the_sample')
def description():
    status, answer, body = ask('/.well-known/gs1resolver', Host='evil.example')
    value = json.loads(body)
    expect(status == 200 and answer['Content-Type'] == 'application/json', '%d' % status)
    expect(value['resolverRoot'] == BASE, value['resolverRoot'])
    shared = pathlib.Path(os.environ.get('COSTER_TEST_DATA', '/nowhere')) / 'standards' / 'gs1resolver.json'
    if not shared.exists():
        return 'COSTER_TEST_DATA has no standards/gs1resolver.json'
    sample = json.loads(shared.read_text())
    for key in sample:
        expect(key in value, 'no %s' % key)
        expect(type(value[key]) is type(sample[key]), 'type of %s' % key)
    expect(value['supportedLinkType'] == sample['supportedLinkType'], '%s' % value['supportedLinkType'])


@tap.case('a_page_says_what_a_kiosk_says_without_a_script')
def page():
    lot = a_lot()
    for language, words in (('ko', ('부사 사과', '원산지', '알레르기')), ('en', ('Fuji apple', 'Origin', 'Allergens')),
                            ('zh', ('产地', '过敏原', '储存'))):
        status, answer, body = ask('/p/%s/lot/%s' % (G, lot), Accept_Language=language + ', *;q=0.1')
        text = body.decode()
        expect(status == 200 and '<html lang="%s"' % language in text, '%s: %d' % (language, status))
        expect(len(body) < 30000, '%d bytes' % len(body))
        for word in words + ('₩1,500', 'data-health="green"', '<svg class="map"', 'class="land" d="M', '0-4 °C', lot):
            expect(word in text, '%s: no %s' % (language, word))
        expect("default-src 'none'" in answer['Content-Security-Policy'], 'no CSP')
        expect(not re.search(r'\sstyle=|\son[a-z]+=', text), 'inline style or handler')
        for script in re.findall(r'<script([^>]*)>', text):
            expect('src="/p/page.js"' in script or 'application/ld+json' in script, 'script %s' % script)
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S).group(1))
        expect(data['gtin'] == G and data['offers']['price'] == '1500', '%s' % data)
        expect(data['hasGS1DigitalLink'] == '%s/01/%s/10/%s' % (BASE, G, lot), data['hasGS1DigitalLink'])
    expect(b'<html lang="en"' in ask('/p/%s?lang=en' % G, Accept_Language='ko')[2], 'the link does not win')
    expect(b'<html lang="ko"' in ask('/p/%s' % G)[2], "not the store's language")
    for asset in ('page.css', 'page.js'):
        status, answer, body = ask('/p/' + asset)
        expect(status == 200 and 'max-age' in answer['Cache-Control'] and body, asset)


def feed_lots():
    return [json.loads(line)['key'] for line in central_feed() if json.loads(line).get('kind') == 'lot']


def central_feed():
    if not hasattr(central_feed, 'lines'):
        code = central.enrol_code()
        body = json.dumps({'code': code, 'mode': 'till'})
        connection = http.client.HTTPSConnection('127.0.0.1', central.port, context=TLS, timeout=30)
        connection.request('POST', '/v1/enrol', body, {'Content-Type': 'application/json'})
        token = json.loads(connection.getresponse().read())['token']
        connection.close()
        central_feed.lines = [line for line in ask('/v1/feed?after=0', Authorization='Bearer ' + token)[2].decode().splitlines()]
    return central_feed.lines


@tap.case('recalled_and_broken_lots_say_so_in_words')
def red():
    recalled, warm = '09520000026288', '09520000031091'
    for gtin, word in ((recalled, 'Recalled: not for sale'), (warm, 'Cold chain broken: not for sale')):
        lot = next(line for line in feed_lots() if line.startswith(gtin) and line.endswith('B')).split('/')[1]
        text = ask('/p/%s/lot/%s?lang=en' % (gtin, lot))[2].decode()
        expect('data-health="red"' in text and word in text, '%s: %s' % (word, text[:400]))
        expect('id="held"' not in text, 'a price is promised for what is not sold')
        if gtin == warm:
            expect('The cold chain broke here' in text and 'way broken' in text, 'the map does not show it')
        status = json.loads(ask('/p/%s/lot/%s/recall' % (gtin, lot))[2])
        expect(status['status'] == ('recalled' if gtin == recalled else 'none') and status['lot'] == lot, '%s' % status)


@tap.case('a_kind_sentence_for_what_is_not_there')
def sorry():
    for path, status in (('/p/09520000099990', None), ('/p/1', 400), ('/p/', 400), ('/p/%s/lot/NONE' % G, 404), ('/p/%s/x' % G, 400),
                         ('/p/%s/lot/%%00' % G, 400), ('/p/%s/lot/<script>' % G, 404), ('/p/..%2f..%2fetc', 400)):
        got, answer, body = ask(path, Accept='text/html', Accept_Language='en')
        expect(got == status or (status is None and got in (400, 404)), '%s: %d' % (path, got))
        expect(b'<h1>' in body and b'<script>' not in body, '%s: %s' % (path, body[:200]))
        got, answer, body = ask(path, Accept='application/json')
        expect(json.loads(body)['message'], '%s: no reason for a machine' % path)


@tap.case('a_pushed_price_comes_down_the_live_stream')
def live():
    lot = a_lot()
    connection = http.client.HTTPSConnection('127.0.0.1', central.port, context=TLS, timeout=30)
    connection.request('GET', '/p/%s/price?lang=en&lot=%s' % (G, lot))
    stream = connection.getresponse()
    expect(stream.headers['Content-Type'] == 'text/event-stream', stream.headers['Content-Type'])

    def next_price():
        for line in iter(stream.readline, b''):
            if line.startswith(b'data: '):
                return json.loads(line[6:])
        raise AssertionError('the stream ended')
    expect(next_price()['price'] == 1500, 'the first price')
    central.command('price', 'set', '--store', '1', '--gtin', G, '--lot', lot, '--price', '1200', '--why', '오늘의 특가')
    changed = next_price()
    expect(changed['price'] == 1200 and changed['amount'] == '₩1,200' and 'Reduced from ₩1,500' in changed['why'], '%s' % changed)
    connection.close()


@tap.case('an_address_has_a_few_live_prices_and_no_more')
def capped():
    open_streams, refused = [], 0
    for _ in range(12):
        connection = http.client.HTTPSConnection('127.0.0.1', central.port, context=TLS, timeout=30)
        connection.request('GET', '/p/%s/price' % G)
        answer = connection.getresponse()
        if answer.status == 429:
            refused += 1
            expect(answer.headers['Retry-After'], 'no Retry-After')
        open_streams.append(connection)
    expect(4 <= 12 - refused <= 10, '%d were refused' % refused)
    for connection in open_streams:
        connection.close()


@tap.case('fuzzed_addresses_never_give_5xx')
def fuzz():
    seed = int(os.environ.get('COSTER_SEED', '20261124'))
    random.seed(seed)
    parts = ['01', G, '10', 'L1', '21', 'p', 'lot', 'route', 'price', 'recall', '..', '%2F', '%00', '%ff', '%', ';', '414', '00', '235',
             '', 'A' * 300, '%e2%82%ac', "'\"", '<svg>', '8' * 13, '.well-known', 'gs1resolver', 'capture', '22', 'V1', '17', '261131']
    queries = ['linkType=linkset', 'linkType=', 'linkType=gs1:', '15=261129', '10=L', '%', '&&&', 'lang=xx', 'store=9', 'context=%00',
               '3103=000450&3103=1', 'lot=%ff', 'a' * 500, '=', '=&=', 'linkType=%E0%80']
    connection = None
    for number in range(1500):
        path = '/' + '/'.join(random.choice(parts) for _ in range(random.randint(0, 6)))
        if random.random() < 0.5:
            path += '?' + '&'.join(random.choice(queries) for _ in range(random.randint(1, 3)))
        path = path.replace(' ', '')
        if path.endswith('/price') or '/price?' in path:
            continue
        if connection is None:
            connection = http.client.HTTPSConnection('127.0.0.1', central.port, context=TLS, timeout=30)
        try:
            connection.putrequest(random.choice(['GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE']), path)
            if random.random() < 0.3:
                connection.putheader('Accept', random.choice(['*', 'text/html;q=x', ',,,', 'application/linkset+json', 'a/b;q=-1']))
                connection.putheader('Accept-Language', random.choice(['*', 'ko;q=2', '-', 'x' * 400, ',;q=']))
            connection.endheaders()
            answer = connection.getresponse()
            answer.read()
            expect(answer.status < 500, 'seed %d, %d for %s' % (seed, answer.status, path))
            if answer.headers.get('Connection') == 'close':
                connection.close()
                connection = None
        except (http.client.BadStatusLine, ConnectionError, http.client.InvalidURL):
            connection.close()
            connection = None
    expect(ask('/healthz')[0] == 200, 'it is not there any more')


tap.done()
