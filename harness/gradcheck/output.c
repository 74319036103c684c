#include "harness/gradcheck/output.h"

#include <float.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/gradcheck_columns.h"
#include "harness/machine/machine.h"
#include "harness/support/files.h"
#include "harness/support/json.h"
#include "harness/support/table.h"
#include "harness/support/version.h"

static const char *const kinds[] = {"loss",      "activation", "layer", "initialisation",
                                    "optimizer", "network",    "path",  "training"};
enum { KINDS = sizeof kinds / sizeof *kinds, REASONS_MAX = 32 };

/* ---- The table ----------------------------------------------------------- */

struct kind_totals {
    size_t subjects, checked, certified, skipped, failed, dead;
    bool has_error;
    double relative_error, error_bar, ulps_f32;
};

static struct kind_totals add_up(const struct gradcheck *g, const char *kind)
{
    struct kind_totals t = {.subjects = 0};
    for (size_t i = 0; i < g->items.count; i++) {
        const struct result *r = &g->results[i];
        if (!g->done[i] || strcmp(r->kind, kind) != 0)
            continue;
        t.subjects += i == 0 || !result_same_subject(r, r - 1);
        t.checked += r->checked;
        t.certified += r->certified;
        t.skipped += r->skipped;
        t.failed += r->failed;
        t.dead += r->dead;
        t.has_error = t.has_error || r->has_error;
        if (r->has_error && r->relative_error >= t.relative_error) {
            t.relative_error = r->relative_error;
            t.error_bar = r->error_bar;
        }
        t.ulps_f32 = r->f32.largest > t.ulps_f32 ? r->f32.largest : t.ulps_f32;
    }
    return t;
}

static void add_kind_row(struct table *table, const char *kind, const struct kind_totals *t)
{
    char f[8][24];
    snprintf(f[0], sizeof f[0], "%zu", t->subjects);
    snprintf(f[1], sizeof f[1], "%zu", t->checked);
    snprintf(f[2], sizeof f[2], "%zu", t->certified);
    snprintf(f[3], sizeof f[3], "%zu", t->skipped);
    snprintf(f[4], sizeof f[4], t->has_error ? "%.1e" : "-", t->relative_error);
    snprintf(f[5], sizeof f[5], "%.1f", t->ulps_f32);
    snprintf(f[6], sizeof f[6], "%zu", t->failed);
    table_row(table, (const char *const[]){kind, f[0], f[1], f[2], f[3], f[4], f[5], f[6]});
}

static enum lg_status print_kinds(const struct gradcheck *g, struct text *text,
                                  struct lg_error *error)
{
    struct table table = {.columns = 8};
    table_row(&table, (const char *const[]){"kind", "subjects", "derivatives", "at kinks",
                                            "skipped", "largest error", "f32 ulps", "failed"});
    for (size_t k = 0; k < KINDS; k++) {
        const struct kind_totals totals = add_up(g, kinds[k]);
        if (totals.subjects > 0)
            add_kind_row(&table, kinds[k], &totals);
    }
    enum lg_status status = table_format(&table, TABLE_TEXT, text, error);
    table_free(&table);
    return status;
}

/* ---- What stands below it ------------------------------------------------ */

/* One line for the kinks of each subject with default options: the convention. */
static void print_kinks(const struct gradcheck *g, struct text *text)
{
    bool any = false;
    for (size_t i = 0; i < g->items.count; i++) {
        const struct result *r = &g->results[i];
        const bool shown = r->options[0] == '\0' || g->items.count < 64;
        if (!g->done[i] || r->kink_count == 0 || !shown)
            continue;
        if (!any)
            text_print(text, "\nat its kinks the gradient is, between the one-sided derivatives\n");
        any = true;
        text_print(text, "  %s%s%s%s", r->name, r->options[0] != '\0' ? " (" : "", r->options,
                   r->options[0] != '\0' ? ")" : "");
        for (size_t k = 0; k < r->kink_count; k++)
            text_print(text, "%s %.6g at %.6g [%.6g, %.6g]", k == 0 ? ":" : ",",
                       r->kink[k].analytic, r->kink[k].at, r->kink[k].left, r->kink[k].right);
        text_print(text, "\n");
    }
}

/* The reasons and their counts. */
struct reason {
    const char *why;
    size_t count;
};

static size_t add_reason(struct reason *reasons, size_t count, const char *why, size_t derivatives)
{
    size_t at = 0;
    while (at < count && strcmp(reasons[at].why, why) != 0)
        at++;
    if (at == count && count < REASONS_MAX)
        reasons[count++] = (struct reason){why, 0};
    if (at == REASONS_MAX)
        reasons[--at].why = "other reasons: see gradcheck.csv";
    reasons[at].count += derivatives;
    return count;
}

static void print_skipped(const struct gradcheck *g, struct text *text)
{
    struct reason reasons[REASONS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < g->items.count; i++)
        for (size_t r = 0; r < RESULT_REASONS_MAX; r++)
            if (g->done[i] && g->results[i].reasons[r].count > 0)
                count = add_reason(reasons, count, g->results[i].reasons[r].why,
                                   g->results[i].reasons[r].count);
    for (size_t i = 0; i < count; i++)
        text_print(text, "%s  %zu: %s\n", i == 0 ? "\nskipped\n" : "", reasons[i].count,
                   reasons[i].why);
}

static void print_injected(const struct gradcheck *g, struct text *text)
{
    double smallest = 0;
    bool missed = false; /* sizes descend */
    if (g->row_count == 0)
        return;
    text_print(text, "\ninjected into random networks: seen, and the right place named\n");
    for (size_t i = 0; i < g->row_count; i++) {
        const struct trials_row *row = &g->rows[i];
        if (row->size == 0)
            text_print(text, "  %-18s %3zu of %zu, %zu%s\n", row->fault, row->detected, row->trials,
                       row->named, trials_row_is_right(row) ? "" : "  <- NOT AS IT SHOULD BE");
        else if (row->detected == row->trials && !missed)
            smallest = row->size;
        else
            missed = true;
    }
    text_print(
        text, "  one entry wrong by %.0e of its block's largest, or more, is seen in every trial\n",
        smallest);
}

static void print_failures(const struct gradcheck *g, struct text *text)
{
    for (size_t i = 0; i < g->items.count; i++) {
        const struct result *r = &g->results[i];
        if (g->done[i] && r->failed > 0)
            text_print(text, "\nFAILED %s\n", r->message);
        if (g->done[i] && result_is_lifeless(r))
            text_print(text,
                       "\nDEAD %s %s%s%s%s: nothing has been shown: gradients and differences are "
                       "0, or of no use\n",
                       r->kind, r->name, r->options[0] != '\0' ? " (" : "", r->options,
                       r->options[0] != '\0' ? ")" : "");
    }
}

static void print_fault(const struct gradcheck *g, struct text *text)
{
    size_t seen = 0, applied = 0;
    for (size_t i = 0; i < g->items.count; i++) {
        const struct result *r = &g->results[i];
        if (!g->done[i] || r->unchecked == r->block_count)
            continue;
        applied++;
        seen += r->failed > 0;
        if (r->failed == 0)
            text_print(text, "NOT SEEN in %s %s %s\n", r->kind, r->name, r->options);
        else
            text_print(text, "seen: %s\n", r->message);
    }
    const struct coverage covered = gradcheck_totals(g).coverage;
    coverage_print(&covered, text);
    text_print(text, "injected '%s': seen in %zu of the %zu subjects that can have it\n",
               g->fault->name, seen, applied);
}

static void print_cancelled(const struct gradcheck *g, struct text *text)
{
    const struct gradcheck_totals t = gradcheck_totals(g);
    if (t.cancelled > 0)
        text_print(text,
                   "\n%zu of %zu derivatives are sums that cancel: judged by the size of their "
                   "terms, all others by their own\n",
                   t.cancelled, t.checked);
}

enum lg_status gradcheck_print(const struct gradcheck *g, struct text *text, struct lg_error *error)
{
    if (g->fault != NULL) {
        print_fault(g, text);
        return text_check(text, error);
    }
    enum lg_status status = print_kinds(g, text, error);
    if (status != LG_OK)
        return status;
    print_kinks(g, text);
    print_skipped(g, text);
    print_injected(g, text);
    print_cancelled(g, text);
    const struct coverage covered = gradcheck_totals(g).coverage;
    coverage_print(&covered, text);
    print_failures(g, text);
    const struct gradcheck_totals t = gradcheck_totals(g);
    text_print(
        text,
        "\n%s%zu derivatives of %zu subjects in %.1f s: %s (%zu blocks failed, %zu dead, %zu "
        "derivatives skipped)\n",
        g->is_cut_short ? "INTERRUPTED. " : "", t.checked, t.subjects, g->seconds,
        gradcheck_is_right(g) ? "all as they should be" : "NOT all as they should be", t.failed,
        t.dead, t.skipped);
    return text_check(text, error);
}

/* ---- The folder ---------------------------------------------------------- */

/* Ends *csv. */
static enum lg_status write_csv(const char *directory, const struct csv_file *file, struct csv *csv,
                                struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = csv_check(csv, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s", directory, file->name);
    if (status == LG_OK)
        status = files_write(path, csv->text.bytes, csv->text.size, error);
    text_free(&csv->text);
    return status;
}

/* The rows that each result has of its own, at that offset. */
static enum lg_status write_rows(const struct gradcheck *g, const char *directory,
                                 const struct csv_file *file, size_t offset, struct lg_error *error)
{
    struct csv csv = {0};
    csv_file_header(file, NULL, &csv);
    for (size_t i = 0; i < g->items.count; i++)
        if (g->done[i])
            csv_add(&csv, (const struct csv *)((const char *)&g->results[i] + offset));
    return write_csv(directory, file, &csv, error);
}

static enum lg_status write_ulps(const struct gradcheck *g, const char *directory,
                                 struct lg_error *error)
{
    struct csv csv = {0};
    csv_file_header(&ulps_csv, NULL, &csv);
    for (size_t k = 0; k < KINDS; k++) {
        struct ulps f64 = {{0}, 0}, f32 = {{0}, 0};
        for (size_t i = 0; i < g->items.count; i++)
            if (g->done[i] && strcmp(g->results[i].kind, kinds[k]) == 0) {
                ulps_add(&f64, &g->results[i].f64);
                ulps_add(&f32, &g->results[i].f32);
            }
        ulps_rows(&csv, "f64", kinds[k], &f64);
        ulps_rows(&csv, "f32", kinds[k], &f32);
    }
    return write_csv(directory, &ulps_csv, &csv, error);
}

static enum lg_status write_injected(const struct gradcheck *g, const char *directory,
                                     struct lg_error *error)
{
    struct csv csv = {0};
    csv_file_header(&injected_csv, NULL, &csv);
    for (size_t i = 0; i < g->row_count; i++)
        csv_file_row(&injected_csv, NULL, &csv, &g->rows[i]);
    return write_csv(directory, &injected_csv, &csv, error);
}

static enum lg_status write_coverage(const struct gradcheck *g, const char *directory,
                                     struct lg_error *error)
{
    struct csv csv = {0};
    const struct coverage covered = gradcheck_totals(g).coverage;
    coverage_write(&covered, &csv);
    return write_csv(directory, &coverage_csv, &csv, error);
}

static enum lg_status write_manifest(const struct gradcheck *g, const char *directory,
                                     const char *command, struct lg_error *error)
{
    const struct gradcheck_totals t = gradcheck_totals(g);
    struct machine machine;
    char path[FILES_PATH_MAX];
    machine_look(&machine);
    json_t *totals =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "subjects", (json_int_t)t.subjects,
                  "blocks", (json_int_t)t.blocks, "checked", (json_int_t)t.checked, "certified",
                  (json_int_t)t.certified, "skipped", (json_int_t)t.skipped, "failed",
                  (json_int_t)t.failed, "dead", (json_int_t)t.dead);
    json_t *root = json_pack(
        "{s:s, s:b, s:s, s:s, s:f, s:i, s:I, s:o, s:o}", "lossgrid", version_text(), "interrupted",
        (int)g->is_cut_short, "command", command, "isa", g->copies.backend[COPY_F64]->isa,
        "seconds", g->seconds, "precision_bits_reference", (int)LDBL_MANT_DIG, "seed",
        (json_int_t)g->seed, "totals", totals, "machine", machine_json(&machine));
    enum lg_status status = files_path(path, error, "%s/manifest.json", directory);
    if (status == LG_OK)
        return json_write(path, root, 2, error);
    json_decref(root);
    return status;
}

enum lg_status gradcheck_write(const struct gradcheck *g, const char *directory,
                               const char *command, struct lg_error *error)
{
    enum lg_status status = files_make_directories(directory, error);
    if (status == LG_OK)
        status = write_rows(g, directory, &gradcheck_csv, offsetof(struct result, blocks), error);
    if (status == LG_OK)
        status = write_rows(g, directory, &sweep_csv, offsetof(struct result, sweep), error);
    if (status == LG_OK)
        status = write_rows(g, directory, &kinks_csv, offsetof(struct result, kinks), error);
    if (status == LG_OK)
        status = write_ulps(g, directory, error);
    if (status == LG_OK)
        status = write_injected(g, directory, error);
    if (status == LG_OK)
        status = write_coverage(g, directory, error);
    if (status == LG_OK)
        status = csv_folder_schema(&csv_folder_gradcheck, NULL, directory, error);
    return status == LG_OK ? write_manifest(g, directory, command, error) : status;
}
