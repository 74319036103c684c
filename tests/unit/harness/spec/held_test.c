/* A number that the spec's precision cannot hold is refused where it stands, whatever it is
 * an option of, and is taken in f64. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/value.h"
#include "tests/unit/harness/spec/spec_fixture.h"

static const struct {
    const char *from, *to, *message;
} refused[] = {
    {"[mse]", "[{name: smooth_l1, beta: 1e-46}]",
     "9:12: grid.losses.0.beta: found '1e-46', expected at least 1.1754943508222875e-38"},
    {"[sgd]", "[{name: adam, lr: [0.1, 1e-46]}]", "grid.optimizers.0.lr.1: found '1e-46'"},
    {"[sgd]", "[{name: adam, lr: 1e39}]",
     "found '1e39', expected at most 3.4028234663852886e38: f32 holds nothing between (f64 does)"},
    {"[sgd]", "[{name: adam, beta1: 0.99999999}]",
     "grid.optimizers.0.beta1: found '0.99999999', expected at most 0.9999999403953552, or at "
     "least 1: f32 holds nothing between (f64 does)"},
    {"activation: relu", "activation: {name: leaky, slope: 1e-46}",
     "model.layers.0.activation.slope: found '1e-46'"},
    {"", "clip: {value: 1e-46}\n", "clip.value: found '1e-46', expected at most 0, or at least"},
    {"", "clip: {norm: 1e-46}\n", "clip.norm: found '1e-46'"},
    {"", "penalty: {l1: 1e-46}\n", "penalty.l1: found '1e-46'"},
    {"", "terms: [{loss: mse, weight: 1e-46}]\n", "terms.0.weight: found '1e-46'"},
};

Test(held, what_f32_cannot_hold_is_refused_in_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct experiment experiment;
        struct lg_error error = {0};
        char text[SPEC_BYTES_MAX];
        spec_with(refused[i].from, refused[i].to, text);
        cr_assert_eq(parse_spec(text, "precision=f32", NULL, &experiment, &error), LG_INPUT, "%s",
                     refused[i].to);
        cr_expect(error.line > 0 && error.line <= 12, "%s: line %d", refused[i].to, error.line);
        const char *message = strstr(refused[i].message, ": ");
        const bool has_place = refused[i].message[0] == '9';
        cr_expect(strstr(error.message, has_place ? message + 2 : refused[i].message) != NULL,
                  "%s:\n%s", refused[i].to, error.message);
        if (refused[i].from[0] == '\0') /* the fake engine does not know clipping */
            continue;
        experiment = parse_sound(text, "precision=f64", NULL);
        experiment_free(&experiment);
    }
}

Test(held, so_is_an_entry_of_a_list)
{
    struct experiment experiment;
    struct lg_error error = {0};
    char text[SPEC_BYTES_MAX];
    spec_with("[mse]", "[{name: smooth_l1, weights: [1, 1e-46]}]", text);
    cr_assert_eq(parse_spec(text, "precision=f32", NULL, &experiment, &error), LG_INPUT);
    cr_expect(strstr(error.message, "grid.losses.0.weights.1: found '1e-46', expected") != NULL,
              "%s", error.message);
}

/* An override counts as what it overrides. */
Test(held, the_precision_is_the_one_that_is_used)
{
    struct experiment experiment;
    struct lg_error error = {0};
    char text[SPEC_BYTES_MAX];
    spec_with("[sgd]", "[{name: adam, lr: 1e-46}]", text);
    strcat(text, "precision: f64\n");
    experiment = parse_sound(text, NULL, NULL);
    experiment_free(&experiment);
    cr_expect_eq(parse_spec(text, "precision=f32", NULL, &experiment, &error), LG_INPUT);
    cr_expect_eq(parse_spec(text, "grid.optimizers.0.lr=1e-310", NULL, &experiment, &error),
                 LG_USAGE);
}

typedef const struct lg_info *lookup(size_t);

static void expect_held(size_t count, lookup *info)
{
    for (size_t i = 0; i < count; i++)
        for (size_t o = 0; o < info(i)->option_count; o++) {
            const struct lg_option *option = &info(i)->options[o];
            struct lg_gap gap;
            cr_expect(!lg_option_gap(option, LG_F32, option->default_value, &gap), "%s %s",
                      info(i)->name, option->name);
            cr_expect(!lg_option_gap(option, LG_F32, option->maximum, &gap) ||
                          option->maximum > 0.999999,
                      "%s %s: its maximum", info(i)->name, option->name);
        }
}

Test(held, defaults_are_held)
{
    size_t count = 0;
    const struct lg_backend *engine = lg_backends(&count)[0];
    expect_held(engine->loss_count, engine->loss);
    expect_held(engine->optimizer_count, engine->optimizer);
    expect_held(engine->activation_count, engine->activation);
    expect_held(engine->initialisation_count, engine->initialisation);
    expect_held(engine->schedule_count, engine->schedule);
}
