#include "lossgrid/path.h"

#define NAME(symbol, name, meaning)    name,
#define MEANING(symbol, name, meaning) meaning,

const char *const lg_path_names[] = {LG_PATHS(NAME)};
const char *const lg_path_meanings[] = {LG_PATHS(MEANING)};
