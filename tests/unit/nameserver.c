/*
 * SPDX-License-Identifier: ISC
 *
 * A name server on 127.0.0.1 for the tests.
 */
#include "nameserver.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "unit.h"

#define TYPE_SOA 6

/* Two root names and five numbers, the last of them, the minimum, 44. */
static const char SOA[] = "\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\x2c";

static int rcode_of(const struct nameserver *s, const char *name)
{
	const struct nameserver_record *r;

	if (span_ends_nocase(span_from(name), SPAN("servfail.test")))
		return 2;
	for (r = s->records; r->name != NULL; r++)
		if (strcasecmp(r->name, name) == 0)
			return 0;
	return 3;
}

static bool answers(const struct nameserver_record *r, const char *name, int type)
{
	return strcasecmp(r->name, name) == 0 && (r->type == type || r->type == 5);
}

static void add_answers(
    const struct nameserver *s, struct evdns_server_request *request, const char *name, int type)
{
	const struct nameserver_record *r;

	for (r = s->records; r->name != NULL; r++) {
		if (!answers(r, name, type))
			continue;
		evdns_server_request_add_reply(request, EVDNS_ANSWER_SECTION, name, r->type, 1,
		    r->ttl, (int)r->data.len, r->target != NULL,
		    r->target != NULL ? r->target : r->data.data);
		if (r->type == 5 && type != 5)
			add_answers(s, request, r->target, type);
	}
}

static void udp_question(struct evdns_server_request *request, void *arg)
{
	struct nameserver *s = arg;
	const struct evdns_server_question *q = request->questions[0];
	int rcode = rcode_of(s, q->name);

	s->udp_questions++;
	if (span_ends_nocase(span_from(q->name), SPAN("drop.test"))) {
		evdns_server_request_drop(request);
		return;
	}
	add_answers(s, request, q->name, q->type);
	evdns_server_request_add_reply(
	    request, EVDNS_AUTHORITY_SECTION, "test", TYPE_SOA, 1, 33, sizeof(SOA) - 1, 0, SOA);
	ck_assert_int_eq(evdns_server_request_respond(request, rcode), 0);
}

/* Reads the question of a message that holds nothing but one and perhaps an OPT record. */
static size_t question_end(struct span query, char name[DNS_NAME_SIZE], int *type)
{
	size_t at = 12;

	while (at < query.len && query.data[at] != 0)
		at += 1 + (size_t)query.data[at];
	ck_assert_uint_le(at + 5, query.len);
	ck_assert_int_eq(
	    dns_name_from_wire(span_first(span_after(query, 12), at + 1 - 12), name), 0);
	*type = (uint8_t)query.data[at + 1] << 8 | (uint8_t)query.data[at + 2];
	return at + 5;
}

static void add16(struct buffer *b, unsigned value)
{
	buffer_add_char(b, (char)(value >> 8));
	buffer_add_char(b, (char)value);
}

static void answer_tcp(const struct nameserver *s, struct span query, struct buffer *out)
{
	const struct nameserver_record *r;
	char name[DNS_NAME_SIZE];
	int type;
	size_t end = question_end(query, name, &type);

	buffer_add(out, query.data, 2);
	buffer_add(out, "\x81\x80\0\1\0\0\0\0\0\0", 10);
	buffer_add_span(out, span_first(span_after(query, 12), end - 12));
	for (r = s->records; r->name != NULL; r++) {
		if (!answers(r, name, type))
			continue;
		out->data[7]++;
		buffer_add(out, "\xc0\x0c", 2);
		add16(out, (unsigned)r->type);
		buffer_add(out, "\0\1\0\0", 4);
		add16(out, (unsigned)r->ttl);
		add16(out, (unsigned)r->data.len);
		buffer_add_span(out, r->data);
	}
}

static void tcp_input(struct bufferevent *bev, void *arg)
{
	struct nameserver *s = arg;
	struct evbuffer *input = bufferevent_get_input(bev);
	struct buffer reply = BUFFER_INIT, framed = BUFFER_INIT;
	const unsigned char *data = evbuffer_pullup(input, -1);
	size_t len = evbuffer_get_length(input), need;

	if (len < 2 || len < (need = 2U + ((size_t)data[0] << 8 | data[1])))
		return;
	s->tcp_questions++;
	answer_tcp(s, span_of(data + 2, need - 2), &reply);
	add16(&framed, (unsigned)reply.len);
	buffer_add_span(&framed, buffer_span(&reply));
	bufferevent_write(bev, framed.data, framed.len);
	evbuffer_drain(input, need);
	buffer_clear(&reply);
	buffer_clear(&framed);
}

static void tcp_end(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	(void)arg;
	bufferevent_free(bev);
}

static void tcp_accepted(
    struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *peer, int len, void *arg)
{
	struct bufferevent *bev =
	    bufferevent_socket_new(evconnlistener_get_base(l), fd, BEV_OPT_CLOSE_ON_FREE);

	(void)peer;
	(void)len;
	bufferevent_setcb(bev, tcp_input, NULL, tcp_end, arg);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

/* A UDP and a TCP socket on the same port; -1 when the other's is taken. */
static int bind_both(int *udp, int *tcp, uint16_t *port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	struct sockaddr *sa = (struct sockaddr *)(void *)&sin;
	socklen_t len = sizeof(sin);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	*tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	ck_assert_int_eq(bind(*udp, sa, len), 0);
	ck_assert_int_eq(getsockname(*udp, sa, &len), 0);
	*port = ntohs(sin.sin_port);
	if (bind(*tcp, sa, len) == 0 && listen(*tcp, 8) == 0)
		return 0;
	close(*udp);
	close(*tcp);
	return -1;
}

void nameserver_open(struct nameserver *s, struct loop *l, const struct nameserver_record *records)
{
	int udp, tcp, tries = 100;
	uint16_t port;

	*s = (struct nameserver){.loop = l, .records = records};
	while (bind_both(&udp, &tcp, &port) < 0)
		ck_assert_int_gt(tries--, 0);
	s->udp = evdns_add_server_port_with_base(loop_base(l), udp, 0, udp_question, s);
	s->tcp = evconnlistener_new(loop_base(l), tcp_accepted, s, LEV_OPT_CLOSE_ON_FREE, 0, tcp);
	ck_assert_ptr_nonnull(s->udp);
	ck_assert_ptr_nonnull(s->tcp);
	snprintf(s->address, sizeof(s->address), "127.0.0.1:%u", port);
}

void nameserver_close(struct nameserver *s)
{
	evdns_close_server_port(s->udp);
	evconnlistener_free(s->tcp);
}
