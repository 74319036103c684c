#include "harness/counter/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/clock.h"

enum { BLOCKS = 9, REGIONS_PER_BLOCK = 32 };

static const char not_chosen[] = "not chosen";

struct open_counter {
    const struct counter *counter; /* NULL: not open */
    void *state;                   /* owned */
    double cost_ns;
    struct counter_opened opened;
    uint64_t before[COUNTER_SLOTS_MAX], after[COUNTER_SLOTS_MAX];
};

struct counter_session {
    struct open_counter counters[COUNTERS_MAX]; /* by the registry's order */
    size_t open_count;
    size_t order[COUNTERS_MAX]; /* of the open ones, the slowest first */
    double overhead_ns;
    struct counter_totals empty;
};

/* ---- Regions ------------------------------------------------------------- */

/* The slowest counter is read first at the start and last at the end, so that the faster
 * ones, inside it, include little of its reading. */
void counter_session_start(struct counter_session *session)
{
    for (size_t i = 0; i < session->open_count; i++) {
        struct open_counter *open = &session->counters[session->order[i]];
        open->counter->read(open->state, open->before);
    }
}

static void add_region(const struct open_counter *open, uint64_t *total)
{
    const struct counter *counter = open->counter;
    for (size_t s = 0; s < counter->slot_count; s++) {
        const bool is_level = s < counter->column_count && counter->columns[s].is_level;
        if (!is_level)
            total[s] += open->after[s] - open->before[s];
        else if (open->after[s] > total[s])
            total[s] = open->after[s];
    }
}

void counter_session_stop(struct counter_session *session, struct counter_totals *totals)
{
    for (size_t i = session->open_count; i-- > 0;) {
        struct open_counter *open = &session->counters[session->order[i]];
        open->counter->read(open->state, open->after);
    }
    for (size_t i = 0; i < session->open_count; i++)
        add_region(&session->counters[session->order[i]], totals->slots[session->order[i]]);
    totals->regions++;
}

void counter_session_lap(struct counter_session *session, struct counter_totals *totals)
{
    counter_session_stop(session, totals);
    for (size_t i = 0; i < session->open_count; i++) {
        struct open_counter *open = &session->counters[session->order[i]];
        memcpy(open->before, open->after, open->counter->slot_count * sizeof *open->before);
    }
}

/* ---- What measuring costs ------------------------------------------------ */

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nanoseconds of an empty region of the open counters: the median of blocks. */
static double empty_region_ns(struct counter_session *session, struct counter_totals *totals)
{
    double block[BLOCKS];
    for (int b = 0; b < BLOCKS; b++) {
        const uint64_t start = clock_wall_ns();
        for (int r = 0; r < REGIONS_PER_BLOCK; r++) {
            counter_session_start(session);
            counter_session_stop(session, totals);
        }
        block[b] = (double)(clock_wall_ns() - start) / REGIONS_PER_BLOCK;
    }
    qsort(block, BLOCKS, sizeof *block, compare_doubles);
    return block[BLOCKS / 2];
}

/* Each counter by itself, as the only one that is open; then their order. */
static void measure_costs(struct counter_session *session)
{
    const size_t count = session->open_count;
    size_t order[COUNTERS_MAX];
    memcpy(order, session->order, sizeof order);
    session->open_count = 1;
    for (size_t i = 0; i < count; i++) {
        struct counter_totals thrown_away = {0};
        session->order[0] = order[i];
        session->counters[order[i]].cost_ns = empty_region_ns(session, &thrown_away);
    }
    for (size_t i = 1; i < count; i++)
        for (size_t j = i;
             j > 0 && session->counters[order[j - 1]].cost_ns < session->counters[order[j]].cost_ns;
             j--) {
            const size_t slower = order[j];
            order[j] = order[j - 1];
            order[j - 1] = slower;
        }
    memcpy(session->order, order, sizeof order);
    session->open_count = count;
    session->overhead_ns = empty_region_ns(session, &session->empty);
}

/* ---- Opening and closing ------------------------------------------------- */

static enum lg_status open_one(struct counter_session *session, const struct counter *counter,
                               size_t index, struct lg_error *error)
{
    struct open_counter *open = &session->counters[index];
    struct lg_error why = {0};
    open->state = calloc(1, counter->state_bytes > 0 ? counter->state_bytes : 1);
    if (open->state == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for the counters");
    if (counter->open(open->state, &open->opened, &why) == LG_OK) {
        open->counter = counter;
        session->order[session->open_count++] = index;
        return LG_OK;
    }
    for (size_t c = 0; c < counter->column_count; c++)
        if (open->opened.reason[c][0] == '\0')
            snprintf(open->opened.reason[c], COUNTER_REASON_MAX, "%.*s", COUNTER_REASON_MAX - 1,
                     why.message);
    return LG_OK;
}

enum lg_status counter_session_open(const bool chosen[COUNTERS_MAX],
                                    struct counter_session **session, struct lg_error *error)
{
    size_t count;
    const struct counter *const *all = counters(&count);
    struct counter_session *opened = calloc(1, sizeof *opened);
    *session = NULL;
    if (opened == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for the counters");
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < count; i++)
        if (chosen[i])
            status = open_one(opened, all[i], i, error);
    if (status != LG_OK) {
        counter_session_close(opened);
        return status;
    }
    measure_costs(opened);
    *session = opened;
    return LG_OK;
}

void counter_session_close(struct counter_session *session)
{
    if (session == NULL)
        return;
    for (size_t i = 0; i < COUNTERS_MAX; i++) {
        struct open_counter *open = &session->counters[i];
        if (open->counter != NULL && open->counter->close != NULL)
            open->counter->close(open->state);
        free(open->state);
    }
    free(session);
}

/* ---- Reading the results ------------------------------------------------- */

struct counter_value counter_session_value(const struct counter_session *session,
                                           const struct counter_totals *totals, size_t counter,
                                           size_t column)
{
    const struct open_counter *open = &session->counters[counter];
    struct counter_value value = {.state = COUNTER_ABSENT, .reason = open->opened.reason[column]};
    if (value.reason[0] != '\0')
        return value;
    if (open->counter == NULL) {
        value.reason = not_chosen;
        return value;
    }
    if (totals->regions == 0) {
        value.reason = "no region was measured";
        return value;
    }
    value = (struct counter_value){.state = COUNTER_MEASURED,
                                   .value = (double)totals->slots[counter][column]};
    if (open->counter->value != NULL)
        open->counter->value(open->state, totals->slots[counter], column, &value);
    return value;
}

const char *counter_session_detail(const struct counter_session *session, size_t counter)
{
    return session->counters[counter].opened.detail;
}

double counter_session_overhead_ns(const struct counter_session *session)
{
    return session->overhead_ns;
}

double counter_session_cost_ns(const struct counter_session *session, size_t counter)
{
    return session->counters[counter].cost_ns;
}

const struct counter_totals *counter_session_empty(const struct counter_session *session)
{
    return &session->empty;
}
