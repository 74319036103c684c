#include "tests/unit/harness/spec/spec_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/harness/spec/fake_backend.h"

const char sound_spec[] = "title: A title\n"
                          "model:\n"
                          "  inputs: 784\n"
                          "  layers:\n"
                          "    - {outputs: 32, activation: relu}\n"
                          "    - {outputs: 784, activation: identity}\n"
                          "epochs: 2\n"
                          "grid:\n"
                          "  losses: [mse]\n"
                          "  optimizers: [sgd]\n";

const char *spec_with(const char *from, const char *to, char buffer[SPEC_BYTES_MAX])
{
    const char *place = from[0] != '\0' ? strstr(sound_spec, from) : strchr(sound_spec, '\0');
    cr_assert_not_null(place, "the sound spec has no '%s'", from);
    int length = snprintf(buffer, SPEC_BYTES_MAX, "%.*s%s%s", (int)(place - sound_spec), sound_spec,
                          to, place + strlen(from));
    cr_assert_lt(length, SPEC_BYTES_MAX);
    return buffer;
}

enum lg_status parse_spec(const char *text, const char *override, const char *override2,
                          struct experiment *experiment, struct lg_error *error)
{
    const char *overrides[] = {override, override2};
    size_t count = override == NULL ? 0 : override2 == NULL ? 1 : 2;
    memset(error, 0, sizeof *error);
    return experiment_parse(&fake_backend, "folder/a.yaml", text, strlen(text), overrides, count,
                            experiment, error);
}

struct experiment parse_sound(const char *text, const char *override, const char *override2)
{
    struct experiment experiment;
    struct lg_error error;
    enum lg_status status = parse_spec(text, override, override2, &experiment, &error);
    cr_assert_eq(status, LG_OK, "%s:%d:%d: %s", error.file, error.line, error.column,
                 error.message);
    return experiment;
}

const struct cell *cell_at(const struct experiment *experiment, size_t number)
{
    static struct cell cells[64];
    static size_t next;
    struct cell *cell = &cells[next++ % (sizeof cells / sizeof *cells)];
    struct lg_error error;
    cr_assert(number < experiment->cell_count);
    cr_assert_eq(experiment_cell(experiment, number, cell, &error), LG_OK, "%s", error.message);
    return cell;
}
