/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every refusal there is, as a cashier meets it, in the language of LANGUAGE: a code, a sentence, and after it what to do
 * next. And the one that must come before money moves: a full disk. */
#include "pos/error.h"
#include "tests/support/card_fixture.h"
#include "tests/support/till_fixture.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>
#include <sys/statvfs.h>

#define SOAP "9521234500032" /* 12900 */
#define MILK "(01)" SHOP_MILK "(10)"
#define SOJU "09521234500100"

static bool disk_is_full;

int __real_statvfs64(const char *path, struct statvfs *out);
int __wrap_statvfs64(const char *path, struct statvfs *out);

int __wrap_statvfs64(const char *path, struct statvfs *out)
{
    const int result = __real_statvfs64(path, out);
    if (disk_is_full) {
        out->f_bavail = 0;
    }
    return result;
}

typedef struct {
    TillFixture till;
    CardFixture card;
    PosTenderProvider provider;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer u)
{
    till_fixture_set_up(&fixture->till, u);
    fixture->provider = card_fixture_provider(&fixture->card);
    disk_is_full = false;
}

static void tear_down(Fixture *fixture, gconstpointer u)
{
    disk_is_full = false;
    till_fixture_tear_down(&fixture->till, u);
    card_fixture_clear(&fixture->card);
}

static PosTillEvent *do_(Fixture *fixture, const PosTillCommand *command)
{
    return pos_till_do(fixture->till.till, command);
}

static void expect(Fixture *fixture, const PosTillCommand *command, PosTillEventKind kind)
{
    till_fixture_expect(do_(fixture, command), kind);
}

static PosTillEvent *scan(Fixture *fixture, const char *text)
{
    return till_fixture_scan(&fixture->till, text);
}

static PosTillEvent *tender(Fixture *fixture, PosTenderKind kind, int64_t amount)
{
    return till_fixture_tender(&fixture->till, kind, amount);
}

static PosTillEvent *plain(Fixture *fixture, PosTillVerb verb, int line, int64_t number)
{
    return till_fixture_do(&fixture->till, verb, line, number);
}

/* A cashier at work, with a soap on the counter. */
static void with_soap(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    till_fixture_expect(scan(fixture, SOAP), POS_EVENT_LINE);
}

static char *sell_soap(Fixture *fixture)
{
    with_soap(fixture);
    g_autoptr(PosTillEvent) sale = tender(fixture, POS_TENDER_CASH, 12900);
    g_assert_cmpint(sale->kind, ==, POS_EVENT_SALE);
    return g_strdup(sale->sale.receipt);
}

static PosTillEvent *post_void(Fixture *fixture, const char *receipt)
{
    const PosTillCommand command = {.verb = POS_TILL_POST_VOID,
                                    .receipt = (char *)receipt,
                                    .reason = (char *)"wrong",
                                    .approver = (char *)"u09",
                                    .approver_pin = (char *)"9999"};
    return do_(fixture, &command);
}

/* --- one way to meet each ------------------------------------------------------------------------- */

static PosTillEvent *not_logged_in(Fixture *fixture)
{
    return scan(fixture, SOAP);
}

static PosTillEvent *wrong_pin(Fixture *fixture)
{
    return till_fixture_login(&fixture->till, "u01", "0000");
}

static PosTillEvent *locked_out(Fixture *fixture)
{
    for (int i = 0; i < 10; i++) {
        pos_till_event_free(wrong_pin(fixture));
    }
    return wrong_pin(fixture);
}

static PosTillEvent *no_shift(Fixture *fixture)
{
    till_fixture_expect(till_fixture_login(&fixture->till, "u01", "1234"), POS_EVENT_LOGIN);
    return tender(fixture, POS_TENDER_CASH, 100);
}

static PosTillEvent *bad_code(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return scan(fixture, "9521234500033");
}

static PosTillEvent *unknown_item(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return scan(fixture, SHOP_UNKNOWN);
}

static PosTillEvent *expired(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return scan(fixture, MILK "OLD");
}

static PosTillEvent *recalled(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return scan(fixture, MILK "BACK");
}

static PosTillEvent *cold_chain(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return scan(fixture, MILK "WARM");
}

static PosTillEvent *bad_weight(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return plain(fixture, POS_TILL_WEIGHT, 0, 450);
}

static PosTillEvent *bad_quantity(Fixture *fixture)
{
    with_soap(fixture);
    return plain(fixture, POS_TILL_QUANTITY, 1, -3);
}

static PosTillEvent *no_such_line(Fixture *fixture)
{
    with_soap(fixture);
    return plain(fixture, POS_TILL_VOID_LINE, 7, 0);
}

static PosTillEvent *empty_cart(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return tender(fixture, POS_TENDER_CASH, 100);
}

static PosTillEvent *not_covered(Fixture *fixture)
{
    with_soap(fixture);
    pos_till_set_provider(fixture->till.till, POS_TENDER_CARD, &fixture->provider);
    till_fixture_expect(tender(fixture, POS_TENDER_CARD, 12900), POS_EVENT_PAYMENT);
    card_fixture_says(&fixture->card, POS_PAYMENT_FAILED, 12900);
    return plain(fixture, POS_TILL_PAYMENT, 0, 0);
}

static PosTillEvent *over_tender(Fixture *fixture)
{
    with_soap(fixture);
    return tender(fixture, POS_TENDER_CARD, 13000);
}

static PosTillEvent *approval_needed(Fixture *fixture)
{
    with_soap(fixture);
    const PosTillCommand command = {
        .verb = POS_TILL_OVERRIDE, .line = 1, .amount = 100, .reason = (char *)"friend"};
    return do_(fixture, &command);
}

static PosTillEvent *not_allowed(Fixture *fixture)
{
    with_soap(fixture);
    return tender(fixture, POS_TENDER_QR, 12900);
}

static PosTillEvent *no_such_receipt(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return post_void(fixture, "T01-000099");
}

static PosTillEvent *already_returned(Fixture *fixture)
{
    g_autofree char *receipt = sell_soap(fixture);
    till_fixture_expect(post_void(fixture, receipt), POS_EVENT_SALE);
    return post_void(fixture, receipt);
}

static PosTillEvent *no_such_ticket(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    const PosTillCommand command = {.verb = POS_TILL_RESUME, .ticket = (char *)"T01-S999"};
    return do_(fixture, &command);
}

static PosTillEvent *disk_full(Fixture *fixture)
{
    with_soap(fixture);
    disk_is_full = true;
    return tender(fixture, POS_TENDER_CASH, 13000);
}

static PosTillEvent *give_back(Fixture *fixture, const char *receipt, const char *to)
{
    const PosTillCommand command = {
        .verb = POS_TILL_RETURN, .receipt = (char *)receipt, .line = 1, .to = (char *)to};
    return do_(fixture, &command);
}

static PosTillEvent *offline(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return give_back(fixture, "T09-000001", "waste");
}

static PosTillEvent *bad_command(Fixture *fixture)
{
    g_autofree char *receipt = sell_soap(fixture);
    return give_back(fixture, receipt, "river");
}

static PosTillEvent *no_price(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return scan(fixture, SHOP_NUTS);
}

static PosTillEvent *cart_not_empty(Fixture *fixture)
{
    with_soap(fixture);
    const PosTillCommand command = {.verb = POS_TILL_RESUME, .ticket = (char *)"T01-S999"};
    return do_(fixture, &command);
}

static PosTillEvent *shift_open(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return plain(fixture, POS_TILL_OPEN_SHIFT, 0, 1);
}

static PosTillEvent *cart_full(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    for (int i = 0; i < POS_BOUND_CART_LINES; i++) {
        till_fixture_expect(scan(fixture, SOAP), POS_EVENT_LINE);
    }
    return scan(fixture, SOAP);
}

static PosTillEvent *payment_pending(Fixture *fixture)
{
    with_soap(fixture);
    pos_till_set_provider(fixture->till.till, POS_TENDER_CARD, &fixture->provider);
    till_fixture_expect(tender(fixture, POS_TENDER_CARD, 12900), POS_EVENT_PAYMENT);
    return scan(fixture, SOAP);
}

static PosTillEvent *locked(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    till_fixture_expect(plain(fixture, POS_TILL_LOCK, 0, 0), POS_EVENT_LOCKED);
    return scan(fixture, SOAP);
}

static PosTillEvent *scale_not_ready(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return plain(fixture, POS_TILL_ZERO, 0, 0);
}

static PosTillEvent *age_check_needed(Fixture *fixture)
{
    till_fixture_feed(&fixture->till, "product", SOJU,
                      "{\"names\":{\"en\":\"Soju\"},\"unit\":\"each\",\"age_min\":19}");
    till_fixture_feed(&fixture->till, "price", SOJU,
                      "{\"price\":1900,\"effective_at\":\"2026-11-23T08:00:00.000+09:00\"}");
    till_fixture_begin(&fixture->till);
    return scan(fixture, SOJU);
}

static PosTillEvent *too_young(Fixture *fixture)
{
    pos_till_event_free(age_check_needed(fixture));
    const PosTillCommand command = {.verb = POS_TILL_AGE_CHECK, .born = (char *)"2015-01-01"};
    return do_(fixture, &command);
}

static PosTillEvent *nothing_to_undo(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    return plain(fixture, POS_TILL_UNDO, 0, 0);
}

static PosTillEvent *no_such_department(Fixture *fixture)
{
    till_fixture_begin(&fixture->till);
    const PosTillCommand command = {
        .verb = POS_TILL_DEPARTMENT, .department = (char *)"toys", .amount = 1000};
    return do_(fixture, &command);
}

static PosTillEvent *period_closed(Fixture *fixture)
{
    g_autofree char *receipt = sell_soap(fixture);
    const PosTillCommand z = {.verb = POS_TILL_REPORT, .report = POS_REPORT_Z};
    expect(fixture, &z, POS_EVENT_REPORT);
    till_fixture_expect(plain(fixture, POS_TILL_OPEN_SHIFT, 0, 50000), POS_EVENT_SHIFT);
    return post_void(fixture, receipt);
}

static PosTillEvent *(*const MEET[POS_REFUSAL_COUNT])(Fixture *fixture) = {
    [POS_REFUSAL_NOT_LOGGED_IN] = not_logged_in,
    [POS_REFUSAL_WRONG_PIN] = wrong_pin,
    [POS_REFUSAL_LOCKED_OUT] = locked_out,
    [POS_REFUSAL_NO_SHIFT] = no_shift,
    [POS_REFUSAL_BAD_CODE] = bad_code,
    [POS_REFUSAL_UNKNOWN_ITEM] = unknown_item,
    [POS_REFUSAL_EXPIRED] = expired,
    [POS_REFUSAL_RECALLED] = recalled,
    [POS_REFUSAL_COLD_CHAIN] = cold_chain,
    [POS_REFUSAL_BAD_WEIGHT] = bad_weight,
    [POS_REFUSAL_BAD_QUANTITY] = bad_quantity,
    [POS_REFUSAL_NO_SUCH_LINE] = no_such_line,
    [POS_REFUSAL_EMPTY_CART] = empty_cart,
    [POS_REFUSAL_NOT_COVERED] = not_covered,
    [POS_REFUSAL_OVER_TENDER] = over_tender,
    [POS_REFUSAL_APPROVAL_NEEDED] = approval_needed,
    [POS_REFUSAL_NOT_ALLOWED] = not_allowed,
    [POS_REFUSAL_NO_SUCH_RECEIPT] = no_such_receipt,
    [POS_REFUSAL_ALREADY_RETURNED] = already_returned,
    [POS_REFUSAL_NO_SUCH_TICKET] = no_such_ticket,
    [POS_REFUSAL_DISK_FULL] = disk_full,
    [POS_REFUSAL_OFFLINE] = offline,
    [POS_REFUSAL_BAD_COMMAND] = bad_command,
    [POS_REFUSAL_NO_PRICE] = no_price,
    [POS_REFUSAL_CART_NOT_EMPTY] = cart_not_empty,
    [POS_REFUSAL_SHIFT_OPEN] = shift_open,
    [POS_REFUSAL_CART_FULL] = cart_full,
    [POS_REFUSAL_PAYMENT_PENDING] = payment_pending,
    [POS_REFUSAL_LOCKED] = locked,
    [POS_REFUSAL_SCALE_NOT_READY] = scale_not_ready,
    [POS_REFUSAL_AGE_CHECK_NEEDED] = age_check_needed,
    [POS_REFUSAL_TOO_YOUNG] = too_young,
    [POS_REFUSAL_NOTHING_TO_UNDO] = nothing_to_undo,
    [POS_REFUSAL_NO_SUCH_DEPARTMENT] = no_such_department,
    [POS_REFUSAL_PERIOD_CLOSED] = period_closed,
};

/* --- what they say -------------------------------------------------------------------------------- */

static bool has(const char *message, const char *part)
{
    return strstr(message, part) != NULL;
}

/* What is the matter, then what to do: two sentences, or two halves of one. */
static bool has_a_next_step(const char *message)
{
    static const char *const joints[] = {": ", "; ", ". ", "：", "；"};
    for (gsize i = 0; i < G_N_ELEMENTS(joints); i++) {
        if (has(message, joints[i])) {
            return true;
        }
    }
    const char *full_stop = strstr(message, "。");
    return full_stop != NULL && strlen(full_stop) > strlen("。");
}

static bool has_letters_of(const char *message, gunichar first, gunichar last)
{
    for (const char *c = message; *c != '\0'; c = g_utf8_next_char(c)) {
        const gunichar letter = g_utf8_get_char(c);
        if (letter >= first && letter <= last) {
            return true;
        }
    }
    return false;
}

/* In words of the language, none of them left in English. */
static void assert_language(const char *message, const char *language)
{
    if (strcmp(language, "en") == 0) {
        return;
    }
    const bool korean = strcmp(language, "ko") == 0;
    g_assert_true(has_letters_of(message, korean ? 0xac00 : 0x4e00, korean ? 0xd7a3 : 0x9fff));
    static const char *const english[] = {" the ", " is ", " of ", " a ", " it "};
    for (gsize i = 0; i < G_N_ELEMENTS(english); i++) {
        g_assert_false(has(message, english[i]));
    }
}

static void test_says_what_is_wrong_and_what_to_do(Fixture *fixture, gconstpointer data)
{
    const PosRefusal refusal = (PosRefusal)GPOINTER_TO_INT(data);
    g_assert_nonnull(MEET[refusal]);
    g_autoptr(PosTillEvent) event = MEET[refusal](fixture);
    g_test_message("%s: %s", event->why != NULL ? event->why : "-",
                   event->message != NULL ? event->message : "-");
    g_assert_cmpint(event->kind, ==, POS_EVENT_REFUSED);
    g_assert_cmpstr(event->why, ==, pos_refusal_code(refusal));
    g_assert_true(g_utf8_validate(event->message, -1, NULL));
    g_assert_false(has(event->message, "\n"));
    g_assert_false(has(event->message, "%"));
    g_assert_true(g_str_has_suffix(event->message, ".") || g_str_has_suffix(event->message, "。"));
    g_assert_true(has_a_next_step(event->message));
    assert_language(event->message, g_getenv("LANGUAGE"));
}

/* --- a full disk ---------------------------------------------------------------------------------- */

static void test_a_full_disk_stops_every_payment_before_money_moves(Fixture *fixture,
                                                                    gconstpointer u)
{
    (void)u;
    with_soap(fixture);
    pos_till_set_provider(fixture->till.till, POS_TENDER_CARD, &fixture->provider);
    disk_is_full = true;
    const int attempts = till_fixture_count(&fixture->till, "tender_attempt");
    till_fixture_refused(tender(fixture, POS_TENDER_CASH, 13000), POS_REFUSAL_DISK_FULL);
    till_fixture_refused(tender(fixture, POS_TENDER_CARD, 12900), POS_REFUSAL_DISK_FULL);
    card_fixture_assert_asked(&fixture->card, ""); /* the card terminal has heard of nothing */
    g_assert_cmpint(till_fixture_count(&fixture->till, "tender_attempt"), ==, attempts);
    g_assert_cmpint(till_fixture_count(&fixture->till, "sale"), ==, 0);
    g_autoptr(PosTillEvent) cart = plain(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpuint(pos_cart_count(cart->cart), ==, 1);
    g_assert_cmpint(cart->due.minor, ==, 12900);
    disk_is_full = false;
    till_fixture_expect(tender(fixture, POS_TENDER_CASH, 13000), POS_EVENT_SALE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_nonnull(g_getenv("LANGUAGE"));
    setlocale(LC_ALL, "");
    bindtextdomain("coster", g_getenv("TEST_LOCALE_DIR"));
    bind_textdomain_codeset("coster", "UTF-8");
    for (int i = POS_REFUSAL_NONE + 1; i < POS_REFUSAL_COUNT; i++) {
        g_autofree char *path = g_strdup_printf("/pos/till_refusals/%s/says_what_to_do",
                                                pos_refusal_code((PosRefusal)i));
        g_test_add(path, Fixture, GINT_TO_POINTER(i), set_up,
                   test_says_what_is_wrong_and_what_to_do, tear_down);
    }
    g_test_add("/pos/till_refusals/a_full_disk_stops_every_payment_before_money_moves", Fixture,
               NULL, set_up, test_a_full_disk_stops_every_payment_before_money_moves, tear_down);
    return g_test_run();
}
