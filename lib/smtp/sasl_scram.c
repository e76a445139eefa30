/*
 * SPDX-License-Identifier: ISC
 *
 * The messages of SCRAM (RFC 5802 7, RFC 7677), with channel binding (RFC 5929 4, RFC 9266). What
 * the client may not do is malformed; what only an attacker brings about ends the exchange with a
 * reason, unproven.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "base/codec.h"
#include "smtp/sasl_internal.h"
#include "smtp/scram.h"

/* The server's first message must fit into a reply line. */
#define CLIENT_NONCE_MAX 200
#define SALT_MAX         64
#define FAKE_SALT_SIZE   16

enum step { CLIENT_FIRST, CLIENT_FINAL, CLIENT_END };

static enum smtp_scram_hash hash_of(const struct smtp_sasl *x)
{
	bool sha1 =
	    x->mechanism == SMTP_AUTH_SCRAM_SHA_1 || x->mechanism == SMTP_AUTH_SCRAM_SHA_1_PLUS;

	return sha1 ? SMTP_SCRAM_SHA_1 : SMTP_SCRAM_SHA_256;
}

static enum smtp_sasl_status fail(struct smtp_sasl *x, const char *why)
{
	x->why = why;
	return SMTP_SASL_DONE;
}

static bool is_nonce(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= ' ' || s.data[i] > '~' || s.data[i] == ',')
			return false;
	return s.len > 0;
}

/* ["," ALPHA "=" VALUE]...: nothing that may stand here is known (RFC 5802 5.1). */
static bool are_extensions(struct span rest)
{
	while (rest.data != NULL) {
		struct span part = span_cut(&rest, ',');

		if (part.len < 3 || !ascii_alpha(part.data[0]) || part.data[1] != '=')
			return false;
	}
	return true;
}

/* "n=" user "," "r=" nonce; what is signed begins with it. */
static int parse_bare(struct smtp_sasl *x, struct span bare, struct error *err)
{
	struct span rest = bare, user = span_cut(&rest, ','), nonce = span_cut(&rest, ',');

	if (span_starts(user, SPAN("m=")))
		return error_usage(err, "SCRAM: an extension is demanded that is not known");
	if (!span_starts(user, SPAN("n=")) || !span_starts(nonce, SPAN("r=")))
		return error_usage(err, "SCRAM: expected n=USER,r=NONCE behind the header");
	nonce = span_after(nonce, 2);
	if (!is_nonce(nonce) || nonce.len > CLIENT_NONCE_MAX)
		return error_usage(err, "SCRAM: expected a nonce of 1 to %d printable characters",
		    CLIENT_NONCE_MAX);
	if (!are_extensions(rest))
		return error_usage(err, "SCRAM: expected LETTER=VALUE behind the nonce");
	if (sasl_name(x, span_after(user, 2), &x->user, err) < 0)
		return -1;
	buffer_add_span(&x->messages, bare);
	x->nonce_start = (size_t)(nonce.data - bare.data);
	x->nonce_size = nonce.len;
	return 0;
}

/* The octets of the channel type, or data NULL when there are none. */
static struct span channel_octets(const struct smtp_channel *c, struct span type)
{
	if (span_equal(type, SPAN("tls-exporter")) && c->has_exporter)
		return span_of(c->exporter, sizeof(c->exporter));
	if (span_equal(type, SPAN("tls-server-end-point")) && c->end_point_size > 0)
		return span_of(c->end_point, c->end_point_size);
	return span_of(NULL, 0);
}

/* Why the flag does not go with the mechanism (RFC 5802 6), or NULL. */
static const char *binding_fault(struct smtp_sasl *x, struct span type)
{
	bool binds = smtp_mechanism_binds(x->mechanism);

	if (x->binding_flag == 'y' && x->session.plus_offered)
		return "the client believes that no channel binding is offered, although it is: "
		       "somebody may have changed the list of mechanisms (RFC 5802 6)";
	if (x->binding_flag != 'p')
		return binds ? "a -PLUS mechanism without channel binding (RFC 5802 6)" : NULL;
	if (!binds)
		return "channel binding without a -PLUS mechanism (RFC 5802 6)";
	x->binding = channel_octets(x->session.channel, type);
	return x->binding.data == NULL ? "the channel binding type is not supported here" : NULL;
}

static enum smtp_sasl_status client_first(struct smtp_sasl *x, struct error *err)
{
	struct span rest = sasl_octets(x), type;
	const char *fault;

	buffer_reserve(&x->names, rest.len);
	if (sasl_gs2_parse(x, &rest, &type, err) < 0 || parse_bare(x, rest, err) < 0)
		return SMTP_SASL_MALFORMED;
	fault = binding_fault(x, type);
	return fault == NULL ? SMTP_SASL_SECRET : fail(x, fault);
}

/* Salt and keys of a user who does not exist: the same salt each time, and no proof fits. */
static void make_up(struct smtp_sasl *x, unsigned char salt[SMTP_RANDOM_SIZE])
{
	unsigned char octets[SMTP_RANDOM_SIZE];

	sasl_derive(x, "salt", x->user, salt);
	sasl_derive(x, "stored", x->user, octets);
	memcpy(x->keys.stored_key, octets, sizeof(x->keys.stored_key));
	sasl_derive(x, "server", x->user, octets);
	memcpy(x->keys.server_key, octets, sizeof(x->keys.server_key));
	x->keys.iterations = SMTP_SCRAM_ITERATIONS;
	x->keys.salt = span_of(salt, FAKE_SALT_SIZE);
}

/* "r=" both nonces ",s=" salt ",i=" iterations */
enum smtp_sasl_status sasl_scram_secret(struct smtp_sasl *x, const struct smtp_secret *secret)
{
	const struct smtp_scram *known = NULL;
	unsigned char made_up[SMTP_RANDOM_SIZE];
	struct span nonce;
	size_t start;

	if (secret != NULL)
		known = hash_of(x) == SMTP_SCRAM_SHA_1 ? &secret->sha1 : &secret->sha256;
	if (known != NULL && known->iterations > 0 && known->salt.len <= SALT_MAX)
		x->keys = *known;
	else
		make_up(x, made_up);
	buffer_reserve(&x->messages, x->messages.len + 512);
	nonce = span_first(span_after(buffer_span(&x->messages), x->nonce_start), x->nonce_size);
	buffer_add_char(&x->messages, ',');
	start = x->messages.len;
	buffer_add_string(&x->messages, "r=");
	x->nonce_start = x->messages.len;
	buffer_add_span(&x->messages, nonce);
	buffer_add_string(&x->messages, x->nonce);
	x->nonce_size = x->messages.len - x->nonce_start;
	buffer_add_string(&x->messages, ",s=");
	base64_encode(&x->messages, x->keys.salt);
	buffer_printf(&x->messages, ",i=%u", x->keys.iterations);
	x->keys.salt = span_of(NULL, 0);
	return sasl_challenge(x, span_after(buffer_span(&x->messages), start));
}

/* "c=" must be the header of the first message and the channel's octets (RFC 5802 5.1). */
static bool same_binding(const struct smtp_sasl *x, struct span got)
{
	struct span header = span_first(buffer_span(&x->octets[CLIENT_FIRST]), x->gs2_size);
	struct buffer want = BUFFER_INIT;
	bool same;

	buffer_add_span(&want, header);
	buffer_add_span(&want, x->binding);
	same = want.len == got.len && CRYPTO_memcmp(want.data, got.data, got.len) == 0;
	sasl_wipe(&want);
	return same;
}

struct final {
	struct span without_proof, nonce;
	struct buffer binding, proof; /* decoded */
};

static int parse_final(const struct smtp_sasl *x, struct final *f, struct error *err)
{
	struct span text = sasl_octets(x), rest, binding, proof;
	ptrdiff_t comma = span_rindex(text, ',');

	f->without_proof = comma < 0 ? text : span_first(text, (size_t)comma);
	proof = span_after(text, f->without_proof.len + 1);
	rest = f->without_proof;
	binding = span_cut(&rest, ',');
	f->nonce = span_cut(&rest, ',');
	if (!span_starts(binding, SPAN("c=")) || !span_starts(f->nonce, SPAN("r=")) ||
	    !span_starts(proof, SPAN("p=")) || !are_extensions(rest))
		return error_usage(err, "SCRAM: expected c=BINDING,r=NONCE,p=PROOF");
	f->nonce = span_after(f->nonce, 2);
	if (base64_decode(&f->binding, span_after(binding, 2)) < 0 ||
	    base64_decode(&f->proof, span_after(proof, 2)) < 0)
		return error_usage(err, "SCRAM: channel binding or proof is not base64");
	if (f->proof.len != smtp_scram_size(hash_of(x)))
		return error_usage(err, "SCRAM: the proof has not as many octets as the digest");
	return 0;
}

static enum smtp_sasl_status judge(struct smtp_sasl *x, const struct final *f)
{
	struct span nonce =
	    span_first(span_after(buffer_span(&x->messages), x->nonce_start), x->nonce_size);
	struct buffer signature = BUFFER_INIT, text = BUFFER_INIT;
	enum smtp_sasl_status status = SMTP_SASL_DONE;

	if (!span_equal(nonce, f->nonce))
		return fail(x, "the nonce is not the one of this exchange");
	if (!same_binding(x, buffer_span(&f->binding)))
		return fail(x, "the channel binding is not that of this connection");
	buffer_add_char(&x->messages, ',');
	buffer_add_span(&x->messages, f->without_proof);
	if (smtp_scram_proof(
		hash_of(x), &x->keys, buffer_span(&x->messages), buffer_span(&f->proof)) &&
	    smtp_scram_signature(hash_of(x), &x->keys, buffer_span(&x->messages), &signature) ==
		0) {
		x->proven = true;
		buffer_add_string(&text, "v=");
		base64_encode(&text, buffer_span(&signature));
		status = sasl_challenge(x, buffer_span(&text));
	}
	sasl_wipe(&signature);
	sasl_wipe(&text);
	return status;
}

static enum smtp_sasl_status client_final(struct smtp_sasl *x, struct error *err)
{
	struct final f = {.proof = BUFFER_INIT};
	enum smtp_sasl_status status = SMTP_SASL_MALFORMED;

	if (parse_final(x, &f, err) == 0)
		status = judge(x, &f);
	sasl_wipe(&f.binding);
	sasl_wipe(&f.proof);
	return status;
}

enum smtp_sasl_status sasl_scram_response(struct smtp_sasl *x, struct error *err)
{
	switch ((enum step)x->step) {
	case CLIENT_FIRST:
		return client_first(x, err);
	case CLIENT_FINAL:
		return client_final(x, err);
	case CLIENT_END:
		break;
	}
	if (sasl_octets(x).len > 0)
		return sasl_malformed(
		    err, "SCRAM: expected an empty response to the server's signature");
	return SMTP_SASL_DONE;
}
