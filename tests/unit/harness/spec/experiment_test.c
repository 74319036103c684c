#include "harness/spec/experiment.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/document.h"
#include "tests/unit/fixture.h"
#include "tests/unit/harness/spec/fake_backend.h"
#include "tests/unit/harness/spec/spec_fixture.h"

/* The specs of the repository, with the engine as it is. */

static struct experiment load(const char *path)
{
    struct experiment experiment;
    struct lg_error error;
    enum lg_status status = experiment_load(path, NULL, 0, &experiment, &error);
    cr_assert_eq(status, LG_OK, "%s:%d:%d: %s", error.file, error.line, error.column,
                 error.message);
    return experiment;
}

struct expected_cell {
    const char *slug, *label;
    uint64_t seed, draw;
    double lr; /* every optimizer's first option */
};

static void expect_cells(const struct experiment *experiment, const struct expected_cell *cells,
                         size_t count)
{
    cr_assert_eq(experiment->cell_count, count);
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = cell_at(experiment, i);
        const struct lg_info *optimizer = experiment->registries->optimizer(cell->optimizer.index);
        int lr = lg_option_find(optimizer, "lr");
        cr_expect_str_eq(cell->slug, cells[i].slug);
        cr_expect_str_eq(cell->label, cells[i].label);
        cr_expect_eq(cell->seed, cells[i].seed);
        cr_expect_eq(cell->draw, cells[i].draw);
        cr_assert_geq(lr, 0);
        cr_expect_eq(cell->optimizer.options.value[lr], cells[i].lr);
    }
}

static void expect_article_setup(const struct experiment *experiment, enum lg_precision precision,
                                 enum lg_rng rng)
{
    static const size_t outputs[] = {128, 32, 128, 784};
    const struct lg_backend *registries = experiment->registries;
    cr_expect_eq(experiment->precision, precision);
    cr_expect_eq(experiment->rng, rng);
    cr_expect_eq(experiment->inputs, 784);
    cr_assert_eq(experiment->layer_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct lg_layer_config *layer = &experiment->layers[i];
        cr_expect_eq(layer->outputs, outputs[i]);
        cr_expect_str_eq(registries->activation(layer->activation.index)->name, "relu");
    }
    cr_expect_str_eq(registries->initialisation(experiment->setup.initialisation.index)->name,
                     "torch7_uniform");
    cr_expect_eq(experiment->setup.batch, 1);
    cr_expect_eq(experiment->epochs, 30);
    cr_expect_not(experiment->shuffle);
    cr_expect_eq(experiment->image_sample, 60000);
    cr_assert_eq(experiment->metric_count, 3);
    cr_expect_str_eq(registries->loss(experiment->metrics[0])->name, "mse");
    cr_expect_str_eq(registries->loss(experiment->metrics[1])->name, "abs");
    cr_expect_str_eq(registries->loss(experiment->metrics[2])->name, "smooth_l1");
}

Test(experiment, the_articles_loss_study)
{
    static const struct expected_cell cells[] = {{"abs-s0", "abs", 0, 1, 1e-3},
                                                 {"mse-s0", "mse", 0, 2, 1e-3},
                                                 {"smooth_l1-s0", "smooth_l1", 0, 3, 1e-3}};
    struct experiment experiment = load("experiments/article-losses.yaml");
    cr_expect_str_eq(experiment.name, "article-losses");
    cr_expect_str_eq(experiment.title, "The article's loss study, as published");
    expect_article_setup(&experiment, LG_F64, LG_RNG_TORCH7);
    expect_cells(&experiment, cells, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(experiment.registries->loss(cell_at(&experiment, i)->loss.index)->name,
                         cells[i].label);
    experiment_free(&experiment);
}

Test(experiment, the_articles_optimizer_study)
{
    static const struct expected_cell cells[] = {
        {"sgd-s0", "SGD", 0, 1, 1e-4},
        {"adagrad-s0", "Adagrad", 0, 2, 1e-4},
        {"published-as-adam-s0", "published as Adam", 0, 3, 1e-4}};
    static const char *const optimizers[] = {"sgd", "adagrad", "adagrad"};
    struct experiment experiment = load("experiments/article-optimizers.yaml");
    expect_article_setup(&experiment, LG_F64, LG_RNG_TORCH7);
    expect_cells(&experiment, cells, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(
            experiment.registries->optimizer(cell_at(&experiment, i)->optimizer.index)->name,
            optimizers[i]);
    experiment_free(&experiment);
}

Test(experiment, the_article_as_meant)
{
    static const char *const labels[] = {"abs sgd",           "mse sgd lr=0.01", "smooth_l1 sgd",
                                         "mse sgd lr=0.0001", "mse adagrad",     "mse adam"};
    struct experiment experiment = load("experiments/article-intended.yaml");
    expect_article_setup(&experiment, LG_F32, LG_RNG_PCG);
    cr_expect_eq(experiment.evaluate, EVALUATE_TEST);
    cr_assert(experiment.grid != NULL && experiment.cell_count == 30);
    for (size_t i = 0; i < experiment.cell_count; i++) {
        cr_expect_str_eq(cell_at(&experiment, i)->label, labels[i / 5]);
        cr_expect_eq(cell_at(&experiment, i)->seed, 1 + i % 5);
        cr_expect_eq(cell_at(&experiment, i)->draw, 1);
    }
    cr_expect_str_eq(cell_at(&experiment, 19)->slug, "mse-sgd-lr-0.0001-s5");
    experiment_free(&experiment);
}

/* Files. */

static char folder[FIXTURE_PATH];

static void make_folder(void)
{
    fixture_make_folder(folder);
}

static void remove_folder(void)
{
    fixture_remove_folder(folder);
}

static void expect_load(const char *name, enum lg_status expected, const char *message)
{
    char path[FIXTURE_PATH + 32];
    struct experiment experiment;
    struct lg_error error = {.code = LG_OK};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_expect_eq(experiment_load(path, NULL, 0, &experiment, &error), expected, "%s: %s", name,
                 error.message);
    cr_expect_str_eq(error.message, message);
    cr_expect_str_eq(error.file, path);
    cr_expect(error.line == 0 && error.column == 0);
    cr_expect_null(experiment.grid);
    cr_expect_null(experiment.text);
}

Test(experiment, files_that_are_not_specs, .init = make_folder, .fini = remove_folder)
{
    expect_load("none.yaml", LG_ENVIRONMENT, "No such file or directory");
    expect_load("", LG_INPUT, "found a directory, expected a file");
    char *large = calloc(1, DOCUMENT_BYTES_MAX + 1);
    memset(large, '#', DOCUMENT_BYTES_MAX + 1);
    fixture_write(folder, "large.yaml", large, DOCUMENT_BYTES_MAX + 1);
    expect_load("large.yaml", LG_INPUT, "found more than 1048576 bytes");
    free(large);
}

Test(experiment, the_text_and_its_digest_are_kept, .init = make_folder, .fini = remove_folder)
{
    static const char *const names[] = {"a.b.yaml", "c.yml", "d.txt", ".yaml"};
    static const char *const expected[] = {"a.b", "c", "d.txt", ".yaml"};
    char digest[LG_DIGEST_HEX];
    lg_digest_bytes(sound_spec, strlen(sound_spec), digest);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[FIXTURE_PATH + 32];
        fixture_write(folder, names[i], sound_spec, strlen(sound_spec));
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        struct experiment experiment = load(path);
        cr_expect_str_eq(experiment.name, expected[i]);
        cr_expect_str_eq(experiment.path, path);
        cr_expect_str_eq(experiment.text, sound_spec);
        cr_expect_str_eq(experiment.sha256, digest);
        experiment_free(&experiment);
    }
}

Test(experiment, a_name_too_long_is_refused)
{
    char path[600];
    struct experiment experiment;
    struct lg_error error;
    snprintf(path, sizeof path, "%0127d.yaml", 0);
    cr_expect_eq(experiment_parse(&fake_backend, path, sound_spec, strlen(sound_spec), NULL, 0,
                                  &experiment, &error),
                 LG_OK);
    experiment_free(&experiment);
    snprintf(path, sizeof path, "%0128d.yaml", 0);
    cr_expect_eq(experiment_parse(&fake_backend, path, sound_spec, strlen(sound_spec), NULL, 0,
                                  &experiment, &error),
                 LG_USAGE);
    snprintf(path, sizeof path, "%0510d/a", 0);
    cr_expect_eq(experiment_parse(&fake_backend, path, sound_spec, strlen(sound_spec), NULL, 0,
                                  &experiment, &error),
                 LG_USAGE);
}

Test(experiment, free_leaves_nothing)
{
    struct experiment experiment = parse_sound(sound_spec, NULL, NULL);
    experiment_free(&experiment);
    experiment_free(&experiment);
    cr_expect_null(experiment.grid);
    cr_expect_eq(experiment.cell_count, 0);
}

Test(experiment, a_cells_network_is_the_experiments_with_its_own_loss_and_optimizer)
{
    struct experiment experiment = parse_sound(
        sound_spec, "grid={losses: [abs], optimizers: [sgd, {name: adam, lr: 0.5}]}", "batch=7");
    struct lg_net_config config = experiment_net_config(&experiment, cell_at(&experiment, 1));
    cr_expect_eq(config.inputs, 784);
    cr_expect_eq(config.layer_count, 2);
    cr_expect_eq(config.layers[0].outputs, 32);
    cr_expect_eq(config.layers[0].activation.index, 2);
    cr_expect_eq(config.batch, 7);
    cr_expect_eq(config.loss.index, 0);
    cr_expect_eq(config.optimizer.index, 1);
    cr_expect_eq(config.optimizer.options.value[0], 0.5);
    cr_expect_eq(config.metric_count, 1);
    cr_expect_eq(config.metrics[0], 0);
    experiment_free(&experiment);
}

/* The slugs and labels of experiments, as the version before the lazy grid made them: a digest of
 * a line "slug|label" for each cell. Result folders go by them. */
Test(experiment, cells_keep_their_names)
{
    static const struct {
        const char *path;
        size_t cells;
        const char *sha256;
    } known[] = {
        {"experiments/article-losses.yaml", 3,
         "3bb0331ec51bc3427b721732d5e9dc139e89f24511c27b368940abecdedc21c4"},
        {"experiments/article-intended.yaml", 30,
         "dea276b8dcf57d3f66d8d736196bebeebbf963ea2879bfdec0aab2a728463f2b"},
        {"experiments/autoencoder.yaml", 9,
         "5bff49bea95d13a3f4eabddddded3eebe9cdb2fe7f5982167ac472d14d85ffa0"},
        {"experiments/classifier.yaml", 16,
         "e1f96efe4f0d3e722a5955916b12049bb9bb32338080e6cf04426ac9b8bac743"},
        {"experiments/optimizers.yaml", 26,
         "958454d3b08a8ebfe17206d627b2fae357e6a3de2bdb34ed21e5a2b241f013a5"},
        {"experiments/sparse.yaml", 2,
         "19dd71cd4b1684492d074436ef10f9066b3ec25722f24b37f0fac1d466bca5b0"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct experiment experiment = load(known[i].path);
        char *lines = NULL, sha256[LG_DIGEST_HEX];
        size_t size = 0;
        FILE *out = open_memstream(&lines, &size);
        cr_assert_not_null(out);
        cr_expect_eq(experiment.cell_count, known[i].cells, "%s", known[i].path);
        for (size_t j = 0; j < experiment.cell_count; j++)
            fprintf(out, "%s|%s\n", cell_at(&experiment, j)->slug, cell_at(&experiment, j)->label);
        fclose(out);
        lg_digest_bytes(lines, size, sha256);
        cr_expect_str_eq(sha256, known[i].sha256, "%s", known[i].path);
        free(lines);
        experiment_free(&experiment);
    }
}
