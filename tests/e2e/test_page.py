#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a drawn tag to the page on a phone: the tag is decoded, the link leads through the resolver to the page in a real
Chromium, and a pushed price changes it there.

test_page.py PROGRAMS"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import browser
from harness import Central, Programs, Tap, Till, expect, wait_for

G = '09520000010379'
tap = Tap('page')
if browser.program() is None:
    print('1..0 # SKIP there is no chromium on this machine')
    sys.exit(0)
programs = Programs(sys.argv[1])
central = Central(programs, tap.folder / 'central')
central.command('price', 'pause', '--store', '1')
central.serve()
tap.at_end(central.kill)
central.command('public-url', central.url)
central.command('setting', 'set', '--store', '1', 'store', 'link_base=' + central.url)
phone = browser.Browser()
tap.at_end(phone.close)
keep = os.environ.get('COSTER_PICTURES')


def picture(name, whole=True):
    if keep:
        phone.picture(pathlib.Path(keep) / (name + '.png'), whole)


def fits():
    wide = phone.look('document.documentElement.scrollWidth - window.innerWidth')
    expect(wide <= 0, 'the page is %d px too wide' % wide)
    small = phone.look('Array.from(document.querySelectorAll("nav a, a.button, .lots a")).filter(a => '
                       'a.getBoundingClientRect().height < 44).map(a => a.textContent)')
    expect(small == [], 'too small to touch: %s' % small)


@tap.case('a_decoded_tag_leads_to_the_page_of_its_lot')
def tag():
    till = Till(programs, tap.folder / 'till')
    till.enrol(central, 'till 1')
    programs.run(programs.coster, 'sync', '--data', till.folder)
    tags = tap.folder / 'tags'
    programs.run(programs.coster, 'labels', '--data', till.folder, '--png', tags, '--gtin', G)
    drawn = sorted(tags.glob('*.png'))
    expect(drawn, 'no tag was drawn')
    for path in drawn:
        lines = programs.run(programs.coster, 'scan', path).stdout.splitlines()
        link = next(json.loads(line)['text'] for line in lines if central.url in line)
        expect(link.startswith('%s/01/%s/10/' % (central.url, G)), link)
        phone.open(link)
        where = phone.look('location.pathname')
        lot = link.split('/10/')[1].split('?')[0]
        expect(where == '/p/%s/lot/%s' % (G, lot), 'it leads to %s' % where)
        expect(phone.look('location.search').startswith('?15='), 'the query was lost')
    central.page = where


@tap.case('it_says_it_in_three_languages_and_fits_a_phone_and_a_desk')
def languages():
    for width, height in ((360, 740), (1280, 800)):
        phone.size(width, height)
        for accept, code, name in (('ko-KR,ko;q=0.9', 'ko', '부사 사과'), ('en-GB,en', 'en', 'Fuji apple'), ('zh-CN,zh', 'zh', '富士苹果')):
            phone.language(accept)
            phone.open(central.url + central.page)
            expect(phone.look('document.documentElement.lang') == code, accept)
            expect(phone.text('h1') == name, phone.text('h1'))
            expect(phone.text('#amount') == '₩1,500', phone.text('#amount'))
            expect(phone.look('document.querySelectorAll("svg.map .land").length') == 1, 'no map')
            expect(phone.look('document.querySelectorAll(".stops li").length') >= 5, 'no stops')
            fits()
            picture('page-%s-%d' % (code, width))
    phone.size(360, 740, dark=True)
    phone.open(central.url + central.page)
    light = phone.look('getComputedStyle(document.body).backgroundColor')
    expect(light == 'rgb(18, 21, 19)', 'dark is %s' % light)
    picture('page-zh-dark')
    phone.size(360, 740)


@tap.case('one_touch_changes_the_language')
def touch():
    phone.language('ko')
    phone.open(central.url + central.page)
    phone.look('document.querySelector("nav a[lang=en]").click()')
    wait_for('the English page', lambda: phone.look('document.documentElement.lang') == 'en')
    expect(phone.text('h1') == 'Fuji apple', phone.text('h1'))


@tap.case('letters_twice_as_large_still_fit')
def large():
    phone.language('ko')
    phone.open(central.url + central.page)
    phone.look('document.documentElement.style.fontSize = "200%"')
    wide = phone.look('document.documentElement.scrollWidth - window.innerWidth')
    expect(wide <= 0, 'at twice the size the page is %d px too wide' % wide)
    narrow = phone.look('Array.from(document.querySelectorAll("dd, .price")).filter(e => e.getBoundingClientRect().width < 100)'
                        '.map(e => e.textContent)')
    expect(narrow == [], 'squeezed: %s' % narrow)
    picture('page-ko-large')


@tap.case('without_a_script_it_says_the_same')
def no_script():
    phone.scripts(False)
    phone.language('en')
    phone.open(central.url + central.page)
    expect(phone.text('#amount') == '₩1,500' and 'Fuji apple' == phone.text('h1'), 'nothing there')
    phone.scripts(True)


@tap.case('a_pushed_price_changes_the_page_that_is_being_looked_at')
def pushed():
    phone.language('en')
    phone.open(central.url + central.page)
    lot = central.page.rsplit('/', 1)[1]
    wait_for('the live price', lambda: phone.text('#asof'))
    for price, shown in (('1200', '₩1,200'), ('990', '₩990')):
        central.command('price', 'set', '--store', '1', '--gtin', G, '--lot', lot, '--price', price,
                        '--why', '오늘의 특가')
        wait_for('the pushed price', lambda: phone.text('#amount') == shown, 10)
    expect('Reduced from ₩1,500' in phone.text('#why'), phone.text('#why'))
    expect(phone.look('document.getElementById("price").getAttribute("aria-live")') == 'polite', 'not announced')
    picture('page-pushed')


@tap.case('nothing_was_blocked_and_nothing_failed')
def quiet():
    expect(phone.problems == [], '%s' % phone.problems)


@tap.case('red_lots_and_what_is_not_there')
def red():
    phone.language('en')
    for gtin, name in (('09520000026288', 'recalled'), ('09520000031091', 'warm')):
        phone.open('%s/p/%s' % (central.url, gtin))
        lots = [json.loads(line) for line in programs.run(programs.coster, 'feed', '--data', tap.folder / 'till').stdout.splitlines()]
        lot = next(line['key'] for line in lots if line.get('kind') == 'lot' and line['key'].startswith(gtin) and line['key'].endswith('B'))
        phone.open('%s/p/%s/lot/%s' % (central.url, gtin, lot.split('/')[1]))
        expect(phone.look('document.querySelector(".health").dataset.health') == 'red', name)
        fits()
        picture('page-' + name)
    phone.open('%s/p/09520000099991' % central.url)
    expect(phone.text('h1'), 'no sentence')
    fits()
    picture('page-unknown')


tap.done()
