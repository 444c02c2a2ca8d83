// Counts heap allocations, so that a test or a benchmark can prove that a loop makes none. For
// tests and benchmarks only: linking this replaces the C library's allocation functions on Linux.
// On other systems nothing is counted and `allocation_count_works` says so.
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool allocation_count_works(void);

// Allocations since the process started, by the calling thread and by all threads.
uint64_t allocation_count_of_thread(void);
uint64_t allocation_count_of_process(void);
