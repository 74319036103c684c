/* training [ISA]: prints training.csv, the digests of short trainings that every
 * compiled copy must meet; ISA says which copy computes it (generic). It comes from
 * the engine itself: it says that bits stay, not that they are right. `make golden-bits`
 * writes the table from the plainest copy. A change of the table is a change of bits:
 * mark it **numerics** in the changelog. */
#include <stdio.h>

#include "tests/golden/training.h"

/* What each loss is trained with. Large rates, so that a changed bit of a gradient
 * reaches the weights. */
struct setting {
    const char *name;
    double value;
};

static const struct variant {
    const char *optimizer; /* NULL: each */
    struct setting settings[3];
} variants[] = {
    {NULL, {{"lr", 0.1}}},
    {"sgd", {{"lr", 0.1}, {"momentum", 0.9}, {"nesterov", 1}}},
    {"sgd", {{"lr", 0.1}, {"weight_decay", 0.01}}},
    {"adagrad", {{"lr", 0.1}, {"weight_decay", 0.01}}},
};

/* One sample; several; enough for the packed products. */
static const size_t batches[] = {1, 5, 12};

/* Sets options, and writes them as `key=value;key=value`. */
static void set_options(const struct lg_info *info, const struct setting settings[3],
                        struct lg_options *options, char *text, size_t size)
{
    *options = lg_options_default(info);
    text[0] = '\0';
    for (int i = 0; i < 3 && settings[i].name; i++) {
        const int index = lg_option_find(info, settings[i].name);
        const size_t used = strlen(text);
        if (index < 0 && strcmp(settings[i].name, "lr") == 0)
            continue; /* a method that finds its own rate */
        assert(index >= 0);
        options->value[index] = settings[i].value;
        if (info->options[index].kind == LG_OPTION_FLAG)
            snprintf(text + used, size - used, "%s%s=true", i ? ";" : "", settings[i].name);
        else
            snprintf(text + used, size - used, "%s%s=%g", i ? ";" : "", settings[i].name,
                     settings[i].value);
    }
}

static void write_row(const struct lg_backend *backend, size_t loss_index, size_t optimizer_index,
                      const struct setting settings[3], size_t batch)
{
    const struct lg_info *loss_info = backend->loss(loss_index);
    const struct lg_info *optimizer_info = backend->optimizer(optimizer_index);
    const struct lg_choice loss = {loss_index, lg_options_default(loss_info)};
    struct lg_choice optimizer = {.index = optimizer_index};
    struct training_digests digests;
    char options[96];
    set_options(optimizer_info, settings, &optimizer.options, options, sizeof options);
    if (!training_run(backend, loss, optimizer, batch, &digests))
        exit(3);
    printf("%s,%s,%s,%s,%zu,%.17g,%s,%s\n", lg_precision_name(backend->precision), loss_info->name,
           optimizer_info->name, options, batch, digests.loss, digests.weights, digests.state);
}

/* Every loss with sgd, every optimizer with mse, and the article's with each other. */
static bool is_in_table(const char *loss, const char *optimizer)
{
    static const char *const losses[] = {"abs", "mse", "smooth_l1"};
    static const char *const optimizers[] = {"adagrad", "adam", "sgd"};
    bool article = false;
    for (size_t l = 0; l < 3; l++)
        for (size_t o = 0; o < 3; o++)
            article |= strcmp(loss, losses[l]) == 0 && strcmp(optimizer, optimizers[o]) == 0;
    return article || strcmp(loss, "mse") == 0 || strcmp(optimizer, "sgd") == 0;
}

static void write_precision(enum lg_precision precision, const char *isa)
{
    const struct lg_backend *backend = NULL;
    if (lg_backend_select(precision, isa, &backend, NULL) != LG_OK)
        exit(3);
    for (size_t loss = 0; loss < backend->loss_count; loss++)
        for (size_t optimizer = 0; optimizer < backend->optimizer_count; optimizer++)
            for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
                const char *only = variants[v].optimizer;
                const char *name = backend->optimizer(optimizer)->name;
                if ((only && strcmp(only, name) != 0) ||
                    !is_in_table(backend->loss(loss)->name, name))
                    continue;
                for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
                    write_row(backend, loss, optimizer, variants[v].settings, batches[b]);
            }
}

int main(int count, char **arguments)
{
    const char *isa = count > 1 ? arguments[1] : "generic";
    printf(TRAINING_HEADER);
    write_precision(LG_F32, isa);
    write_precision(LG_F64, isa);
    return 0;
}
