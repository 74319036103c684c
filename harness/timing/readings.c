#include "harness/timing/readings.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *const fixed[READINGS_FIXED] = {"wall_ns", "ticks", "cycles", "instructions"};

static size_t place_of(const char *name)
{
    size_t place = 0;
    while (place < READINGS_FIXED && strcmp(name, fixed[place]) != 0)
        place++;
    return place;
}

/* The fixed columns belong to counters whether these are chosen or not. */
void readings_list(struct readings *readings)
{
    size_t count;
    const struct counter *const *all = counters(&count);
    readings->count = READINGS_FIXED;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < all[i]->column_count; c++) {
            const struct reading reading = {all[i]->columns[c].name, i, c};
            const size_t place = place_of(reading.name);
            if (place < READINGS_FIXED)
                readings->all[place] = reading;
            else if (readings->chosen[i]) {
                assert(readings->count < READINGS_MAX);
                readings->all[readings->count++] = reading;
            }
        }
    for (size_t i = 0; i < READINGS_FIXED; i++)
        assert(readings->all[i].name != NULL);
}

const struct counter_column *readings_column(const struct reading *reading)
{
    size_t count;
    return &counters(&count)[reading->counter]->columns[reading->column];
}

enum lg_status readings_choose(const char *list, bool chosen[COUNTERS_MAX], struct lg_error *error)
{
    size_t count;
    const struct counter *const *all = counters(&count);
    enum lg_status status = counters_choose(list, chosen, error);
    for (size_t i = 0; status == LG_OK && i < count; i++)
        chosen[i] |= strcmp(all[i]->name, "clock") == 0;
    return status;
}

enum lg_status readings_open(struct readings *readings, const char *list, struct lg_error *error)
{
    *readings = (struct readings){0};
    enum lg_status status = readings_choose(list, readings->chosen, error);
    if (status == LG_OK)
        status = counter_session_open(readings->chosen, &readings->session, error);
    if (status != LG_OK)
        return status;
    readings_list(readings);
    double values[READINGS_MAX] = {[READING_WALL_NS] = (double)NAN};
    readings_take(readings, counter_session_empty(readings->session), values);
    return isnan(values[READING_WALL_NS])
               ? lg_fail(error, LG_ENVIRONMENT, "the system has no clock to measure by")
               : LG_OK;
}

size_t readings_find(const struct readings *readings, const char *name)
{
    for (size_t i = 0; i < readings->count; i++)
        if (strcmp(readings->all[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

void readings_take(struct readings *readings, const struct counter_totals *totals,
                   double values[READINGS_MAX])
{
    for (size_t i = 0; i < readings->count; i++) {
        const struct counter_value value = counter_session_value(
            readings->session, totals, readings->all[i].counter, readings->all[i].column);
        values[i] = value.state != COUNTER_ABSENT ? value.value : (double)NAN;
        readings->is_scaled[i] |= value.state == COUNTER_SCALED;
    }
}

json_t *readings_json(const struct readings *readings)
{
    json_t *object = json_object();
    for (size_t i = 0; i < readings->count; i++) {
        const struct counter_value value =
            counter_session_value(readings->session, counter_session_empty(readings->session),
                                  readings->all[i].counter, readings->all[i].column);
        json_object_set_new(object, readings->all[i].name,
                            json_string(value.state == COUNTER_ABSENT ? value.reason
                                        : readings->is_scaled[i]      ? "scaled"
                                                                      : "counted"));
    }
    return object;
}

void readings_close(struct readings *readings)
{
    counter_session_close(readings->session);
    readings->session = NULL;
}
