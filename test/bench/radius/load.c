/*
 * RADIUS load: many gateways' worth of real requests, in a closed loop (so many in flight) or an open one (so many
 * a second, latency counted from when a request was due). All requests are built and signed before the clock
 * starts, all replies are kept and verified after it has stopped, so that little of the machine goes to this process
 * meanwhile.
 *
 *   load FILE host=127.0.0.1 port=1812 window=64|rate=10000 burst=1 warm=N count=N seconds=S timeout=MS pids=1,2
 *
 * FILE (little-endian), as requests.ts writes it:
 *   u32 gateways; each: 4 octets of IPv4 address, u16 length, secret
 *   u32 templates; each: u8 kind, u8 expected code, u16 gateway, u16 and u16 lengths, password, attributes
 * Requests 0 to warm-1 are not measured; those after the last template begin again at the first, signed afresh.
 * Prints one JSON object.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "packets.h"

enum { BATCH = 64, MOST_PIDS = 16 };

static uint32_t *slots; /* request + 1 that has (gateway, identifier), 0 for none */
static uint32_t in_flight, next_request, oldest;
static uint64_t timeout_ns;
static uint64_t replies, unexpected, late, unsendable;
static int poll_set;
static int pids[MOST_PIDS], pid_count;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* ── sending and receiving ── */

static void open_sockets(const char *host, int port) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &server.sin_addr) != 1) fail(host);
  slots = calloc((size_t)gateway_count * IDENTIFIERS, sizeof *slots);
  poll_set = epoll_create1(0);
  for (uint32_t i = 0; i < gateway_count; i++) {
    Gateway *gateway = &gateways[i];
    int room = 4 << 20;
    gateway->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (gateway->socket < 0) fail("socket");
    setsockopt(gateway->socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    /* A server knows a gateway by this address; a connected socket takes replies from the address asked alone. */
    const struct sockaddr *from = (struct sockaddr *)&gateway->address, *to = (struct sockaddr *)&server;
    if (bind(gateway->socket, from, sizeof gateway->address) < 0) fail("bind");
    if (connect(gateway->socket, to, sizeof server) < 0) fail("connect");
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    if (epoll_ctl(poll_set, EPOLL_CTL_ADD, gateway->socket, &event) < 0) fail("epoll");
  }
}

static uint32_t *slot_of(const Request *request) {
  return &slots[request->gateway * IDENTIFIERS + octets_at(&sent, request->at)[1]];
}

/* Sends the next `most` requests, a system call for each run of one gateway. `due` is when they should leave. */
static void send_some(uint32_t most, uint64_t due) {
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  while (most > 0) {
    uint32_t batch = 0, gateway = requests[next_request].gateway;
    while (batch < BATCH && most > 0 && requests[next_request].gateway == gateway) {
      Request *request = &requests[next_request++];
      uint32_t *slot = slot_of(request);
      most--;
      request->due = due;
      /* An identifier stays with its request until that is answered; a lost one keeps it for good. */
      if (*slot != 0) {
        request->state = UNSENDABLE;
        unsendable++;
      } else {
        *slot = next_request;
        request->state = WAITING;
        in_flight++;
        parts[batch] = (struct iovec){octets_at(&sent, request->at), request->length};
        memset(&messages[batch], 0, sizeof messages[batch]);
        messages[batch].msg_hdr.msg_iov = &parts[batch];
        messages[batch].msg_hdr.msg_iovlen = 1;
        batch++;
      }
    }
    for (uint32_t done = 0; done < batch;) {
      int count = sendmmsg(gateways[gateway].socket, messages + done, batch - done, 0);
      if (count > 0) done += (uint32_t)count;
      else if (errno != EAGAIN && errno != ENOBUFS) fail("send");
    }
  }
}

static void receive_from(Gateway *gateway) {
  static uint8_t buffers[BATCH][LONGEST];
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){buffers[i], LONGEST};
    memset(&messages[i], 0, sizeof messages[i]);
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int count = recvmmsg(gateway->socket, messages, BATCH, MSG_DONTWAIT, NULL);
  if (count < 0) {
    if (errno == EAGAIN) return;
    fail("receive");
  }
  uint64_t now = now_ns();
  for (int i = 0; i < count; i++) {
    size_t length = messages[i].msg_len;
    uint32_t *slot = &slots[(size_t)(gateway - gateways) * IDENTIFIERS + buffers[i][1]];
    if (length < HEADER || *slot == 0) {
      unexpected++;
      continue;
    }
    Request *request = &requests[*slot - 1];
    *slot = 0;
    if (request->state == LOST) {
      late++;
      continue;
    }
    request->state = ANSWERED;
    request->answered = now;
    request->reply_at = take(&received, length);
    request->reply_length = (uint16_t)length;
    memcpy(octets_at(&received, request->reply_at), buffers[i], length);
    replies++;
    in_flight--;
  }
}

static void receive_for(uint64_t wait_ns) {
  struct epoll_event events[BATCH];
  struct timespec wait = {(time_t)(wait_ns / 1000000000ull), (long)(wait_ns % 1000000000ull)};
  int ready = epoll_pwait2(poll_set, events, BATCH, &wait, NULL);
  if (ready < 0 && errno != EINTR) fail("epoll");
  for (int i = 0; i < ready; i++) receive_from(&gateways[events[i].data.u32]);
}

static void give_up_old(uint64_t now) {
  while (oldest < next_request) {
    Request *request = &requests[oldest];
    if (request->state == WAITING) {
      if (now < request->due + timeout_ns) return;
      request->state = LOST;
      in_flight--;
    }
    oldest++;
  }
}

static void drain(void) {
  while (in_flight > 0) {
    receive_for(50000000);
    give_up_old(now_ns());
  }
}

/* `window` in flight until `last` or `end`. */
static void closed_loop(uint32_t last, uint32_t window, uint64_t end) {
  for (uint64_t now = now_ns(); next_request < last && now < end; now = now_ns()) {
    uint32_t room = in_flight < window ? window - in_flight : 0;
    if (room > last - next_request) room = last - next_request;
    send_some(room, now);
    receive_for(50000000);
    give_up_old(now);
  }
}

/* `burst` requests at once every `period` ns from `start` on, whatever comes back, until `last` or `end`. */
static void open_loop(uint32_t last, uint32_t burst, uint64_t period, uint64_t start, uint64_t end) {
  uint64_t due = start;
  for (uint64_t now = now_ns(); next_request < last && now < end; now = now_ns()) {
    for (; due <= now && next_request < last; due += period)
      send_some(burst < last - next_request ? burst : last - next_request, due);
    now = now_ns();
    receive_for(due > now ? due - now : 0);
    give_up_old(now);
  }
}

/* ── processor time ── */

/* Seconds of processor time of a process, its finished children included (Redis rewrites its file in one). */
static double processor_seconds(int pid) {
  char name[64], text[1024];
  snprintf(name, sizeof name, "/proc/%d/stat", pid);
  int file = open(name, O_RDONLY);
  if (file < 0) fail(name);
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) fail(name);
  text[length] = 0;
  const char *after_name = strrchr(text, ')');
  static const char *const FIELDS = "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld %lld %lld";
  long long user, kernel, child_user, child_kernel;
  if (after_name == NULL ||
      sscanf(after_name + 2, FIELDS, &user, &kernel, &child_user, &child_kernel) != 4)
    fail(name);
  return (double)(user + kernel + child_user + child_kernel) / (double)sysconf(_SC_CLK_TCK);
}

static double own_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* ── the report ── */

static int by_size(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static double percentile(const uint64_t *sorted, uint32_t count, double part) {
  if (count == 0) return 0;
  uint32_t index = (uint32_t)(part * (double)count);
  return (double)sorted[index < count ? index : count - 1] / 1e3;
}

typedef struct {
  double started_at, seconds; /* epoch ms; s */
  uint64_t answered;
  double processor[MOST_PIDS], own;
} Measured;

static void report(uint32_t warm, const Measured *measured) {
  uint64_t *latencies = malloc((size_t)request_count * sizeof *latencies);
  uint32_t count = 0, lost = 0, answered = 0;
  Faults faults = {0};
  for (uint32_t i = 0; i < next_request; i++) {
    const Request *request = &requests[i];
    if (request->state == ANSWERED) judge(request, &faults);
    if (i < warm) continue;
    if (request->state == ANSWERED) answered++;
    else lost++;
    /* What never came was no faster than the time it was waited for. */
    latencies[count++] = request->state == ANSWERED ? request->answered - request->due : timeout_ns;
  }
  qsort(latencies, count, sizeof *latencies, by_size);
  double total = 0;
  for (uint32_t i = 0; i < count; i++) total += (double)latencies[i];
  printf("{\"startedAt\":%.0f,\"seconds\":%.6f,", measured->started_at, measured->seconds);
  printf("\"sent\":%u,\"answered\":%u,\"lost\":%u,", count, answered, lost);
  printf("\"answeredInTime\":%ju,\"unsendable\":%ju,\"late\":%ju,", measured->answered, unsendable, late);
  printf("\"bad\":{\"unexpected\":%ju,\"shape\":%ju,\"code\":%ju,", unexpected, faults.shape, faults.code);
  printf("\"authenticator\":%ju,", faults.authenticator);
  printf("\"messageAuthenticator\":%ju},", faults.message_authenticator);
  printf("\"latency\":{\"mean\":%.1f", count > 0 ? total / count / 1e3 : 0);
  static const struct {
    const char *name;
    double part;
  } PARTS[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1}};
  for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
    printf(",\"%s\":%.1f", PARTS[i].name, percentile(latencies, count, PARTS[i].part));
  printf("},\"processor\":[");
  for (int i = 0; i < pid_count; i++) printf("%s%.2f", i > 0 ? "," : "", measured->processor[i]);
  printf("],\"own\":%.3f}\n", measured->own);
}

/* ── the command line ── */

static const char *option(int count, char **words, const char *name, const char *fallback) {
  size_t length = strlen(name);
  for (int i = 2; i < count; i++)
    if (strncmp(words[i], name, length) == 0 && words[i][length] == '=') return words[i] + length + 1;
  return fallback;
}

static long number(int count, char **words, const char *name, const char *fallback) {
  return atol(option(count, words, name, fallback));
}

int main(int count, char **words) {
  if (count < 2) {
    fprintf(stderr, "usage: load FILE host= port= window=|rate= burst= warm= count= seconds= timeout= pids=\n");
    return 2;
  }
  uint32_t warm = (uint32_t)number(count, words, "warm", "0");
  uint32_t window = (uint32_t)number(count, words, "window", "64");
  uint64_t rate = (uint64_t)number(count, words, "rate", "0");
  uint32_t burst = (uint32_t)number(count, words, "burst", "1");
  double most_seconds = atof(option(count, words, "seconds", "5"));
  timeout_ns = (uint64_t)number(count, words, "timeout", "3000") * 1000000ull;
  for (const char *at = option(count, words, "pids", ""); *at != 0 && pid_count < MOST_PIDS;) {
    char *end;
    pids[pid_count++] = (int)strtol(at, &end, 10);
    at = *end == ',' ? end + 1 : end;
  }
  read_file(words[1]);
  request_count = warm + (uint32_t)number(count, words, "count", "0");
  build_all();
  open_sockets(option(count, words, "host", "127.0.0.1"), (int)number(count, words, "port", "1812"));
  /* A wait ends when it is over, not up to 50 µs later. */
  prctl(PR_SET_TIMERSLACK, 1);

  closed_loop(warm, window, UINT64_MAX);
  drain();

  Measured measured;
  struct timespec date;
  clock_gettime(CLOCK_REALTIME, &date);
  measured.started_at = (double)date.tv_sec * 1e3 + (double)date.tv_nsec / 1e6;
  for (int i = 0; i < pid_count; i++) measured.processor[i] = -processor_seconds(pids[i]);
  measured.own = -own_seconds();
  uint64_t replies_before = replies, start = now_ns(), end = start + (uint64_t)(most_seconds * 1e9);
  if (rate > 0) open_loop(request_count, burst, 1000000000ull * burst / rate, start, end);
  else closed_loop(request_count, window, end);
  measured.seconds = (double)(now_ns() - start) / 1e9;
  measured.answered = replies - replies_before;
  measured.own += own_seconds();
  for (int i = 0; i < pid_count; i++) measured.processor[i] += processor_seconds(pids[i]);
  drain();
  report(warm, &measured);
  return 0;
}
