// A TCP proxy that holds every piece of data for a time in each direction: `slow-line <server port> <microseconds>`. It
// prints the port it listens on. Timers of Bun and Node round up to milliseconds, so it is written in C.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

typedef struct Piece {
  struct Piece *next;
  long long due;
  size_t length, sent;
  char data[];
} Piece;

/* One side of a connection, with the pieces that are waiting to be sent to it. */
typedef struct {
  int socket, peer, ended;
  Piece *first, *last;
} Side;

enum { SIDES = 512, BUFFER = 1 << 18 };
static Side sides[SIDES];
static char buffer[BUFFER];

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int free_side(int from) {
  while (from < SIDES && sides[from].socket >= 0) from++;
  return from;
}

static struct sockaddr_in local(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void accept_client(int listener, int server_port) {
  int client = accept(listener, 0, 0), server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = local(server_port);
  int a = free_side(0), b = free_side(a + 1);
  if (client < 0 || b >= SIDES || connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
    close(client);
    close(server);
    return;
  }
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sides[a] = (Side){.socket = client, .peer = b};
  sides[b] = (Side){.socket = server, .peer = a};
}

static void receive(Side *side, long long due) {
  ssize_t length = recv(side->socket, buffer, BUFFER, MSG_DONTWAIT);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (length <= 0) {
    side->ended = 1;
    return;
  }
  Side *to = &sides[side->peer];
  Piece *piece = malloc(sizeof *piece + length);
  *piece = (Piece){.due = due, .length = length};
  memcpy(piece->data, buffer, length);
  if (to->last) to->last->next = piece;
  else to->first = piece;
  to->last = piece;
}

static void deliver(Side *side, long long time) {
  while (side->first && side->first->due <= time) {
    Piece *piece = side->first;
    ssize_t sent = send(side->socket, piece->data + piece->sent, piece->length - piece->sent, MSG_NOSIGNAL);
    if (sent >= 0) piece->sent += sent;
    if (sent >= 0 && piece->sent < piece->length) continue;
    side->first = piece->next;
    if (!side->first) side->last = 0;
    free(piece);
  }
}

static void close_ended(Side *side) {
  Side *peer = &sides[side->peer];
  if (!side->ended || peer->first) return;
  close(side->socket);
  close(peer->socket);
  side->socket = peer->socket = -1;
}

static struct timespec wait_time(void) {
  long long due = now() + 1000000000LL, time = now();
  for (int i = 0; i < SIDES; i++)
    if (sides[i].socket >= 0 && sides[i].first && sides[i].first->due < due) due = sides[i].first->due;
  long long wait = due > time ? due - time : 0;
  return (struct timespec){.tv_sec = wait / 1000000000LL, .tv_nsec = wait % 1000000000LL};
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int server_port = atoi(arguments[1]);
  long long hold = atoll(arguments[2]) * 1000;
#ifdef __linux__
  prctl(PR_SET_TIMERSLACK, 1);
#endif
  for (int i = 0; i < SIDES; i++) sides[i].socket = -1;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = local(0);
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 64)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    struct pollfd polled[SIDES + 1] = {{.fd = listener, .events = POLLIN}};
    for (int i = 0; i < SIDES; i++) polled[i + 1] = (struct pollfd){.fd = sides[i].ended ? -1 : sides[i].socket, .events = POLLIN};
    struct timespec wait = wait_time();
    ppoll(polled, SIDES + 1, &wait, 0);
    long long time = now();
    for (int i = 0; i < SIDES; i++)
      if (sides[i].socket >= 0 && polled[i + 1].revents) receive(&sides[i], time + hold);
    for (int i = 0; i < SIDES; i++)
      if (sides[i].socket >= 0) deliver(&sides[i], time);
    for (int i = 0; i < SIDES; i++)
      if (sides[i].socket >= 0) close_ended(&sides[i]);
    if (polled[0].revents) accept_client(listener, server_port);
  }
}
