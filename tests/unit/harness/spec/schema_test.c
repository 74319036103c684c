#include "harness/spec/schema.h"
#include "harness/spec/set_size.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/harness/spec/spec_fixture.h"

/* A change of the sound spec and the message it must give. */
struct mistake {
    const char *from, *to;
    int line, column;
    const char *message;
};

static void expect_refused(const struct mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mistake *m = &mistakes[i];
        char text[SPEC_BYTES_MAX];
        struct experiment experiment;
        struct lg_error error;
        enum lg_status status =
            parse_spec(spec_with(m->from, m->to, text), NULL, NULL, &experiment, &error);
        cr_expect_eq(status, LG_INPUT, "%s: status %d", m->to, status);
        cr_expect(error.line == m->line && error.column == m->column, "%s: %d:%d, expected %d:%d",
                  m->to, error.line, error.column, m->line, m->column);
        cr_expect_str_eq(error.message, m->message);
        cr_expect_str_eq(error.file, "folder/a.yaml");
        cr_expect_null(experiment.grid);
    }
}

#define EXPECT_REFUSED(mistakes) expect_refused(mistakes, sizeof mistakes / sizeof *mistakes)
#define TOP_KEYS                                                                                   \
    "title, description, dataset, task, classes, precision, model, initialisation, batch, "        \
    "shuffle, epochs, "                                                                            \
    "samples, validation, seeds, image, evaluate, evaluate_every, stop, targets, keep, "           \
    "outside_domain, "                                                                             \
    "metrics, schedule, clip, "                                                                    \
    "terms, penalty, tune, "                                                                       \
    "grid"
#define EPOCHS  "expected a whole number from 1 to 1000000"
#define ENTRIES "expected a list of one or more names or {name: ..., option: ...}"

Test(schema, a_whole_number_is_whole_and_in_range)
{
    static const struct mistake mistakes[] = {
        {"epochs: 2", "epochs: 4.5", 7, 9, "epochs: found '4.5', " EPOCHS},
        {"epochs: 2", "epochs: 0", 7, 9, "epochs: found '0', " EPOCHS},
        {"epochs: 2", "epochs: 1000001", 7, 9, "epochs: found '1000001', " EPOCHS},
        {"epochs: 2", "epochs: 0x10", 7, 9, "epochs: found '0x10', " EPOCHS},
        {"epochs: 2", "epochs: 1e3", 7, 9, "epochs: found '1e3', " EPOCHS},
        {"epochs: 2", "epochs: nan", 7, 9, "epochs: found 'nan', " EPOCHS},
        {"epochs: 2", "epochs: '2'", 7, 9, "epochs: found '\"2\"', " EPOCHS},
        {"epochs: 2", "epochs:", 7, 1, "epochs: found nothing, " EPOCHS},
        {"epochs: 2", "epochs: [2]", 7, 9, "epochs: found a list, " EPOCHS},
        {"epochs: 2", "epochs: 2\nbatch: 60001", 8, 8,
         "batch: found '60001', expected a whole number from 1 to 60000"},
        {"epochs: 2", "epochs: 2\nsamples: 60001", 8, 10,
         "samples: found '60001', expected a whole number from 1 to 60000, or all"},
        {"epochs: 2", "epochs: 2\nimage: {sample: first}", 8, 17,
         "image.sample: found 'first', expected a whole number from 1 to 60000, or last"},
        {"inputs: 784", "inputs: 0", 3, 11,
         "model.inputs: found '0', expected a whole number from 1 to 65536"},
    };
    EXPECT_REFUSED(mistakes);
}

Test(schema, keys_are_known_and_not_missing)
{
    static const struct mistake mistakes[] = {
        {"epochs: 2", "epoch: 2", 7, 1,
         "unknown key 'epoch'; valid: " TOP_KEYS "; did you mean 'epochs'?"},
        {"epochs: 2", "epochs: 2\nscreen: 1", 8, 1, "unknown key 'screen'; valid: " TOP_KEYS},
        {"epochs: 2\n", "", 1, 1, "the key 'epochs' is missing: passes over the training samples"},
        {"  inputs: 784\n", "", 3, 3,
         "the key 'model.inputs' is missing: features of a sample: the pixels of an image of the "
         "dataset"},
        {"  losses: [mse]\n", "", 9, 3,
         "the key 'grid.losses' is missing: losses to train under; a list, or what OPTION below "
         "has, as an option's value is "
         "an axis of the grid"},
        {"outputs: 32, activation", "outputs: 32, activatoin", 5, 21,
         "unknown key 'activatoin'; valid: outputs, activation; did you mean 'activation'?"},
        {"epochs: 2", "epochs: 2\nepochs: 3", 8, 1,
         "the key 'epochs' is given twice, first on line 7"},
        {"[sgd]", "[{lr: 1}]", 10, 16,
         "the key 'grid.optimizers.0.name' is missing: the optimizer"},
    };
    EXPECT_REFUSED(mistakes);
}

Test(schema, values_have_the_right_type)
{
    static const struct mistake mistakes[] = {
        {"title: A title", "title: [A]", 1, 8,
         "title: found a list, expected a text of 0 to 2047 bytes"},
        {"title: A title", "title:", 1, 1,
         "title: found nothing, expected a text of 0 to 2047 bytes"},
        {"epochs: 2", "epochs: 2\nimage: 5", 8, 8,
         "image: found '5', expected a mapping of keys to values"},
        {"epochs: 2", "epochs: 2\nshuffle: yes", 8, 10,
         "shuffle: found 'yes', expected true or false"},
        {"epochs: 2", "epochs: 2\nprecision: f16", 8, 12,
         "unknown precision 'f16'; valid: f32, f64; did you mean 'f32'?"},
        {"epochs: 2", "epochs: 2\nevaluate: [test]", 8, 11,
         "evaluate: found a list, expected the name of a known evaluate"},
        {"epochs: 2", "epochs: 2\ninitialisation: {rng: mt}", 8, 23,
         "unknown rng 'mt'; valid: pcg, torch7"},
        {"epochs: 2", "epochs: 2\ninitialisation: {method: ones}", 8, 26,
         "unknown initialisation 'ones'; valid: torch7_uniform, zero"},
        {"epochs: 2", "epochs: 2\nseeds: 1", 8, 8,
         "seeds: found '1', expected a list of one or more different whole numbers from 0 to "
         "4294967295"},
        {"epochs: 2", "epochs: 2\nseeds: []", 8, 8,
         "seeds: found an empty list, expected a list of one or more different whole numbers from "
         "0 "
         "to 4294967295"},
        {"epochs: 2", "epochs: 2\nseeds: [1, 2, 1]", 8, 15,
         "seeds.2: found '1', expected a seed that is not in the list yet"},
        {"epochs: 2", "epochs: 2\nseeds: [-1]", 8, 9,
         "seeds.0: found '-1', expected a whole number from 0 to 4294967295"},
        {"epochs: 2", "epochs: 2\nmetrics: []", 8, 10,
         "metrics: found an empty list, expected a list of 1 to 16 different names of `lossgrid "
         "list "
         "losses`"},
        {"epochs: 2", "epochs: 2\nmetrics: [mse, abs, mse]", 8, 21,
         "metrics.2: found 'mse', expected a loss that is not in the list yet"},
        {"epochs: 2", "epochs: 2\nmetrics: [mse, [abs]]", 8, 16,
         "metrics.1: found a list, expected the name of a known loss"},
    };
    EXPECT_REFUSED(mistakes);
}

Test(schema, the_model_fits_the_dataset)
{
    static const struct mistake mistakes[] = {
        {"inputs: 784", "inputs: 100", 3, 11,
         "model.inputs: found '100', expected 784, the pixels of an image of mnist"},
        {"outputs: 784", "outputs: 10", 6, 17,
         "model.layers.1.outputs: found '10', expected 784, the pixels of an image of mnist"},
        {"activation: relu", "activation: rleu", 5, 33,
         "unknown activation 'rleu'; valid: identity, leaky, relu; did you mean 'relu'?"},
        {"activation: relu", "activation: {name: leaky, slope: 2}", 5, 54,
         "model.layers.0.activation.slope: found '2', expected a number from -1 to 1"},
        {"activation: relu", "activation: {name: leaky, slope: [0.1]}", 5, 54,
         "model.layers.0.activation.slope: found a list, expected a number from -1 to 1"},
    };
    EXPECT_REFUSED(mistakes);
}

Test(schema, a_dataset_is_known)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment;
    struct lg_error error;
    spec_with("epochs: 2", "epochs: 2\ndataset: minst", text);
    cr_assert_eq(parse_spec(text, NULL, NULL, &experiment, &error), LG_INPUT);
    cr_expect(error.line == 8 && error.column == 10);
    cr_expect_not_null(strstr(error.message, "unknown dataset 'minst'; valid: "));
    cr_expect_not_null(strstr(error.message, "did you mean 'mnist'?"));
}

Test(schema, losses_and_optimizers_are_known_with_their_own_options)
{
    static const struct mistake mistakes[] = {
        {"[mse]", "[]", 9, 11, "grid.losses: found an empty list, " ENTRIES},
        {"[mse]", "mse", 9, 11, "grid.losses: found 'mse', " ENTRIES},
        {"[mse]", "[msee]", 9, 12,
         "unknown loss 'msee'; valid: abs, mse, smooth_l1; did you mean 'mse'?"},
        {"[mse]", "[{name: msee}]", 9, 19,
         "unknown loss 'msee'; valid: abs, mse, smooth_l1; did you mean 'mse'?"},
        {"[mse]", "[[mse]]", 9, 12,
         "grid.losses.0: found a list, expected the name of a known loss"},
        {"[mse]", "[{name: mse, beta: 1}]", 9, 24,
         "unknown option of the loss mse 'beta'; valid: reduction"},
        {"[mse]", "[{name: abs, beta: 1}]", 9, 24, "found 'beta', but the loss abs has no options"},
        {"[mse]", "[{name: mse, reduction: max}]", 9, 35,
         "grid.losses.0.reduction: found 'max', expected one of mean, sum"},
        {"[sgd]", "[{name: sgd, lr: 1e-3x}]", 10, 32,
         "grid.optimizers.0.lr: found '1e-3x', expected a number above 0 and at most 1000000"},
        {"[sgd]", "[{name: sgd, lr: '1'}]", 10, 32,
         "grid.optimizers.0.lr: found '\"1\"', expected a number above 0 and at most 1000000"},
        {"[sgd]", "[{name: sgd, lr: []}]", 10, 32,
         "grid.optimizers.0.lr: found an empty list, expected a value, or a list of at least one"},
        {"[sgd]", "[adam, {name: sgd, lr: [1, nan]}]", 10, 42,
         "grid.optimizers.1.lr.1: found 'nan', expected a number above 0 and at most 1000000"},
        {"[sgd]", "[{name: adam, delay: 1.5}]", 10, 36,
         "grid.optimizers.0.delay: found '1.5', expected a whole number from 1 to 10"},
        {"[sgd]", "[{name: sgd, nesterov: 1}]", 10, 38,
         "grid.optimizers.0.nesterov: found '1', expected true or false"},
    };
    EXPECT_REFUSED(mistakes);
}

Test(schema, a_spec_is_a_mapping)
{
    static const struct {
        const char *text, *found;
    } wrong[] = {
        {"", "nothing"}, {"# nothing\n", "nothing"}, {"[1]", "a list"}, {"text", "'text'"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct experiment experiment;
        struct lg_error error;
        char message[128];
        cr_expect_eq(parse_spec(wrong[i].text, NULL, NULL, &experiment, &error), LG_INPUT);
        snprintf(message, sizeof message,
                 "the spec: found %s, expected a mapping of keys to values", wrong[i].found);
        cr_expect_str_eq(error.message, message);
        cr_expect(error.line == 1 && error.column == 1);
    }
}

Test(schema, a_text_has_a_longest_length)
{
    char long_text[SPEC_BYTES_MAX / 2], text[SPEC_BYTES_MAX];
    struct experiment experiment;
    struct lg_error error;
    for (int extra = 0; extra < 2; extra++) {
        snprintf(long_text, sizeof long_text, "title: %0*d", SPEC_TEXT_MAX - 1 + extra, 0);
        enum lg_status status = parse_spec(spec_with("title: A title", long_text, text), NULL, NULL,
                                           &experiment, &error);
        cr_expect_eq(status, extra == 0 ? LG_OK : LG_INPUT);
        experiment_free(&experiment);
    }
}

Test(schema, absent_keys_have_their_documented_defaults)
{
    struct experiment experiment = parse_sound(sound_spec, NULL, NULL);
    cr_expect_str_eq(experiment.title, "A title");
    cr_expect_str_eq(experiment.description, "");
    cr_expect_str_eq(experiment.dataset->name, "mnist");
    cr_expect_eq(experiment.precision, LG_F32);
    cr_expect_eq(experiment.setup.initialisation.index, 0);
    cr_expect_eq(experiment.rng, LG_RNG_PCG);
    cr_expect_eq(experiment.setup.batch, 1);
    cr_expect(experiment.shuffle);
    cr_expect_eq(experiment.evaluate, EVALUATE_TEST);
    cr_expect_eq(experiment.samples, 0);
    cr_expect_eq(experiment_sample_count(&experiment), 60000);
    cr_expect_eq(experiment.image_sample, 60000);
    cr_expect_eq(cell_at(&experiment, 0)->seed, 1);
    cr_expect_eq(cell_at(&experiment, 0)->draw, 1);
    experiment_free(&experiment);
}

Test(schema, given_keys_are_read)
{
    char text[SPEC_BYTES_MAX];
    spec_with("",
              "description: d\ndataset: fashion_mnist\nprecision: f64\n"
              "initialisation: {method: zero, rng: torch7}\nbatch: 32\nshuffle: false\n"
              "samples: 100\nseeds: [4294967295]\nimage: {sample: 7}\nevaluate: none\n"
              "metrics: [smooth_l1, abs]\n",
              text);
    struct experiment experiment = parse_sound(text, NULL, NULL);
    cr_expect_str_eq(experiment.description, "d");
    cr_expect_str_eq(experiment.dataset->name, "fashion_mnist");
    cr_expect_eq(experiment.precision, LG_F64);
    cr_expect_eq(experiment.setup.initialisation.index, 1);
    cr_expect_eq(experiment.rng, LG_RNG_TORCH7);
    cr_expect_eq(experiment.setup.batch, 32);
    cr_expect_not(experiment.shuffle);
    cr_expect_eq(experiment.evaluate, EVALUATE_NONE);
    cr_expect_eq(experiment.samples, 100);
    cr_expect_eq(experiment_sample_count(&experiment), 100);
    cr_expect_eq(experiment.image_sample, 7);
    cr_expect_eq(cell_at(&experiment, 0)->seed, UINT32_MAX);
    cr_expect_eq(experiment.metric_count, 2);
    cr_expect_eq(experiment.metrics[0], 2);
    cr_expect_eq(experiment.metrics[1], 0);
    cr_expect_eq(experiment.layer_count, 2);
    cr_expect_eq(experiment.layers[0].outputs, 32);
    cr_expect_eq(experiment.layers[0].activation.index, 2);
    cr_expect_eq(experiment.layers[1].activation.index, 0);
    experiment_free(&experiment);
}

Test(schema, an_image_beyond_the_samples_is_the_last)
{
    struct experiment experiment = parse_sound(sound_spec, "image.sample=60000", "samples=10");
    cr_expect_eq(experiment.image_sample, 10);
    experiment_free(&experiment);
    experiment = parse_sound(sound_spec, "image.sample=last", "samples=10");
    cr_expect_eq(experiment.image_sample, 10);
    experiment_free(&experiment);
    experiment = parse_sound(sound_spec, "image.sample=10", "samples=10");
    cr_expect_eq(experiment.image_sample, 10);
    experiment_free(&experiment);
}

Test(schema, an_activation_has_options)
{
    char text[SPEC_BYTES_MAX];
    spec_with("activation: relu", "activation: {name: leaky, slope: 0.25}", text);
    struct experiment experiment = parse_sound(text, NULL, NULL);
    cr_expect_eq(experiment.layers[0].activation.index, 1);
    cr_expect_eq(experiment.layers[0].activation.options.value[0], 0.25);
    experiment_free(&experiment);
}

static struct schema_row row_of(const char *key)
{
    struct schema_row row;
    for (size_t i = 0; schema_row(i, &row); i++)
        if (strcmp(row.key, key) == 0)
            return row;
    cr_assert_fail("no key %s", key);
    return row;
}

Test(schema, the_table_is_documentation)
{
    struct schema_row row = row_of("epochs");
    cr_expect_str_eq(row.takes, "a whole number from 1 to 1000000");
    cr_expect_str_eq(row.absent, "an error");
    cr_expect_str_eq(row.meaning, "passes over the training samples");
    row = row_of("precision");
    cr_expect_str_eq(row.takes, "`f32` or `f64`");
    cr_expect_str_eq(row.absent, "f32");
    row = row_of("task");
    cr_expect_str_eq(row.takes, "`reconstruct` or `classify` or `pair` or `rank` or `triplet`");
    row = row_of("samples");
    cr_expect_str_eq(row.takes,
                     "a whole number from 1 to the dataset's training samples, or `all`");
    cr_expect_str_eq(row_of("grid[].losses").absent, "an error");
    for (size_t i = 0; schema_row(i, &row); i++) {
        cr_expect(row.takes[0] != '\0' && row.meaning[0] != '\0', "%s", row.key);
        cr_expect_lt(strlen(row.takes) + 1, SCHEMA_TAKES_MAX, "%s is cut", row.key);
    }
}
