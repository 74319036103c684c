/* The library from a program of yours: the Huber loss of three numbers, and its gradient.
 *
 *     cc docs/example.c $(pkg-config --cflags --libs --static lossgrid) -o example
 */
#include <stdio.h>
#include <string.h>

#include <lossgrid/arena.h>
#include <lossgrid/backend.h>

int main(void)
{
    struct lg_error error;
    const struct lg_backend *backend;
    if (lg_backend_select(LG_F64, NULL, &backend, &error) != LG_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    size_t huber = 0;
    while (huber < backend->loss_count && strcmp(backend->loss(huber)->name, "huber") != 0)
        huber++;
    if (huber == backend->loss_count)
        return 1;

    const double y[] = {0.5, 3, -1}, t[] = {0, 0, 0};
    const struct lg_choice loss = {huber, lg_options_default(backend->loss(huber))};
    const struct lg_loss_data data = {
        .batch = 1, .features = 3, .target_features = 3, .prediction = {y}, .target = t};
    double dy[3], *gradient[LG_LOSS_INPUTS_MAX] = {dy};

    /* The first call measures the work space, the second one uses it. */
    struct lg_arena arena = {0};
    (void)backend->evaluate_loss(&arena, &loss, &data, gradient);
    if (lg_arena_create(&arena, arena.used_bytes, &error) != LG_OK)
        return 1;
    const double value = (double)backend->evaluate_loss(&arena, &loss, &data, gradient);
    printf("%.17g\n%.17g,%.17g,%.17g\n", value, dy[0], dy[1], dy[2]);
    lg_arena_destroy(&arena);
    return 0;
}
