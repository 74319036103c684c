#include "harness/timing/feed.h"

#include <criterion/criterion.h>
#include <string.h>

#include "lossgrid/order.h"

enum { SAMPLES = 10 };
static uint8_t pixels[SAMPLES], labels[SAMPLES] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
static const struct lg_images images = {pixels, labels, SAMPLES, 1, 1};
static struct experiment experiment = {.shuffle = true, .task = LG_TASK_TRIPLET};
static const struct feed_source source = {&experiment, &images, SAMPLES, 5};
static struct lg_error error;

static struct feed make(size_t batch, size_t steps)
{
    struct feed feed;
    cr_assert_eq(feed_make(&feed, &source, batch, 0, steps, &error), LG_OK, "%s", error.message);
    return feed;
}

/* The orders of a run, one epoch after the other. */
Test(feed, sees_what_a_run_sees)
{
    uint32_t epoch[SAMPLES];
    struct feed feed = make(4, 6);
    for (size_t e = 0; e < 3; e++) {
        const size_t begin = e * SAMPLES, left = 24 - begin;
        lg_order_shuffle(epoch, SAMPLES, 5, e + 1);
        cr_assert_arr_eq(feed.order + begin, epoch,
                         (left < SAMPLES ? left : SAMPLES) * sizeof *epoch);
    }
    feed_free(&feed);
}

Test(feed, more_steps_begin_alike)
{
    struct feed few = make(3, 5), many = make(3, 50);
    cr_assert_arr_eq(few.order, many.order, 15 * sizeof(uint32_t));
    cr_assert_arr_eq(few.paired[0], many.paired[0], 15 * sizeof(uint32_t));
    feed_free(&few);
    feed_free(&many);
}

/* Wherever a feed begins, in the middle of an epoch or of a batch, it goes on as another that
 * began earlier. */
Test(feed, begins_anywhere)
{
    struct feed whole = make(3, 50), rest;
    for (uint64_t from = 0; from < 40; from++) {
        cr_assert_eq(feed_make(&rest, &source, 3, from, 7, &error), LG_OK);
        cr_assert_arr_eq(rest.order, whole.order + 3 * from, 21 * sizeof(uint32_t));
        cr_assert_arr_eq(rest.paired[1], whole.paired[1] + 3 * from, 21 * sizeof(uint32_t));
        feed_free(&rest);
    }
    feed_free(&whole);
}

/* Of a triplet the second is of the first's class and the third is not. */
Test(feed, pairs_belong_to_their_samples)
{
    struct feed feed = make(4, 20);
    for (size_t i = 0; i < 80; i++) {
        cr_assert_eq(labels[feed.paired[0][i]], labels[feed.order[i]]);
        cr_assert_neq(labels[feed.paired[1][i]], labels[feed.order[i]]);
    }
    feed_free(&feed);
}

Test(feed, file_order)
{
    experiment.shuffle = false;
    experiment.task = LG_TASK_RECONSTRUCT;
    struct feed feed = make(4, 5);
    for (size_t i = 0; i < 20; i++)
        cr_assert_eq(feed.order[i], i % SAMPLES);
    cr_assert_null(feed.paired[0]);
    const struct lg_pass pass = feed_pass(&feed, &images, 2, 3);
    cr_assert_eq(pass.first, 8);
    cr_assert_eq(pass.count, 12);
    cr_assert_eq(pass.order, feed.order);
    feed_free(&feed);
}
