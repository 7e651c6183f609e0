/* SPDX-License-Identifier: GPL-3.0-or-later
 * The conversation: one PricingShop from `init` on, lot ids to numbers, answers in the order of the
 * offers. */
#include "pricing/serve_policy.h"

#include "pricing/wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef struct {
    FILE *out, *log;
    PricingWireInit init;
    PricingShop *shop; /* NULL before init */
    json_t *lots;      /* lot id -> number */
    int *spare;        /* numbers of lots that ended */
    int spare_count, spare_room, lots_made;
    int64_t seq;
    bool is_broken; /* out cannot be written */
} Service;

static void answer(Service *service, json_t *message)
{
    if (message == NULL || json_dumpf(message, service->out, JSON_COMPACT) != 0 ||
        fputc('\n', service->out) == EOF || fflush(service->out) != 0) {
        service->is_broken = true;
    }
    json_decref(message);
}

static void complain(Service *service, const char *what, const char *why)
{
    fprintf(service->log, "coster-pricing: %s: %s\n", what, why);
}

static void answer_error(Service *service, const char *what, const char *why)
{
    complain(service, what, why);
    answer(service, json_pack("{s:s, s:s++}", "type", "error", "message", what, ": ", why));
}

static void answer_nothing(Service *service, int64_t seq)
{
    answer(service,
           json_pack("{s:s, s:I, s:[]}", "type", "prices", "seq", (json_int_t)seq, "prices"));
}

/* --- lots
 * ------------------------------------------------------------------------------------------------------
 */

static int number_of_lot(Service *service, const char *id)
{
    const json_t *known = json_object_get(service->lots, id);
    if (known != NULL) {
        return (int)json_integer_value(known);
    }
    int number =
        service->spare_count > 0 ? service->spare[--service->spare_count] : service->lots_made++;
    json_object_set_new(service->lots, id, json_integer(number));
    return number;
}

static void forget_lot(Service *service, const char *id, int number)
{
    if (service->spare_count == service->spare_room) {
        int room = service->spare_room * 2 + 64;
        int *spare = realloc(service->spare, (size_t)room * sizeof *spare);
        if (spare == NULL) {
            return; /* the number is not used again, that is all */
        }
        service->spare = spare;
        service->spare_room = room;
    }
    service->spare[service->spare_count++] = number;
    json_object_del(service->lots, id);
}

/* --- init and epoch
 * -----------------------------------------------------------------------------------------------
 */

static void stop_shop(Service *service)
{
    pricing_shop_free(service->shop);
    service->shop = NULL;
    pricing_wire_init_clear(&service->init);
    json_decref(service->lots);
    service->lots = NULL;
    free(service->spare);
    service->spare = NULL;
    service->spare_count = service->spare_room = service->lots_made = 0;
    service->seq = 0;
}

static void handle_init(Service *service, const json_t *message)
{
    stop_shop(service);
    PricingWireError error;
    if (!pricing_wire_read_init(message, &service->init, &error)) {
        answer_error(service, "init is refused", error.text);
        return;
    }
    const PricingWireInit *init = &service->init;
    service->shop = pricing_shop_new(init->products, init->products_count, init->open_hour,
                                     init->close_hour, init->epoch_minutes / 60.0);
    service->lots = json_object();
    if (service->shop == NULL || service->lots == NULL) {
        stop_shop(service);
        answer_error(service, "init is refused", "there is not enough memory");
        return;
    }
    answer(service, json_pack("{s:s}", "type", "ready"));
}

/* The offers that can be understood, with the ids they came with; returns how many. */
static int read_offers(Service *service, const PricingWireEpoch *epoch, PricingShopOffer *offers,
                       const char **ids)
{
    int count = 0;
    size_t i;
    const json_t *offer;
    json_array_foreach(epoch->offers, i, offer)
    {
        PricingWireError error;
        if (!pricing_wire_read_offer(offer, &service->init, &ids[count], &offers[count], &error)) {
            complain(service, "an offer is passed over", error.text);
            continue;
        }
        offers[count].lot = number_of_lot(service, ids[count]);
        count++;
    }
    return count;
}

static void price_epoch(Service *service, const PricingWireEpoch *epoch, PricingShopOffer *offers,
                        const char **ids)
{
    int count = read_offers(service, epoch, offers, ids);
    pricing_shop_epoch(service->shop, epoch->time.day, epoch->time.weekday, epoch->time.hour,
                       epoch->control, offers, count);
    json_t *prices = json_array();
    for (int i = 0; i < count; i++) {
        if (offers[i].closed) {
            forget_lot(service, ids[i], offers[i].lot);
        } else if (offers[i].answer != offers[i].price) {
            json_array_append_new(prices, json_pack("{s:s, s:I}", "lot", ids[i], "price",
                                                    (json_int_t)offers[i].answer));
        }
    }
    answer(service, json_pack("{s:s, s:I, s:o}", "type", "prices", "seq", (json_int_t)epoch->seq,
                              "prices", prices));
}

static void handle_epoch(Service *service, const json_t *message)
{
    PricingWireEpoch epoch;
    PricingWireError error;
    int64_t seq = -1;
    if (!pricing_wire_read_epoch(message, &epoch, &seq, &error)) {
        if (seq < 0) {
            answer_error(service, "epoch is refused", error.text);
        } else {
            complain(service, "epoch is answered without prices", error.text);
            answer_nothing(service, seq);
        }
        return;
    }
    if (service->shop == NULL) {
        complain(service, "epoch is answered without prices", "it came before init");
        answer_nothing(service, seq);
        return;
    }
    if (seq != service->seq + 1) {
        complain(service, "epoch is taken as it is", "its seq does not follow the one before");
    }
    service->seq = seq;
    size_t room = json_array_size(epoch.offers) + 1;
    PricingShopOffer *offers = calloc(room, sizeof *offers);
    const char **ids = calloc(room, sizeof *ids);
    if (offers != NULL && ids != NULL) {
        price_epoch(service, &epoch, offers, ids);
    } else {
        answer_nothing(service, seq);
    }
    free(offers);
    free(ids);
}

/* --- lines
 * --------------------------------------------------------------------------------------------------------------
 */

/* False at {"type":"end"}. */
static bool handle_line(Service *service, const char *line, size_t length)
{
    json_error_t fault;
    json_t *message = json_loadb(line, length, JSON_REJECT_DUPLICATES, &fault);
    if (!json_is_object(message)) {
        answer_error(service, "a line is no JSON object",
                     message == NULL ? fault.text : "it is another JSON value");
        json_decref(message);
        return true;
    }
    const char *type = json_string_value(json_object_get(message, "type"));
    bool goes_on = true;
    if (type == NULL) {
        answer_error(service, "a line is not understood", "it has no \"type\"");
    } else if (strcmp(type, "init") == 0) {
        handle_init(service, message);
    } else if (strcmp(type, "epoch") == 0) {
        handle_epoch(service, message);
    } else if (strcmp(type, "end") == 0) {
        goes_on = false;
    } else {
        complain(service, "a line of an unknown type is passed over", type);
    }
    json_decref(message);
    return goes_on;
}

/* Reads one line without its newline into buffer. Returns its length, -1 at the end, -2 when it was
 * too long (read over). */
static ssize_t read_line(FILE *in, char *buffer)
{
    size_t length = 0;
    int c;
    while ((c = getc_unlocked(in)) != EOF && c != '\n') {
        if (length <= PRICING_WIRE_LINE_MAX) {
            buffer[length++] = (char)c;
        }
    }
    if (c == EOF && length == 0) {
        return -1;
    }
    return length > PRICING_WIRE_LINE_MAX ? -2 : (ssize_t)length;
}

int pricing_serve_policy(FILE *in, FILE *out, FILE *log)
{
    Service service = {.out = out, .log = log};
    char *buffer = malloc(PRICING_WIRE_LINE_MAX + 1);
    if (buffer == NULL) {
        fprintf(log, "coster-pricing: there is not enough memory\n");
        return 1;
    }
    bool goes_on = true;
    while (goes_on && !service.is_broken) {
        ssize_t length = read_line(in, buffer);
        if (length == -1) {
            break;
        }
        if (length == -2) {
            answer_error(&service, "a line is too long", "at most 1 MiB is read");
        } else if (length > 0) {
            goes_on = handle_line(&service, buffer, (size_t)length);
        }
    }
    if (service.is_broken) {
        fprintf(log, "coster-pricing: standard output cannot be written\n");
    }
    stop_shop(&service);
    free(buffer);
    return service.is_broken ? 1 : 0;
}
