/* `lossgrid list counters`: the counters, and which of them work here. */
#ifndef HARNESS_LIST_COUNTER_TABLE_H
#define HARNESS_LIST_COUNTER_TABLE_H

#include "harness/support/table.h"

/* One row for each column of each counter; opens all of them to find out. */
enum lg_status counter_table(struct table *table, struct lg_error *error);

#endif
