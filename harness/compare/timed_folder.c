#include "harness/compare/timed_folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/files.h"

/* ---- Tables -------------------------------------------------------------- */

/* A file of the folder being read. */
struct source {
    char path[FILES_PATH_MAX];
    struct csv_table table;
};

static enum lg_status open_source(struct source *source, const char *folder, const char *file,
                                  const char *const *columns, struct lg_error *error)
{
    enum lg_status status = files_path(source->path, error, "%s/%s", folder, file);
    if (status == LG_OK)
        status = csv_read(source->path, &source->table, error);
    for (size_t i = 0; status == LG_OK && columns[i] != NULL; i++)
        if (csv_column(&source->table, columns[i]) < 0)
            status = lg_fail_at(
                error, LG_INPUT, source->path, 1, 0,
                "column '%s' is missing; expected a file of this version's `lossgrid time`",
                columns[i]);
    return status;
}

static const char *field(const struct source *source, size_t row, const char *column)
{
    return csv_field(&source->table, row, (size_t)csv_column(&source->table, column));
}

/* An empty field is NAN where is_optional. Negative numbers occur in no file of these. */
static enum lg_status read_number(const struct source *source, size_t row, const char *column,
                                  bool is_optional, double *number, struct lg_error *error)
{
    const char *text = field(source, row, column);
    char *end;
    *number = (double)NAN;
    if (text[0] == '\0' && is_optional)
        return LG_OK;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value) || value < 0)
        return lg_fail_at(error, LG_INPUT, source->path, (int)row + 1, 0,
                          "%s is '%.64s', expected a number of 0 or more%s", column, text,
                          is_optional ? " or nothing" : "");
    *number = value;
    return LG_OK;
}

/* As read_number(), but more than 0: what ratios are made of. */
static enum lg_status read_positive(const struct source *source, size_t row, const char *column,
                                    double *number, struct lg_error *error)
{
    enum lg_status status = read_number(source, row, column, false, number, error);
    if (status == LG_OK && *number <= 0)
        status = lg_fail_at(error, LG_INPUT, source->path, (int)row + 1, 0,
                            "%s is 0, expected more", column);
    return status;
}

static enum lg_status read_phase(const struct source *source, size_t row, size_t *phase,
                                 struct lg_error *error)
{
    const char *name = field(source, row, "phase");
    for (*phase = 0; *phase < TIMED_PHASES; ++*phase)
        if (strcmp(name, phases_of_step[*phase]) == 0)
            return LG_OK;
    return lg_fail_unknown(error, source->path, (int)row + 1, 0, "phase", name, phases_of_step,
                           TIMED_PHASES);
}

/* ---- cost.csv ------------------------------------------------------------ */

/* The whole step of a block that was looked into: its overhead is in phases.csv. */
static const char probed[] = "probed";

/* The A/A control is a cell measured once more, for the noise floor alone. */
static enum lg_status read_control(const struct source *source, size_t row, bool *is_control,
                                   struct lg_error *error)
{
    const char *text = field(source, row, "is_control");
    *is_control = strcmp(text, "1") == 0;
    if (!*is_control && strcmp(text, "0") != 0)
        return lg_fail_at(error, LG_INPUT, source->path, (int)row + 1, 0,
                          "is_control is '%.64s', expected 0 or 1", text);
    return LG_OK;
}

static const char first_state[] = "first";

/* True if a row is of the first steps, of a file that has later ones too. */
static bool is_early(const struct source *source, size_t row)
{
    return csv_column(&source->table, "state") >= 0 &&
           strcmp(field(source, row, "state"), first_state) == 0;
}

static struct timed_cell *find_cell(const struct timed_folder *folder, const char *cell)
{
    for (size_t i = 0; i < folder->count; i++)
        if (strcmp(folder->cells[i].cell, cell) == 0)
            return &folder->cells[i];
    return NULL;
}

const struct timed_cell *timed_folder_find(const struct timed_folder *folder, const char *cell)
{
    return find_cell(folder, cell);
}

static struct timed_cell *add_cell(struct timed_folder *folder, const struct source *source,
                                   size_t row)
{
    struct timed_cell *cell = &folder->cells[folder->count++];
    *cell = (struct timed_cell){
        .cell = field(source, row, "cell"),
        .loss = field(source, row, "loss"),
        .optimizer = field(source, row, "optimizer"),
        .label = field(source, row, "label"),
        .precision = field(source, row, "precision"),
        .isa = field(source, row, "isa"),
        .weights_sha256 = field(source, row, "weights_sha256"),
        .state = first_state,
        .first_sha256 = "",
        .from_step = (double)NAN,
    };
    if (csv_column(&source->table, "state") >= 0)
        cell->state = field(source, row, "state");
    return cell;
}

static enum lg_status read_cost_row(struct timed_folder *folder, const struct source *source,
                                    size_t row, struct lg_error *error)
{
    const char *name = field(source, row, "cell");
    size_t phase = 0;
    bool is_control;
    enum lg_status status = read_control(source, row, &is_control, error);
    if (status != LG_OK || is_control || is_early(source, row))
        return status;
    status = read_phase(source, row, &phase, error);
    if (status != LG_OK)
        return status;
    struct timed_cell *cell = find_cell(folder, name);
    if (cell == NULL)
        cell = add_cell(folder, source, row);
    if (csv_column(&source->table, "from_step") >= 0)
        status = read_number(source, row, "from_step", true, &cell->from_step, error);
    if (status != LG_OK)
        return status;
    struct timed_cost *cost = &cell->costs[phase];
    if (cost->is_there)
        return lg_fail_at(error, LG_INPUT, source->path, (int)row + 1, 0,
                          "a second row of cell '%.100s', phase %s", name, phases_of_step[phase]);
    cost->is_there = true;
    status = read_positive(source, row, "batch", &cell->batch, error);
    if (status == LG_OK)
        status = read_positive(source, row, "parameters", &cell->parameters, error);
    const struct {
        const char *column;
        double *number;
    } numbers[] = {{"median_ns", &cost->ns},    {"low_ns", &cost->low_ns},
                   {"high_ns", &cost->high_ns}, {"ns_per_parameter", &cost->ns_per_parameter},
                   {"ticks", &cost->ticks},     {"cycles", &cost->cycles}};
    for (size_t i = 0; status == LG_OK && i < sizeof numbers / sizeof *numbers; i++)
        status = read_number(source, row, numbers[i].column, true, numbers[i].number, error);
    return status;
}

/* The digests of the cells' weights in their first steps. */
static void read_first(struct timed_folder *folder, const struct source *source)
{
    for (size_t row = 1; row < source->table.rows; row++) {
        struct timed_cell *cell =
            is_early(source, row) ? find_cell(folder, field(source, row, "cell")) : NULL;
        if (cell != NULL)
            cell->first_sha256 = field(source, row, "weights_sha256");
    }
}

static enum lg_status read_cost(struct timed_folder *folder, struct lg_error *error)
{
    static const char *const columns[] = {
        "cell",   "is_control",       "loss",           "optimizer", "label",  "precision", "isa",
        "batch",  "parameters",       "phase",          "median_ns", "low_ns", "high_ns",   "ticks",
        "cycles", "ns_per_parameter", "weights_sha256", NULL};
    struct source source = {.table = {0}};
    enum lg_status status = open_source(&source, folder->path, "cost.csv", columns, error);
    folder->cost = source.table; /* the cells' texts lie in it */
    if (status != LG_OK)
        return status;
    folder->cells = calloc(source.table.rows, sizeof *folder->cells);
    if (folder->cells == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to read %s", source.path);
    for (size_t row = 1; status == LG_OK && row < source.table.rows; row++)
        status = read_cost_row(folder, &source, row, error);
    read_first(folder, &source);
    if (status == LG_OK && folder->count == 0)
        status = lg_fail_at(error, LG_INPUT, source.path, 0, 0, "no row; expected some cells");
    return status;
}

/* ---- samples.csv --------------------------------------------------------- */

/* Blocks of one round are one value: the bootstrap draws rounds. */
static enum lg_status add_sample(struct timed_cost *cost, size_t round, double wall_ns,
                                 double steps, struct lg_error *error)
{
    if (cost->rounds > 0 && cost->round == round) {
        cost->wall_ns += wall_ns;
        cost->steps += steps;
    } else {
        if (cost->rounds == cost->capacity) {
            const size_t capacity = cost->capacity > 0 ? 2 * cost->capacity : 32;
            double *values = realloc(cost->values, capacity * sizeof *values);
            if (values == NULL)
                return lg_fail(error, LG_ENVIRONMENT, "not enough memory for the samples");
            cost->values = values;
            cost->capacity = capacity;
        }
        cost->rounds++;
        cost->round = round;
        cost->wall_ns = wall_ns;
        cost->steps = steps;
    }
    cost->values[cost->rounds - 1] = cost->wall_ns / cost->steps;
    return LG_OK;
}

/* Processor time where it was counted, as in cost.csv: of whole steps. */
static const char *time_column(const struct source *source, size_t row)
{
    const bool counted =
        csv_column(&source->table, "cpu_ns") >= 0 && field(source, row, "cpu_ns")[0] != '\0';
    return counted ? "cpu_ns" : "wall_ns";
}

static enum lg_status read_sample(struct timed_folder *folder, const struct source *source,
                                  size_t row, struct lg_error *error)
{
    const char *name = field(source, row, "cell");
    size_t phase = 0;
    double round, steps, wall_ns;
    bool is_control;
    enum lg_status status = read_control(source, row, &is_control, error);
    if (status != LG_OK || is_control || is_early(source, row) ||
        field(source, row, "wall_ns")[0] == '\0' ||
        strcmp(field(source, row, "phase"), probed) == 0)
        return status;
    status = read_phase(source, row, &phase, error);
    if (status == LG_OK)
        status = read_number(source, row, "round", false, &round, error);
    if (status == LG_OK)
        status = read_positive(source, row, "steps", &steps, error);
    if (status == LG_OK)
        status = read_number(source, row, time_column(source, row), false, &wall_ns, error);
    if (status != LG_OK)
        return status;
    struct timed_cell *cell = find_cell(folder, name);
    if (cell == NULL || !cell->costs[phase].is_there)
        return lg_fail_at(error, LG_INPUT, source->path, (int)row + 1, 0,
                          "cell '%.100s', phase %s has no row in cost.csv", name,
                          phases_of_step[phase]);
    return add_sample(&cell->costs[phase], (size_t)round, wall_ns, steps, error);
}

static enum lg_status read_samples(struct timed_folder *folder, struct lg_error *error)
{
    static const char *const columns[] = {"cell",  "is_control", "phase", "round",
                                          "steps", "wall_ns",    NULL};
    struct source source = {.table = {0}};
    enum lg_status status = open_source(&source, folder->path, "samples.csv", columns, error);
    for (size_t row = 1; status == LG_OK && row < source.table.rows; row++)
        status = read_sample(folder, &source, row, error);
    csv_free(&source.table);
    return status;
}

/* ---- The other files ----------------------------------------------------- */

static enum lg_status read_noise(struct timed_folder *folder, struct lg_error *error)
{
    static const char *const columns[] = {"phase", "floor", NULL};
    struct source source = {.table = {0}};
    enum lg_status status = open_source(&source, folder->path, "noise.csv", columns, error);
    for (size_t row = 1; status == LG_OK && row < source.table.rows; row++) {
        size_t phase = 0;
        double *floor = &folder->floor;
        if (is_early(&source, row))
            continue;
        if (strcmp(field(&source, row, "phase"), "all") != 0) {
            status = read_phase(&source, row, &phase, error);
            if (status == LG_OK)
                floor = &folder->floors[phase];
        }
        if (status == LG_OK)
            status = read_number(&source, row, "floor", true, floor, error);
    }
    csv_free(&source.table);
    return status;
}

/* Files that a folder may do without: *there receives whether it has it. */
static enum lg_status open_optional(struct source *source, const char *folder, const char *file,
                                    const char *const *columns, bool *there, struct lg_error *error)
{
    enum lg_status status = files_path(source->path, error, "%s/%s", folder, file);
    *there = status == LG_OK && files_exists(source->path);
    return *there ? open_source(source, folder, file, columns, error) : status;
}

static enum lg_status read_overhead(struct timed_folder *folder, struct lg_error *error)
{
    static const char *const columns[] = {"cell", "overhead", NULL};
    struct source source = {.table = {0}};
    bool there = false;
    enum lg_status status =
        open_optional(&source, folder->path, "phases.csv", columns, &there, error);
    for (size_t row = 1; status == LG_OK && there && row < source.table.rows; row++) {
        char *end;
        const char *text = field(&source, row, "overhead");
        const double overhead = strtod(text, &end); /* may well be negative: it is small */
        if (text[0] != '\0' && (end == text || *end != '\0'))
            status = lg_fail_at(error, LG_INPUT, source.path, (int)row + 1, 0,
                                "overhead is '%.64s', expected a number or nothing", text);
        else if (text[0] != '\0' && !(folder->overhead >= overhead))
            folder->overhead = overhead;
    }
    csv_free(&source.table);
    return status;
}

static enum lg_status read_conditions(struct timed_folder *folder, struct lg_error *error)
{
    static const char *const columns[] = {"when", "condition", "verdict", "sentence", NULL};
    struct source source = {.table = {0}};
    bool there = false;
    enum lg_status status =
        open_optional(&source, folder->path, "conditions.csv", columns, &there, error);
    folder->conditions = source.table;
    return status;
}

static enum lg_status read_machine(struct timed_folder *folder, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct text content = {0};
    json_error_t wrong;
    enum lg_status status = files_path(path, error, "%s/machine.json", folder->path);
    if (status == LG_OK)
        status = files_read(path, &content, error);
    if (status == LG_OK) {
        folder->machine =
            json_loadb(content.bytes != NULL ? content.bytes : "", content.size, 0, &wrong);
        if (folder->machine == NULL)
            status = lg_fail_at(error, LG_INPUT, path, wrong.line, wrong.column, "%s", wrong.text);
        else if (!json_is_object(json_object_get(folder->machine, "env")))
            status = lg_fail_at(error, LG_INPUT, path, 0, 0,
                                "no \"env\"; expected a machine.json of `lossgrid time`");
    }
    text_free(&content);
    return status;
}

/* ---- The folder ---------------------------------------------------------- */

enum lg_status timed_folder_read(const char *path, struct timed_folder *folder,
                                 struct lg_error *error)
{
    *folder = (struct timed_folder){.path = path, .floor = (double)NAN, .overhead = (double)NAN};
    for (size_t i = 0; i < TIMED_PHASES; i++)
        folder->floors[i] = (double)NAN;
    enum lg_status status = read_cost(folder, error);
    if (status == LG_OK)
        status = read_samples(folder, error);
    if (status == LG_OK)
        status = read_noise(folder, error);
    if (status == LG_OK)
        status = read_overhead(folder, error);
    if (status == LG_OK)
        status = read_conditions(folder, error);
    if (status == LG_OK)
        status = read_machine(folder, error);
    return status;
}

double timed_folder_floor(const struct timed_folder *folder, enum timed_phase phase)
{
    return isnan(folder->floors[phase]) ? folder->floor : folder->floors[phase];
}

const char *timed_folder_fact(const struct timed_folder *folder, const char *key, const char *inner)
{
    const json_t *value = json_object_get(json_object_get(folder->machine, "env"), key);
    if (inner != NULL)
        value = json_object_get(value, inner);
    const char *text = json_string_value(value);
    return text != NULL ? text : "unknown";
}

void timed_folder_free(struct timed_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        for (size_t phase = 0; phase < TIMED_PHASES; phase++)
            free(folder->cells[i].costs[phase].values);
    free(folder->cells);
    csv_free(&folder->cost);
    csv_free(&folder->conditions);
    json_decref(folder->machine);
    *folder = (struct timed_folder){0};
}
