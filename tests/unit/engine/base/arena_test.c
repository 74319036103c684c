#include "lossgrid/arena.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A layout as a caller writes one: the same for measuring and for placing. */
static void lay_out(struct lg_arena *arena, unsigned char **first, unsigned char **second)
{
    *first = lg_arena_take(arena, 1);
    lg_arena_take(arena, 0);
    *second = lg_arena_take(arena, 100);
}

Test(arena, measuring_and_placing_agree)
{
    struct lg_arena measuring = {0}, arena;
    unsigned char *first, *second;
    lay_out(&measuring, &first, &second);
    cr_assert_null(first);
    cr_assert_null(second);
    cr_assert_eq(measuring.used_bytes, 64 + 128);

    struct lg_error error;
    cr_assert_eq(lg_arena_create(&arena, measuring.used_bytes, &error), LG_OK);
    lay_out(&arena, &first, &second);
    cr_assert_eq(arena.used_bytes, measuring.used_bytes);
    cr_assert_eq(arena.used_bytes, arena.size_bytes);
    cr_assert_eq((uintptr_t)first % LG_ALIGNMENT, 0);
    cr_assert_eq((uintptr_t)second % LG_ALIGNMENT, 0);
    cr_assert_eq(second - first, 64);
    lg_arena_destroy(&arena);
    cr_assert_null(arena.block);
}

Test(arena, a_block_is_zeroed)
{
    for (int round = 0; round < 2; round++) {
        struct lg_arena arena;
        cr_assert_eq(lg_arena_create(&arena, 4096, NULL), LG_OK);
        unsigned char *bytes = lg_arena_take(&arena, 4096);
        for (int i = 0; i < 4096; i++)
            cr_assert_eq(bytes[i], 0);
        memset(bytes, 0xff, 4096); /* so that the second round meets used memory */
        lg_arena_destroy(&arena);
    }
}

Test(arena, an_empty_arena_is_no_measuring_one)
{
    struct lg_arena arena;
    cr_assert_eq(lg_arena_create(&arena, 0, NULL), LG_OK);
    cr_assert_not_null(lg_arena_take(&arena, 0));
    lg_arena_destroy(&arena);
}

Test(arena, short_memory_is_an_error)
{
    struct lg_arena arena;
    struct lg_error error;
    cr_assert_eq(lg_arena_create(&arena, SIZE_MAX, &error), LG_ENVIRONMENT);
    cr_assert_null(arena.block);
    cr_assert(strstr(error.message, "18446744073709551615 bytes") != NULL, "%s", error.message);
#ifndef __SANITIZE_ADDRESS__ /* which ends the process instead of answering NULL */
    cr_assert_eq(lg_arena_create(&arena, SIZE_MAX / 2, &error), LG_ENVIRONMENT);
#endif
}

Test(arena, taking_more_than_there_is_is_caught, .signal = SIGABRT)
{
    struct lg_arena arena;
    cr_assert_eq(lg_arena_create(&arena, 64, NULL), LG_OK);
    lg_arena_take(&arena, 64);
    cr_assert_not_null(freopen("/dev/null", "w", stderr)); /* the message is expected */
    lg_arena_take(&arena, 1);
}
