/*
 * SPDX-License-Identifier: ISC
 *
 * A read-only BIO: octets already read, then the socket. OpenSSL's own buffering BIO would read
 * ahead, and what lies in it wakes no event loop.
 */
#include "net/replay.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"

struct replay {
	int fd;
	size_t used, len;
	char octets[];
};

static bool would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int replay_read(BIO *b, char *out, int size)
{
	struct replay *r = BIO_get_data(b);
	size_t room = size > 0 ? (size_t)size : 0, left = r->len - r->used;
	ssize_t n;

	BIO_clear_retry_flags(b);
	if (left > 0) {
		n = (ssize_t)(left < room ? left : room);
		memcpy(out, r->octets + r->used, (size_t)n);
		r->used += (size_t)n;
		return (int)n;
	}
	n = recv(r->fd, out, room, 0);
	if (n < 0 && would_block())
		BIO_set_retry_read(b);
	/* OpenSSL asks BIO_eof to tell an end from an error. */
	if (n == 0 && room > 0)
		BIO_set_flags(b, BIO_FLAGS_IN_EOF);
	return (int)n;
}

static long replay_ctrl(BIO *b, int command, long number, void *pointer)
{
	const struct replay *r = BIO_get_data(b);

	(void)number, (void)pointer;
	if (command == BIO_CTRL_EOF)
		return BIO_test_flags(b, BIO_FLAGS_IN_EOF) != 0;
	if (command == BIO_CTRL_PENDING)
		return (long)(r->len - r->used);
	return command == BIO_CTRL_FLUSH;
}

static int replay_destroy(BIO *b)
{
	free(BIO_get_data(b));
	BIO_set_data(b, NULL);
	return 1;
}

BIO *replay_new(struct span octets, int fd, BIO_METHOD **method)
{
	struct replay *r = memory_new(sizeof(*r) + octets.len);
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "replay");
	BIO *b;

	if (m == NULL || BIO_meth_set_read(m, replay_read) != 1 ||
	    BIO_meth_set_ctrl(m, replay_ctrl) != 1 || BIO_meth_set_destroy(m, replay_destroy) != 1)
		abort();
	b = BIO_new(m);
	if (b == NULL)
		abort();
	r->fd = fd;
	r->len = octets.len;
	if (octets.len > 0)
		memcpy(r->octets, octets.data, octets.len);
	BIO_set_data(b, r);
	BIO_set_init(b, 1);
	*method = m;
	return b;
}
