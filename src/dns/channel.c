/*
 * SPDX-License-Identifier: ISC
 *
 * c-ares on a loop. Compiles with 1.18 and with 1.34, where the calls that 1.18 has are deprecated
 * and still there.
 */
#include "dns/channel.h"

#define CARES_NO_DEPRECATED
#include <ares.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "dns/name.h"
#include "dns/text.h"

/* The first wait for one server; each further round over the servers waits twice as long. */
#define TRY_TIMEOUT_MS 1000
#define TRIES          3
#define EDNS_SIZE      1232 /* what passes unfragmented nearly everywhere */
#define CLASS_IN       1

/* Later versions cache too, unless told to do so for 0 seconds: we cache ourselves. */
#ifdef ARES_OPT_QUERY_CACHE
#define OPT_NO_CACHE ARES_OPT_QUERY_CACHE
#else
#define OPT_NO_CACHE 0
#endif

struct channel_socket {
	LIST_ENTRY(channel_socket) link;
	ares_socket_t fd;
	struct event *read, *write; /* NULL: not wanted */
};

LIST_HEAD(channel_socket_list, channel_socket);

struct dns_channel {
	struct loop *loop;
	ares_channel ares;
	struct loop_timer *timer;
	struct channel_socket_list sockets;
};

struct asked {
	void (*answered)(void *arg, struct span reply, enum dns_status failure);
	void *arg;
};

/* c-ares counts its own retries and wants to be called when the next one is due. */
static void arm(struct dns_channel *c)
{
	struct timeval tv;

	if (ares_timeout(c->ares, NULL, &tv) == NULL)
		loop_timer_cancel(c->timer);
	else
		loop_timer_arm(c->timer, (int64_t)tv.tv_sec * 1000 + (tv.tv_usec + 999) / 1000);
}

static void timer_fired(void *arg)
{
	struct dns_channel *c = arg;

	ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(c);
}

static void socket_ready(evutil_socket_t fd, short what, void *arg)
{
	struct dns_channel *c = arg;

	ares_process_fd(c->ares, (what & EV_READ) != 0 ? fd : ARES_SOCKET_BAD,
	    (what & EV_WRITE) != 0 ? fd : ARES_SOCKET_BAD);
	arm(c);
}

static void want(struct dns_channel *c, ares_socket_t fd, short what, bool wanted, struct event **e)
{
	if (wanted && *e == NULL) {
		*e = event_new(loop_base(c->loop), fd, (short)(what | EV_PERSIST), socket_ready, c);
		if (*e == NULL || event_add(*e, NULL) < 0)
			abort();
	} else if (!wanted && *e != NULL) {
		event_free(*e);
		*e = NULL;
	}
}

static struct channel_socket *socket_of(struct dns_channel *c, ares_socket_t fd)
{
	struct channel_socket *s;

	LIST_FOREACH (s, &c->sockets, link)
		if (s->fd == fd)
			return s;
	s = memory_new(sizeof(*s));
	s->fd = fd;
	LIST_INSERT_HEAD(&c->sockets, s, link);
	return s;
}

static void socket_state(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct dns_channel *c = arg;
	struct channel_socket *s = socket_of(c, fd);

	want(c, fd, EV_READ, readable != 0, &s->read);
	want(c, fd, EV_WRITE, writable != 0, &s->write);
	if (s->read != NULL || s->write != NULL)
		return;
	LIST_REMOVE(s, link);
	free(s);
}

/* The list as c-ares reads it, or -1 with err naming the entry. */
static int server_list(const struct conf_list *servers, struct buffer *out, struct error *err)
{
	struct conf_address address;

	for (size_t i = 0; i < servers->count; i++) {
		if (conf_address_parse(span_from(servers->items[i]), &address) < 0 ||
		    address.port == 0)
			return error_usage(err,
			    "dns: \"%s\": expected ADDRESS:PORT, such as 127.0.0.1:53 or [::1]:53",
			    servers->items[i]);
		buffer_printf(out, "%s%s", i > 0 ? "," : "", servers->items[i]);
	}
	return 0;
}

static int set_servers(struct dns_channel *c, const struct conf_list *servers, struct error *err)
{
	struct buffer list = BUFFER_INIT;
	int failed = server_list(servers, &list, err), status = ARES_SUCCESS;

	if (failed == 0 && servers->count > 0)
		status = ares_set_servers_ports_csv(c->ares, list.data);
	buffer_clear(&list);
	if (status != ARES_SUCCESS)
		return error_cannot(
		    err, "dns: the servers cannot be used: %s", ares_strerror(status));
	return failed;
}

/*
 * With one server, a reply that says "server failure" is taken as it is; with several the next one
 * is asked.
 */
static int open_ares(struct dns_channel *c, const struct conf_list *servers, struct error *err)
{
	char lookups[] = "b";
	struct ares_options options = {
	    .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS |
	             (servers->count == 1 ? ARES_FLAG_NOCHECKRESP : 0),
	    .timeout = TRY_TIMEOUT_MS,
	    .tries = TRIES,
	    .ednspsz = EDNS_SIZE,
	    .lookups = lookups,
	    .sock_state_cb = socket_state,
	    .sock_state_cb_data = c,
	};
	int status = ares_library_init(ARES_LIB_INIT_ALL);

	if (status == ARES_SUCCESS)
		status = ares_init_options(&c->ares, &options,
		    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
			ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB | OPT_NO_CACHE);
	if (status != ARES_SUCCESS) {
		c->ares = NULL;
		return error_cannot(
		    err, "dns: the resolver cannot start: %s", ares_strerror(status));
	}
	return set_servers(c, servers, err);
}

struct dns_channel *dns_channel_new(
    struct loop *l, const struct conf_list *servers, struct error *err)
{
	struct dns_channel *c = memory_new(sizeof(*c));

	c->loop = l;
	LIST_INIT(&c->sockets);
	c->timer = loop_timer_new(l, timer_fired, c);
	if (open_ares(c, servers, err) == 0)
		return c;
	dns_channel_free(c);
	return NULL;
}

void dns_channel_free(struct dns_channel *c)
{
	if (c == NULL)
		return;
	if (c->ares != NULL)
		ares_destroy(c->ares);
	ares_library_cleanup();
	while (!LIST_EMPTY(&c->sockets)) {
		const struct channel_socket *s = LIST_FIRST(&c->sockets);

		socket_state(c, s->fd, 0, 0);
	}
	loop_timer_free(c->timer);
	free(c);
}

static void ares_answered(void *arg, int status, int timeouts, unsigned char *reply, int len)
{
	struct asked *asked = arg, copy = *asked;
	struct span span = span_of(reply, reply == NULL || len < 0 ? 0 : (size_t)len);

	(void)timeouts;
	free(asked);
	copy.answered(copy.arg, span, status == ARES_ETIMEOUT ? DNS_TIMEOUT : DNS_SERVFAIL);
}

/*
 * Older versions know no \DDD but take any octet behind a backslash for itself, as newer ones do.
 * NUL alone has no such form: older versions then ask another name and its answer is refused.
 */
static void ares_name(const char *name, char out[DNS_NAME_SIZE])
{
	struct span text = span_from(name[0] == '\0' ? "." : name);
	size_t at = 0, len = 0;
	uint8_t octet;

	while (at < text.len) {
		size_t start = at;

		if (dns_octet_read(text, &at, &octet) < 0)
			break;
		if (at - start == 1 || octet == '\0') {
			memcpy(out + len, text.data + start, at - start);
			len += at - start;
		} else {
			out[len++] = '\\';
			out[len++] = (char)octet;
		}
	}
	out[len] = '\0';
}

void dns_channel_ask(struct dns_channel *c, const char *name, enum dns_type type,
    void (*answered)(void *arg, struct span reply, enum dns_status failure), void *arg)
{
	struct asked *asked = memory_new(sizeof(*asked));
	char text[DNS_NAME_SIZE];

	*asked = (struct asked){answered, arg};
	ares_name(name, text);
	ares_query(c->ares, text, CLASS_IN, dns_type_number(type), ares_answered, asked);
	arm(c);
}
