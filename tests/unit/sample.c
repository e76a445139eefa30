/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of the store share.
 */
#include "sample.h"

#include <check.h>
#include <ftw.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

char *sample_dir(void)
{
	const char *base = getenv("TMPDIR");
	struct buffer path = BUFFER_INIT;

	buffer_printf(&path, "%s/mailassay-test-XXXXXX", base != NULL ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(path.data));
	ck_assert_int_eq(chmod(path.data, 0755), 0);
	return buffer_take(&path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static int open_up(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)where;
	return type == FTW_D ? chmod(path, 0755) : 0;
}

void sample_dir_free(char *dir)
{
	nftw(dir, open_up, 8, FTW_PHYS);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

char *sample_path(struct arena *a, const char *dir, const char *name)
{
	return arena_printf(a, "%s/%s", dir, name);
}

const char *sample_id(struct arena *a, unsigned n)
{
	return arena_printf(a, "01JDEXAMP%017u", n);
}

static void fill_tls(struct arena *a, unsigned n, struct tls_facts *t)
{
	struct tls_certificate *c = arena_alloc(a, sizeof(*c));

	*c = (struct tls_certificate){
	    .subject = arena_printf(a, "CN=client %u", n),
	    .issuer = "CN=Test CA,O=\xc3\x84",
	    .fingerprint_sha256 =
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	    .not_after = 4102444800 + n,
	    .verified = n % 2 == 0,
	    .reason = "self-signed certificate",
	};
	*t = (struct tls_facts){
	    .mode = TLS_MODE_STARTTLS,
	    .version = "TLSv1.3",
	    .cipher = "TLS_AES_256_GCM_SHA384",
	    .bits = 256,
	    .group = "x25519",
	    .sni = arena_printf(a, "mx%u.example.net", n),
	    .alpn = "smtp",
	    .resumed = n % 2 == 0,
	    .client_certificate = c,
	};
}

static void fill_findings(struct arena *a, unsigned n, struct finding_list *list)
{
	finding_add(list, a, FINDING_EARLY_TALK, NULL);
	finding_add(list, a, FINDING_BARE_LF, arena_printf(a, "line %u ends with a bare LF", n));
}

struct record_session *sample_session(struct arena *a, unsigned n)
{
	struct record_session *s = arena_alloc(a, sizeof(*s));
	struct tls_failure *f = arena_alloc(a, sizeof(*f));

	*f = (struct tls_failure){
	    .reason = "the client offers nothing above TLSv1.1",
	    .offered_versions = "TLSv1.1 TLSv1",
	    .sni = arena_printf(a, "sni%u.example", n),
	    .alpn = "smtp",
	    .groups = "x25519 secp256r1",
	    .by = n % 2 == 0 ? "client" : "server",
	    .alert = "protocol_version",
	};
	*s = (struct record_session){
	    .id = sample_id(a, 900000 + n),
	    .listener = "submission",
	    .kind = n % 2 == 0 ? "submission" : NULL,
	    .started_at = 1795448235000 + n,
	    .ended_at = 1795448236001 + n,
	    .client = {.port = (uint16_t)(50000 + n),
		.helo = arena_printf(a, "app%u.example.com", n),
		.name = "resolved.example.com",
		.via = RECORD_VIA_XCLIENT,
		.esmtp = true},
	    .auth = {"PLAIN", arena_printf(a, "user %u \xff", n), true},
	    .tls_failure = f,
	    .stage = RECORD_STAGE_DONE,
	    .end = RECORD_END_TIMEOUT,
	    .end_reason = "the client said nothing for 5 minutes",
	    .failed_at = n % 2 == 0 ? RECORD_STAGE_ENVELOPE : RECORD_STAGE_DONE,
	    .failure = arena_printf(a, "452 4.5.3 Too many recipients (%u)", n),
	    .timings_ms = {1 + n, 20, -1, 0, 300},
	    .commands = 17 + n,
	    .bytes_in = 5000000000 + n,
	    .bytes_out = 6000000000 + n,
	};
	ck_assert_int_eq(ip_parse(SPAN("2001:db8::7"), &s->client.ip), 0);
	fill_tls(a, n, &s->tls);
	fill_findings(a, n, &s->findings);
	return s;
}

static struct spf_verdict spf(struct arena *a, unsigned n, const char *identity)
{
	return (struct spf_verdict){.result = AUTH_SOFTFAIL,
	    .identity = identity,
	    .domain = "example.com",
	    .mechanism = "include:a.example -> ip4:192.0.2.0/24",
	    .lookups = n % 10,
	    .void_lookups = n % 2,
	    .explanation = "see https://example.com/why",
	    .reason = arena_printf(a, "%s: ~all matched (%u)", identity, n)};
}

/* The provider's signature to come stands in front of those that are there. */
static void fill_prediction(struct arena *a, struct verdict *v)
{
	struct dkim_verdict *signatures = arena_alloc(a, (v->dkim_count + 1) * sizeof(*signatures));

	memcpy(signatures + 1, v->dkim, v->dkim_count * sizeof(*signatures));
	signatures[0] = (struct dkim_verdict){.result = AUTH_PASS,
	    .domain = "mail.example.com",
	    .selector = "p1",
	    .algorithm = "rsa-sha256",
	    .bits = 2048,
	    .body_length = -1,
	    .signed_at = -1,
	    .expires_at = -1,
	    .reason = "the key of p1._domainkey.mail.example.com is usable",
	    .predicted = true};
	v->dkim = signatures;
	v->dkim_count++;
	v->rdns.ip = "192.0.2.1";
}

static const struct verify_route *sample_route(struct arena *a, unsigned n)
{
	static const char *const egress[] = {"192.0.2.1", "2001:db8::25", "spf:spf.example.net"};
	struct verify_route *r = arena_alloc(a, sizeof(*r));

	*r = (struct verify_route){
	    .name = arena_printf(a, "provider%u", n),
	    .egress = egress,
	    .egress_count = ARRAY_SIZE(egress),
	    .return_path = "bounce.example.com",
	    .dkim_domain = "mail.example.com",
	    .dkim_selector = "p1",
	};
	return r;
}

static void fill_dkim(struct arena *a, struct verdict *v)
{
	static const char *const headers[] = {"from", "", "to", "from"};

	v->dkim_count = 2;
	v->dkim = arena_alloc(a, v->dkim_count * sizeof(*v->dkim));
	v->dkim[0] = (struct dkim_verdict){.result = AUTH_PERMERROR,
	    .body_length = -1,
	    .signed_at = -1,
	    .expires_at = -1,
	    .reason = "the signature cannot be parsed"};
	v->dkim[1] = (struct dkim_verdict){.result = AUTH_PASS,
	    .domain = "example.com",
	    .selector = "s1",
	    .algorithm = "rsa-sha256",
	    .bits = 2048,
	    .canonicalization = "relaxed/simple",
	    .identity = "@mail.example.com",
	    .signed_header_count = ARRAY_SIZE(headers),
	    .body_length = 0,
	    .signed_at = 1795448200,
	    .expires_at = 1795548200,
	    .reason = "the signature is good"};
	v->dkim[1].signed_headers = arena_alloc(a, sizeof(headers));
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		v->dkim[1].signed_headers[i] = headers[i];
}

static void fill_verdict(struct arena *a, unsigned n, struct verdict *v)
{
	v->has_client = true;
	v->spf = spf(a, n, "mailfrom");
	v->spf_helo = spf(a, n + 1, "helo");
	fill_dkim(a, v);
	v->dmarc = (struct dmarc_verdict){.result = AUTH_FAIL,
	    .from_domain = "mail.example.com",
	    .organizational_domain = "example.com",
	    .policy_domain = "example.com",
	    .has_policy = true,
	    .policy = DMARC_POLICY_REJECT,
	    .disposition = DMARC_POLICY_QUARANTINE,
	    .spf_aligned = true,
	    .dkim_aligned = n % 2 == 1,
	    .record = "v=DMARC1; p=reject; t=y",
	    .reason = "nothing that passed is aligned"};
	v->rdns = (struct rdns_verdict){.result = AUTH_PASS,
	    .ip = "2001:db8::7",
	    .name_count = 2,
	    .confirmed = "mx2.example.com",
	    .helo_match = true,
	    .reason = "mx2.example.com leads back to the address"};
	v->rdns.names = arena_alloc(a, 2 * sizeof(*v->rdns.names));
	v->rdns.names[0] = "mx1.example.com";
	v->rdns.names[1] = "mx2.example.com";
}

struct record_message *sample_message(
    struct arena *a, unsigned n, const struct record_session *session)
{
	struct record_message *m = arena_alloc(a, sizeof(*m));

	*m = (struct record_message){
	    .id = sample_id(a, n),
	    .received_at = 1795448235123 + n,
	    .session = session,
	    .envelope = {.mail_from = arena_printf(a, "Bounce%u@Example.com", n),
		.rcpt_count = 3,
		.smtputf8 = true,
		.body = "8BITMIME",
		.require_tls = n % 2 == 0,
		.ret = "HDRS",
		.envid = arena_printf(a, "QQ314159+2B%u", n)},
	    .size = 6000000000 + n,
	    .message_id = arena_printf(a, "<%u@example.com>", n),
	    .from = "shop@example.com",
	    .subject = arena_printf(a, "Gr\xc3\xbc\xc3\x9f%u, \"quoted\"", n),
	    .date = "Mon, 23 Nov 2026 16:00:00 +0000",
	    .refused = n % 2 == 0 ? arena_printf(a, "550 5.7.26 no (%u)", n) : NULL,
	};
	m->envelope.rcpt_to = arena_alloc(a, 3 * sizeof(*m->envelope.rcpt_to));
	m->envelope.rcpt_to[0] = "b@example.net";
	m->envelope.rcpt_to[1] = "\"a, b\"@example.net";
	m->envelope.rcpt_to[2] = "b@example.net";
	m->envelope.notify = arena_alloc(a, 3 * sizeof(*m->envelope.notify));
	m->envelope.notify[0] = "SUCCESS,FAILURE";
	m->envelope.notify[2] = "NEVER";
	m->envelope.orcpt = arena_alloc(a, 3 * sizeof(*m->envelope.orcpt));
	m->envelope.orcpt[1] = "rfc822;a+20b@example.net";
	fill_verdict(a, n, &m->observed);
	m->route = sample_route(a, n);
	fill_verdict(a, n + 1, &m->predicted);
	fill_prediction(a, &m->predicted);
	fill_findings(a, n, &m->findings);
	finding_add(&m->findings, a, FINDING_MISSING_FROM, NULL);
	return m;
}

struct record_message *sample_small(
    struct arena *a, unsigned n, const struct record_session *session)
{
	struct record_message *m = arena_alloc(a, sizeof(*m));

	*m = (struct record_message){
	    .id = sample_id(a, n), .session = session, .envelope = {.mail_from = ""}};
	return m;
}

struct sample_box {
	struct store_mailbox *mailbox;
	sem_t mail;
};

static void wake(void *arg)
{
	struct sample_box *b = arg;

	sem_post(&b->mail);
}

struct sample_box *sample_box_new(void)
{
	struct sample_box *b = memory_new(sizeof(*b));

	sem_init(&b->mail, 0, 0);
	b->mailbox = store_mailbox_new(wake, b);
	return b;
}

void sample_box_free(struct sample_box *b)
{
	store_mailbox_free(b->mailbox);
	sem_destroy(&b->mail);
	free(b);
}

struct store_mailbox *sample_mailbox(struct sample_box *b)
{
	return b->mailbox;
}

struct store_job *sample_wait(struct sample_box *b)
{
	struct store_job *job;

	while ((job = store_mailbox_take(b->mailbox)) == NULL)
		sem_wait(&b->mail);
	return job;
}

bool sample_write(struct store_writer *w, const struct record_session *session,
    const struct record_message *message, struct span source)
{
	struct sample_box *b = sample_box_new();
	struct store_job job = {
	    .kind = message != NULL ? STORE_JOB_MESSAGE : STORE_JOB_SESSION,
	    .mailbox = b->mailbox,
	    .session = session,
	    .message = message,
	    .source = source,
	    .transcript = message != NULL ? SPAN("S: 250 stored\n") : SPAN("C: QUIT\n"),
	    .evidence = SPAN("example.com. 60 IN TXT \"v=spf1 ~all\"\n"),
	};

	store_writer_queue(w, &job);
	ck_assert_ptr_eq(sample_wait(b), &job);
	sample_box_free(b);
	return !job.failed;
}

struct store_writer *sample_writer(const char *dir)
{
	struct error err = {.text = ""};
	struct store_writer *w = store_writer_start(dir, &err);

	ck_assert_msg(w != NULL, "%s", err.text);
	return w;
}

struct store *sample_reader(const char *dir)
{
	struct error err = {.text = ""};
	struct store *s = store_open_reader(dir, &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	return s;
}
