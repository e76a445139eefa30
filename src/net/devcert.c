/*
 * SPDX-License-Identifier: ISC
 *
 * The development CA and its leaf in the data directory. Keys are written before certificates: a
 * CA whose certificate is there may be trusted by somebody and is never replaced by another
 * before it ends, while a leaf that does not fit is just issued again.
 */
#include "net/devcert.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "net/tlscontext.h"
#include "run/clock.h"
#include "run/file.h"
#include "run/host.h"
#include "run/log.h"
#include "tls/devca.h"

#define RENEW_SECONDS ((int64_t)7 * 86400)

struct devcert {
	const char *dir;
	int64_t now;
	struct tls_pem ca, leaf; /* empty: no file */
	char host[HOST_NAME_SIZE];
	const char *names[4];
	size_t name_count;
};

static void path_of(const struct devcert *d, const char *name, struct buffer *out)
{
	buffer_reset(out);
	buffer_printf(out, "%s/%s", d->dir, name);
}

/* A file that is not there is empty; one that cannot be read is an error. */
static int read_one(
    const struct devcert *d, const char *name, struct buffer *out, struct error *err)
{
	struct buffer path = BUFFER_INIT;
	int result = 0;

	path_of(d, name, &path);
	buffer_reset(out);
	if (access(path.data, F_OK) == 0)
		result = file_read(path.data, DEVCERT_FILE_MAX, out, err);
	buffer_clear(&path);
	return result;
}

static int write_one(const struct devcert *d, const char *name, mode_t mode,
    const struct buffer *content, struct error *err)
{
	struct buffer path = BUFFER_INIT;
	int result;

	path_of(d, name, &path);
	result = file_write(path.data, mode, buffer_span(content), err);
	buffer_clear(&path);
	return result;
}

static void find_names(struct devcert *d)
{
	/* A host may be called anything, also what is no DNS name. */
	if (tls_devca_takes_name(host_name(d->host)) && strcmp(d->host, "localhost") != 0)
		d->names[d->name_count++] = d->host;
	d->names[d->name_count++] = "localhost";
	d->names[d->name_count++] = "127.0.0.1";
	d->names[d->name_count++] = "::1";
}

static bool ca_is_current(const struct devcert *d)
{
	return !tls_pem_expires_before(buffer_span(&d->ca.certificate), d->now + RENEW_SECONDS);
}

static bool leaf_is_current(const struct devcert *d)
{
	return !tls_pem_expires_before(buffer_span(&d->leaf.certificate), d->now + RENEW_SECONDS) &&
	       tls_devca_fits(buffer_span(&d->ca.certificate), &d->leaf, d->names, d->name_count);
}

/* Whether all is there as it should be. The CA's key is not needed for that. */
static int is_ready(struct devcert *d, bool *ready, struct error *err)
{
	if (read_one(d, DEVCERT_CA, &d->ca.certificate, err) < 0 ||
	    read_one(d, DEVCERT_CERTIFICATE, &d->leaf.certificate, err) < 0 ||
	    read_one(d, DEVCERT_KEY, &d->leaf.key, err) < 0)
		return -1;
	*ready = ca_is_current(d) && leaf_is_current(d);
	return 0;
}

static int make_ca(struct devcert *d, struct error *err)
{
	tls_pem_clear(&d->ca);
	if (tls_devca_make(d->now, &d->ca, err) < 0 ||
	    write_one(d, DEVCERT_CA_KEY, 0600, &d->ca.key, err) < 0 ||
	    write_one(d, DEVCERT_CA, 0644, &d->ca.certificate, err) < 0)
		return -1;
	log_event(CONF_LOG_INFO, NULL, "ca-made", "directory", d->dir, LOG_END);
	return 0;
}

static int read_ca_key(struct devcert *d, struct error *err)
{
	if (read_one(d, DEVCERT_CA_KEY, &d->ca.key, err) < 0)
		return -1;
	if (tls_pem_matches(&d->ca))
		return 0;
	return error_usage(err,
	    "%s/%s %s, so that no certificate can be issued: put the right key back, or delete "
	    "%s to have a new CA made",
	    d->dir, DEVCERT_CA_KEY,
	    d->ca.key.len == 0 ? "is missing" : "does not fit the CA's certificate", DEVCERT_CA);
}

static int ensure_ca(struct devcert *d, struct error *err)
{
	if (d->ca.certificate.len == 0 || !ca_is_current(d)) {
		/* Nothing ended before 1970, so what seems to is no certificate. */
		if (d->ca.certificate.len > 0 &&
		    tls_pem_expires_before(buffer_span(&d->ca.certificate), 0))
			return error_usage(err,
			    "%s/%s is not a certificate: delete it to have a new CA made", d->dir,
			    DEVCERT_CA);
		return make_ca(d, err);
	}
	return read_ca_key(d, err);
}

static int make_leaf(struct devcert *d, struct error *err)
{
	tls_pem_clear(&d->leaf);
	if (tls_devca_issue(&d->ca, d->names, d->name_count, d->now, &d->leaf, err) < 0 ||
	    write_one(d, DEVCERT_KEY, 0600, &d->leaf.key, err) < 0 ||
	    write_one(d, DEVCERT_CERTIFICATE, 0644, &d->leaf.certificate, err) < 0)
		return -1;
	log_event(CONF_LOG_INFO, NULL, "certificate-issued", "directory", d->dir, LOG_END);
	return 0;
}

static int make_missing(struct devcert *d, struct error *err)
{
	bool ready = false;

	/* Another process may have made it all while this one waited for the lock. */
	if (is_ready(d, &ready, err) < 0 || ready)
		return ready ? 0 : -1;
	if (ensure_ca(d, err) < 0)
		return -1;
	return leaf_is_current(d) ? 0 : make_leaf(d, err);
}

static int take_lock(const struct devcert *d, struct error *err)
{
	struct buffer path = BUFFER_INIT;
	int fd, locked = -1;

	path_of(d, DEVCERT_LOCK, &path);
	fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0) {
		do
			locked = flock(fd, LOCK_EX);
		while (locked < 0 && errno == EINTR);
	}
	if (locked < 0) {
		error_cannot(err,
		    "%s cannot be locked: %s; the development CA needs a data "
		    "directory that is writable",
		    path.data, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	buffer_clear(&path);
	return fd;
}

static int prepare(struct devcert *d, struct error *err)
{
	bool ready = false;
	int lock, result;

	if (is_ready(d, &ready, err) < 0)
		return -1;
	if (ready)
		return 0;
	lock = take_lock(d, err);
	if (lock < 0)
		return -1;
	result = make_missing(d, err);
	close(lock);
	return result;
}

int tls_context_prepare_dev(const char *data_dir, struct error *err)
{
	struct devcert d = {.dir = data_dir, .now = clock_now_ms() / 1000};
	int result;

	find_names(&d);
	result = prepare(&d, err);
	tls_pem_clear(&d.ca);
	tls_pem_clear(&d.leaf);
	return result;
}

static int issue_named(struct devcert *d, const struct conf_list *names, enum tls_flaw flaw,
    struct tls_pem *out, struct error *err)
{
	struct tls_leaf leaf = {names->items, names->count, d->now, flaw};

	if (names->count == 0) {
		leaf.names = d->names;
		leaf.count = d->name_count;
	}
	if (flaw != TLS_FLAW_SELF_SIGNED &&
	    (read_one(d, DEVCERT_CA, &d->ca.certificate, err) < 0 || read_ca_key(d, err) < 0))
		return -1;
	return tls_devca_issue_flawed(&d->ca, &leaf, out, err);
}

int devcert_issue(const char *data_dir, const struct conf_list *names, enum tls_flaw flaw,
    struct tls_pem *out, struct error *err)
{
	struct devcert d = {.dir = data_dir, .now = clock_now_ms() / 1000};
	int result;

	find_names(&d);
	result = issue_named(&d, names, flaw, out, err);
	tls_pem_clear(&d.ca);
	return result;
}
