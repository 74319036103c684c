#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/compare/compare_output.h"
#include "harness/compare/roofline.h"
#include "harness/support/files.h"
#include "harness/support/shown.h"
#include "harness/support/table.h"

enum { FIELD_MAX = 48, SHOWN_MAX = 512 };

/* ---- Numbers ------------------------------------------------------------- */

static void format_number(char text[FIELD_MAX], double number)
{
    if (isnan(number))
        snprintf(text, FIELD_MAX, "-");
    else
        snprintf(text, FIELD_MAX, "%.*f",
                 number < 1      ? 4
                 : number < 10   ? 3
                 : number < 1000 ? 1
                                 : 0,
                 number);
}

static void format_interval(char text[FIELD_MAX], bool is_there, double low, double high)
{
    char ends[2][FIELD_MAX];
    format_number(ends[0], low);
    format_number(ends[1], high);
    if (is_there)
        snprintf(text, FIELD_MAX, "%.20s to %.20s", ends[0], ends[1]);
    else
        snprintf(text, FIELD_MAX, "-");
}

/* Thousandths: no run resolves more. */
static void format_ratio(char text[FIELD_MAX], double ratio)
{
    if (isnan(ratio))
        snprintf(text, FIELD_MAX, "-");
    else
        snprintf(text, FIELD_MAX, "%.3f", ratio);
}

static void format_percent(char text[FIELD_MAX], double share)
{
    if (isnan(share))
        snprintf(text, FIELD_MAX, "-");
    else
        snprintf(text, FIELD_MAX, "%.1f %%", 100 * share);
}

static char letter(size_t folder)
{
    return folder < 26 ? (char)('A' + folder) : '?';
}

/* ---- Who is compared ----------------------------------------------------- */

/* True if an earlier row says the same, as those after a run often do. */
static bool is_repeated(const struct csv_table *table, size_t row, size_t column)
{
    for (size_t i = 1; i < row; i++)
        if (strcmp(csv_field(table, i, column), csv_field(table, row, column)) == 0)
            return true;
    return false;
}

static void add_conditions(const struct timed_folder *folder, struct text *text)
{
    const struct csv_table *table = &folder->conditions;
    if (table->rows == 0) {
        text_print(text, "   conditions: not recorded\n");
        return;
    }
    const size_t verdict = (size_t)csv_column(table, "verdict");
    const size_t sentence = (size_t)csv_column(table, "sentence");
    for (size_t row = 1; row < table->rows; row++)
        if (strcmp(csv_field(table, row, verdict), "ok") != 0 && !is_repeated(table, row, sentence))
            text_print(text, "   %s: %s\n", csv_field(table, row, verdict),
                       csv_field(table, row, sentence));
}

static void add_folder(const struct compared *compared, size_t i, struct text *text)
{
    const struct timed_folder *folder = &compared->folders[i];
    const struct timed_cell *cell = &folder->cells[0];
    char floor[FIELD_MAX], overhead[FIELD_MAX], path[FILES_PATH_MAX];
    const double noise = timed_folder_floor(folder, TIMED_STEP);
    format_percent(floor, noise);
    format_percent(overhead, folder->overhead);
    text_print(text, "%c  %s: %s, %s %s, lossgrid %s%s\n", letter(i),
               shown_print(folder->path, path, sizeof path),
               timed_folder_fact(folder, "machine", "cpu"), cell->isa, cell->precision,
               timed_folder_fact(folder, "lossgrid", NULL), i == 0 ? " (the baseline)" : "");
    text_print(text, "   noise floor of a step %s, overhead of phases %s%s\n",
               isnan(noise) ? "unknown" : floor, isnan(folder->overhead) ? "unknown" : overhead,
               isnan(roofline_fma(folder, cell->isa, cell->precision).median)
                   ? ", not calibrated: no roofline"
                   : "");
    add_conditions(folder, text);
}

/* ---- What each costs ----------------------------------------------------- */

static void add_cost(struct table *table, const struct timed_folder *folder,
                     const struct timed_cell *cell, enum timed_phase phase)
{
    const struct timed_cost *cost = &cell->costs[phase];
    const bool is_counted = !isnan(cost->cycles);
    char f[5][FIELD_MAX], per_sample[FIELD_MAX];
    format_number(f[0], cost->ns);
    format_interval(f[1], !isnan(cost->low_ns) && !isnan(cost->high_ns), cost->low_ns,
                    cost->high_ns);
    format_number(f[2], (is_counted ? cost->cycles : cost->ticks) / cell->batch);
    snprintf(per_sample, sizeof per_sample, "%.30s%s", f[2],
             is_counted           ? " cycles"
             : isnan(cost->ticks) ? ""
                                  : " ticks");
    format_number(f[3], cost->ns_per_parameter);
    format_percent(f[4], roofline_share(folder, cell, phase));
    table_row(table, (const char *const[]){cell->cell, phases_of_step[phase], f[0], f[1],
                                           per_sample, f[3], f[4]});
}

static enum lg_status add_costs(const struct compared *compared, size_t i, struct text *text,
                                struct lg_error *error)
{
    const struct timed_folder *folder = &compared->folders[i];
    struct table table = {.columns = 7};
    text_print(text, "\n%c: what each step costs\n", letter(i));
    table_row(&table, (const char *const[]){"cell", "phase", "ns", "95 % interval", "per sample",
                                            "ns per parameter", "of roofline"});
    for (size_t c = 0; c < folder->count; c++)
        for (size_t phase = 0; phase < TIMED_PHASES; phase++)
            if (folder->cells[c].costs[phase].is_there)
                add_cost(&table, folder, &folder->cells[c], (enum timed_phase)phase);
    enum lg_status status = table_format(&table, TABLE_TEXT, text, error);
    table_free(&table);
    return status;
}

/* ---- Ratios -------------------------------------------------------------- */

static void add_ratio(struct table *table, const struct paired *paired)
{
    const struct ratio *ratio = &paired->ratio;
    char f[5][FIELD_MAX], verdict[2 * PAIRED_REASON_MAX];
    format_number(f[0], paired->a->costs[paired->phase].ns);
    format_number(f[1], paired->b->costs[paired->phase].ns);
    format_ratio(f[2], ratio->value);
    if (ratio->has_interval)
        snprintf(f[3], FIELD_MAX, "%.3f to %.3f", ratio->low, ratio->high);
    else
        snprintf(f[3], FIELD_MAX, "-");
    format_ratio(f[4], paired->normalised.value);
    snprintf(verdict, sizeof verdict, "%s%s%s", verdict_words[paired->verdict],
             paired->reason[0] != '\0' ? ": " : "", paired->reason);
    table_row(table, (const char *const[]){paired->a->cell, phases_of_step[paired->phase], f[0],
                                           f[1], f[2], f[3], f[4], verdict});
}

/* Once a cell, or once a phase where only that is missing. */
static void add_not_comparable(const struct pairing *pairing, struct text *text)
{
    const struct paired *last = NULL;
    for (size_t i = 0; i < pairing->count; i++) {
        const struct paired *paired = &pairing->all[i];
        if (paired->verdict != VERDICT_NOT_COMPARABLE)
            continue;
        const bool is_whole =
            paired->a == NULL || paired->b == NULL ||
            (paired->a->costs[paired->phase].is_there && paired->b->costs[paired->phase].is_there);
        const struct timed_cell *cell = paired_cell(paired);
        char shown[SHOWN_MAX];
        shown_print(cell->cell, shown, sizeof shown);
        if (!is_whole)
            text_print(text, "not comparable: %s, %s: %s\n", shown, phases_of_step[paired->phase],
                       paired->reason);
        else if (last == NULL || paired_cell(last) != cell)
            text_print(text, "not comparable: %s: %s\n", shown, paired->reason);
        last = paired;
    }
}

static void add_summary(const struct pairing *pairing, char name, struct text *text)
{
    text_print(text, "%c against A, in %zu cells:", name, pairing->cells);
    for (size_t v = 0; v < VERDICTS; v++)
        text_print(text, "%s %zu %s", v > 0 ? "," : "", pairing_count(pairing, (enum verdict)v),
                   verdict_words[v]);
    text_print(text, "\n");
    if (pairing->refused > 0)
        text_print(text, "refused, since they did not compute the same: %zu, the first '%s'; %s\n",
                   pairing->refused, pairing->first, pairing->first_divergence.bytes);
}

static enum lg_status add_pairing(const struct compared *compared, size_t i, struct text *text,
                                  struct lg_error *error)
{
    const struct pairing *pairing = &compared->pairings[i];
    const char name = letter(i + 1);
    char head[2][FIELD_MAX];
    struct table table = {.columns = 8};
    snprintf(head[0], FIELD_MAX, "%c, ns", name);
    snprintf(head[1], FIELD_MAX, "%c / A", name);
    text_print(text, "\n%c against A\n", name);
    table_row(&table, (const char *const[]){"cell", "phase", "A, ns", head[0], head[1],
                                            "95 % interval", "normalised", "verdict"});
    for (size_t p = 0; p < pairing->count; p++)
        if (pairing->all[p].verdict != VERDICT_NOT_COMPARABLE)
            add_ratio(&table, &pairing->all[p]);
    enum lg_status status = table_format(&table, TABLE_TEXT, text, error);
    table_free(&table);
    if (status == LG_OK) {
        add_not_comparable(pairing, text);
        add_summary(pairing, name, text);
    }
    return status;
}

enum lg_status compare_text(const struct compared *compared, struct text *text,
                            struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (size_t i = 0; i < compared->count; i++)
        add_folder(compared, i, text);
    for (size_t i = 0; status == LG_OK && i < compared->count; i++)
        status = add_costs(compared, i, text, error);
    for (size_t i = 0; status == LG_OK && i + 1 < compared->count; i++)
        status = add_pairing(compared, i, text, error);
    return status == LG_OK ? text_check(text, error) : status;
}
