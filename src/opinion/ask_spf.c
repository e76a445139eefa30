/*
 * SPDX-License-Identifier: ISC
 *
 * libspf2 over a view: a DNS layer that answers from it, and its return codes read with care. The
 * library gives up by its error handler, which ends the process here.
 */
#include "opinion/ask_spf.h"

#include <netinet/in.h>
#include <spf2/spf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* Stands at the start of the library's comments and is taken off again. */
#define RECEIVER "receiver"
#define TTL      60

struct ask_spf {
	SPF_dns_server_t layer;
	SPF_server_t *server;
	/* during a question */
	struct dns_view *view;
	bool missed; /* what it asks from here on is only to come to an end */
};

const char *ask_spf_library(char out[LIBRARY_NAME_SIZE])
{
	int major, minor, patch;

	SPF_get_lib_version(&major, &minor, &patch);
	snprintf(out, LIBRARY_NAME_SIZE, "libspf2 %d.%d.%d", major, minor, patch);
	return out;
}

static int type_of(ns_type type)
{
	static const struct {
		ns_type theirs;
		enum dns_type ours;
	} types[] = {
	    {ns_t_a, DNS_A},
	    {ns_t_aaaa, DNS_AAAA},
	    {ns_t_mx, DNS_MX},
	    {ns_t_txt, DNS_TXT},
	    {ns_t_ptr, DNS_PTR},
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].theirs == type)
			return (int)types[i].ours;
	return -1;
}

static SPF_dns_stat_t status_of(enum dns_status status)
{
	switch (status) {
	case DNS_OK:
		return NETDB_SUCCESS;
	case DNS_NODATA:
		return NO_DATA;
	case DNS_NXDOMAIN:
		return HOST_NOT_FOUND;
	case DNS_SERVFAIL:
	case DNS_TIMEOUT:
	case DNS_STATUS_COUNT:
		break;
	}
	return TRY_AGAIN;
}

/* The data as the library keeps it: addresses as octets, the others as strings. */
static struct span data_of(enum dns_type type, const struct dns_record *r)
{
	if (type == DNS_A)
		return span_of(r->ip.octets, sizeof(struct in_addr));
	if (type == DNS_AAAA)
		return span_of(r->ip.octets, sizeof(struct in6_addr));
	return type == DNS_TXT ? r->text : span_from(r->name);
}

static void add_record(SPF_dns_rr_t *rr, struct span data)
{
	int i = rr->num_rr;

	if (SPF_dns_rr_buf_realloc(rr, i, data.len + 1) != SPF_E_SUCCESS)
		abort();
	if (data.len > 0)
		memcpy(rr->rr[i]->txt, data.data, data.len);
	rr->rr[i]->txt[data.len] = '\0';
	rr->num_rr++;
}

static SPF_dns_rr_t *new_answer(
    SPF_dns_server_t *layer, const char *name, ns_type type, SPF_dns_stat_t status)
{
	SPF_dns_rr_t *rr = SPF_dns_rr_new_init(layer, name, type, TTL, status);

	if (rr == NULL)
		abort();
	return rr;
}

/*
 * Address literals and names of one label are nothing that the DNS knows: they are not asked for,
 * as receivers' resolvers would answer the same.
 */
static bool is_askable(struct span name)
{
	return span_index(name, '.') > 0 && span_index(name, '[') < 0;
}

static SPF_dns_rr_t *look_up(
    SPF_dns_server_t *layer, const char *name, ns_type type, int should_cache)
{
	struct ask_spf *s = layer->hook;
	const struct dns_answer *answer;
	SPF_dns_rr_t *rr;
	int ours = type_of(type);

	(void)should_cache;
	/* Type 99 is gone (RFC 7208 3.1). */
	if (ours < 0)
		return new_answer(layer, name, type, NO_DATA);
	if (!is_askable(span_from(name)))
		return new_answer(layer, name, type, HOST_NOT_FOUND);
	answer = s->missed ? NULL : dns_view_lookup(s->view, span_from(name), (enum dns_type)ours);
	s->missed = answer == NULL;
	if (answer == NULL)
		return new_answer(layer, name, type, TRY_AGAIN);
	rr = new_answer(layer, name, type, status_of(answer->status));
	for (size_t i = 0; answer->status == DNS_OK && i < answer->count; i++)
		add_record(rr, data_of((enum dns_type)ours, &answer->records[i]));
	return rr;
}

static void give_up(const char *file, int line, const char *text) __attribute__((noreturn));

static void give_up(const char *file, int line, const char *text)
{
	(void)file, (void)line, (void)text;
	abort();
}

static void say_nothing(const char *file, int line, const char *text)
{
	(void)file, (void)line, (void)text;
}

struct ask_spf *ask_spf_new(void)
{
	struct ask_spf *s = memory_new(sizeof(*s));

	SPF_error_handler = give_up;
	SPF_warning_handler = say_nothing;
	SPF_info_handler = say_nothing;
	SPF_debug_handler = say_nothing;
	s->layer = (SPF_dns_server_t){.lookup = look_up, .name = "view", .hook = s};
	s->server = SPF_server_new_dns(&s->layer, 0);
	if (s->server == NULL || SPF_server_set_rec_dom(s->server, RECEIVER) != SPF_E_SUCCESS) {
		ask_spf_free(s);
		return NULL;
	}
	return s;
}

void ask_spf_free(struct ask_spf *s)
{
	if (s == NULL)
		return;
	if (s->server != NULL)
		SPF_server_free(s->server);
	free(s);
}

/*
 * The library lets a loopback address pass without a look at the record, which no receiver ever
 * sees of this sender: the record is evaluated all the same, as its query does.
 */
static SPF_errcode_t query_loopback(SPF_request_t *request, SPF_response_t **response)
{
	SPF_record_t *record = NULL;
	SPF_errcode_t code;

	*response = SPF_response_new(request);
	if (*response == NULL)
		return SPF_E_NO_MEMORY;
	request->cur_dom = request->env_from_dp;
	code = SPF_server_get_record(request->spf_server, request, *response, &record);
	if (code == SPF_E_SUCCESS) {
		(*response)->spf_record_exp = record;
		code = SPF_record_interpret(record, request, *response, 0);
	}
	if (record != NULL)
		SPF_record_free(record);
	return code;
}

/* The first error that is more than "there is no record that can be used". */
static const SPF_error_t *first_error(SPF_response_t *response)
{
	for (int i = 0; i < SPF_response_messages(response); i++) {
		SPF_error_t *e = SPF_response_message(response, i);

		if (SPF_error_errorp(e) && SPF_error_code(e) != SPF_E_NOT_SPF)
			return e;
	}
	return NULL;
}

/* Where no record could be evaluated, the library leaves its result unset. */
static enum auth_result result_of(SPF_response_t *response, SPF_errcode_t code)
{
	switch (SPF_response_result(response)) {
	case SPF_RESULT_NEUTRAL:
		return AUTH_NEUTRAL;
	case SPF_RESULT_PASS:
		return AUTH_PASS;
	case SPF_RESULT_FAIL:
		return AUTH_FAIL;
	case SPF_RESULT_SOFTFAIL:
		return AUTH_SOFTFAIL;
	case SPF_RESULT_NONE:
		return AUTH_NONE;
	case SPF_RESULT_TEMPERROR:
		return AUTH_TEMPERROR;
	case SPF_RESULT_PERMERROR:
		return AUTH_PERMERROR;
	case SPF_RESULT_INVALID:
		break;
	}
	if (code == SPF_E_DNS_ERROR)
		return AUTH_TEMPERROR;
	return code == SPF_E_NOT_SPF && first_error(response) == NULL ? AUTH_NONE : AUTH_PERMERROR;
}

static const char *reason_of(
    struct arena *a, SPF_response_t *response, SPF_errcode_t code, enum auth_result result)
{
	const SPF_error_t *error = first_error(response);
	struct span text = span_from(SPF_response_get_header_comment(response));

	if (error != NULL && (result == AUTH_PERMERROR || text.len == 0))
		return reply_clean(a, span_from(error->message));
	if (span_starts(text, SPAN(RECEIVER ": ")))
		text = span_after(text, sizeof(RECEIVER ": ") - 1);
	if (text.len > 0)
		return reply_clean(a, text);
	if (SPF_response_messages(response) > 0)
		return reply_clean(
		    a, span_from(SPF_error_message(SPF_response_message(response, 0))));
	return reply_clean(a, span_from(SPF_strerror(code)));
}

static SPF_request_t *new_request(
    struct ask_spf *s, const struct opinion_question *q, struct arena *a)
{
	const char *client = arena_copy(a, q->client), *helo = arena_copy(a, q->helo);
	SPF_request_t *r = SPF_request_new(s->server);
	SPF_errcode_t code;

	if (r == NULL)
		return NULL;
	code = span_index(q->client, ':') >= 0 ? SPF_request_set_ipv6_str(r, client)
	                                       : SPF_request_set_ipv4_str(r, client);
	/* The null reverse-path becomes postmaster@HELO in the library (RFC 7208 2.4). */
	if (code == SPF_E_SUCCESS)
		code = SPF_request_set_helo_dom(r, helo);
	if (code == SPF_E_SUCCESS)
		code = (SPF_errcode_t)SPF_request_set_env_from(r, arena_copy(a, q->mail_from));
	if (code == SPF_E_SUCCESS)
		return r;
	SPF_request_free(r);
	return NULL;
}

void ask_spf(struct ask_spf *s, const struct opinion_question *q, struct dns_view *view,
    struct arena *a, struct opinion_says *out)
{
	SPF_request_t *request = new_request(s, q, a);
	SPF_response_t *response = NULL;
	SPF_errcode_t code;

	*out = (struct opinion_says){OPINION_UNAVAILABLE, AUTH_NONE,
	    "libspf2 does not take the message's address or domains"};
	if (request == NULL)
		return;
	s->view = view;
	s->missed = false;
	code = SPF_request_is_loopback(request) ? query_loopback(request, &response)
	                                        : SPF_request_query_mailfrom(request, &response);
	if (response != NULL && !s->missed) {
		out->state = OPINION_GIVEN;
		out->result = result_of(response, code);
		out->reason = reason_of(a, response, code, out->result);
	}
	if (response != NULL)
		SPF_response_free(response);
	SPF_request_free(request);
}
