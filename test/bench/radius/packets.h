/* The requests of the load, from the file of templates to signed octets, and the judgement of their replies. */
#ifndef PACKETS_H
#define PACKETS_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include "md5.h"

enum { PAP, CHAP, ACCOUNTING };
enum { ACCESS_REQUEST = 1, ACCOUNTING_REQUEST = 4 };
enum { UNSENT, WAITING, ANSWERED, LOST, UNSENDABLE };
enum { HEADER = 20, MESSAGE_AUTHENTICATOR = 80, LONGEST = 4096, IDENTIFIERS = 256, REPLY_ROOM = 320 };

typedef struct {
  int socket;
  struct sockaddr_in address;
  uint8_t secret[256];
  size_t secret_length;
  HmacKey key;
  unsigned next_identifier;
} Gateway;

typedef struct {
  const uint8_t *password, *attributes;
  uint16_t gateway, password_length, attributes_length;
  uint8_t kind, expected;
} Template;

typedef struct {
  uint64_t due, answered; /* ns */
  uint32_t at, reply_at;  /* units of 4 octets into their arenas */
  uint16_t length, reply_length, gateway;
  uint8_t expected, state, kind;
} Request;

typedef struct {
  uint8_t *octets;
  size_t used, size;
} Arena;

static Gateway *gateways;
static uint32_t gateway_count, template_count, request_count;
static Template *templates;
static Request *requests;
static Arena sent, received;

static void fail(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(2);
}

/* Memory that is there before the clock starts: a page fault a packet would be the load's own slowness. */
static Arena arena_of(size_t size) {
  Arena arena = {.size = size};
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
  arena.octets = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (arena.octets == MAP_FAILED) fail("memory");
  return arena;
}

static uint32_t take(Arena *arena, size_t length) {
  size_t at = arena->used;
  arena->used += (length + 3) & ~(size_t)3;
  if (arena->used > arena->size) {
    errno = ENOMEM;
    fail("an arena is full");
  }
  return (uint32_t)(at / 4);
}

static uint8_t *octets_at(const Arena *arena, uint32_t at) { return arena->octets + (size_t)at * 4; }

/* ── the file ── */

static const uint8_t *cursor, *file_end;

static const uint8_t *read_octets(size_t length) {
  const uint8_t *at = cursor;
  cursor += length;
  if (cursor > file_end) {
    errno = EINVAL;
    fail("the request file is cut short");
  }
  return at;
}

static uint32_t read_number(size_t length) {
  uint32_t value = 0;
  memcpy(&value, read_octets(length), length);
  return value;
}

static void read_file(const char *name) {
  int file = open(name, O_RDONLY);
  struct stat stat;
  if (file < 0 || fstat(file, &stat) < 0) fail(name);
  uint8_t *all = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (all == MAP_FAILED) fail(name);
  cursor = all;
  file_end = all + stat.st_size;
  gateway_count = read_number(4);
  gateways = calloc(gateway_count, sizeof *gateways);
  for (uint32_t i = 0; i < gateway_count; i++) {
    Gateway *gateway = &gateways[i];
    gateway->address.sin_family = AF_INET;
    memcpy(&gateway->address.sin_addr, read_octets(4), 4);
    gateway->secret_length = read_number(2);
    if (gateway->secret_length > sizeof gateway->secret) fail("a secret is too long");
    memcpy(gateway->secret, read_octets(gateway->secret_length), gateway->secret_length);
    hmac_key(&gateway->key, gateway->secret, gateway->secret_length);
  }
  template_count = read_number(4);
  templates = calloc(template_count, sizeof *templates);
  for (uint32_t i = 0; i < template_count; i++) {
    Template *template = &templates[i];
    template->kind = (uint8_t)read_number(1);
    template->expected = (uint8_t)read_number(1);
    template->gateway = (uint16_t)read_number(2);
    template->password_length = (uint16_t)read_number(2);
    template->attributes_length = (uint16_t)read_number(2);
    template->password = read_octets(template->password_length);
    template->attributes = read_octets(template->attributes_length);
  }
}

/* ── building requests ── */

static uint64_t random_state;

static uint64_t random_64(void) {
  uint64_t z = (random_state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

static void random_octets(uint8_t into[16]) {
  uint64_t two[2] = {random_64(), random_64()};
  memcpy(into, two, 16);
}

static uint8_t *put(uint8_t *at, uint8_t type, const uint8_t *value, size_t length) {
  *at++ = type;
  *at++ = (uint8_t)(length + 2);
  memcpy(at, value, length);
  return at + length;
}

/* RFC 2865 §5.2 */
static uint8_t *put_pap(uint8_t *at, const Template *template, const uint8_t *authenticator) {
  const Gateway *gateway = &gateways[template->gateway];
  uint8_t hidden[128] = {0};
  size_t length = (template->password_length + 15u) & ~15u;
  memcpy(hidden, template->password, template->password_length);
  const uint8_t *before = authenticator;
  for (size_t block = 0; block < length; block += 16) {
    uint8_t mask[16];
    Md5 md5;
    md5_begin(&md5);
    md5_add(&md5, gateway->secret, gateway->secret_length);
    md5_add(&md5, before, 16);
    md5_end(&md5, mask);
    for (int i = 0; i < 16; i++) hidden[block + (size_t)i] ^= mask[i];
    before = hidden + block;
  }
  return put(at, 2, hidden, length);
}

/* RFC 2865 §5.3, §5.40 */
static uint8_t *put_chap(uint8_t *at, const Template *template) {
  uint8_t challenge[16], response[17];
  random_octets(challenge);
  response[0] = challenge[0];
  Md5 md5;
  md5_begin(&md5);
  md5_add(&md5, response, 1);
  md5_add(&md5, template->password, template->password_length);
  md5_add(&md5, challenge, 16);
  md5_end(&md5, response + 1);
  at = put(at, 3, response, 17);
  return put(at, 60, challenge, 16);
}

static void build(Request *request, const Template *template) {
  static const uint8_t zeros[16];
  Gateway *gateway = &gateways[template->gateway];
  uint8_t packet[LONGEST];
  uint8_t *authenticator = packet + 4, *at = packet + HEADER;
  bool access = template->kind != ACCOUNTING;
  packet[0] = access ? ACCESS_REQUEST : ACCOUNTING_REQUEST;
  packet[1] = (uint8_t)(gateway->next_identifier++ % IDENTIFIERS);
  if (access) random_octets(authenticator);
  else memset(authenticator, 0, 16);
  if (access) at = put(at, MESSAGE_AUTHENTICATOR, zeros, 16);
  if (template->kind == PAP) at = put_pap(at, template, authenticator);
  if (template->kind == CHAP) at = put_chap(at, template);
  memcpy(at, template->attributes, template->attributes_length);
  at += template->attributes_length;
  size_t length = (size_t)(at - packet);
  packet[2] = (uint8_t)(length >> 8);
  packet[3] = (uint8_t)length;
  if (access) {
    hmac(&gateway->key, packet, length, packet + HEADER + 2);
  } else {
    /* RFC 2866 §3 */
    Md5 md5;
    md5_begin(&md5);
    md5_add(&md5, packet, length);
    md5_add(&md5, gateway->secret, gateway->secret_length);
    md5_end(&md5, authenticator);
  }
  request->at = take(&sent, length);
  request->length = (uint16_t)length;
  request->gateway = template->gateway;
  request->expected = template->expected;
  request->kind = template->kind;
  memcpy(octets_at(&sent, request->at), packet, length);
}

static void build_all(void) {
  size_t longest = 0;
  for (uint32_t i = 0; i < template_count; i++)
    if (templates[i].attributes_length > longest) longest = templates[i].attributes_length;
  sent = arena_of((size_t)request_count * (longest + 200) + 4096);
  received = arena_of((size_t)request_count * REPLY_ROOM + LONGEST);
  requests = (Request *)arena_of((size_t)request_count * sizeof *requests + 1).octets;
  if (getrandom(&random_state, sizeof random_state, 0) < 0) fail("getrandom");
  for (uint32_t i = 0; i < request_count; i++) build(&requests[i], &templates[i % template_count]);
}

/* ── judging replies ── */

typedef struct {
  uint64_t code, shape, authenticator, message_authenticator;
} Faults;

/* RFC 2865 §3 */
static bool is_signed(const Request *request, const uint8_t *reply, size_t length) {
  const Gateway *gateway = &gateways[request->gateway];
  uint8_t digest[16];
  Md5 md5;
  md5_begin(&md5);
  md5_add(&md5, reply, 4);
  md5_add(&md5, octets_at(&sent, request->at) + 4, 16);
  md5_add(&md5, reply + HEADER, length - HEADER);
  md5_add(&md5, gateway->secret, gateway->secret_length);
  md5_end(&md5, digest);
  return memcmp(digest, reply + 4, 16) == 0;
}

/* Where the Message-Authenticator stands; 0 for none, -1 where attributes do not tile the packet or it comes twice. */
static int find_message_authenticator(const uint8_t *reply, size_t length) {
  int found = 0;
  for (size_t at = HEADER; at < length; at += reply[at + 1]) {
    if (at + 2 > length || reply[at + 1] < 2 || at + reply[at + 1] > length) return -1;
    if (reply[at] != MESSAGE_AUTHENTICATOR) continue;
    if (found != 0 || reply[at + 1] != 18) return -1;
    found = (int)at;
  }
  return found;
}

/* RFC 3579 §3.2 */
static bool is_authentic(const Request *request, const uint8_t *reply, size_t length, int at) {
  uint8_t copy[LONGEST], digest[16];
  memcpy(copy, reply, length);
  memcpy(copy + 4, octets_at(&sent, request->at) + 4, 16);
  memset(copy + at + 2, 0, 16);
  hmac(&gateways[request->gateway].key, copy, length, digest);
  return memcmp(digest, reply + at + 2, 16) == 0;
}

static void judge(const Request *request, Faults *faults) {
  const uint8_t *reply = octets_at(&received, request->reply_at);
  size_t length = (size_t)reply[2] << 8 | reply[3];
  int at = length == request->reply_length ? find_message_authenticator(reply, length) : -1;
  if (at < 0) faults->shape++;
  else if (!is_signed(request, reply, length)) faults->authenticator++;
  else if (request->kind != ACCOUNTING && (at == 0 || !is_authentic(request, reply, length, at)))
    faults->message_authenticator++;
  else if (reply[0] != request->expected) faults->code++;
}

#endif
