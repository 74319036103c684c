#include "harness/spec/override.h"

#include <criterion/criterion.h>
#include <string.h>

#include "harness/spec/document.h"
#include "tests/unit/harness/spec/spec_fixture.h"

static const struct source source = {.name = "a.yaml", .code = LG_INPUT, .has_lines = true};
static const char tree[] = "epochs: 1\n"
                           "list: &l [{name: sgd, lr: 1}, adam]\n"
                           "other: *l\n"
                           "empty:\n";
static struct pool pool;
static struct lg_error error;
static const struct node *root;

static void read_tree(void)
{
    cr_assert_eq(document_parse(&pool, &source, tree, strlen(tree), &root, &error), LG_OK);
}

static void free_pool(void)
{
    pool_free(&pool);
}

TestSuite(override, .init = read_tree, .fini = free_pool);

static void apply(const char *text)
{
    cr_assert_eq(override_apply(&pool, text, &root, &error), LG_OK, "%s", error.message);
}

static void expect_refused(const char *text, const char *fragment)
{
    memset(&error, 0, sizeof error);
    cr_expect_eq(override_apply(&pool, text, &root, &error), LG_USAGE, "%s", text);
    cr_expect_not_null(strstr(error.message, fragment), "%s: %s", text, error.message);
    cr_expect(strncmp(error.file, "--set ", 6) == 0 && strcmp(error.file + 6, text) == 0, "%s",
              error.file);
    cr_expect(error.line == 0 && error.column == 0);
}

static const struct node *entry(const struct node *list, size_t index)
{
    return list->members[index].value;
}

Test(override, replaces_a_value)
{
    apply("epochs=7");
    cr_expect_str_eq(node_get(root, "epochs")->text, "7");
    cr_expect_eq(root->count, 4);
}

Test(override, the_last_one_wins)
{
    apply("epochs=7");
    apply("epochs=8");
    cr_expect_str_eq(node_get(root, "epochs")->text, "8");
}

Test(override, adds_keys_that_are_not_there)
{
    apply("a.b.c=[1, 2]");
    const struct node *c = node_get(node_get(node_get(root, "a"), "b"), "c");
    cr_expect(c->kind == NODE_LIST && c->count == 2);
    apply("empty.x=1");
    cr_expect_str_eq(node_get(node_get(root, "empty"), "x")->text, "1");
    cr_expect_eq(node_get(root, "empty")->count, 1);
}

Test(override, goes_through_lists_by_index)
{
    apply("list.0.lr=2");
    cr_expect_str_eq(node_get(entry(node_get(root, "list"), 0), "lr")->text, "2");
    cr_expect_str_eq(node_get(entry(node_get(root, "list"), 0), "name")->text, "sgd");
    apply("list.1=rmsprop");
    cr_expect_str_eq(entry(node_get(root, "list"), 1)->text, "rmsprop");
}

Test(override, an_alias_elsewhere_keeps_what_it_had)
{
    apply("list.0.lr=2");
    cr_expect_str_eq(node_get(entry(node_get(root, "other"), 0), "lr")->text, "1");
}

Test(override, a_name_is_given_options)
{
    apply("list.1.lr=2");
    apply("list.1.beta1=3");
    const struct node *adam = entry(node_get(root, "list"), 1);
    cr_expect_eq(adam->count, 3);
    cr_expect_str_eq(node_get(adam, "name")->text, "adam");
    cr_expect_str_eq(node_get(adam, "lr")->text, "2");
    cr_expect_str_eq(node_get(adam, "beta1")->text, "3");
}

Test(override, the_value_is_yaml)
{
    apply("epochs={a: 'x=y', b: [1]}");
    cr_expect_str_eq(node_get(node_get(root, "epochs"), "a")->text, "x=y");
    apply("epochs=");
    cr_expect(node_is_nothing(node_get(root, "epochs")));
    apply("epochs=a=b.c");
    cr_expect_str_eq(node_get(root, "epochs")->text, "a=b.c");
}

Test(override, mistakes_are_refused)
{
    expect_refused("epochs", "expected a key's dotted path");
    expect_refused("", "expected a key's dotted path");
    expect_refused("=3", "expected a key's dotted path");
    expect_refused("a..b=3", "expected a key's dotted path");
    expect_refused(".a=3", "expected a key's dotted path");
    expect_refused("a.=3", "expected a key's dotted path");
    expect_refused("list.2=3", "found '2', expected an index below 2");
    expect_refused("list.-1=3", "found '-1'");
    expect_refused("list.x.lr=3", "found 'x'");
    expect_refused("epochs=[", "not readable as YAML");
    expect_refused("epochs=\xFF", "found byte 0xff");
    enum { DOTS = DOCUMENT_DEPTH_MAX };
    char deep[2 * DOTS + 8] = "a";
    for (size_t i = 0; i < DOTS; i++)
        memcpy(deep + 1 + 2 * i, ".a=1", sizeof ".a=1");
    expect_refused(deep, "expected a key's dotted path");
}

/* The same through the whole checker. */

static void expect_spec_refused(const char *override, const char *message)
{
    struct experiment experiment;
    cr_expect_eq(parse_spec(sound_spec, override, NULL, &experiment, &error), LG_USAGE, "%s",
                 override);
    cr_expect_str_eq(error.message, message);
    cr_expect(error.code == LG_USAGE && error.line == 0, "%s: line %d", override, error.line);
}

Test(override, of_a_spec_is_checked_as_its_keys_are)
{
    expect_spec_refused("epochs=4.5",
                        "epochs: found '4.5', expected a whole number from 1 to 1000000");
    expect_spec_refused("epochs=",
                        "epochs: found nothing, expected a whole number from 1 to 1000000");
    expect_spec_refused("epochs.x=1",
                        "epochs: found a mapping, expected a whole number from 1 to 1000000");
    expect_spec_refused(
        "epoch=2",
        "unknown key 'epoch'; valid: title, description, dataset, task, classes, precision, model, "
        "initialisation, batch, shuffle, epochs, samples, validation, seeds, image, evaluate, "
        "evaluate_every, stop, targets, keep, outside_domain, metrics, schedule, clip, terms, "
        "penalty, tune, grid; did you mean 'epochs'?");
    expect_spec_refused(
        "grid.optimizers.0.lr=0",
        "grid.optimizers.0.lr: found '0', expected a number above 0 and at most 1000000");
    expect_spec_refused(
        "grid.optimizers.0.beta1=0",
        "unknown option of the optimizer sgd 'beta1'; valid: lr, momentum, nesterov");
}

Test(override, of_a_spec_takes_effect)
{
    struct experiment experiment = parse_sound(sound_spec, "epochs=5", "image.sample=9");
    cr_expect_eq(experiment.epochs, 5);
    cr_expect_eq(experiment.image_sample, 9);
    experiment_free(&experiment);
    experiment = parse_sound(sound_spec, "grid.optimizers.0.lr=[0.1, 0.2]", "precision=f64");
    cr_expect_eq(experiment.cell_count, 2);
    cr_expect_eq(cell_at(&experiment, 1)->optimizer.options.value[0], 0.2);
    cr_expect_eq(experiment.precision, LG_F64);
    experiment_free(&experiment);
}
