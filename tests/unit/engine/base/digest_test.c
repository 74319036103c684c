#include "lossgrid/digest.h"

#include <criterion/criterion.h>
#include <string.h>

/* FIPS 180-4's examples. */
static const char of_nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char of_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Test(digest, of_one_buffer)
{
    char hex[LG_DIGEST_HEX];
    lg_digest_bytes("abc", 3, hex);
    cr_assert_str_eq(hex, of_abc);
    lg_digest_bytes("", 0, hex);
    cr_assert_str_eq(hex, of_nothing);
}

Test(digest, in_pieces_is_as_in_one)
{
    char hex[LG_DIGEST_HEX];
    struct lg_digest *digest = lg_digest_begin();
    lg_digest_add(digest, "a", 1);
    lg_digest_add(digest, "", 0);
    lg_digest_add(digest, "bc", 2);
    lg_digest_end(digest, hex);
    cr_assert_str_eq(hex, of_abc);
    lg_digest_end(lg_digest_begin(), hex);
    cr_assert_str_eq(hex, of_nothing);
}

Test(digest, of_a_million_letters)
{
    char letters[1000], hex[LG_DIGEST_HEX];
    memset(letters, 'a', sizeof letters);
    struct lg_digest *digest = lg_digest_begin();
    for (int i = 0; i < 1000; i++)
        lg_digest_add(digest, letters, sizeof letters);
    lg_digest_end(digest, hex);
    cr_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
