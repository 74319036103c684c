#include "lossgrid/dataset.h"

/* Debian's and Ubuntu's dataset-fashion-mnist. */
static const char *const directories[] = {"/usr/share/datasets/fashion-mnist", NULL};

const struct lg_dataset_info lg_dataset_fashion_mnist = {
    .name = "fashion_mnist",
    .title = "Fashion-MNIST",
    .source = "H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST: a Novel Image Dataset for "
              "Benchmarking Machine Learning Algorithms, 2017, arXiv:1708.07747",
    .directories = directories,
    .classes = 10,
    .files =
        {
            {"train-images-idx3-ubyte", 47040016,
             "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
            {"train-labels-idx1-ubyte", 60008,
             "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
            {"t10k-images-idx3-ubyte", 7840016,
             "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
            {"t10k-labels-idx1-ubyte", 10008,
             "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
        },
};
