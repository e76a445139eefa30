/*
 * SPDX-License-Identifier: ISC
 *
 * Listening sockets, and finding out whether a port is free.
 */
#include "net/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/acceptor.h"

#define BACKLOG 4096
/* "[ADDRESS]:PORT" */
#define NAME_SIZE (IP_TEXT_SIZE + 8)

struct listener {
	struct acceptor *acceptor;
	void (*accepted)(void *arg, int fd, const struct ip *peer, uint16_t peer_port);
	void *arg;
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static void to_address(const struct ip *ip, uint16_t port, union address *out, socklen_t *len)
{
	memset(out, 0, sizeof(*out));
	if (ip->family == IP_V4) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		memcpy(&out->v4.sin_addr, ip->octets, 4);
		*len = sizeof(out->v4);
		return;
	}
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons(port);
	memcpy(&out->v6.sin6_addr, ip->octets, 16);
	*len = sizeof(out->v6);
}

static void from_address(const struct sockaddr *any, struct ip *ip, uint16_t *port)
{
	union address a;

	*ip = (struct ip){.family = IP_NONE};
	*port = 0;
	if (any->sa_family == AF_INET) {
		memcpy(&a.v4, any, sizeof(a.v4));
		ip->family = IP_V4;
		memcpy(ip->octets, &a.v4.sin_addr, 4);
		*port = ntohs(a.v4.sin_port);
	} else if (any->sa_family == AF_INET6) {
		memcpy(&a.v6, any, sizeof(a.v6));
		ip->family = IP_V6;
		memcpy(ip->octets, &a.v6.sin6_addr, 16);
		*ip = ip_unmap(*ip);
		*port = ntohs(a.v6.sin6_port);
	}
}

static const char *name_of(const struct ip *ip, uint16_t port, char out[NAME_SIZE])
{
	char text[IP_TEXT_SIZE];

	snprintf(
	    out, NAME_SIZE, ip->family == IP_V6 ? "[%s]:%u" : "%s:%u", ip_format(ip, text), port);
	return out;
}

static int refused(const struct ip *ip, uint16_t port, int why, struct error *err)
{
	char name[NAME_SIZE], text[IP_TEXT_SIZE];

	name_of(ip, port, name);
	switch (why) {
	case EADDRINUSE:
		return error_cannot(err,
		    "%s is in use by another process: stop it, or listen on another address or "
		    "port (0 takes a free port)",
		    name);
	case EACCES:
		return error_cannot(err,
		    "%s cannot be listened on: ports below 1024 need root or the capability "
		    "CAP_NET_BIND_SERVICE; take a higher port",
		    name);
	case EADDRNOTAVAIL:
		return error_cannot(err,
		    "%s cannot be listened on: this machine has no address %s; expected one of its "
		    "own, or 0.0.0.0 or :: for all",
		    name, ip_format(ip, text));
	case EAFNOSUPPORT:
		return error_cannot(err, "%s cannot be listened on: this machine has no %s", name,
		    ip->family == IP_V6 ? "IPv6" : "IPv4");
	default:
		return error_cannot(err, "%s cannot be listened on: %s", name, strerror(why));
	}
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

static int new_socket(const struct ip *ip)
{
	int family = ip->family == IP_V6 ? AF_INET6 : AF_INET;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	/* An IPv6 address is itself only: IPv4 has listeners of its own. */
	if (family == AF_INET6 && set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int bind_to(int fd, const struct ip *ip, uint16_t port)
{
	union address a;
	socklen_t len;

	to_address(ip, port, &a, &len);
	return bind(fd, &a.any, len);
}

/* Closes fd and keeps errno. */
static int fail(int fd)
{
	int why = errno;

	close(fd);
	errno = why;
	return -1;
}

static int read_port(int fd, uint16_t *port)
{
	union address a = {.v6 = {0}};
	socklen_t len = sizeof(a);
	struct ip ignored;

	if (getsockname(fd, &a.any, &len) < 0)
		return -1;
	from_address(&a.any, &ignored, port);
	return 0;
}

/* SO_REUSEPORT would let a port in use pass. SO_REUSEADDR lets one pass that was in use. */
static int find_port(const struct ip *ip, uint16_t *port)
{
	int fd = new_socket(ip);

	if (fd < 0)
		return -1;
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) < 0 || bind_to(fd, ip, *port) < 0 ||
	    listen(fd, 1) < 0 || read_port(fd, port) < 0)
		return fail(fd);
	close(fd);
	return 0;
}

/*
 * Without SO_REUSEADDR nobody's plain bind passes while this socket stays bound, although it does
 * not listen; but connections that are still closing may stand in its way.
 */
static int hold_port(const struct ip *ip, uint16_t port)
{
	int fd = new_socket(ip);

	if (fd < 0)
		return -1;
	if (set(fd, SOL_SOCKET, SO_REUSEPORT, 1) < 0)
		return fail(fd);
	if (bind_to(fd, ip, port) == 0)
		return fd;
	if (errno != EADDRINUSE || set(fd, SOL_SOCKET, SO_REUSEADDR, 1) < 0 ||
	    bind_to(fd, ip, port) < 0)
		return fail(fd);
	return fd;
}

int listener_reserve(
    const struct ip *ip, uint16_t *port, int *reserved, bool *family_missing, struct error *err)
{
	uint16_t found = *port;

	*reserved = -1;
	*family_missing = false;
	if (find_port(ip, &found) == 0)
		*reserved = hold_port(ip, found);
	if (*reserved >= 0) {
		*port = found;
		return 0;
	}
	/* Where IPv6 is switched off the family is there, but not its loopback address. */
	*family_missing = errno == EAFNOSUPPORT || (errno == EADDRNOTAVAIL && ip_is_loopback(ip));
	return refused(ip, *port, errno, err);
}

static void take(void *arg, int fd, const struct sockaddr *any)
{
	const struct listener *l = arg;
	struct ip peer;
	uint16_t port;

	from_address(any, &peer, &port);
	l->accepted(l->arg, fd, &peer, port);
}

static int open_socket(const struct ip *ip, uint16_t port)
{
	int fd = new_socket(ip);

	if (fd < 0)
		return -1;
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) < 0 || set(fd, SOL_SOCKET, SO_REUSEPORT, 1) < 0 ||
	    bind_to(fd, ip, port) < 0 || listen(fd, BACKLOG) < 0)
		return fail(fd);
	return fd;
}

struct listener *listener_new(struct loop *l, const struct ip *ip, uint16_t port,
    void (*accepted)(void *arg, int fd, const struct ip *peer, uint16_t peer_port), void *arg,
    struct error *err)
{
	int fd = open_socket(ip, port);
	char name[NAME_SIZE];
	struct listener *n;

	if (fd < 0) {
		refused(ip, port, errno, err);
		return NULL;
	}
	n = memory_new(sizeof(*n));
	n->accepted = accepted;
	n->arg = arg;
	n->acceptor = acceptor_new(l, fd, name_of(ip, port, name), take, n);
	return n;
}

void listener_free(struct listener *l)
{
	if (l == NULL)
		return;
	acceptor_free(l->acceptor);
	free(l);
}
