# SPDX-License-Identifier: GPL-3.0-or-later
"""A written day at the counter: scenes of steps, each step with what the till must answer. The tests play it in order; the
kill tests play its scenes in a seeded order and ask only that nothing is lost.

A scene begins and ends with an empty cart and needs nothing that another scene did, except "opening" first and "closing"
last. Amounts are Korean won, weights grams."""
import dataclasses
import typing

from harness import Central, Failure, Programs, Shop, Till

BUTTER, RICE, APPLE, SOYBEANS, CHEESE = '09520000034429', '09520000041458', '09520000010379', '09520000042561', '09520000034054'
ENOKI, SQUID = '09520000026288', '09520000031466'
UNKNOWN = '4006381333931'
MANAGER = {'approver': 'u09', 'approver_pin': '9999'}


@dataclasses.dataclass
class Step:
    """do: a command of `coster till`, or a function of the day. want: the event's name, `refused WHY`, or None for no
    matter. shows: members that the event must have. keep: the name under which later steps find the event."""
    words: str
    do: typing.Any
    want: str = None
    shows: dict = dataclasses.field(default_factory=dict)
    keep: str = None
    members: dict = dataclasses.field(default_factory=dict)


def step(words, do, want=None, shows=None, keep=None, **members):
    return Step(words, do, want, shows or {}, keep, members)


def kept(name, member):
    """A member of an event that an earlier step of the scene kept."""
    return lambda day: day.kept[name][member]


def lot(gtin, suffix='A'):
    """What a scanner reads from the tag of a lot of the demo store: the first, second, … one of its product."""
    def link(day):
        lots = sorted(key for key in day.shop.items['lot'] if key.startswith(gtin) and key.endswith(suffix))
        return day.shop.link(lots[0])
    return link


def cheese_costs(amount):
    def change(day):
        day.central.command('price', 'set', '--store', '1', '--gtin', CHEESE, '--price', str(amount), '--why', 'the day')
    return change


OPENING = [
    step('nobody sells before a log-in', 'scan', 'refused not_logged_in', text='9066'),
    step('a wrong PIN', 'login', 'refused wrong_pin', operator='u01', pin='0000'),
    step('Kim Minji logs in', 'login', 'login', {'operator': 'u01', 'role': 'cashier'}, operator='u01', pin='1234'),
    step('butter may be scanned', 'scan', 'line', {'amount': 9900, 'total': 9900}, text=lot(BUTTER)),
    step('but not paid: the drawer has no float', 'tender', 'refused no_shift', kind='cash', amount=10000),
    step('the cart is given up', 'void', 'void'),
    step('the float', 'open_shift', 'shift', {'float': 100000, 'drawer': 'open'}, float=100000),
    step('a second float is a mistake', 'open_shift', 'refused shift_open', float=100000),
]

WEIGHING = [
    step('a bag of rice', 'scan', 'line', {'amount': 16900, 'unit': 'each'}, text=lot(RICE)),
    step('black soybeans want a weight', 'scan', 'weigh', {'price': 14900}, text=lot(SOYBEANS)),
    step('a weight below nothing', 'weight', 'refused bad_weight', grams=-5),
    step('450 g, typed', 'weight', 'line', {'qty': 450, 'unit': 'g', 'amount': 6705, 'source': 'manual', 'total': 23605}, grams=450),
    step('three, before the scan', 'next_quantity', 'next', {'number': 3}, qty=3),
    step('apples', 'scan', 'line', {'qty': 3}, text=lot(APPLE)),
    step('two after all', 'quantity', 'line', {'qty': 2, 'amount': 3000, 'total': 26605}, line=3, qty=2),
    step('no apples', 'void_line', 'line_void', {'total': 23605}, line=3),
    step('yes, apples', 'undo', 'cart', {'total': 26605}),
    step('what does butter cost?', 'price_check', 'price', {'price': 9900}, text=lot(BUTTER)),
    step('it is found by its initial consonants', 'search', 'products', text='ㅂㅌ'),
    step('cash, with change', 'tender', 'sale', {'total': 26605, 'change': 23395, 'drawer': 'open'}, kind='cash', amount=50000),
]

FORBIDDEN = [
    step('a recalled lot', 'scan', 'refused recalled', text=lot(ENOKI, 'B')),
    step('a lot past its day', 'scan', 'refused expired', text=lot(SQUID, 'B')),
    step('a code that nobody knows', 'scan', 'refused unknown_item', text=UNKNOWN),
    step('a spoilt code', 'scan', 'refused bad_code', text='4006381333930'),
    step('nothing of that is in the cart', 'cart', 'cart', {'total': 0}),
    step('and nothing can be paid', 'tender', 'refused empty_cart', kind='cash', amount=1000),
]

PRICE_CUT = [
    step("fresh cheese at today's price", 'scan', 'line', {'price': 7900}, text=lot(CHEESE)),
    step('central cuts it', cheese_costs(5900)),
    step('the cut arrives', 'sync', 'synced', timeout_s=30),
    step('the open cart has it', 'cart', 'cart', {'total': 5900}),
    step('central raises it', cheese_costs(8500)),
    step('the rise arrives', 'sync', 'synced', timeout_s=30),
    step('who was promised less pays less', 'cart', 'cart', {'total': 5900}),
    step('by card', 'tender', 'sale', {'total': 5900, 'change': 0}, kind='card', amount=5900),
]

SUSPENDED = [
    step('rice', 'scan', 'line', text=lot(RICE)),
    step('the purse is in the car', 'suspend', 'suspended', {'total': 16900}, keep='ticket'),
    step('the next shopper', 'scan', 'line', {'total': 1500}, text=lot(APPLE)),
    step('pays', 'tender', 'sale', {'total': 1500, 'change': 500}, kind='cash', amount=2000),
    step('the ticket waits', 'tickets', 'tickets'),
    step('it comes back', 'resume', 'resumed', {'total': 16900}, ticket=kept('ticket', 'ticket')),
    step('too much by card', 'tender', 'refused over_tender', kind='card', amount=20000),
    step('a part in cash', 'tender', 'tender', {'due': 11900}, kind='cash', amount=5000),
    step('the rest by card', 'tender', 'sale', {'total': 16900, 'change': 0}, kind='card', amount=11900),
    step('it is not fetched twice', 'resume', 'refused no_such_ticket', ticket=kept('ticket', 'ticket')),
]

OFFERS = [
    step('one apple', 'scan', 'line', {'total': 1500}, text=lot(APPLE)),
    step('two', 'scan', 'line', {'total': 3000}, text=lot(APPLE)),
    step('three for two', 'scan', 'line', {'total': 3000}, text=lot(APPLE)),
    step('dented butter', 'scan', 'line', {'line': 5, 'total': 12900}, text=lot(BUTTER)),
    step('a tenth off the butter', 'discount', 'discount', {'amount': 990, 'total': 11910}, line=5, percent=10, reason='dented'),
    step('half is too much for a cashier', 'discount', 'refused approval_needed', line=5, percent=50, reason='friend'),
    step('5 % off the ticket', 'discount', 'discount', {'total': 11314}, percent=5, reason='regular'),
    step('two bags', 'bag', 'line', {'amount': 200, 'total': 11514}, qty=2),
    step('paid exactly', 'tender', 'sale', {'total': 11514, 'change': 0}, kind='cash', amount=11514),
]

SODA = [
    step('a bottle of soda, with its deposit', 'scan', 'line', {'amount': 1200, 'total': 1300}, text='9103'),
    step('and two more: the shop gives one away, the deposit is paid for each', 'type', 'line', text='2*9103'),
    step('three for two', 'cart', 'cart', {'total': 2700}),
    step('cash', 'tender', 'sale', {'total': 2700, 'change': 0}, kind='cash', amount=2700),
]

BOTTLES = [
    step('soju asks for the age', 'scan', 'refused age_check_needed', {'age_min': 19}, text='9101'),
    step('a child', 'age_check', 'refused too_young', born='2015-01-01'),
    step('soju again', 'scan', 'refused age_check_needed', text='9101'),
    step('a grown-up, seen', 'age_check', 'line', {'amount': 1900, 'total': 2000}, seen=True),
    step('ten empties come back', 'deposit_return', 'line', {'total': 1000}, text='9101', qty=10),
    step('spring onions without a code', 'department', 'line', {'total': 4000}, department='veg', amount=3000),
    step('not at that price', 'department', 'refused not_allowed', department='veg', amount=20001),
    step('no such department', 'department', 'refused no_such_department', department='toys', amount=1000),
    step('cash', 'tender', 'sale', {'total': 4000, 'change': 1000}, kind='cash', amount=5000),
]

APPROVALS = [
    step('butter with a torn wrapper', 'scan', 'line', text=lot(BUTTER)),
    step('a cashier may not name a price', 'override', 'refused approval_needed', line=1, price=8000, reason='torn'),
    step('nor may a cashier with a wrong PIN of the manager', 'override', 'refused wrong_pin', line=1, price=8000, reason='torn',
         approver='u09', approver_pin='0000'),
    step('the manager may', 'override', 'line', {'price': 8000, 'total': 8000, 'overridden': True}, line=1, price=8000, reason='torn', **MANAGER),
    step('rice, which the shelf says is 15,900', 'scan', 'line', {'total': 24900}, text=lot(RICE)),
    step('the price shown is given', 'dispute', 'line', {'price': 15900, 'total': 23900}, line=2, shown_price=15900, **MANAGER),
    step('by card', 'tender', 'sale', {'total': 23900}, kind='card', amount=23900),
]

TAKEN_BACK = [
    step('soybeans', 'scan', 'weigh', text=lot(SOYBEANS)),
    step('1 kg', 'weight', 'line', {'amount': 14900}, grams=1000),
    step('butter', 'scan', 'line', {'total': 24800}, text=lot(BUTTER)),
    step('paid', 'tender', 'sale', {'total': 24800}, keep='sale', kind='cash', amount=30000),
    step('200 g of them were mouldy', 'return', 'sale', {'type': 'return', 'total': -2980, 'drawer': 'open'}, receipt=kept('sale', 'receipt'),
         line=1, qty=200, to='waste'),
    step('more than is left', 'return', 'refused already_returned', receipt=kept('sale', 'receipt'), line=1, qty=801, to='waste'),
    step('the receipt says what is left', 'receipt', 'receipt', receipt=kept('sale', 'receipt')),
    step('butter comes back for something else', 'return', 'exchange', {'amount': 9900}, receipt=kept('sale', 'receipt'), line=2, to='stock',
         exchange=True),
    step('rice', 'scan', 'line', text=lot(RICE)),
    step('the difference is paid', 'tender', 'sale', {'type': 'sale', 'total': 16900}, kind='cash', amount=7000),
    step('without a receipt only with the manager', 'return', 'refused approval_needed', text=lot(BUTTER), qty=1, to='stock', reason='no receipt'),
    step('no such receipt', 'return', 'refused no_such_receipt', receipt='T99-000001', line=1, to='stock'),
]

SECOND_THOUGHTS = [
    step('an apple', 'scan', 'line', text=lot(APPLE)),
    step('paid by card', 'tender', 'sale', {'total': 1500}, keep='sale', kind='card', amount=1500),
    step('the copy says so', 'reprint', 'reprint', {'copy': 1}, receipt=kept('sale', 'receipt')),
    step('it is found by its number', 'receipts', 'receipts', text=kept('sale', 'receipt')),
    step('a cashier cannot undo it', 'post_void', 'refused approval_needed', receipt=kept('sale', 'receipt'), reason='wrong card'),
    step('the manager can', 'post_void', 'sale', {'type': 'post_void', 'total': -1500}, receipt=kept('sale', 'receipt'), reason='wrong card', **MANAGER),
    step('once', 'post_void', 'refused already_returned', receipt=kept('sale', 'receipt'), reason='wrong card', **MANAGER),
]

TWO_CLERKS = [
    step('Minji scans rice', 'scan', 'line', {'total': 16900}, text=lot(RICE)),
    step('she is called away; Junho takes the till', 'login', 'login', {'operator': 'u02'}, operator='u02', pin='2345'),
    step('his cart is his own', 'cart', 'cart', {'total': 0}),
    step('butter', 'scan', 'line', {'total': 9900}, text=lot(BUTTER)),
    step('Minji is back', 'login', 'login', {'operator': 'u01'}, operator='u01', pin='1234'),
    step('and so is her cart', 'cart', 'cart', {'total': 16900}),
    step('she takes the money', 'tender', 'sale', {'total': 16900}, kind='cash', amount=20000),
    step('Junho again', 'login', 'login', {'operator': 'u02'}, operator='u02', pin='2345'),
    step('with his butter', 'cart', 'cart', {'total': 9900}),
    step('paid by card', 'tender', 'sale', {'total': 9900}, kind='card', amount=9900),
    step('he locks the till', 'lock', 'locked'),
    step('a locked till sells nothing', 'scan', 'refused locked', text=lot(APPLE)),
    step('he unlocks it', 'unlock', 'unlocked', pin='2345'),
    step('Minji takes over', 'login', 'login', operator='u01', pin='1234'),
]

DRAWER = [
    step('change for a note', 'no_sale', 'drawer', {'kind': 'no_sale', 'drawer': 'open'}),
    step('coins from the safe', 'paid_in', 'drawer', {'kind': 'paid_in', 'drawer': 'open'}, amount=20000, reason='coins'),
    step('ice is bought', 'paid_out', 'refused approval_needed', amount=6000, reason='ice'),
    step('the manager agrees', 'paid_out', 'drawer', {'kind': 'paid_out', 'approver': 'u09'}, amount=6000, reason='ice', **MANAGER),
    step('notes to the safe', 'safe_drop', 'drawer', {'kind': 'safe_drop'}, amount=50000),
    step('how it stands', 'report', 'report', {'kind': 'x'}, keep='x', kind='x'),
]

STOCK = [
    step('a crate of apples comes in', 'receive', 'stock', {'type': 'stock_received', 'qty': 40, 'unit': 'each', 'lot': 'CRATE9'}, gtin=APPLE, lot='CRATE9',
         qty=40, best_before='2027-01-31', origin='Cheongsong'),
    step('two are bruised', 'write_off', 'stock', {'type': 'write_off', 'qty': 2, 'reason': 'bruised'}, gtin=APPLE, lot='CRATE9', qty=2, reason='bruised'),
    step('nobody writes off without a reason', 'write_off', 'refused bad_command', gtin=APPLE, lot='CRATE9', qty=2),
    step('the crate is counted', 'count', 'stock', {'type': 'stock_counted', 'qty': 38}, gtin=APPLE, lot='CRATE9', qty=38),
]

TRAINING = [
    step('a new colleague practises', 'training', 'training', {'on': True}, on=True, **MANAGER),
    step('butter', 'scan', 'line', {'training': True}, text=lot(BUTTER)),
    step('paid with play money', 'tender', 'sale', {'training': True, 'total': 9900}, kind='cash', amount=10000),
    step('enough', 'training', 'training', {'on': False}, on=False),
]

TAUGHT = [
    step('a sponge that nobody knows', 'scan', 'refused unknown_item', text=UNKNOWN),
    step('is named', 'teach', 'line', {'amount': 1500}, text=UNKNOWN, name='Sponge', price=1500, department='home'),
    step('and known from then on', 'scan', 'line', {'amount': 1500, 'total': 3000}, text=UNKNOWN),
    step('paid', 'tender', 'sale', {'total': 3000}, kind='cash', amount=3000),
]

# Those that go in any order, any number of times. FORBIDDEN and TAUGHT only once: what was taught is known.
SCENES = {'weighing': WEIGHING, 'price cut': PRICE_CUT, 'suspended': SUSPENDED, 'offers': OFFERS, 'soda': SODA, 'bottles': BOTTLES, 'approvals': APPROVALS,
          'taken back': TAKEN_BACK, 'second thoughts': SECOND_THOUGHTS, 'two clerks': TWO_CLERKS, 'drawer': DRAWER, 'stock': STOCK, 'training': TRAINING}


class CounterDay:
    """A central of a shop whose prices stand still, and one till."""

    def __init__(self, programs_folder, folder):
        self.programs = Programs(programs_folder)
        self.central = Central(self.programs, folder / 'central')
        self.central.command('price', 'pause', '--store', '1')
        self.central.command('offer', 'add', '--store', '1', '--key', 'apples', '--name', '3 for 2', '--need', '3', '--pay', '2', APPLE)
        self.central.serve()
        self.till = Till(self.programs, folder / 'till').enrol(self.central, 'till 1')
        self.shop = Shop(self.till.feed())
        self.kept = {}
        self.steps = 0

    def stop(self):
        self.till.kill()
        self.central.kill()

    def members(self, of):
        return {name: value(self) if callable(value) else value for name, value in of.members.items()}

    def play(self, steps):
        """Each step in order; a Failure says which one was answered otherwise."""
        for one in steps:
            self.steps += 1
            if callable(one.do):
                one.do(self)
                continue
            event = self.till.do(one.do, **self.members(one))
            said = event['event'] + (' ' + event['why'] if event['event'] == 'refused' else '')
            wrong = {name: event.get(name) for name, value in one.shows.items() if event.get(name) != value}
            if said != one.want or wrong:
                raise Failure('"%s" (%s) must be %s %s, is %s' % (one.words, one.do, one.want, one.shows, event))
            if event['event'] == 'refused' and len(event['message']) < 10:
                raise Failure('"%s": nobody understands %s' % (one.words, event))
            if one.keep:
                self.kept[one.keep] = event
