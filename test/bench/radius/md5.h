/* MD5 and HMAC-MD5 (RFC 1321, RFC 2104), so that the load needs a compiler and nothing else. */
#ifndef MD5_H
#define MD5_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t state[4];
  uint64_t octets;
  uint8_t block[64];
} Md5;

static const uint32_t MD5_SINES[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static const uint8_t MD5_TURNS[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static void md5_compress(uint32_t state[4], const uint8_t *block) {
  uint32_t words[16];
  memcpy(words, block, 64); /* little-endian machines only: x86-64 and arm64 */
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
#pragma GCC unroll 64
  for (int i = 0; i < 64; i++) {
    uint32_t mixed;
    int word;
    if (i < 16) {
      mixed = d ^ (b & (c ^ d));
      word = i;
    } else if (i < 32) {
      mixed = c ^ (d & (b ^ c));
      word = (5 * i + 1) & 15;
    } else if (i < 48) {
      mixed = b ^ c ^ d;
      word = (3 * i + 5) & 15;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * i) & 15;
    }
    uint32_t sum = a + mixed + MD5_SINES[i] + words[word];
    int turn = MD5_TURNS[i / 16][i & 3];
    a = d;
    d = c;
    c = b;
    b += (sum << turn) | (sum >> (32 - turn));
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

static void md5_begin(Md5 *md5) {
  static const uint32_t START[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  memcpy(md5->state, START, sizeof START);
  md5->octets = 0;
}

static void md5_add(Md5 *md5, const uint8_t *from, size_t length) {
  size_t held = md5->octets & 63;
  md5->octets += length;
  if (held > 0) {
    size_t part = 64 - held < length ? 64 - held : length;
    memcpy(md5->block + held, from, part);
    from += part;
    length -= part;
    if (held + part < 64) return;
    md5_compress(md5->state, md5->block);
  }
  for (; length >= 64; from += 64, length -= 64) md5_compress(md5->state, from);
  memcpy(md5->block, from, length);
}

static void md5_end(Md5 *md5, uint8_t digest[16]) {
  uint64_t bits = md5->octets * 8;
  size_t held = md5->octets & 63;
  md5->block[held++] = 0x80;
  if (held > 56) {
    memset(md5->block + held, 0, 64 - held);
    md5_compress(md5->state, md5->block);
    held = 0;
  }
  memset(md5->block + held, 0, 56 - held);
  memcpy(md5->block + 56, &bits, 8);
  md5_compress(md5->state, md5->block);
  memcpy(digest, md5->state, 16);
}

/* A key whose two pads are hashed once: `inner` and `outer` are where a message and its digest go on. */
typedef struct {
  Md5 inner, outer;
} HmacKey;

static void hmac_key(HmacKey *key, const uint8_t *secret, size_t length) {
  uint8_t pad[64] = {0};
  if (length > 64) {
    Md5 md5;
    md5_begin(&md5);
    md5_add(&md5, secret, length);
    md5_end(&md5, pad);
  } else {
    memcpy(pad, secret, length);
  }
  for (int i = 0; i < 64; i++) pad[i] ^= 0x36;
  md5_begin(&key->inner);
  md5_add(&key->inner, pad, 64);
  for (int i = 0; i < 64; i++) pad[i] ^= 0x36 ^ 0x5c;
  md5_begin(&key->outer);
  md5_add(&key->outer, pad, 64);
}

static void hmac(const HmacKey *key, const uint8_t *message, size_t length, uint8_t digest[16]) {
  Md5 md5 = key->inner;
  md5_add(&md5, message, length);
  md5_end(&md5, digest);
  md5 = key->outer;
  md5_add(&md5, digest, 16);
  md5_end(&md5, digest);
}

#endif
