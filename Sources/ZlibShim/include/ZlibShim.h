// A few functions of zlib over whole buffers of any length.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// What is around the compressed bytes: nothing (RFC 1951), or zlib's header and check (RFC 1950).
typedef enum zlib_shim_format { zlib_shim_raw = 0, zlib_shim_zlib = 1 } zlib_shim_format;

/// Why a stream does not give what it should.
typedef enum zlib_shim_problem {
  zlib_shim_damaged = -1,
  /// The stream goes on after the bytes that are there.
  zlib_shim_truncated = -2,
  /// The stream holds more than there is room for.
  zlib_shim_too_long = -3,
  /// zlib could not get the memory that it works with.
  zlib_shim_no_memory = -4,
} zlib_shim_problem;

/// The check of ZIP and PNG (CRC-32 of IEEE 802.3).
uint32_t zlib_shim_crc32(const uint8_t *_Nullable bytes, size_t count);

/// The most bytes that `count` bytes are compressed to.
size_t zlib_shim_bound(size_t count);

/// Compresses bytes into `out`, which has `room` bytes.
/// Returns how many it wrote, or a zlib_shim_problem.
ptrdiff_t zlib_shim_compress(zlib_shim_format format, const uint8_t *_Nullable bytes, size_t count,
                             uint8_t *_Nullable out, size_t room);

/// Decompresses one stream into `out`, which has `room` bytes, and never writes beyond it.
/// Returns how many it wrote, or a zlib_shim_problem; `*used` is how many bytes the stream takes.
ptrdiff_t zlib_shim_decompress(zlib_shim_format format, const uint8_t *_Nullable bytes,
                               size_t count, uint8_t *_Nullable out, size_t room, size_t *used);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
