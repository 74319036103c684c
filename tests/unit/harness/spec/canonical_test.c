#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/experiment.h"
#include "tests/unit/harness/spec/spec_fixture.h"

static void key_of(const char *text, const char *override, char key[LG_DIGEST_HEX])
{
    struct experiment experiment = parse_sound(text, override, NULL);
    memcpy(key, cell_at(&experiment, 0)->key, LG_DIGEST_HEX);
    experiment_free(&experiment);
}

static bool changes_key(const char *override)
{
    char before[LG_DIGEST_HEX], after[LG_DIGEST_HEX];
    key_of(sound_spec, NULL, before);
    key_of(sound_spec, override, after);
    return strcmp(before, after) != 0;
}

Test(canonical, says_all_that_decides_the_bits)
{
    struct experiment experiment = parse_sound(
        sound_spec, "model.layers.0.activation={name: leaky, slope: 0.1}", "samples=50");
    char *text = experiment_canonical(&experiment, cell_at(&experiment, 0));
    cr_expect_str_eq(text, "numerics 2\n"
                           "dataset mnist\n"
                           "precision f32\n"
                           "inputs 784\n"
                           "layer 32 leaky slope=0.10000000000000001\n"
                           "layer 784 identity\n"
                           "initialisation torch7_uniform\n"
                           "rng pcg\n"
                           "batch 1\n"
                           "shuffle true\n"
                           "samples 50\n"
                           "image 50\n"
                           "evaluate test\n"
                           "metrics mse\n"
                           "loss mse reduction=mean\n"
                           "optimizer sgd lr=0.001 momentum=0 nesterov=0\n"
                           "seed 1\n"
                           "draw 1\n");
    char digest[LG_DIGEST_HEX];
    lg_digest_bytes(text, strlen(text), digest);
    cr_expect_str_eq(digest, cell_at(&experiment, 0)->key);
    free(text);
    experiment_free(&experiment);
}

/* The line of the loss in the first cell's text. */
static void expect_loss(const char *override, const char *expected)
{
    struct experiment experiment = parse_sound(sound_spec, override, NULL);
    char *text = experiment_canonical(&experiment, cell_at(&experiment, 0));
    char *line = strstr(text, "\nloss ") + 1;
    *strchr(line, '\n') = '\0';
    cr_expect_str_eq(line, expected);
    free(text);
    experiment_free(&experiment);
}

Test(canonical, lists_are_written_number_by_number)
{
    expect_loss("grid.losses=[smooth_l1]", "loss smooth_l1 beta=1 weights=[] places=[]");
    expect_loss("grid.losses=[{name: smooth_l1, places: [1, 2], weights: [0.1]}]",
                "loss smooth_l1 beta=1 weights=[0.10000000000000001] places=[1,2]");
    expect_loss("grid.losses=[{name: smooth_l1, weights: [[0.1], [2]], places: [1, 2]}]",
                "loss smooth_l1 beta=1 weights=[0.10000000000000001] places=[1,2]");
}

Test(canonical, whatever_decides_the_bits_changes_the_key)
{
    static const char *const overrides[] = {
        "dataset=fashion_mnist",
        "precision=f64",
        "model.layers.0.outputs=33",
        "model.layers.0.activation=identity",
        "model.layers=[{outputs: 784, activation: relu}]",
        "initialisation.method=zero",
        "initialisation.rng=torch7",
        "batch=2",
        "shuffle=false",
        "samples=59999",
        "image.sample=59999",
        "evaluate=none",
        "keep=[parameters]",
        "keep=[images]",
        "schedule=endless",
        "metrics=[abs]",
        "metrics=[mse, abs]",
        "seeds=[2]",
        "grid.draw=2",
        "grid.losses=[abs]",
        "grid.losses.0.reduction=sum",
        "grid.optimizers=[adam]",
        "grid.optimizers.0.lr=0.0010000000000000002",
        "grid.optimizers.0.momentum=0.5",
        "grid.optimizers.0.nesterov=true",
    };
    for (size_t i = 0; i < sizeof overrides / sizeof *overrides; i++)
        cr_expect(changes_key(overrides[i]), "%s", overrides[i]);
}

Test(canonical, what_does_not_decide_the_bits_leaves_the_key)
{
    static const char *const overrides[] = {
        "title=other",
        "description=other",
        "grid.label=other",
        "dataset=mnist",
        "epochs=3",
        "keep=[images, parameters, checkpoints]",
        "keep=[parameters, images]",
        "batch=1",
        "samples=all",
        "samples=60000",
        "image.sample=last",
        "image.sample=60000",
        "metrics=[mse]",
        "seeds=[1, 2]",
        "grid.seeds=[1]",
        "grid.optimizers=[{name: sgd, lr: 1e-3}]",
        "grid.optimizers.0.momentum=-0.0",
        "grid.optimizers.0.lr=[0.001, 5]",
        "grid.losses=[{name: mse}]",
        "grid=[{losses: [mse], optimizers: [sgd]}, {losses: [mse], optimizers: [adam]}]",
    };
    for (size_t i = 0; i < sizeof overrides / sizeof *overrides; i++)
        cr_expect_not(changes_key(overrides[i]), "%s", overrides[i]);
}

/* Where something but the end of training depends on the number of epochs, they are of the key. */
Test(canonical, the_number_of_epochs_is_in_the_key_where_it_decides_more_than_the_end)
{
    static const struct {
        const char *override;
        bool in_key, in_configuration;
    } cases[] = {
        {"evaluate=test", false, false}, {"evaluate=none", false, false},
        {"evaluate=end", true, false},   {"schedule=endless", false, false},
        {"schedule=ending", true, true}, {"grid.schedule=ending", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct experiment a = parse_sound(sound_spec, cases[i].override, NULL);
        struct experiment b = parse_sound(sound_spec, cases[i].override, "epochs=3");
        char *of_a = experiment_configuration(&a, cell_at(&a, 0));
        char *of_b = experiment_configuration(&b, cell_at(&b, 0));
        char key[LG_DIGEST_HEX];
        memcpy(key, cell_at(&a, 0)->key, sizeof key);
        cr_expect_eq(strcmp(key, cell_at(&b, 0)->key) != 0, cases[i].in_key, "%s",
                     cases[i].override);
        cr_expect_eq(strcmp(of_a, of_b) != 0, cases[i].in_configuration, "%s: %s, %s",
                     cases[i].override, of_a, of_b);
        free(of_a);
        free(of_b);
        experiment_free(&a);
        experiment_free(&b);
    }
}

Test(canonical, comments_and_order_of_keys_leave_the_key)
{
    char text[SPEC_BYTES_MAX], before[LG_DIGEST_HEX], after[LG_DIGEST_HEX];
    key_of(sound_spec, NULL, before);
    key_of(spec_with("title: A title\n", "# comment\nprecision: f32 # default\n", text), NULL,
           after);
    cr_expect_str_eq(before, after);
}

Test(canonical, every_cell_has_its_own_key)
{
    struct experiment experiment =
        parse_sound(sound_spec, "grid.optimizers=[adam, {name: sgd, lr: [1, 2]}]", "seeds=[1, 2]");
    cr_assert_eq(experiment.cell_count, 6);
    for (size_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(cell_at(&experiment, i)->key, cell_at(&experiment, j)->key);
    }
    experiment_free(&experiment);
}

/* The seed, and what is only measured, are not the configuration's; all else is. */
Test(canonical, a_configuration_is_what_decides_the_training)
{
    char text[SPEC_BYTES_MAX];
    struct experiment a = parse_sound(spec_with("", "seeds: [1, 2]\n", text), NULL, NULL);
    char *whole = experiment_configuration(&a, cell_at(&a, 0));
    char *other = experiment_configuration(&a, cell_at(&a, 1));
    cr_expect_str_eq(whole, other);
    free(other);
    cr_expect_null(strchr(whole, '\n'));
    cr_expect_eq(strncmp(whole, "numerics ", 9), 0);
    cr_expect_not_null(strstr(whole, ";optimizer sgd lr=0.001 momentum=0 nesterov=0;draw 1"));
    static const char *const same[] = {"metrics=[abs]", "evaluate=none", "image.sample=3",
                                       "seeds=[9]",     "epochs=3",      "keep=[]"};
    static const char *const different[] = {"schedule=endless", "batch=2", "grid.draw=2",
                                            "samples=7", "grid.optimizers.0.lr=0.002"};
    enum { SAME = sizeof same / sizeof *same, OTHER = sizeof different / sizeof *different };
    for (size_t i = 0; i < SAME + OTHER; i++) {
        const char *change = i < SAME ? same[i] : different[i - SAME];
        struct experiment b = parse_sound(sound_spec, change, NULL);
        char *changed = experiment_configuration(&b, cell_at(&b, 0));
        cr_expect_eq(strcmp(whole, changed) == 0, i < SAME, "%s: %s", change, changed);
        free(changed);
        experiment_free(&b);
    }
    free(whole);
    experiment_free(&a);
}
