/*
 * SPDX-License-Identifier: ISC
 *
 * Signing for tests. The keys were made for these tests and protect nothing.
 */
#include "sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

static const char *const KEYS[] = {
    [SIGN_RSA_512] = "-----BEGIN RSA PRIVATE KEY-----\n"
		     "MIIBOgIBAAJBAK91iQ5gL9aLKyk2Ub2RR/xLwHNeshRgb0OV6R8ChzyqhoZ56k7n\n"
		     "UiS2GR3DvgCYdRFJq0eR6TkVGg3QAFDYvNcCAwEAAQJAFnTwqcpd1RPS3l95bs3d\n"
		     "bMk1RI7mM/1zwC67u6BTNsxWQ8lKvcm17Uwz5td3yXJjZeUG2c7fPtNsDkIEksgm\n"
		     "wQIhAN4R7BSY46Zeg77YHwKm+wJ5WDh1RaQDsePGSjDj0M2pAiEAykR3586J2D3E\n"
		     "7t8dwQ9TE1z3SRsgaWoLWWMMnw7ixn8CICf74h3zSUnzSpVaJHs9xYQ0hQXlV5yo\n"
		     "bactVL5oxnfBAiEAuz/dfUTQidbNPJJjGjpUn0VeTFiHje81KIAwzANc34MCIGGu\n"
		     "xuhJoQAoadoT31CHaGWmmFVc/TMCo5JzaMrE9KOi\n"
		     "-----END RSA PRIVATE KEY-----\n",
    [SIGN_RSA_1024] = "-----BEGIN RSA PRIVATE KEY-----\n"
		      "MIICXQIBAAKBgQDSgNaUxP2OIzZ7Kn2DRYbbuX+vKOOlYDHpxxeGxp6itxLTK4Z0\n"
		      "CSLexl4Sdaljr7arGPD4wpte1wMW/GLKSO+cVJYfNNaIAKjEo25nmHUmEXmmctN2\n"
		      "V9Ot/8ldJ+AqRLOW5sRHcDIFw7SWTwi1gqOO9+WvctOwLwCcxqThQWOaywIDAQAB\n"
		      "AoGBALfiuJCpLN4XwKYDTjV4bQBQoUvAKmzzBWc09kZUB4wY5Sb3ZLLEsGNvYgo6\n"
		      "IsjkXGxGk2qbheJpbVeNDjerUzPlV44tAwncgOHU2eK26ttMG5GGArfI97VE+Xmj\n"
		      "6s+B4RZhN5tiCbKZliwevVz9zRpIctHYjiRCObYZ0+rHUkfRAkEA880Zy5FT42mN\n"
		      "5lDrbsxQ+DG0Nusagl+R8oFXDfwI7cfMLRk3/lIAFcbbOXEt73exr3xwk5maPcap\n"
		      "jtN63hNwfQJBAN0JN8JSVA11c/lnG43qQE5PfvdyNep48BfEt3BuyeYClkfiLwiu\n"
		      "EkZRXl/uLD3MgJji5ihtY68lHGLDZq1youcCQCNGB3dmfWanvPoXtxh+wzBFsLdJ\n"
		      "aLp4LVuSzw+c6YXNpILZ5ToMjyqXbNxwvZ6qCLFFJdyVGrXZamrZuisrUNkCQA0s\n"
		      "eXhJc90BfRIGRSwmJAMG1ehllDUPVC/2d4Bp+fqNeOt73ZXE2i36t4c8KMLeJ2P1\n"
		      "UgZizqgnrBNu1fXMeU0CQQCjhG82ExEl2GxKddgXit77mL0pZYUq70W7/sDRZmel\n"
		      "NWCjvFdE2I8lJlHoiNBzclmGa0keQMQYpvbIZzbaoZZ+\n"
		      "-----END RSA PRIVATE KEY-----\n",
    [SIGN_RSA_2048] = "-----BEGIN RSA PRIVATE KEY-----\n"
		      "MIIEogIBAAKCAQEAqncdxn0gmi7hCiOQnFeoKt+tVYxCVuMRUP+qWMp0rN3XF3rS\n"
		      "XVQv2L8JKlUweVf8AU5YM2/RSj3LMCrIjjogV8yysDj+DzwxHFFdVbPx7sipPPy3\n"
		      "8qsm4Zl3rwRCgEB95OypI8Tn8cWRrVDh9Oq5eIDjPyn7zLjVZDJRLoMglc041oWo\n"
		      "XWo6B8p5Db0Uin+872B/JwCNNgsaAL6J/ed6SGhv0L2w5IAAY85KzgXxBguZRl5v\n"
		      "sfacKuhcJzJk2spjuTSlE1jJaWbEWVZrhnbzlo2JI2/DZOsuS21cpc3DGdAom7LN\n"
		      "JiBJwLqNIT1cXr8IPJjJGbYW12iw24BlreorAwIDAQABAoIBADCixL2NlOA40N9O\n"
		      "L2PUBLia0f8vAfx9U8L69xTXSrvJnaVm1x9mtjIOq2RHIwn0BwQuYK7oT9vxTohD\n"
		      "JK6jufejATaTRDV/lHmCY3Fg4n2hBdxPNIKJv5Gtcj7epcSm4eSPe2CnvQ+3sW00\n"
		      "PwvcbqeJiozKgzuxXrz0OEJfikwC5mjOAZtEytk9cH9vCuFlyC7Z5dXakVG2h7BP\n"
		      "uCBXV3LUY+D4rdPXQEpXJMEdI7dYxnLCq1VNRO1tKH0fSo5+d2vGXw4bpKg00PTe\n"
		      "ouo082dWSw/2gA6osyy0dgXyAJudKH/yuCOI7eU45htidK2GdKD5j0xCtfcfljN8\n"
		      "v/P6QA0CgYEA5OmhdKigFSCKyJcflurLQmfYG29pA+7poLoW7FaBYUI8aW2Q7ejO\n"
		      "Fh7LQ3W1UcqjlKvxrWNKWaThsm1LJfopC0n2lwFa21ZEwIVsXGeyfeK/OcMntl1W\n"
		      "XiIzjLKY1sFBMLAhwuS2TFgzO3wK8GVSyNf9e1yGpSInpMnY3q/ZltUCgYEAvqL2\n"
		      "JSmkpmDJQKo1fXQanmeaudmpxSv/VHMVRjWEniOFTPrSXPcC+HO/KxMmVwF1pK1b\n"
		      "mJypczgy30gC612dUIuV4njGH0Ewhm4Q7jrXr+tMpsMIiBFhZ+tnDQbOEb97uWmp\n"
		      "+FZjOj3umw8fdX8iMPT0WIXodd2Q++0kLyJz1ncCgYAR6x/SS+jL/pIehYXZgGOM\n"
		      "vSgzbZMg1bC//hERSuwxuseT0RnJJbIMFTj//NTGpEANwS/XzK/jOH7aQqfhPyW7\n"
		      "VnzQ8TA1fxk+oLMMwKk+JWOml9oh8khycebrGofQN6xsrTzXTqPecgEApQMOMkA6\n"
		      "rH2RDHsVrgjAY3Rwaf90SQKBgAEfcJezcRbRxx2sYvhEMMvyDEU/9PIGWlCjBOMO\n"
		      "+aL8zpIvgAGwKsJP3DZivH0SsyCvLLTvZ0gYcqRCBlJgkMaiq9VTpMcWWTTRfSQK\n"
		      "EK8mkaMBzxEOGSbFiivXeGs+V3o2FxwxVhBHwRoEssi8YPUs3CuRTlczYOE6+lWU\n"
		      "vF3tAoGAd1BNXG9/7jrnkXQiiqsA57UFBvpfjQVA/nCFMaAqW/z/aDiadhpp5uyS\n"
		      "LBaLb4zbiBqgYwWv6b4yE2Nm3va6w5ceDvVR0AkIs6u4mZ+Ngtg68LRlm0u90Xkq\n"
		      "IHlDYDfhkuOb376gxmoVVPbR9M5S8Tck3xqoniIVjwEtVEA+W+0=\n"
		      "-----END RSA PRIVATE KEY-----\n",
    [SIGN_ED25519] = "-----BEGIN PRIVATE KEY-----\n"
		     "MC4CAQAwBQYDK2VwBCIEIGKgVEGLbYk/iUzWlvBssv3PtoVaZSpUfTFsGLSbc5lh\n"
		     "-----END PRIVATE KEY-----\n",
};
_Static_assert(sizeof(KEYS) / sizeof(KEYS[0]) == SIGN_KEY_COUNT, "a key each");

/*
 * The library never frees a private key that it signed with; a leak checker, where there is one,
 * looks away for so long.
 */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static void look_for_leaks(int on)
{
	if (!on && __lsan_disable != NULL)
		__lsan_disable();
	if (on && __lsan_enable != NULL)
		__lsan_enable();
}

static u_char *octets(const void *p)
{
	return (u_char *)(uintptr_t)p;
}

static void check(DKIM_STAT status, const char *what)
{
	if (status == DKIM_STAT_OK)
		return;
	fprintf(stderr, "sign: %s: %s\n", what, dkim_getresultstr(status));
	abort();
}

static DKIM_LIB *open_library(const struct signing *s)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	unsigned flags = s->body_length != 0 ? DKIM_LIBFLAGS_SIGNLEN : 0, bits = 0;
	uint64_t at = s->signed_at, lifetime = s->lifetime;
	const char **over = s->oversigned;

	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof(flags));
	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits, sizeof(bits));
	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &at, sizeof(at));
	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_SIGNATURETTL, &lifetime, sizeof(lifetime));
	if (over != NULL)
		check(dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_OVERSIGNHDRS,
			  (void *)(uintptr_t)over, sizeof(over)),
		    "oversigning");
	return lib;
}

static dkim_alg_t algorithm(const struct signing *s)
{
	if (s->key == SIGN_ED25519)
		return DKIM_SIGN_ED25519SHA256;
	return s->algorithm == SIGN_BY_RSA_SHA1 ? DKIM_SIGN_RSASHA1 : DKIM_SIGN_RSASHA256;
}

/* Feeds one field after the other, without final CRLF; returns where the body begins. */
static const char *feed_header(DKIM *dkim, const char *message)
{
	while (strncmp(message, "\r\n", 2) != 0) {
		const char *end = strstr(message, "\r\n");

		while (end != NULL && (end[2] == ' ' || end[2] == '\t'))
			end = strstr(end + 2, "\r\n");
		if (end == NULL)
			abort();
		check(dkim_header(dkim, octets(message), (size_t)(end - message)), "header");
		message = end + 2;
	}
	return message + 2;
}

/* The field as it stands in a message; the library folds with whatever it was set to. */
static char *make_field(DKIM *dkim, const char *message)
{
	u_char *value;
	size_t len;
	char *out;

	check(dkim_getsighdr_d(dkim, strlen("DKIM-Signature: "), &value, &len), "field");
	if (asprintf(&out, "DKIM-Signature: %.*s\r\n%s", (int)len, (const char *)value, message) <
	    0)
		abort();
	return out;
}

static DKIM *begin(DKIM_LIB *lib, const struct signing *s)
{
	DKIM_STAT status;
	DKIM *dkim = dkim_sign(lib, octets("test"), NULL, octets(KEYS[s->key]), octets(s->selector),
	    octets(s->domain), s->relaxed_header ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE,
	    s->relaxed_body ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE, algorithm(s),
	    s->body_length != 0 ? s->body_length : -1, &status);

	check(status, "begin");
	/* It folds an Ed25519 signature otherwise when hashing it than when writing it. */
	if (s->key == SIGN_ED25519)
		check(dkim_set_margin(dkim, 0), "margin");
	if (s->signer != NULL)
		check(dkim_set_signer(dkim, octets(s->signer)), "signer");
	return dkim;
}

char *sign_message(const struct signing *s, const char *message)
{
	DKIM_LIB *lib;
	DKIM *dkim;
	const char *body;
	char *out;

	look_for_leaks(0);
	lib = open_library(s);
	dkim = begin(lib, s);
	body = feed_header(dkim, message);
	check(dkim_eoh(dkim), "end of header");
	if (body[0] != '\0')
		check(dkim_body(dkim, octets(body), strlen(body)), "body");
	check(dkim_eom(dkim, NULL), "end");
	out = make_field(dkim, message);
	dkim_free(dkim);
	dkim_close(lib);
	look_for_leaks(1);
	return out;
}

char *sign_public_key(enum sign_key key)
{
	BIO *in = BIO_new_mem_buf(KEYS[key], -1);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	unsigned char der[1000], *p = der;
	size_t len = sizeof(der);
	char *out = calloc(1, 1500);

	if (pkey == NULL || out == NULL)
		abort();
	if (key == SIGN_ED25519)
		EVP_PKEY_get_raw_public_key(pkey, der, &len);
	else
		len = (size_t)i2d_PUBKEY(pkey, &p);
	EVP_EncodeBlock((unsigned char *)out, der, (int)len);
	EVP_PKEY_free(pkey);
	BIO_free(in);
	return out;
}
