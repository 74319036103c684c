#include <string.h>

#include "lossgrid/dataset.h"

/* Four points of the plane, of class 1 where both pixels are white. Training and test set are
 * the same. */

static const char *const directories[] = {NULL};

static void shape(size_t dimensions[3])
{
    dimensions[0] = 4;
    dimensions[1] = 1;
    dimensions[2] = 2;
}

static void make(int which, uint8_t *bytes)
{
    static const uint8_t points[] = {0, 0, 0, 255, 255, 0, 255, 255}, classes[] = {0, 0, 0, 1};
    if (which == LG_TRAIN_IMAGES || which == LG_TEST_IMAGES)
        memcpy(bytes, points, sizeof points);
    else
        memcpy(bytes, classes, sizeof classes);
}

const struct lg_dataset_info lg_dataset_and = {
    .name = "and",
    .title = "AND",
    .source = "M. Minsky, S. Papert, Perceptrons, MIT Press, 1969, chapter 2",
    .directories = directories,
    .classes = 2,
    .files =
        {
            {"and-train-images-idx3-ubyte", 24,
             "71a76ec425b7927fe0aa3d319708cf9be56dbda23c599548b401cfc7449672df"},
            {"and-train-labels-idx1-ubyte", 12,
             "c66f5adf1176610bd19dfe70f07429a32ac9224505d664bf1ab6dc431f966442"},
            {"and-test-images-idx3-ubyte", 24,
             "71a76ec425b7927fe0aa3d319708cf9be56dbda23c599548b401cfc7449672df"},
            {"and-test-labels-idx1-ubyte", 12,
             "c66f5adf1176610bd19dfe70f07429a32ac9224505d664bf1ab6dc431f966442"},
        },
    .shape = shape,
    .make = make,
};
