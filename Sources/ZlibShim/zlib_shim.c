#include "ZlibShim.h"

#if __has_include(<zlib.h>)
#include <zlib.h>
#else
#error "zlib not found: install zlib1g-dev"
#endif

#include <string.h>

// zlib counts in 32 bits: longer buffers are handed over in stretches.
static uInt stretch(size_t rest) { return rest > 1u << 30 ? 1u << 30 : (uInt)rest; }

static int window_bits(zlib_shim_format format) {
  return format == zlib_shim_raw ? -MAX_WBITS : MAX_WBITS;
}

uint32_t zlib_shim_crc32(const uint8_t *bytes, size_t count) {
  uLong check = crc32(0, Z_NULL, 0);
  while (count > 0) {
    uInt step = stretch(count);
    check = crc32(check, bytes, step);
    bytes += step;
    count -= step;
  }
  return (uint32_t)check;
}

// Stored blocks of at least 16 KiB with five bytes each, and what zlib's own bound adds.
size_t zlib_shim_bound(size_t count) {
  return count + (count >> 12) + (count >> 14) + (count >> 25) + 64;
}

// One stream from `in` to `out`, by deflate or inflate; `code` is what the last call returned.
typedef int (*step_function)(z_streamp, int);
static ptrdiff_t run(z_stream *z, step_function step, const uint8_t *in, size_t count,
                     uint8_t *out, size_t room, size_t *used, int *code) {
  static uint8_t nothing;
  z->next_in = (z_const Bytef *)(in ? in : &nothing);
  z->next_out = out ? out : &nothing;
  size_t in_left = count, out_left = room;
  do {
    uInt in_step = stretch(in_left), out_step = stretch(out_left);
    z->avail_in = in_step;
    z->avail_out = out_step;
    *code = step(z, in_step == in_left ? Z_FINISH : Z_NO_FLUSH);
    in_left -= in_step - z->avail_in;
    out_left -= out_step - z->avail_out;
    int advanced = z->avail_in < in_step || z->avail_out < out_step;
    if (*code == Z_BUF_ERROR && advanced) *code = Z_OK;
  } while (*code == Z_OK);
  if (used) *used = count - in_left;
  return (ptrdiff_t)(room - out_left);
}

ptrdiff_t zlib_shim_compress(zlib_shim_format format, const uint8_t *bytes, size_t count,
                             uint8_t *out, size_t room) {
  z_stream z;
  memset(&z, 0, sizeof z);
  int memory_level = 8; // zlib's default
  if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits(format), memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return zlib_shim_no_memory;
  int code;
  ptrdiff_t written = run(&z, deflate, bytes, count, out, room, NULL, &code);
  deflateEnd(&z);
  return code == Z_STREAM_END ? written : zlib_shim_too_long;
}

ptrdiff_t zlib_shim_decompress(zlib_shim_format format, const uint8_t *bytes, size_t count,
                               uint8_t *out, size_t room, size_t *used) {
  z_stream z;
  memset(&z, 0, sizeof z);
  *used = 0;
  if (inflateInit2(&z, window_bits(format)) != Z_OK) return zlib_shim_no_memory;
  int code, overflows = 0;
  ptrdiff_t written = run(&z, inflate, bytes, count, out, room, used, &code);
  if (code == Z_BUF_ERROR && (size_t)written == room) {
    // One byte more of room tells a stream that holds more from one that ends too early.
    uint8_t spare;
    z.next_out = &spare;
    z.avail_out = 1;
    z.avail_in = stretch(count - *used);
    code = inflate(&z, Z_SYNC_FLUSH);
    overflows = z.avail_out == 0;
  }
  inflateEnd(&z);
  if (overflows) return zlib_shim_too_long;
  switch (code) {
  case Z_STREAM_END: return written;
  case Z_OK:
  case Z_BUF_ERROR: return zlib_shim_truncated;
  case Z_MEM_ERROR: return zlib_shim_no_memory;
  default: return zlib_shim_damaged; // Z_DATA_ERROR, Z_NEED_DICT
  }
}
