/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the conversation with a printer. Status comes by DLE EOT, which is answered at once; that all is on paper by
 * GS r, which is answered in its turn. While that answer is awaited the status is asked again, so a fault has its
 * cause. A printer that was never heard is believed to be mute where that is common (network and USB): what it
 * took is then as good as printed. */
#include "pos/printer_send.h"

#include "pos/escpos.h"
#include "pos/printer_port.h"

#define CHUNK_BYTES                                                                                \
    4096 /* between two looks at the clock; small buffers of old printers hold as much */

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static bool is_woken(const PosPrinterLine *line)
{
    GPollFD polled = {line->wake_fd, G_IO_IN, 0};
    return line->wake_fd >= 0 && g_poll(&polled, 1, 0) > 0;
}

static bool asks(const PosPrinterLine *line, const PosPrinterPort *port)
{
    return line->settings->asks != POS_PRINTER_STATUS_OFF && pos_printer_port_can_read(port);
}

/* Whether silence is a fault. A serial line is open also when nothing is at its other end. */
static bool must_answer(const PosPrinterLine *line)
{
    return line->has_answered || line->settings->asks == POS_PRINTER_STATUS_ON ||
           line->settings->source == POS_PRINTER_SERIAL;
}

/* The answer to GS r 1: two bits each for paper that is nearly and wholly out, all others 0. */
static bool is_done_answer(uint8_t byte)
{
    return (byte & 0xf0) == 0;
}

typedef enum { ANSWER_CAME, ANSWER_NONE, ANSWER_RUBBISH, ANSWER_GONE } Answer;

/* Asks for status n. *out_other (nullable) gets a byte that came meanwhile and is no such answer, as that to GS r. */
static Answer ask(PosPrinterLine *line, PosPrinterPort *port, int n, uint8_t *out, int *out_other)
{
    g_autoptr(GByteArray) question = g_byte_array_new();
    bool broken = false;
    pos_escpos_ask_status(question, n);
    if (pos_printer_port_write(port, question->data, question->len, line->times->answer, &broken) !=
        question->len) {
        return broken ? ANSWER_GONE : ANSWER_NONE;
    }
    int64_t end_ms = now_ms() + line->times->answer;
    Answer answer = ANSWER_NONE;
    while (now_ms() < end_ms) {
        uint8_t byte = 0;
        gssize count = pos_printer_port_read(port, &byte, 1, (int)(end_ms - now_ms()));
        if (count < 0) {
            return ANSWER_GONE;
        }
        if (count == 0) {
            break;
        }
        if (pos_printer_is_answer(byte)) {
            *out = byte;
            return ANSWER_CAME;
        }
        if (out_other != NULL && is_done_answer(byte)) {
            *out_other = byte;
        } else {
            answer = ANSWER_RUBBISH;
        }
    }
    return answer;
}

/* All four. False when the printer cannot be printed on now; the state says why. */
static bool ask_all(PosPrinterLine *line, PosPrinterPort *port, int *out_other)
{
    uint8_t bytes[POS_PRINTER_ANSWERS] = {0};
    for (int i = 0; i < POS_PRINTER_ANSWERS; i++) {
        switch (ask(line, port, i + 1, &bytes[i], out_other)) {
        case ANSWER_CAME:
            line->has_answered = true;
            break;
        case ANSWER_RUBBISH:
            line->state = (PosPrinterState){.fault = POS_PRINTER_RUBBISH};
            return false;
        case ANSWER_GONE:
            line->state = (PosPrinterState){.fault = POS_PRINTER_OFF};
            return false;
        case ANSWER_NONE:
            line->state =
                (PosPrinterState){.fault = must_answer(line) ? POS_PRINTER_OFF : POS_PRINTER_FINE};
            return !must_answer(line);
        }
    }
    line->state = pos_printer_state_read(bytes);
    return line->state.fault == POS_PRINTER_FINE;
}

static PosPrinterPort *open_port(PosPrinterLine *line)
{
    PosPrinterFault fault = POS_PRINTER_FINE;
    PosPrinterPort *port =
        pos_printer_port_open(line->settings, line->wake_fd, line->times->open, &fault);
    if (port == NULL) {
        line->state = (PosPrinterState){.fault = fault};
    } else {
        pos_printer_port_drop_input(port);
    }
    return port;
}

/* The cause of a device that stopped taking bytes. */
static void name_stall(PosPrinterLine *line, PosPrinterPort *port, bool broken)
{
    if (broken) {
        line->state = (PosPrinterState){.fault = POS_PRINTER_OFF};
        return;
    }
    if (asks(line, port) && line->has_answered && !ask_all(line, port, NULL) &&
        line->state.fault != POS_PRINTER_OFF) {
        return;
    }
    line->state = (PosPrinterState){.fault = POS_PRINTER_STUCK};
}

static bool write_all(PosPrinterLine *line, PosPrinterPort *port, const uint8_t *bytes,
                      gsize length)
{
    for (gsize done = 0; done < length;) {
        bool broken = false;
        gsize count = pos_printer_port_write(port, bytes + done, MIN(CHUNK_BYTES, length - done),
                                             line->times->stall, &broken);
        done += count;
        if (broken || (count < CHUNK_BYTES && done < length)) {
            name_stall(line, port, broken);
            return false;
        }
    }
    return true;
}

/* Waits for the answer to GS r. True when it came, or when this printer does not know it and says that all is well. */
static bool wait_done(PosPrinterLine *line, PosPrinterPort *port)
{
    int64_t end_ms = now_ms() + (line->knows_no_done ? line->times->answer : line->times->done);
    int other = -1;
    bool fine = true;
    do {
        uint8_t byte = 0;
        gssize count = pos_printer_port_read(port, &byte, 1, MIN(line->times->answer, 500));
        if (count < 0) {
            line->state = (PosPrinterState){.fault = POS_PRINTER_OFF};
            return false;
        }
        if (count > 0 && is_done_answer(byte)) {
            other = byte;
        }
        fine = other >= 0 || ask_all(line, port, &other);
    } while (other < 0 && fine && now_ms() < end_ms && !is_woken(line));
    line->knows_no_done = fine && other < 0;
    /* The printer stops where its paper ends: what it says now is about the whole job. */
    return fine && ask_all(line, port, NULL);
}

PosPrinterOutcome pos_printer_send(PosPrinterLine *line, const uint8_t *bytes, gsize length,
                                   bool forget, bool (*begun)(void *user), void *user)
{
    PosPrinterPort *port = open_port(line);
    if (port == NULL) {
        return POS_PRINTER_NOT_BEGUN;
    }
    if ((asks(line, port) && !ask_all(line, port, NULL)) || !begun(user)) {
        pos_printer_port_close(port, 0);
        return POS_PRINTER_NOT_BEGUN;
    }
    bool answers = asks(line, port) && line->has_answered;
    if (!answers) {
        line->state = (PosPrinterState){0};
    }
    g_autoptr(GByteArray) all = g_byte_array_new();
    if (forget && answers) {
        pos_escpos_forget(all);
    }
    g_byte_array_append(all, bytes, (guint)length);
    if (answers) {
        pos_escpos_ask_done(all);
    }
    bool fine = write_all(line, port, all->data, all->len) && (!answers || wait_done(line, port));
    if (!fine && answers && line->state.fault != POS_PRINTER_OFF) {
        g_byte_array_set_size(all, 0); /* else the other half comes out when the paper is back */
        pos_escpos_forget(all);
        pos_printer_port_write(port, all->data, all->len, line->times->answer, NULL);
    }
    bool left = pos_printer_port_close(port, fine ? line->times->stall : 0);
    if (fine && !left && !answers) {
        line->state = (PosPrinterState){.fault = POS_PRINTER_STUCK};
        fine = false;
    }
    return fine ? POS_PRINTER_DONE : POS_PRINTER_IN_DOUBT;
}

void pos_printer_look(PosPrinterLine *line)
{
    PosPrinterPort *port = open_port(line);
    if (port == NULL) {
        return;
    }
    if (!asks(line, port)) {
        line->state = (PosPrinterState){0};
    } else {
        ask_all(line, port, NULL);
    }
    pos_printer_port_close(port, 0);
}

bool pos_printer_kick(PosPrinterLine *line)
{
    PosPrinterPort *port = open_port(line);
    if (port == NULL) {
        return false;
    }
    int pin = line->settings->drawer == POS_PRINTER_DRAWER_PIN_5 ? 5 : 2;
    bool fine = !asks(line, port) || ask_all(line, port, NULL);
    bool reachable = fine || line->has_answered;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (fine) {
        pos_escpos_drawer(bytes, pin);
    } else {
        pos_escpos_drawer_now(bytes, pin);
    }
    bool sent = reachable && line->state.fault != POS_PRINTER_OFF &&
                pos_printer_port_write(port, bytes->data, bytes->len, line->times->answer, NULL) ==
                    bytes->len;
    return pos_printer_port_close(port, line->times->answer) && sent;
}
