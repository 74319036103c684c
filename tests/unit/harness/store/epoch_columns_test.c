#include "harness/store/epoch_columns.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct columns_measured measured = {{"mse", "abs"}, 2, false};

static struct epoch_record example(void)
{
    return (struct epoch_record){
        .cell = "mse-s1",
        .loss = "mse",
        .optimizer = "sgd",
        .label = "the first",
        .dataset = "mnist",
        .status = "ok",
        .seed = 1,
        .epoch = 2,
        .steps = 500,
        .samples = 1000,
        .trained = true,
        .tested = true,
        .train = {0.5, {0.5, 0.125}},
        .test = {0.25, {0.25, 0.0625}},
        .image_sha256 = "1f",
        .weights_sha256 = "2f",
        .state_sha256 = "3f",
        .machine = "0123456789ab",
        .precision = "f32",
        .isa = "generic",
        .jobs = 2,
        .wall_ns = 1000,
        .cpu_ns = 250,
        .wall_ns_per_step = 2.0,
        .cpu_ns_per_step = 0.5,
        .evaluation_wall_ns = 77,
    };
}

static void assert_row(enum column_file file, const struct epoch_record *record,
                       const char *expected)
{
    struct csv csv = {0};
    columns_row(&csv, file, &measured, record);
    cr_assert_str_eq(csv.text.bytes, expected);
    text_free(&csv.text);
}

/* The formats are a promise to everyone who reads the files. */
Test(epoch_columns, headers)
{
    struct csv csv = {0};
    columns_header(&csv, COLUMNS_TRACE, &measured);
    columns_header(&csv, COLUMNS_TIMING, &measured);
    cr_assert_str_eq(
        csv.text.bytes,
        "cell,loss,optimizer,label,seed,epoch,dataset,status,steps,train_loss,train_mse,train_abs,"
        "test_loss,test_mse,test_abs,image_sha256,weights_sha256,state_sha256\n"
        "cell,loss,optimizer,label,seed,epoch,dataset,machine,precision,isa,jobs,steps,samples,"
        "wall_ns,"
        "cpu_ns,wall_ns_per_step,cpu_ns_per_step,evaluation_wall_ns\n");
    text_free(&csv.text);
}

Test(epoch_columns, rows)
{
    struct epoch_record record = example();
    assert_row(COLUMNS_TRACE, &record,
               "mse-s1,mse,sgd,the first,1,2,mnist,ok,500,0.5,0.5,0.125,0.25,0.25,0.0625,1f,2f,"
               "3f\n");
    assert_row(COLUMNS_TIMING, &record,
               "mse-s1,mse,sgd,the "
               "first,1,2,mnist,0123456789ab,f32,generic,2,500,1000,1000,250,2,0.5,77\n");
}

/* A validation split adds its columns; a record that has values of one is not enough. */
Test(epoch_columns, of_a_validation_split)
{
    static const struct columns_measured split = {{"mse", "abs"}, 2, true};
    struct epoch_record record = example();
    struct csv csv = {0};
    record.validated = true;
    record.tested = false;
    record.validation = (struct measurement){0.75, {0.75, 0.375}};
    columns_header(&csv, COLUMNS_TRACE, &split);
    columns_row(&csv, COLUMNS_TRACE, &split, &record);
    columns_row(&csv, COLUMNS_TIMING, &split, &record);
    cr_assert_str_eq(
        csv.text.bytes,
        "cell,loss,optimizer,label,seed,epoch,dataset,status,steps,train_loss,train_mse,train_abs,"
        "validation_loss,validation_mse,validation_abs,test_loss,test_mse,test_abs,image_sha256,"
        "weights_sha256,state_sha256\n"
        "mse-s1,mse,sgd,the first,1,2,mnist,ok,500,0.5,0.5,0.125,0.75,0.75,0.375,,,,1f,2f,3f\n"
        "mse-s1,mse,sgd,the "
        "first,1,2,mnist,0123456789ab,f32,generic,2,500,1000,1000,250,2,0.5,77\n");
    text_free(&csv.text);
    assert_row(COLUMNS_TRACE, &record,
               "mse-s1,mse,sgd,the first,1,2,mnist,ok,500,0.5,0.5,0.125,,,,1f,2f,3f\n");
}

Test(epoch_columns, what_does_not_exist_is_empty)
{
    struct epoch_record record = example();
    record.tested = false;
    assert_row(COLUMNS_TRACE, &record,
               "mse-s1,mse,sgd,the first,1,2,mnist,ok,500,0.5,0.5,0.125,,,,1f,2f,3f\n");
    assert_row(
        COLUMNS_TIMING, &record,
        "mse-s1,mse,sgd,the first,1,2,mnist,0123456789ab,f32,generic,2,500,1000,1000,250,2,0.5,\n");
    record.trained = false;
    record.status = "diverged";
    record.steps = 0;
    assert_row(COLUMNS_TRACE, &record, "mse-s1,mse,sgd,the first,1,2,mnist,diverged,0,,,,,,,,,\n");
    assert_row(
        COLUMNS_TIMING, &record,
        "mse-s1,mse,sgd,the first,1,2,mnist,0123456789ab,f32,generic,2,0,1000,1000,250,,,\n");
}

Test(epoch_columns, every_one_is_documented)
{
    for (int file = COLUMNS_TRACE; file <= COLUMNS_TIMING; file++) {
        size_t count;
        const struct column *columns = columns_table((enum column_file)file, &count);
        for (size_t i = 0; i < count; i++) {
            cr_assert_gt(strlen(columns[i].meaning), 5, "%s", columns[i].name);
            cr_assert_not_null(columns[i].unit);
        }
    }
}

Test(epoch_columns, are_found_by_name)
{
    cr_assert_eq(columns_find_trace("epoch")->role, COLUMN_KEY);
    cr_assert_eq(columns_find_trace("train_loss")->kind, FIELD_REAL);
    cr_assert_eq(columns_find_trace("train_smooth_l1")->kind, FIELD_METRICS);
    cr_assert_eq(columns_find_trace("weights_sha256")->kind, FIELD_DIGEST);
    cr_assert_null(columns_find_trace("weather"));
}
