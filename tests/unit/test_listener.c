/*
 * SPDX-License-Identifier: ISC
 *
 * Listeners: ports in use, ports kept, several workers on one port, and running out of
 * descriptors.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/listener.h"
#include "unit.h"

#define CONNECTIONS 40

static const struct ip LOOPBACK = {IP_V4, {127, 0, 0, 1}};

struct door {
	struct loop *loop;
	struct listener *listener;
	size_t count;
	int fds[CONNECTIONS];
	struct ip peer;
	uint16_t peer_port;
	bool free_within;
};

static void take(void *arg, int fd, const struct ip *peer, uint16_t port)
{
	struct door *d = arg;

	ck_assert_uint_lt(d->count, CONNECTIONS);
	d->fds[d->count++] = fd;
	d->peer = *peer;
	d->peer_port = port;
	if (d->free_within)
		listener_free(d->listener);
}

static void close_taken(struct door *d)
{
	while (d->count > 0)
		close(d->fds[--d->count]);
}

static struct sockaddr_in address_of(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int connect_to(uint16_t port)
{
	struct sockaddr_in a = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* A bare socket on the port, as another program would have it. */
static int other_program(uint16_t port, bool reuse, bool listening)
{
	struct sockaddr_in a = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = reuse;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && (!listening || listen(fd, 1) == 0))
		return fd;
	close(fd);
	return -1;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.sin_port);
}

static void reserve(uint16_t *port, int *reserved)
{
	struct error err;
	bool missing;

	ck_assert_msg(
	    listener_reserve(&LOOPBACK, port, reserved, &missing, &err) == 0, "%s", err.text);
	ck_assert(!missing);
}

static struct listener *listen_on(struct door *d, uint16_t port)
{
	struct error err;

	d->listener = listener_new(d->loop, &LOOPBACK, port, take, d, &err);
	ck_assert_msg(d->listener != NULL, "%s", err.text);
	return d->listener;
}

START_TEST(free_port_is_found_and_kept)
{
	uint16_t port = 0, same;
	int reserved;

	reserve(&port, &reserved);
	ck_assert_uint_ne(port, 0);
	/* Bound, so that nobody else gets it, but not listening. */
	ck_assert_int_eq(other_program(port, false, true), -1);
	ck_assert_int_eq(other_program(port, true, true), -1);
	ck_assert((fcntl(reserved, F_GETFD) & FD_CLOEXEC) != 0);
	close(reserved);
	same = port;
	reserve(&same, &reserved);
	ck_assert_uint_eq(same, port);
	close(reserved);
}
END_TEST

START_TEST(port_in_use_is_noticed)
{
	int other = other_program(0, true, true), reserved;
	uint16_t port = port_of(other), wanted = port;
	struct error err;
	bool missing;
	char want[64];

	snprintf(want, sizeof(want), "127.0.0.1:%u is in use by another process", port);
	ck_assert_int_eq(listener_reserve(&LOOPBACK, &wanted, &reserved, &missing, &err), -1);
	ck_assert_int_eq(strncmp(err.text, want, strlen(want)), 0);
	ck_assert_int_eq(err.kind, ERROR_CANNOT);
	ck_assert_uint_eq(wanted, port);
	ck_assert_int_eq(reserved, -1);
	ck_assert(!missing);
	close(other);
}
END_TEST

START_TEST(own_kind_of_listener_is_noticed_too)
{
	struct door d = {.loop = loop_new()};
	uint16_t port = 0, again;
	struct error err;
	bool missing;
	int reserved, second;

	reserve(&port, &reserved);
	again = port;
	/* Another gateway that only just reserved it. */
	ck_assert_int_eq(listener_reserve(&LOOPBACK, &again, &second, &missing, &err), -1);
	listen_on(&d, port);
	close(reserved);
	/* And one that listens: with SO_REUSEPORT alone this would pass. */
	ck_assert_int_eq(listener_reserve(&LOOPBACK, &again, &second, &missing, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "is in use"));
	listener_free(d.listener);
	loop_free(d.loop);
}
END_TEST

START_TEST(port_with_connections_still_closing_is_free)
{
	struct door d = {.loop = loop_new()};
	uint16_t port = 0;
	int reserved, client;

	reserve(&port, &reserved);
	listen_on(&d, port);
	client = connect_to(port);
	loop_once(d.loop);
	/* The server's side closes first and stays in TIME_WAIT. */
	close_taken(&d);
	close(client);
	listener_free(d.listener);
	close(reserved);
	reserve(&port, &reserved);
	close(reserved);
	loop_free(d.loop);
}
END_TEST

START_TEST(address_of_another_machine)
{
	static const struct ip ELSEWHERE = {IP_V4, {203, 0, 113, 77}};
	struct error err;
	uint16_t port = 0;
	bool missing;
	int reserved;

	ck_assert_int_eq(listener_reserve(&ELSEWHERE, &port, &reserved, &missing, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "this machine has no address 203.0.113.77"));
	ck_assert(!missing);
}
END_TEST

START_TEST(connections_are_taken)
{
	struct door d = {.loop = loop_new()};
	uint16_t port = 0;
	int reserved, client;

	reserve(&port, &reserved);
	listen_on(&d, port);
	client = connect_to(port);
	loop_once(d.loop);
	ck_assert_uint_eq(d.count, 1);
	ck_assert(ip_equal(&d.peer, &LOOPBACK));
	ck_assert_uint_eq(d.peer_port, port_of(client));
	ck_assert((fcntl(d.fds[0], F_GETFD) & FD_CLOEXEC) != 0);
	ck_assert((fcntl(d.fds[0], F_GETFL) & O_NONBLOCK) != 0);
	close(client);
	close_taken(&d);
	listener_free(d.listener);
	close(reserved);
	loop_free(d.loop);
}
END_TEST

START_TEST(workers_share_a_port)
{
	struct door one = {.loop = loop_new()}, two = {.loop = one.loop};
	int clients[CONNECTIONS], reserved;
	uint16_t port = 0;

	reserve(&port, &reserved);
	listen_on(&one, port);
	listen_on(&two, port);
	close(reserved);
	for (int i = 0; i < CONNECTIONS; i++)
		clients[i] = connect_to(port);
	while (one.count + two.count < CONNECTIONS)
		loop_once(one.loop);
	ck_assert_uint_gt(one.count, 0);
	ck_assert_uint_gt(two.count, 0);
	for (int i = 0; i < CONNECTIONS; i++)
		close(clients[i]);
	close_taken(&one);
	close_taken(&two);
	listener_free(one.listener);
	listener_free(two.listener);
	loop_free(one.loop);
}
END_TEST

START_TEST(freed_while_accepting)
{
	struct door d = {.loop = loop_new(), .free_within = true};
	uint16_t port = 0;
	int reserved, client, other;

	reserve(&port, &reserved);
	listen_on(&d, port);
	client = connect_to(port);
	other = connect_to(port);
	loop_once(d.loop);
	ck_assert_uint_eq(d.count, 1);
	/* The descriptor handed over is still open. */
	ck_assert_int_eq(fcntl(d.fds[0], F_GETFD), FD_CLOEXEC);
	close_taken(&d);
	close(client);
	close(other);
	close(reserved);
	loop_free(d.loop);
	listener_free(NULL);
}
END_TEST

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void set_flag(void *flag)
{
	*(bool *)flag = true;
}

static void run_for(struct loop *l, int64_t ms)
{
	bool over = false;
	struct loop_timer *t = loop_timer_new(l, set_flag, &over);

	loop_timer_arm(t, ms);
	while (!over)
		loop_once(l);
	loop_timer_free(t);
}

/* No more descriptors than are open now. */
static rlim_t take_descriptors_away(void)
{
	struct rlimit limit;
	rlim_t before;
	int next = dup(0);

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	before = limit.rlim_cur;
	close(next);
	limit.rlim_cur = (rlim_t)next;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return before;
}

static void give_descriptors_back(rlim_t before)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = before;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

START_TEST(no_descriptors_left_does_not_spin)
{
	struct door d = {.loop = loop_new()};
	uint16_t port = 0;
	int reserved, client;
	double before;
	rlim_t limit;

	reserve(&port, &reserved);
	listen_on(&d, port);
	client = connect_to(port);
	limit = take_descriptors_away();
	before = cpu_seconds();
	run_for(d.loop, 500);
	ck_assert_uint_eq(d.count, 0);
	ck_assert_msg(cpu_seconds() - before < 0.2, "%.2f s of work", cpu_seconds() - before);
	give_descriptors_back(limit);
	run_for(d.loop, 400);
	ck_assert_uint_eq(d.count, 1);
	close(client);
	close_taken(&d);
	listener_free(d.listener);
	close(reserved);
	loop_free(d.loop);
}
END_TEST

START_TEST(ipv6_is_itself_only)
{
	static const struct ip ANY = {.family = IP_V6};
	struct door d = {.loop = loop_new()};
	struct error err;
	uint16_t port = 0;
	bool missing;
	int reserved, other;

	if (listener_reserve(&ANY, &port, &reserved, &missing, &err) < 0) {
		ck_assert_msg(missing, "%s", err.text);
		loop_free(d.loop);
		return;
	}
	d.listener = listener_new(d.loop, &ANY, port, take, &d, &err);
	ck_assert_msg(d.listener != NULL, "%s", err.text);
	/* The same port of IPv4 is another one. */
	other = other_program(port, false, true);
	ck_assert_int_ge(other, 0);
	close(other);
	listener_free(d.listener);
	close(reserved);
	loop_free(d.loop);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {free_port_is_found_and_kept, port_in_use_is_noticed,
	    own_kind_of_listener_is_noticed_too, port_with_connections_still_closing_is_free,
	    address_of_another_machine, connections_are_taken, workers_share_a_port,
	    freed_while_accepting, no_descriptors_left_does_not_spin, ipv6_is_itself_only, NULL};

	return unit_main("listener", tests);
}
