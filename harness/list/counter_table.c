#include "harness/list/counter_table.h"

#include <stdio.h>

#include "harness/counter/session.h"

enum { WORDS_MAX = 64 + 2 * COUNTER_REASON_MAX };

/* "yes: 2600.000 MHz (CPUID 15h)", "shared: ...", "no: ..." */
static void describe_state(const struct counter_value *value, const char *detail,
                           char words[WORDS_MAX])
{
    switch (value->state) {
    case COUNTER_MEASURED:
        snprintf(words, WORDS_MAX, "yes%s%s", detail[0] != '\0' ? ": " : "", detail);
        break;
    case COUNTER_SCALED:
        snprintf(words, WORDS_MAX, "shared: counted part of the time and scaled%s%s",
                 detail[0] != '\0' ? "; " : "", detail);
        break;
    case COUNTER_ABSENT:
        snprintf(words, WORDS_MAX, "no: %s", value->reason);
        break;
    }
}

static void add_rows(struct table *table, const struct counter_session *session,
                     const struct counter *counter, size_t index)
{
    const double cost = counter_session_cost_ns(session, index);
    for (size_t c = 0; c < counter->column_count; c++) {
        const struct counter_column *column = &counter->columns[c];
        const struct counter_value value =
            counter_session_value(session, counter_session_empty(session), index, c);
        char words[WORDS_MAX], cost_ns[32] = "";
        describe_state(&value, counter_session_detail(session, index), words);
        if (value.state != COUNTER_ABSENT)
            snprintf(cost_ns, sizeof cost_ns, "%.0f", cost);
        table_row(table, (const char *const[]){counter->name, column->name, column->unit, cost_ns,
                                               column->meaning, words});
    }
}

enum lg_status counter_table(struct table *table, struct lg_error *error)
{
    size_t count;
    struct counter_session *session;
    const struct counter *const *all = counters(&count);
    bool chosen[COUNTERS_MAX];
    enum lg_status status = counters_choose("all", chosen, error);
    if (status == LG_OK)
        status = counter_session_open(chosen, &session, error);
    if (status != LG_OK)
        return status;
    table->columns = 6;
    table_row(table,
              (const char *const[]){"counter", "column", "unit", "cost_ns", "meaning", "here"});
    for (size_t i = 0; i < count; i++)
        add_rows(table, session, all[i], i);
    counter_session_close(session);
    return LG_OK;
}
