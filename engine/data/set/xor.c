#include <string.h>

#include "lossgrid/dataset.h"

/* The four points of the plane that no line divides into their two classes: images of
 * one row and two pixels, black or white, whose class is 1 where the two differ.
 * Training and test set are the same. */

static const char *const directories[] = {NULL};

static void shape(size_t dimensions[3])
{
    dimensions[0] = 4;
    dimensions[1] = 1;
    dimensions[2] = 2;
}

static void make(int which, uint8_t *bytes)
{
    static const uint8_t points[] = {0, 0, 0, 255, 255, 0, 255, 255}, classes[] = {0, 1, 1, 0};
    if (which == LG_TRAIN_IMAGES || which == LG_TEST_IMAGES)
        memcpy(bytes, points, sizeof points);
    else
        memcpy(bytes, classes, sizeof classes);
}

const struct lg_dataset_info lg_dataset_xor = {
    .name = "xor",
    .title = "XOR",
    .source = "M. Minsky, S. Papert, Perceptrons, MIT Press, 1969, chapter 2",
    .directories = directories,
    .classes = 2,
    .files =
        {
            {"xor-train-images-idx3-ubyte", 24,
             "71a76ec425b7927fe0aa3d319708cf9be56dbda23c599548b401cfc7449672df"},
            {"xor-train-labels-idx1-ubyte", 12,
             "c3bd4afa24f508d8414e123500ef4fde0107bb58a7d1a320ec3b0f0da61891f7"},
            {"xor-test-images-idx3-ubyte", 24,
             "71a76ec425b7927fe0aa3d319708cf9be56dbda23c599548b401cfc7449672df"},
            {"xor-test-labels-idx1-ubyte", 12,
             "c3bd4afa24f508d8414e123500ef4fde0107bb58a7d1a320ec3b0f0da61891f7"},
        },
    .shape = shape,
    .make = make,
};
