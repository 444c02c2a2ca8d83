#ifndef MACHINE_PEAK_H
#define MACHINE_PEAK_H

/// Multiply-adds of floats that one core does per second at most, with the widest vectors it has;
/// measured.
double machine_multiply_adds_per_second(void);
/// Bytes that one core writes to memory and reads back per second, in arrays that fit no cache;
/// measured.
double machine_bytes_per_second(void);

#endif
