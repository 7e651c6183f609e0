/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster till`: commands on stdin, events on stdout, one JSON object a line, exactly one event a command, each
 * flushed before the next command is read. The end of input or SIGTERM ends it after the command in hand. The
 * sync client works beside it on its own thread unless --offline. */
#include "pos/bounds.h"
#include "pos/card_link.h"
#include "pos/device_settings.h"
#include "pos/printer_till.h"
#include "pos/scale_device.h"
#include "pos/scanner.h"
#include "sync/client.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"
#include "ui/cli_json.h"
#include "ui/cli_printer.h"
#include "ui/cli_scanner.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define PAYMENT_LOOK_MS 500 /* between two looks at a charge that is under way */

typedef struct Input Input;

typedef struct {
    PosStoreLock *lock;
    PosStore *store;
    PosTill *till;
    SyncClient *sync;      /* NULL with --offline */
    PosPrinter *printer;   /* NULL when none is set */
    PosScaleDevice *scale; /* NULL: none is set up */
    int scale_fd;  /* readable when the scale, a scanner or the sync thread has something to say */
    SyncLink link; /* as it was last looked at */
    SyncRemote *remote;      /* NULL with --offline */
    UiCliScanners *scanners; /* NULL: none has a device of its own */
    PosCardLink *card;       /* NULL: the card terminal stands by itself */
    const Input *input;
} Session;

/* --- lines of stdin ----------------------------------------------------------------------------------- */

struct Input {
    int signal_fd, scale_fd;
    GByteArray *bytes; /* read and not yet taken; at most a line too long plus one read */
    bool too_long;     /* the rest of the present line is being dropped */
    bool ended;
};

typedef enum { LINE_READY, LINE_TOO_LONG, LINE_NONE } LineKind;

/* Takes the next whole line out of what was read; at the end of input also one without its newline. */
static LineKind take_line(Input *input, char **out_line, gsize *out_length)
{
    const guint8 *start = input->bytes->data;
    const guint8 *newline = input->bytes->len == 0 ? NULL : memchr(start, '\n', input->bytes->len);
    gsize length = newline != NULL ? (gsize)(newline - start) : input->bytes->len;
    bool whole = newline != NULL || (input->ended && length > 0);
    if (!whole) {
        if (input->bytes->len > POS_BOUND_COMMAND_BYTES) {
            input->too_long = true;
            g_byte_array_set_size(input->bytes, 0);
        }
        bool cut_off = input->ended && input->too_long;
        input->too_long = input->too_long && !cut_off;
        return cut_off ? LINE_TOO_LONG : LINE_NONE;
    }
    bool too_long = input->too_long || length > POS_BOUND_COMMAND_BYTES;
    input->too_long = false;
    if (!too_long) {
        *out_line = g_strndup((const char *)start, length);
        *out_length = length;
    }
    g_byte_array_remove_range(input->bytes, 0, (guint)(newline != NULL ? length + 1 : length));
    return too_long ? LINE_TOO_LONG : LINE_READY;
}

/* Waits for more input. False when a signal asked to end. */
static bool read_more(Input *input)
{
    struct pollfd polled[3] = {
        {STDIN_FILENO, POLLIN, 0}, {input->signal_fd, POLLIN, 0}, {input->scale_fd, POLLIN, 0}};
    if (poll(polled, G_N_ELEMENTS(polled), -1) < 0 && errno != EINTR) {
        input->ended = true;
        return true;
    }
    if (polled[1].revents != 0) {
        return false;
    }
    if (polled[2].revents != 0) {
        uint64_t changes = 0;
        ssize_t got = read(input->scale_fd, &changes, sizeof changes);
        (void)got; /* the caller looks at the scale itself */
    }
    if (polled[0].revents != 0) {
        guint8 buffer[16 * 1024];
        ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
        if (count > 0) {
            g_byte_array_append(input->bytes, buffer, (guint)count);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            input->ended = true;
        }
    }
    return true;
}

/* Whether SIGTERM or SIGINT has come meanwhile. */
static bool is_signalled(const Input *input)
{
    struct pollfd polled = {input->signal_fd, POLLIN, 0};
    return poll(&polled, 1, 0) > 0;
}

/* --- one command ---------------------------------------------------------------------------------------- */

/* False when the reader of the events is gone. */
static bool say(json_t *event)
{
    g_autofree char *line = json_dumps(event, JSON_COMPACT);
    g_assert(line != NULL);
    return fputs(line, stdout) != EOF && fputc('\n', stdout) != EOF && fflush(stdout) == 0;
}

static json_t *do_sync(Session *session, const UiCliRequest *request)
{
    g_autofree char *why = NULL;
    int64_t acked = 0;
    int64_t feed_version = 0;
    if (session->sync == NULL) {
        return ui_cli_refused_new("offline",
                                  _("This till was started offline: start it without --offline."),
                                  request->id);
    }
    if (!sync_client_wait(session->sync, request->timeout_s * 1000, &why)) {
        return ui_cli_refused_new(
            "offline", why != NULL ? why : _("The central service could not be reached in time."),
            request->id);
    }
    if (!pos_store_acked_get(session->store, &acked, NULL) ||
        !pos_store_feed_version(session->store, &feed_version, NULL, NULL)) {
        json_t *event = ui_cli_event_new("error", request->id);
        json_object_set_new(event, "why", json_string("failed"));
        json_object_set_new(event, "message",
                            json_string(_("The terminal's folder cannot be read.")));
        return event;
    }
    json_t *event = ui_cli_event_new("synced", request->id);
    json_object_set_new(event, "acked", json_integer(acked));
    json_object_set_new(event, "feed_version", json_integer(feed_version));
    return event;
}

static bool leaves_record(PosTillEventKind kind)
{
    return kind != POS_EVENT_REFUSED && kind != POS_EVENT_CART && kind != POS_EVENT_PRICE &&
           kind != POS_EVENT_PRODUCTS && kind != POS_EVENT_DISCOUNT && kind != POS_EVENT_WEIGH &&
           kind != POS_EVENT_RECEIPTS && kind != POS_EVENT_RECEIPT && kind != POS_EVENT_TICKETS &&
           kind != POS_EVENT_SCALE && kind != POS_EVENT_TARE;
}

static bool is_under_way(const PosTillEvent *event)
{
    return event->kind == POS_EVENT_PAYMENT && event->payment.attempt[0] != '\0' &&
           (event->payment.status == POS_PAYMENT_CREATED ||
            event->payment.status == POS_PAYMENT_USER_PAYING);
}

/* A tender by card answers when the card terminal has, unless the command says "wait":false; a signal ends the waiting,
 * and the charge is asked about at the next start. */
static PosTillEvent *await_payment(Session *session, PosTillEvent *event)
{
    const PosTillCommand look = {.verb = POS_TILL_PAYMENT};
    while (session->card != NULL && is_under_way(event) && !is_signalled(session->input)) {
        struct pollfd polled[2] = {{pos_card_link_fd(session->card), POLLIN, 0},
                                   {session->input->signal_fd, POLLIN, 0}};
        poll(polled, G_N_ELEMENTS(polled), PAYMENT_LOOK_MS);
        pos_till_event_free(event);
        event = pos_till_do(session->till, &look);
    }
    return event;
}

static json_t *do_command(Session *session, const PosTillCommand *command, bool waits,
                          const json_t *id)
{
    PosTillEvent *first = pos_till_do(session->till, command);
    g_autoptr(PosTillEvent) event = waits ? await_payment(session, first) : first;
    g_auto(PosStoreSettings) settings = {0};
    bool known = pos_store_settings(session->store, &settings, NULL);
    if (session->sync != NULL && leaves_record(event->kind)) {
        sync_client_wake(session->sync);
    }
    pos_printer_follow(session->printer, session->store, event);
    return ui_cli_event_to_json(event, known ? settings.language : "", id);
}

static json_t *do_till(Session *session, const UiCliRequest *request)
{
    bool waits = request->command.verb == POS_TILL_TENDER && !request->no_wait;
    return do_command(session, &request->command, waits, request->id);
}

/* The first print of a receipt that waits to be asked for; any other is a reprint, with its record and its number. */
static json_t *do_print(Session *session, const UiCliRequest *request)
{
    json_t *event = ui_cli_printer_print(session->printer, session->store, request);
    if (event == NULL) {
        const PosTillCommand reprint = {.verb = POS_TILL_REPRINT, .receipt = request->receipt};
        event = do_command(session, &reprint, false, request->id);
        const char *name = json_string_value(json_object_get(event, "event"));
        if (g_strcmp0(name, "reprint") == 0) {
            json_object_set_new(event, "event", json_string("print"));
        }
    }
    return event;
}

/* An item that waits for its weight takes the one that has come to rest on the scale: an event that no command asked
 * for, without an id. False when the reader of the events is gone. */
static bool weigh_by_itself(Session *session)
{
    if (!pos_till_may_weigh(session->till)) {
        return true;
    }
    const PosTillCommand weight = {.verb = POS_TILL_WEIGHT, .from_scale = true};
    g_autoptr(json_t) event = do_command(session, &weight, false, NULL);
    return say(event);
}

/* What scanners have read meanwhile: scans that no command asked for, without an id, "source" says so. False when the
 * reader of the events is gone. */
static bool scan_by_itself(Session *session)
{
    bool fragment = false;
    GBytes *code;
    while ((code = ui_cli_scanners_take(session->scanners, &fragment)) != NULL) {
        gsize length = 0;
        const char *text = g_bytes_get_data(code, &length);
        const PosTillCommand scan = {.verb = POS_TILL_SCAN,
                                     .text = (char *)(text != NULL ? text : ""),
                                     .text_length = length};
        g_autoptr(json_t) event =
            fragment ? ui_cli_refused_new("bad_code", pos_scanner_fragment_words(), NULL)
                     : do_command(session, &scan, false, NULL);
        g_bytes_unref(code);
        json_object_set_new(event, "source", json_string("scanner"));
        if (!say(event)) {
            return false;
        }
    }
    return true;
}

/* What central did not hear while it could not be reached goes up when it can. */
static void tell_by_itself(Session *session)
{
    if (session->sync == NULL) {
        return;
    }
    const SyncLink link = sync_client_link(session->sync, NULL);
    if (link == SYNC_LINK_ONLINE && session->link != SYNC_LINK_ONLINE) {
        pos_till_link_is_back(session->till);
    }
    session->link = link;
}

static json_t *answer(Session *session, LineKind kind, const char *line, gsize length)
{
    g_auto(UiCliRequest) request = {0};
    g_autofree char *message = NULL;
    if (kind == LINE_TOO_LONG) {
        return ui_cli_refused_new(
            "bad_command", _("The line is too long to be a command: send one JSON object a line."),
            NULL);
    }
    if (!ui_cli_request_read(line, length, &request, &message)) {
        return ui_cli_refused_new("bad_command", message, request.id);
    }
    switch (request.what) {
    case UI_CLI_DO_SYNC:
        return do_sync(session, &request);
    case UI_CLI_DO_PRINT:
        return do_print(session, &request);
    case UI_CLI_DO_PRINTER:
        return ui_cli_printer_status(session->printer, &request);
    case UI_CLI_DO_TILL:
        break;
    }
    return do_till(session, &request);
}

static int unread(void)
{
    return ui_cli_fail(_("The events could not be written: nobody reads them any more."));
}

static int serve(Session *session, Input *input)
{
    while (!is_signalled(input)) {
        g_autofree char *line = NULL;
        gsize length = 0;
        LineKind kind = take_line(input, &line, &length);
        if (kind == LINE_NONE) {
            if (input->ended || !read_more(input)) {
                break;
            }
            if (!weigh_by_itself(session) || !scan_by_itself(session)) {
                return unread();
            }
            tell_by_itself(session);
            continue;
        }
        g_autoptr(json_t) event = answer(session, kind, line, length);
        if (!say(event)) {
            return unread();
        }
    }
    return UI_CLI_OK;
}

/* --- life ----------------------------------------------------------------------------------------------- */

static void session_end(Session *session)
{
    ui_cli_scanners_stop(session->scanners);
    pos_printer_stop(session->printer);
    pos_till_free(session->till);
    sync_remote_free(session->remote);
    sync_client_stop(session->sync);
    pos_scale_device_stop(session->scale);
    pos_card_link_free(session->card);
    pos_store_close(session->store);
    if (session->lock != NULL) {
        pos_store_unlock(session->lock);
    }
}

/* Signals are taken from a descriptor, so that one never falls into the middle of a command. Set before the sync
 * thread starts: it inherits the mask. */
static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* On the scale's or the sync thread. */
static void on_news(void *user)
{
    const uint64_t one = 1;
    ssize_t written = write(((Session *)user)->scale_fd, &one, sizeof one);
    (void)written; /* a counter that is full is readable, too */
}

/* A scale that is not there is no reason not to sell: it is a status. */
static void scale_begin(Session *session)
{
    PosDeviceSettings settings;
    pos_store_devices_load(session->store, &settings, NULL);
    session->scale = pos_scale_device_start(&settings.scale, on_news, session);
    pos_till_set_scale(session->till, pos_scale_device_for_till(session->scale));
}

/* The card terminal of this till's settings, or of --card. */
static bool card_begin(Session *session, const UiCliOptions *options, GError **error)
{
    PosDeviceSettings devices;
    pos_store_devices_load(session->store, &devices, NULL);
    const char *address = options->card != NULL ? options->card : devices.card.address;
    if (address[0] == '\0') {
        return true;
    }
    session->card = pos_card_link_new(address, devices.card.timeout_s * 1000, error);
    if (session->card == NULL) {
        return false;
    }
    pos_till_set_provider(session->till, POS_TENDER_CARD, pos_card_link_provider(session->card));
    return true;
}

static bool session_begin(Session *session, const UiCliOptions *options, GError **error)
{
    session->lock = pos_store_lock(options->data, error);
    if (session->lock == NULL) {
        return false;
    }
    session->store = pos_store_open(options->data, POS_STORE_WRITE, error);
    if (session->store == NULL) {
        return false;
    }
    session->till = pos_till_new(session->store, pos_clock_system(), error);
    if (session->till == NULL) {
        return false;
    }
    session->printer = ui_cli_printer_start(session->store, options->data);
    scale_begin(session);
    session->scanners = ui_cli_scanners_start(session->store, session->scale_fd);
    if (!card_begin(session, options, error)) {
        return false;
    }
    if (options->offline) {
        return true;
    }
    session->sync = sync_client_start(options->data, on_news, session, error);
    session->remote =
        session->sync == NULL ? NULL : sync_remote_new(session->sync, session->store, error);
    if (session->remote == NULL) {
        return false;
    }
    pos_till_set_remote(session->till, sync_remote_for_till(session->remote));
    return true;
}

int ui_cli_till(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            g_autofree char *help = ui_cli_commands_help();
            return fputs(help, stdout) == EOF ? UI_CLI_FAILED : UI_CLI_OK;
        }
    }
    UiCliOptions options;
    if (!ui_cli_options_read(argc, argv, "data offline card", &options)) {
        return UI_CLI_USAGE;
    }
    Input input = {.signal_fd = signals_open(), .scale_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (input.signal_fd < 0 || input.scale_fd < 0) {
        return ui_cli_fail("%s", g_strerror(errno));
    }
    Session session = {.scale_fd = input.scale_fd};
    g_autoptr(GError) error = NULL;
    input.bytes = g_byte_array_new();
    session.input = &input;
    int status = session_begin(&session, &options, &error) ? serve(&session, &input)
                                                           : ui_cli_fail_error(error);
    session_end(&session);
    g_byte_array_unref(input.bytes);
    close(input.signal_fd);
    close(input.scale_fd);
    return status;
}
