// Golden values for engine/base/pcg.c from PCG's reference implementation
// (libpcg-cpp-dev). From the top of the repository:
//   g++ -std=c++17 -O2 tests/golden/pcg.cpp -o pcg
//   ./pcg draws > tests/golden/pcg.csv
//   ./pcg streams > tests/golden/pcg_stream.csv
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <pcg_random.hpp>

namespace
{
constexpr int per_row = 8;

void print_row(pcg32 &generator, std::uint32_t bound)
{
    for (int i = 0; i < per_row; i++) {
        std::uint32_t value = bound == 0 ? generator() : generator(bound);
        std::printf(",%lu%s", (unsigned long)value, i + 1 < per_row ? "" : "\n");
    }
}

void print_header(const char *key)
{
    std::printf("%s", key);
    for (int i = 0; i < per_row; i++)
        std::printf(",value%d%s", i, i + 1 < per_row ? "" : "\n");
}

// pcg32(seed, stream): `rows` times eight consecutive draws, below `bound`, or
// of whole words where it is 0.
void print_draws(std::uint64_t seed, std::uint64_t stream, std::uint32_t bound, int rows)
{
    pcg32 generator(seed, stream);
    for (int row = 0; row < rows; row++) {
        std::printf("%llu,%llu,%lu,%d", (unsigned long long)seed, (unsigned long long)stream,
                    (unsigned long)bound, row * per_row);
        print_row(generator, bound);
    }
}

void draws()
{
    print_header("seed,stream,bound,index");
    print_draws(42, 54, 0, 125);
    print_draws(0, 0, 0, 125);
    print_draws(UINT64_MAX, UINT64_MAX, 0, 125);
    print_draws(1, UINT64_C(1) << 63, 0, 4);
    print_draws(UINT64_C(0x853c49e6748fea9b), 1, 0, 4);
    print_draws(42, 54, 1, 1);
    print_draws(42, 54, 6, 12);
    print_draws(7, 3, 60000, 12);
    print_draws(7, 3, UINT32_C(0x80000001), 25); // rejects nearly every second draw
    print_draws(7, 3, UINT32_MAX, 2);
}

// SplitMix64 as its paper has it: a counter that advances by gamma, and a mix.
struct split_mix {
    std::uint64_t counter;

    std::uint64_t next()
    {
        std::uint64_t z = counter += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
    }
};

void print_stream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t epoch)
{
    std::uint64_t key = split_mix{seed}.next();
    key = split_mix{key ^ purpose}.next();
    split_mix last{split_mix{key ^ epoch}.next()};
    std::uint64_t state = last.next();
    std::uint64_t stream = last.next();
    pcg32 generator(state, stream);
    std::printf("%llu,%llu,%llu", (unsigned long long)seed, (unsigned long long)purpose,
                (unsigned long long)epoch);
    print_row(generator, 0);
}

void streams()
{
    // The published first output for seed 1234567 guards the mixer itself.
    if (split_mix{1234567}.next() != UINT64_C(6457827717110365317))
        std::abort();
    print_header("seed,purpose,epoch");
    for (std::uint64_t seed : {UINT64_C(0), UINT64_C(1), UINT64_C(2), UINT64_MAX})
        for (std::uint64_t purpose : {1, 2})
            for (std::uint64_t epoch : {0, 1, 2, 30})
                print_stream(seed, purpose, epoch);
}
} // namespace

int main(int count, char **arguments)
{
    if (count == 2 && std::strcmp(arguments[1], "draws") == 0)
        draws();
    else if (count == 2 && std::strcmp(arguments[1], "streams") == 0)
        streams();
    else
        return std::fprintf(stderr, "usage: pcg draws|streams\n"), 2;
    return 0;
}
