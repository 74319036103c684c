#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

enum { POINTS_MAX = 64 };

/* The longest chain forward is a constant, a function, their product and a scale. A
 * derivative is a difference from 1 of up to two roundings, times the incoming gradient,
 * so it is as exact as that gradient's own size allows, not as its own. */
enum { FORWARD_ROUNDINGS = 4, BACKWARD_ROUNDINGS = 5 };

static const char path[] = "tests/golden/activations.csv";

#define NAME(name) #name,
static const char *const names[] = {LG_ACTIVATIONS(NAME)};
enum { NAMES = sizeof names / sizeof *names };

/* The quantity where it is given, else |values|. */
static void magnitudes(struct golden group, const char *quantity, const double *values, size_t n,
                       double *to)
{
    if (golden_values(group, quantity, to, POINTS_MAX) == n)
        return;
    for (size_t i = 0; i < n; i++)
        to[i] = fabs(values[i]);
}

/* Returns whether the case is one for this precision. */
static bool check(struct golden group)
{
    const struct golden_row *row = group.rows;
    double z[POINTS_MAX], h[POINTS_MAX], dh[POINTS_MAX], dz[POINTS_MAX];
    double h_size[POINTS_MAX], dz_size[POINTS_MAX];
    const size_t n = golden_values(group, "z", z, POINTS_MAX);
    cr_assert(golden_values(group, "h", h, POINTS_MAX) == n &&
              golden_values(group, "upstream", dh, POINTS_MAX) == n &&
              golden_values(group, "gradient", dz, POINTS_MAX) == n);
    magnitudes(group, "h_magnitude", h, n, h_size);
    magnitudes(group, "gradient_magnitude", dh, n, dz_size);
    if (!golden_are_reals(z, n) || !golden_are_reals(dh, n))
        return false;

    const struct activation *activation = registry_activation(golden_entry(row, names, NAMES));
    const struct lg_options options = golden_options(&activation->info, row->options);
    real x[POINTS_MAX], out[POINTS_MAX], upstream[POINTS_MAX], gradient[POINTS_MAX];
    for (size_t i = 0; i < n; i++) {
        x[i] = (real)z[i];
        upstream[i] = (real)dh[i];
    }
    activation->forward(&options, n, x, out);
    activation->backward(&options, n, x, out, upstream, gradient);
    for (size_t i = 0; i < n; i++) {
        cr_expect(is_near((double)out[i], h[i], h_size[i], FORWARD_ROUNDINGS),
                  "%s(%a) = %a, expected %a", row->name, z[i], (double)out[i], h[i]);
        cr_expect(is_near((double)gradient[i], dz[i], dz_size[i], BACKWARD_ROUNDINGS),
                  "%s at %a: gradient %a, expected %a", row->name, z[i], (double)gradient[i],
                  dz[i]);
    }
    return true;
}

TEMPLATE_TEST(activation_golden, values_and_gradients_are_the_references)
{
    const struct golden file = golden_read(path);
    struct golden rest = file;
    size_t checked = 0;
    for (struct golden group; (group = golden_next(&rest)).count;)
        checked += check(group);
    cr_assert_geq(checked, NAMES);
    golden_free(file);
}

TEMPLATE_TEST(activation_golden, every_activation_has_golden_values)
{
    const struct golden file = golden_read(path);
    golden_check_complete(file, names, NAMES);
    golden_free(file);
}
