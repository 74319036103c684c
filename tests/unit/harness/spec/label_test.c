#include "harness/spec/label.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/harness/spec/spec_fixture.h"

#define GRID "grid:\n  losses: [mse]\n  optimizers: [sgd]\n"

/* The labels of the grid's cells, in order. */
static void expect_labels(const char *grid, const char *const *labels, size_t count)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment = parse_sound(spec_with(GRID, grid, text), NULL, NULL);
    cr_assert_eq(experiment.cell_count, count, "%zu cells", experiment.cell_count);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(cell_at(&experiment, i)->label, labels[i]);
    experiment_free(&experiment);
}

#define EXPECT_LABELS(grid, ...)                                                                   \
    expect_labels(grid, (const char *const[]){__VA_ARGS__},                                        \
                  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

Test(label, loss_and_optimizer_suffice_when_they_differ)
{
    EXPECT_LABELS("grid: {losses: [mse, abs], optimizers: [{name: sgd, lr: 5}, adam]}\n", "mse sgd",
                  "mse adam", "abs sgd", "abs adam");
}

Test(label, options_are_shown_where_they_tell_arms_apart)
{
    EXPECT_LABELS("grid:\n"
                  "  - {losses: [mse, abs], optimizers: [{name: sgd, lr: 0.01, momentum: 0.5}]}\n"
                  "  - {losses: [mse], optimizers: [{name: sgd, lr: 1e-4, momentum: .5}, adam]}\n",
                  "mse sgd lr=0.01", "abs sgd", "mse sgd lr=0.0001", "mse adam");
}

Test(label, options_of_every_kind_are_shown)
{
    EXPECT_LABELS("grid: {losses: [{name: mse, reduction: [sum, mean]}],\n"
                  "       optimizers: [{name: sgd, nesterov: [true, false]}]}\n",
                  "mse sgd reduction=sum nesterov=true", "mse sgd reduction=sum nesterov=false",
                  "mse sgd reduction=mean nesterov=true", "mse sgd reduction=mean nesterov=false");
}

Test(label, lists_are_shown_where_they_differ)
{
    EXPECT_LABELS("grid: {losses: [{name: smooth_l1, weights: [[0.5, 1], []], places: [3]},\n"
                  "                {name: smooth_l1, places: [3], weights: [7]}],\n"
                  "       optimizers: [sgd]}\n",
                  "smooth_l1 sgd weights=[0.5,1]", "smooth_l1 sgd weights=[]",
                  "smooth_l1 sgd weights=[7]");
}

Test(label, a_draw_is_shown_where_it_distinguishes_arms)
{
    EXPECT_LABELS("grid:\n"
                  "  - {losses: [mse], optimizers: [sgd]}\n"
                  "  - {losses: [mse], optimizers: [sgd], draw: 2}\n",
                  "mse sgd draw=1", "mse sgd draw=2");
}

Test(label, all_seeds_of_an_arm_share_it)
{
    EXPECT_LABELS("seeds: [1, 2]\ngrid: {losses: [mse], optimizers: [sgd]}\n", "mse sgd",
                  "mse sgd");
    EXPECT_LABELS("grid:\n"
                  "  - {losses: [mse], optimizers: [sgd], seeds: [1]}\n"
                  "  - {losses: [mse], optimizers: [sgd], seeds: [2]}\n",
                  "mse sgd", "mse sgd");
}

Test(label, of_a_block_names_its_one_arm)
{
    EXPECT_LABELS("grid:\n"
                  "  - {label: Fast one, losses: [mse], optimizers: [sgd]}\n"
                  "  - {losses: [mse], optimizers: [{name: sgd, lr: 5}]}\n",
                  "Fast one", "mse sgd");
}

Test(label, of_a_block_leads_those_of_its_arms)
{
    EXPECT_LABELS("grid:\n"
                  "  - {label: A, losses: [mse], optimizers: [{name: sgd, lr: [1, 2]}, adam]}\n"
                  "  - {label: B, losses: [mse], optimizers: [{name: sgd, lr: 3}, adam]}\n",
                  "A mse sgd lr=1", "A mse sgd lr=2", "A mse adam", "B mse sgd", "B mse adam");
}

static void expect_refused(const char *grid, int line, int column, const char *message)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment;
    struct lg_error error;
    cr_expect_eq(parse_spec(spec_with(GRID, grid, text), NULL, NULL, &experiment, &error), LG_INPUT,
                 "%s", grid);
    cr_expect(error.line == line && error.column == column, "%s: %d:%d, expected %d:%d", grid,
              error.line, error.column, line, column);
    cr_expect_not_null(strstr(error.message, message), "%s: %s", grid, error.message);
}

#define BLOCK(label) "grid: {label: " label ", losses: [mse], optimizers: [sgd]}\n"

/* CSV quotes, terminals and figures are shown it escaped: a label is any text. */
Test(label, is_any_text)
{
    static const struct {
        const char *written, *label, *slug;
    } cases[] = {
        {BLOCK("'a, b'"), "a, b", "a--b-s1"},
        {BLOCK("it's"), "it's", "it-s-s1"},
        {BLOCK("'a\"b'"), "a\"b", "a-b-s1"},
        {BLOCK("\"a\\nb\""), "a\nb", "a-b-s1"},
        {BLOCK("\"a\\r\\n\\e[2J\""), "a\r\n\x1b[2J", "a----2j-s1"},
        {BLOCK("-a"), "-a", "_a-s1"},
        {BLOCK("../b"), "../b", "_.-b-s1"},
        {BLOCK("' a'"), " a", "_a-s1"},
        {BLOCK("日本"), "日本", "_------s1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SPEC_BYTES_MAX];
        struct experiment experiment =
            parse_sound(spec_with(GRID, cases[i].written, text), NULL, NULL);
        cr_expect_str_eq(cell_at(&experiment, 0)->label, cases[i].label);
        cr_expect_str_eq(cell_at(&experiment, 0)->slug, cases[i].slug);
        experiment_free(&experiment);
    }
}

Test(label, is_a_text_of_some_length)
{
    expect_refused(BLOCK("''"), 8, 15,
                   "grid.label: found '\"\"', expected a text of 1 to 1000 bytes");
    expect_refused(BLOCK("[a]"), 8, 15, "expected a text of 1 to 1000 bytes");
    expect_refused(BLOCK("\"a\\0b\""), 8, 15, "found a NUL character");
}

/* A long one is cut, and distinguished by the beginning of its configuration's id. */
Test(label, too_long_is_cut)
{
    char grid[2048], text[SPEC_BYTES_MAX], id[LG_DIGEST_HEX];
    snprintf(grid, sizeof grid, BLOCK("%0100d"), 0);
    struct experiment experiment = parse_sound(spec_with(GRID, grid, text), NULL, NULL);
    cr_expect_eq(strlen(cell_at(&experiment, 0)->label), 100);
    cr_expect_eq(strspn(cell_at(&experiment, 0)->label, "0"), 100);
    experiment_free(&experiment);
    snprintf(grid, sizeof grid,
             "grid: {label: %084d\u00e4%0200d, losses: [smooth_l1], optimizers: [{name: adagrad, "
             "lr: [1, 2]}]}\n",
             0, 0);
    experiment = parse_sound(spec_with(GRID, grid, text), NULL, NULL);
    cr_assert_eq(experiment.cell_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct cell *cell = cell_at(&experiment, i);
        char *configuration = experiment_configuration(&experiment, cell);
        lg_digest_bytes(configuration, strlen(configuration), id);
        free(configuration);
        cr_expect_eq(strlen(cell->label), 100);
        cr_expect_eq(cell->label[87], '-');
        cr_expect_eq(strncmp(cell->label + 88, id, 12), 0);
        cr_expect_eq(strncmp(cell->slug + 88, id, 12), 0);
    }
    cr_expect_str_neq(cell_at(&experiment, 0)->slug, cell_at(&experiment, 1)->slug);
    experiment_free(&experiment);
    snprintf(grid, sizeof grid, BLOCK("%01001d"), 0);
    expect_refused(grid, 8, 15, "expected a text of 1 to 1000 bytes");
}

/* Two labels that are cut at the same place and two that are not; one of each is another's. */
Test(label, long_ones_of_one_configuration_are_refused)
{
    char grid[1024];
    snprintf(grid, sizeof grid,
             "grid:\n"
             "  - {label: %090d1234567890123, losses: [mse], optimizers: [sgd]}\n"
             "  - {label: %090d1234567890124, losses: [mse], optimizers: [sgd]}\n",
             0, 0);
    expect_refused(grid, 10, 5, "would both be called");
}

Test(label, two_cells_of_one_name_are_refused)
{
    expect_refused("grid: {losses: [mse, mse], optimizers: [sgd]}\n", 8, 7,
                   "cell 1 (mse sgd) and cell 2 (mse sgd) would both be called mse-sgd-s1");
    expect_refused("seeds: [7, 8]\n"
                   "grid:\n"
                   "  - {label: Run, losses: [mse], optimizers: [sgd]}\n"
                   "  - {losses: [abs], optimizers: [sgd]}\n"
                   "  - {label: RUN, losses: [mse], optimizers: [adam]}\n",
                   12, 5, "cell 1 (Run) and cell 5 (RUN) would both be called run-s7");
}

Test(label, becomes_a_slug)
{
    static const struct {
        const char *label;
        uint64_t seed;
        const char *slug;
    } slugs[] = {{"Mse SGD lr=0.01", 3, "mse-sgd-lr-0.01-s3"},
                 {"a_b.c-d", 0, "a_b.c-d-s0"},
                 {"x/../y", 1, "x-..-y-s1"},
                 {"r\xC3\xA9sum\xC3\xA9", 18446744073709551615U, "r--sum---s18446744073709551615"}};
    for (size_t i = 0; i < sizeof slugs / sizeof *slugs; i++) {
        char slug[SPEC_NAME_MAX];
        slug_make(slugs[i].label, slugs[i].seed, slug);
        cr_expect_str_eq(slug, slugs[i].slug);
    }
}
