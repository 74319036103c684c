/* Activations and losses where their plain formulas lose digits or leave the range, against
 * mpmath (tests/golden/tails.py): every copy. `make prove-tails` searches the whole range. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lossgrid/backend.h"

enum { LINE_MAX_BYTES = 2048, NUMBERS_MAX = 16, FIELDS = 7 };
enum { KIND, NAME, OPTIONS, INPUT, TARGET, VALUE, GRADIENT };

/* What an entry may be off, in units of its own last place. */
static const double LIMIT_F32 = 2, LIMIT_F64 = 12;

struct line {
    char text[LINE_MAX_BYTES];
    char *field[FIELDS];
};

static bool read_line(FILE *file, struct line *line)
{
    if (!fgets(line->text, sizeof line->text, file))
        return false;
    line->text[strcspn(line->text, "\n")] = '\0';
    char *rest = line->text;
    for (int i = 0; i < FIELDS; i++) {
        line->field[i] = strsep(&rest, ",");
        cr_assert_not_null(line->field[i], "a golden line is too short");
    }
    return true;
}

/* Numbers separated by blanks up to `end`; returns how many. */
static size_t numbers(const char *from, char end, double *to)
{
    size_t count = 0;
    char *after;
    while (*from != '\0' && *from != end) {
        to[count++] = strtod(from, &after);
        cr_assert(after != from && count <= NUMBERS_MAX, "no number: %s", from);
        from = after + (*after == ' ');
    }
    return count;
}

static void set_option(const struct lg_info *info, struct lg_options *options, const char *word)
{
    char name[32] = "";
    const size_t length = strcspn(word, "=");
    memcpy(name, word, length);
    const int i = lg_option_find(info, name);
    cr_assert(i >= 0, "%s has no option %s", info->name, name);
    const struct lg_option *option = &info->options[i];
    double list[NUMBERS_MAX];
    const size_t count =
        numbers(option->kind == LG_OPTION_CHOICE ? "1" : word + length + 1, ';', list);
    if (option->kind == LG_OPTION_LIST)
        cr_assert(lg_options_set_list(info, options, (size_t)i, list, count));
    else if (option->kind == LG_OPTION_CHOICE)
        while (strcmp(option->choices[(size_t)options->value[i]], word + length + 1) != 0)
            options->value[i]++;
    else
        options->value[i] = list[0];
}

static struct lg_options options_of(const struct lg_info *info, const char *text)
{
    struct lg_options options = lg_options_default(info);
    char copy[128], *rest = copy, *word;
    strncpy(copy, text, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    while ((word = strsep(&rest, ";")) != NULL && *word != '\0')
        set_option(info, &options, word);
    return options;
}

static bool are_floats(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((double)(float)x[i] != x[i])
            return false;
    return true;
}

/* got, of `count` numbers, is what the field says, each to units of its own last place. */
static void compare(const struct lg_backend *backend, const struct line *line, int field,
                    const double *got, size_t count)
{
    double expected[NUMBERS_MAX];
    const bool is_f32 = backend->precision == LG_F32;
    cr_assert_eq(numbers(line->field[field], '\0', expected), count, "%s", line->field[NAME]);
    for (size_t i = 0; i < count; i++) {
        int exponent;
        frexp(expected[i], &exponent);
        const int least = is_f32 ? -149 : -1074, last = exponent - (is_f32 ? 24 : 53);
        const double ulp = ldexp(1, expected[i] == 0 || last < least ? least : last);
        if (is_f32 && fabs(expected[i]) > (double)FLT_MAX)
            continue;
        cr_expect(fabs(got[i] - expected[i]) <= (is_f32 ? LIMIT_F32 : LIMIT_F64) * ulp,
                  "%s %s of %s, f%d: %s %zu is %.17g, expected %.17g", line->field[NAME],
                  line->field[OPTIONS], line->field[INPUT], is_f32 ? 32 : 64,
                  field == VALUE ? "value" : "gradient", i, got[i], expected[i]);
    }
}

static void check_activation(const struct lg_backend *backend, const struct line *line)
{
    struct lg_choice choice = {0};
    double z[NUMBERS_MAX], dh[NUMBERS_MAX], h[NUMBERS_MAX], dz[NUMBERS_MAX];
    const size_t n = numbers(line->field[INPUT], '\0', z);
    numbers(line->field[TARGET], '\0', dh);
    if (backend->precision == LG_F32 && !are_floats(z, n))
        return;
    while (strcmp(backend->activation(choice.index)->name, line->field[NAME]) != 0)
        choice.index++;
    choice.options = options_of(backend->activation(choice.index), line->field[OPTIONS]);
    struct lg_arena arena = {0};
    backend->evaluate_activation(&arena, &choice, 1, n, z, dh, h, dz);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    backend->evaluate_activation(&arena, &choice, 1, n, z, dh, h, dz);
    lg_arena_destroy(&arena);
    compare(backend, line, VALUE, h, n);
    compare(backend, line, GRADIENT, dz, n);
}

static void check_loss(const struct lg_backend *backend, const struct line *line)
{
    struct lg_choice choice = {0};
    double y[LG_LOSS_INPUTS_MAX][NUMBERS_MAX], gradient[LG_LOSS_INPUTS_MAX][NUMBERS_MAX];
    double target[NUMBERS_MAX], all[NUMBERS_MAX], value;
    struct lg_loss_data data = {.batch = 1, .target = target};
    bool are_f32 = true;
    size_t inputs = 0;
    for (const char *row = line->field[INPUT]; row; inputs++) {
        data.features = numbers(row, '/', y[inputs]);
        data.prediction[inputs] = y[inputs];
        are_f32 &= are_floats(y[inputs], data.features);
        row = strchr(row, '/') ? strchr(row, '/') + 1 : NULL;
    }
    data.target_features = numbers(line->field[TARGET], '\0', target);
    if (backend->precision == LG_F32 && !are_f32)
        return;
    while (strcmp(backend->loss(choice.index)->name, line->field[NAME]) != 0)
        choice.index++;
    choice.options = options_of(backend->loss(choice.index), line->field[OPTIONS]);
    double *const to[] = {gradient[0], gradient[1], gradient[2]};
    struct lg_arena arena = {0};
    backend->evaluate_loss(&arena, &choice, &data, to);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    value = (double)backend->evaluate_loss(&arena, &choice, &data, to);
    lg_arena_destroy(&arena);
    for (size_t p = 0; p < inputs; p++)
        memcpy(all + p * data.features, gradient[p], data.features * sizeof *all);
    compare(backend, line, VALUE, &value, 1);
    compare(backend, line, GRADIENT, all, inputs * data.features);
}

Test(tails, hard_points_keep_their_digits)
{
    size_t count, lines = 0;
    const struct lg_backend *const *backends = lg_backends(&count);
    FILE *file = fopen("tests/golden/tails.csv", "r");
    static struct line line;
    cr_assert_not_null(file);
    cr_assert_not_null(fgets(line.text, sizeof line.text, file)); /* the header */
    for (; read_line(file, &line); lines++)
        for (size_t i = 0; i < count; i++) {
            if (!lg_isa_runs_here(backends[i]->isa))
                continue;
            if (strcmp(line.field[KIND], "loss") == 0)
                check_loss(backends[i], &line);
            else
                check_activation(backends[i], &line);
        }
    fclose(file);
    cr_assert_gt(lines, 50);
}
