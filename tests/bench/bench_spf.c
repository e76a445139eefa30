/*
 * SPDX-License-Identifier: ISC
 *
 * bench_spf SCENARIO...: our SPF evaluator against libspf2 on the cases of scenario files. Both
 * are asked of the same filled view, libspf2 through a DNS layer of its own, so that what differs
 * is the evaluation alone. Exits 1 when ours is slower.
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spf2/spf.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "measure.h"
#include "scenario.h"
#include "verify/spf.h"

#define REPEAT 10

struct bench_case {
	struct spf_query query;
	const char *address, *helo, *from;
	struct dns_view *view;
};

struct bench {
	struct arena *arena;   /* lives as long as the cases */
	struct arena *scratch; /* of one evaluation */
	struct bench_case *cases;
	size_t count;
	struct dns_zones **zones;
	size_t zone_count;
	SPF_server_t *server;
	SPF_dns_server_t layer; /* its hook is the view of the case that is evaluated */
};

static void fail(const char *what, const char *more)
{
	fprintf(stderr, "bench_spf: %s: %s\n", what, more);
	exit(EXIT_FAILURE);
}

/* The DNS layer of libspf2 */

static int type_of(ns_type type, enum dns_type *out)
{
	static const struct {
		ns_type theirs;
		enum dns_type ours;
	} types[] = {{ns_t_a, DNS_A}, {ns_t_aaaa, DNS_AAAA}, {ns_t_mx, DNS_MX}, {ns_t_txt, DNS_TXT},
	    {ns_t_ptr, DNS_PTR}};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].theirs != type)
			continue;
		*out = types[i].ours;
		return 0;
	}
	return -1;
}

static int status_of(const struct dns_answer *answer)
{
	if (dns_failed(answer))
		return TRY_AGAIN;
	if (answer->count > 0)
		return NETDB_SUCCESS;
	return answer->status == DNS_NXDOMAIN ? HOST_NOT_FOUND : NO_DATA;
}

static void put_record(SPF_dns_rr_t *rr, enum dns_type type, const struct dns_record *r, int i)
{
	struct span text = type == DNS_TXT ? r->text : span_from(r->name);
	size_t size = type == DNS_A || type == DNS_AAAA ? sizeof(*rr->rr[0]) : text.len + 1;

	if (SPF_dns_rr_buf_realloc(rr, i, size) != SPF_E_SUCCESS)
		fail("libspf2", "no room for a record");
	if (type == DNS_A) {
		memcpy(&rr->rr[i]->a, r->ip.octets, 4);
	} else if (type == DNS_AAAA) {
		memcpy(&rr->rr[i]->aaaa, r->ip.octets, 16);
	} else {
		memcpy(rr->rr[i]->txt, text.data, text.len);
		rr->rr[i]->txt[text.len] = '\0';
	}
	rr->num_rr = i + 1;
}

static SPF_dns_rr_t *layer_lookup(
    SPF_dns_server_t *layer, const char *name, ns_type type, int should_cache)
{
	const struct dns_answer *answer;
	enum dns_type ours;
	SPF_dns_rr_t *rr;

	(void)should_cache;
	if (type_of(type, &ours) < 0)
		return SPF_dns_rr_new_init(layer, name, type, 60, NO_DATA);
	answer = dns_view_lookup(layer->hook, span_from(name), ours);
	rr = SPF_dns_rr_new_init(layer, name, type, 60, status_of(answer));
	for (size_t i = 0; i < answer->count; i++)
		put_record(rr, ours, &answer->records[i], (int)i);
	return rr;
}

/* What is measured */

static enum auth_result evaluate_ours(struct bench *b, const struct bench_case *c)
{
	struct spf_verdict v;

	if (spf_check(&c->query, c->view, b->scratch, &v) != VERIFY_DONE)
		fail("our evaluator", "the view lacks an answer");
	arena_reset(b->scratch);
	return v.result;
}

static SPF_result_t evaluate_theirs(struct bench *b, const struct bench_case *c)
{
	SPF_request_t *request = SPF_request_new(b->server);
	SPF_response_t *response = NULL;
	SPF_result_t result;

	b->layer.hook = c->view;
	if (c->query.client.family == IP_V6)
		SPF_request_set_ipv6_str(request, c->address);
	else
		SPF_request_set_ipv4_str(request, c->address);
	SPF_request_set_helo_dom(request, c->helo);
	SPF_request_set_env_from(request, c->from);
	SPF_request_query_mailfrom(request, &response);
	result = SPF_response_result(response);
	SPF_response_free(response);
	SPF_request_free(request);
	return result;
}

static void run_ours(void *arg)
{
	struct bench *b = arg;

	for (size_t i = 0; i < b->count; i++)
		evaluate_ours(b, &b->cases[i]);
}

static void run_theirs(void *arg)
{
	struct bench *b = arg;

	for (size_t i = 0; i < b->count; i++)
		evaluate_theirs(b, &b->cases[i]);
}

/* Both do work: most of their results are the same. */
static void count_agreement(struct bench *b)
{
	int major, minor, patch;
	size_t same = 0;

	SPF_get_lib_version(&major, &minor, &patch);
	for (size_t i = 0; i < b->count; i++) {
		SPF_result_t theirs = evaluate_theirs(b, &b->cases[i]);
		const char *word = AUTH_RESULT_NAME[evaluate_ours(b, &b->cases[i])];

		same += strcmp(word, SPF_strresult(theirs)) == 0;
	}
	printf("%zu evaluations; libspf2 %d.%d.%d has the same result in %zu\n", b->count, major,
	    minor, patch, same);
}

/* The cases */

static void add_case(struct bench *b, const struct scenario_case *c, const struct dns_zones *zones)
{
	struct bench_case *out;
	char address[IP_TEXT_SIZE];

	array_grow(&b->cases, b->count, sizeof(*b->cases));
	out = &b->cases[b->count++];
	*out = (struct bench_case){.view = dns_view_new(zones)};
	out->query.client = ip_unmap(c->peer);
	out->query.helo = arena_span(b->arena, c->helo);
	out->query.mail_from = arena_span(b->arena, c->mail_from);
	out->query.now = c->now;
	out->address = arena_string(b->arena, ip_format(&out->query.client, address));
	out->helo = arena_copy(b->arena, c->helo);
	out->from = c->mail_from.len > 0 ? arena_copy(b->arena, c->mail_from) : out->helo;
}

static void add_scenario(struct bench *b, const char *file, struct span text)
{
	struct arena *a = arena_new();
	struct scenario s;
	struct error err;

	array_grow(&b->zones, b->zone_count, sizeof(struct dns_zones *));
	b->zones[b->zone_count] = dns_zones_new();
	if (scenario_parse(file, text, a, &s, &err) < 0)
		fail("a scenario", err.text);
	for (size_t i = 0; i < s.zone_count; i++)
		if (dns_zones_add(b->zones[b->zone_count], file, s.zones[i], &err) < 0)
			fail("a zone", err.text);
	for (size_t i = 0; i < s.case_count; i++)
		add_case(b, &s.cases[i], b->zones[b->zone_count]);
	b->zone_count++;
	scenario_clear(&s);
	arena_free(a);
}

static void add_file(struct bench *b, const char *path)
{
	struct buffer text = BUFFER_INIT;
	FILE *f = fopen(path, "rb");
	char piece[4096];
	size_t n;

	if (f == NULL)
		fail(path, "expected a scenario file that can be read");
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buffer_add(&text, piece, n);
	fclose(f);
	add_scenario(b, path, buffer_span(&text));
	buffer_clear(&text);
}

static void clear(struct bench *b)
{
	SPF_server_free(b->server);
	for (size_t i = 0; i < b->count; i++)
		dns_view_free(b->cases[i].view);
	for (size_t i = 0; i < b->zone_count; i++)
		dns_zones_free(b->zones[i]);
	free(b->cases);
	free(b->zones);
	arena_free(b->scratch);
	arena_free(b->arena);
}

int main(int argc, char **argv)
{
	struct bench b = {.arena = arena_new(), .scratch = arena_new()};
	struct measure m = {
	    {"ours", run_ours}, {"libspf2", run_theirs}, &b, .operations = 1, .repeat = REPEAT};
	double ratio;

	b.layer = (SPF_dns_server_t){.lookup = layer_lookup, .name = "view"};
	b.server = SPF_server_new_dns(&b.layer, 0);
	SPF_server_set_rec_dom(b.server, "unknown");
	for (int i = 1; i < argc; i++)
		add_file(&b, argv[i]);
	if (b.count == 0)
		fail("usage", "bench_spf SCENARIO...");
	m.operations = b.count;
	count_agreement(&b);
	ratio = measure_compare("one SPF evaluation", &m);
	clear(&b);
	return ratio <= 1.0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
