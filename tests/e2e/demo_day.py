#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short trading day that plays itself: tags are drawn and read back from their pictures, two tills sell, prices move, the
network goes and comes back, the window is shown; everything is left in a folder. Ends with 0 when all of it went well.

demo_day.py --programs BUILD --out FOLDER [--no-window]"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/support'))
from harness import Central, Failure, Programs, Shop, Till, expect, shop_day, wait_for


def say(clock, text):
    print('%s  %s' % (clock, text), flush=True)


def won(amount):
    return '₩{:,}'.format(amount)


class Day:
    def __init__(self, programs, out):
        self.programs, self.out = programs, out
        self.sales = []

    def name(self, key):
        names = self.shop.product(key.split('/')[0])['names']
        return names.get('en') or names.get('ko')

    def open_shop(self):
        say('07:00', 'The demo store is made, with its central service')
        self.central = Central(self.programs, self.out / 'central').serve()
        self.a = Till(self.programs, self.out / 'till-1').enrol(self.central, 'Counter 1')
        self.b = Till(self.programs, self.out / 'till-2').enrol(self.central, 'Counter 2')
        self.shop = Shop(self.a.feed())
        say('07:10', '%d products, %d lots on sale; two tills enrolled over TLS with a pinned key'
            % (len(self.shop.items['product']), len(self.shop.items['lot'])))

    def draw_tags(self):
        self.programs.run(self.programs.coster, 'labels', '--data', self.a.folder, '--png', self.out / 'tags')
        self.programs.run(self.programs.coster, 'labels', '--data', self.a.folder, '--out', self.out / 'tags.pdf')
        pictures = sorted((self.out / 'tags').glob('*.png'))
        expect(len(pictures) == len(self.shop.items['lot']), '%d tags for %d lots' % (len(pictures), len(self.shop.items['lot'])))
        done = self.programs.run(self.programs.coster, 'scan', *pictures)
        self.read = {}
        for line in done.stdout.splitlines():
            symbol = json.loads(line)
            expect(symbol['gtin'], 'a tag reads as %s' % symbol)
            self.read['%s/%s' % (symbol['gtin'], symbol['gs1']['10'])] = symbol['text']
        expect(set(self.read) == set(self.shop.items['lot']), 'some tags read back as other lots')
        say('07:30', '%d shelf tags drawn and read back from their pictures: %s' % (len(pictures), self.out / 'tags'))

    def customer(self, clock, till, keys, kind='cash', pay=None):
        """keys: lots, each with a quantity (pieces or grams)."""
        total, words = 0, []
        for key, quantity in keys:
            event = till.good('scan', text=self.read[key])
            if event['event'] == 'weigh':
                event = till.good('weight', grams=quantity)
                words.append('%s %.3f kg' % (self.name(key), quantity / 1000))
            else:
                if quantity > 1:
                    event = till.good('quantity', line=event['line'], qty=quantity)
                words.append('%d × %s' % (quantity, self.name(key)))
            total = event['total']
        sale = till.good('tender', kind=kind, amount=pay(total) if pay else total)
        expect(sale['event'] == 'sale' and sale['total'] == total, 'the tender gave %s' % sale)
        self.sales.append(sale['receipt'])
        say(clock, '%s  %s: %s, %s%s' % (sale['receipt'], ', '.join(words), won(total), kind,
                                         ', change ' + won(sale['change']) if sale.get('change') else ''))
        return sale

    def refuse(self, clock, why, key):
        event = self.a.do('scan', text=self.read[key])
        expect(event['event'] == 'refused' and event['why'] == why, '%s was answered with %s' % (key, event))
        say(clock, 'Stopped at the till (%s): %s' % (why, event['message']))

    def morning(self):
        today = shop_day()
        self.pieces, self.weighed = self.shop.lots('each', today), self.shop.lots('g', today)
        for till in (self.a, self.b):
            till.open()
            expect(till.do('sync', timeout_s=30)['event'] == 'synced', 'a till cannot reach central')
        self.customer('08:05', self.a, [(self.pieces[0], 3), (self.weighed[0], 850), (self.pieces[8], 1)],
                      pay=lambda total: (total + 9999) // 10000 * 10000)
        self.customer('08:12', self.b, [(self.pieces[12], 2), (self.weighed[4], 420)], kind='card')
        self.customer('08:20', self.a, [(self.weighed[6], 600), (self.weighed[9], 1240), (self.pieces[20], 1), (self.pieces[33], 2)],
                      pay=lambda total: (total + 49999) // 50000 * 50000)
        for key in self.shop.items['recall']:
            self.refuse('08:31', 'recalled', key)
        self.refuse('08:33', 'cold_chain', next(k for k in self.shop.items['lot'] if self.shop.is_broken(k)))
        past = [k for k, lot in self.shop.items['lot'].items() if (lot.get('use_by') or '9') < today]
        self.refuse('08:34', 'expired', past[0])

    def prices_of(self, till):
        return {i['key']: i['value'] for i in till.feed() if i['kind'] == 'price' and i.get('value')}

    def rush(self):
        """One lot sells far ahead of plan: its price moves at the other till, over the stream."""
        key = max(self.pieces, key=lambda k: self.shop.items['lot'][k]['delivered'])
        before = self.prices_of(self.b).get(key) or self.prices_of(self.b)[key.split('/')[0]]
        self.customer('11:40', self.a, [(key, self.shop.items['lot'][key]['delivered'] * 2 // 3)], kind='card')

        def moved():
            now = self.prices_of(self.b).get(key)
            return now if now and now['price'] != before['price'] else None
        after = wait_for('the price of %s to move at the second till' % key, moved, 20)
        say('11:41', 'At counter 2, without asking: %s %s → %s (%s)'
            % (self.name(key), won(before['price']), won(after['price']), after['why']))
        check = self.b.good('price_check', text=self.read[key])
        line = self.b.good('scan', text=self.read[key])
        expect(line['price'] <= before['price'], 'the promise is broken: %s' % line)
        self.b.good('void')
        say('11:42', 'Who read %s on the shelf pays %s for the next half hour; the price check says %s'
            % (won(before['price']), won(line['price']), won(check['price'])))
        changed = [(k, v) for k, v in self.prices_of(self.b).items() if v['price'] != v.get('list_price', v['price'])]
        for k, value in sorted(changed, key=lambda c: c[1]['price'] - c[1]['list_price'])[:4]:
            say('11:45', 'Priced by demand: %s %s instead of %s (%s)'
                % (self.name(k), won(value['price']), won(value['list_price']), value['why']))

    def cable_out(self):
        self.central.stop()
        say('14:00', 'The cable is out: central does not answer')
        for number in range(12):
            self.customer('14:%02d' % (1 + number), self.a, [(self.pieces[number * 3], 1 + number % 3), (self.weighed[number], 300 + 55 * number)])
        status = self.a.status()
        expect(status['unsent'] >= 12, 'unsent says %s' % status['unsent'])
        say('14:15', '%d records wait on disk; prices are %d s old' % (status['unsent'], status['prices_age_s']))
        self.central.command('price', 'set', '--store', '1', '--gtin', self.pieces[40].split('/')[0], '--price',
                             str(self.shop.price(self.pieces[40]) - 100), '--why', 'afternoon offer')
        self.central.serve()
        for till in (self.a, self.b):
            answer = till.do('sync', timeout_s=60)
            expect(answer['event'] == 'synced', 'after the outage: %s' % answer)
        expect(self.a.status()['unsent'] == 0, 'something is unsent')
        check = self.a.good('price_check', text=self.read[self.pieces[40]])
        say('14:20', 'The cable is back: all is sent, and the offer that was missed is here (%s %s)' % (self.name(self.pieces[40]), won(check['price'])))

    def close_shop(self):
        for till in (self.a, self.b):
            till.close()
        held = [r['receipt'] for r in self.central.journal() if r['type'] == 'sale']
        expect(sorted(held) == sorted(self.sales), 'central holds %d sales, %d were made' % (len(held), len(self.sales)))
        for what, done in (('counter 1', self.a.verify()), ('counter 2', self.b.verify()),
                           ('central', self.central.command('verify', check=False))):
            expect(done.returncode == 0, 'verify of %s: %s' % (what, done.stdout + done.stderr))
        takings = sum(r['total'] for r in self.central.journal() if r['type'] == 'sale')
        say('22:00', '%d sales, %s; each once at central, chains and sums verified on all three' % (len(held), won(takings)))

    def receipts(self):
        folder = self.out / 'receipts'
        folder.mkdir(exist_ok=True)
        for till in (self.a, self.b):
            for record in till.journal():
                if record['type'] == 'sale':
                    self.programs.run(self.programs.coster, 'receipt', '--data', till.folder, '--png',
                                      folder / (record['receipt'] + '.png'), record['receipt'])
        expect(len(list(folder.glob('*.png'))) == len(self.sales), 'a receipt is missing')
        say('22:05', 'Receipts: %s' % folder)

    def window(self):
        """The same shop in the window, in three languages, light and dark."""
        folder = self.out / 'screenshots'
        folder.mkdir(exist_ok=True)
        keys = [self.weighed[2], self.pieces[4], self.pieces[17], self.weighed[11], self.pieces[30]]
        for language, size, scheme in (('ko', '1280x800', 'light'), ('en', '1920x1080', 'light'), ('zh', '1280x800', 'light'),
                                       ('en', '1280x800', 'dark'), ('ko', '1920x1080', 'dark')):
            stem = '%s-%s-%s' % (language, size, scheme)
            self.script(folder, stem, keys)
            env = self.programs.environment()
            env.update(COSTER_SCREEN=size + 'x24', LANGUAGE={'zh': 'zh_CN'}.get(language, language), LC_ALL='C.UTF-8',
                       ADW_DEBUG_COLOR_SCHEME='prefer-' + scheme)
            done = subprocess.run([ROOT / 'tests/support/run-headless.sh', self.programs.coster, '--mode', 'till', '--data', self.a.folder,
                                   '--script', folder / (stem + '.jsonl')],
                                  env=env, capture_output=True, text=True, timeout=120)
            expect(done.returncode == 0, 'the window ended with %d: %s' % (done.returncode, done.stderr.strip()[-600:]))
            (folder / (stem + '.jsonl')).unlink()
        pictures = sorted(folder.glob('*.png'))
        expect(len(pictures) >= 15, 'only %d screenshots' % len(pictures))
        self.sales += [r['receipt'] for r in self.a.journal() if r['type'] == 'sale' and r['receipt'] not in self.sales]
        say('22:10', '%d screenshots of the window: %s' % (len(pictures), folder))

    def script(self, folder, stem, keys):
        """What a cashier does in front of the window, as the window's own script."""
        width, height = stem.split('-')[1].split('x')
        recalled = next(iter(self.shop.items['recall']))
        steps = [{'do': 'size', 'width': int(width), 'height': int(height)},
                 {'do': 'wait', 'page': 'login'}, self.picture(folder, stem, 1, 'login'),
                 {'do': 'login', 'operator': 'u01', 'pin': '1234'}, {'do': 'wait', 'page': 'sale'}, {'do': 'wait', 'online': True},
                 self.picture(folder, stem, 2, 'sale-empty')]
        lines = 0
        for number, key in enumerate(keys):
            steps.append({'do': 'scan', 'text': self.read[key]})
            if key in self.weighed:
                if number == 0:
                    steps.append(self.picture(folder, stem, 3, 'weigh'))
                steps += [{'do': 'type', 'digits': str(430 + 215 * number)}, {'do': 'enter'}]
            lines += 1
            steps.append({'do': 'wait', 'lines': lines})
        steps += [{'do': 'scan', 'text': self.read[recalled]}, self.picture(folder, stem, 4, 'sale-recalled'),
                  {'do': 'search', 'text': {'ko': '버섯', 'zh': '菇'}.get(stem[:2], 'mushroom')}, self.picture(folder, stem, 5, 'search'),
                  {'do': 'search', 'text': ''}, {'do': 'category', 'id': 'fish'}, self.picture(folder, stem, 6, 'category'),
                  {'do': 'pay'}, {'do': 'wait', 'page': 'tender'}, self.picture(folder, stem, 7, 'tender'),
                  {'do': 'cash', 'amount': 200000}, {'do': 'wait', 'page': 'receipt'}, self.picture(folder, stem, 8, 'receipt'),
                  {'do': 'next'}, {'do': 'wait', 'page': 'sale'}, {'do': 'quit'}]
        (folder / (stem + '.jsonl')).write_text(''.join(json.dumps(step, ensure_ascii=False) + '\n' for step in steps))

    @staticmethod
    def picture(folder, stem, number, name):
        return {'do': 'screenshot', 'path': str(folder / ('%s-%d-%s.png' % (stem, number, name)))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--programs', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--no-window', action='store_true')
    options = parser.parse_args()
    out = pathlib.Path(options.out).resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    day = Day(Programs(options.programs), out)
    try:
        day.open_shop()
        day.draw_tags()
        day.morning()
        day.rush()
        day.cable_out()
        day.close_shop()
        if not options.no_window:
            day.window()
        day.receipts()
        print('The day went well. Look at %s' % out)
        return 0
    except Failure as failure:
        print('demo day: %s' % failure, file=sys.stderr)
        return 1
    finally:
        for part in (getattr(day, 'a', None), getattr(day, 'b', None), getattr(day, 'central', None)):
            if part:
                part.kill()


if __name__ == '__main__':
    sys.exit(main())
