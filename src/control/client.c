/*
 * SPDX-License-Identifier: ISC
 *
 * The client's side of the control socket: one question, one answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/control.h"
#include "control/request.h"
#include "net/local.h"

#define CHUNK 4096

static int fail(const char *data_dir, const char *what, struct error *err)
{
	return error_cannot(err,
	    "%s/%s: the gateway that serves it gave no answer: %s; look at its log", data_dir,
	    CONTROL_NAME, what);
}

/* A server that turns us away may close before all is sent: its answer is there all the same. */
static void send_all(int fd, struct span data)
{
	while (data.len > 0) {
		ssize_t n = send(fd, data.data, data.len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return;
		data = span_after(data, n < 0 ? 0 : (size_t)n);
	}
}

/* Reads to the end of the line. 0; -1: it has none. */
static int receive_line(int fd, struct buffer *out)
{
	char chunk[CHUNK];
	ssize_t n;

	do {
		n = recv(fd, chunk, sizeof(chunk), 0);
		if (n > 0)
			buffer_add(out, chunk, (size_t)n);
	} while ((n < 0 && errno == EINTR) ||
		 (n > 0 && out->data[out->len - 1] != '\n' && out->len <= CONTROL_LINE_MAX));
	return out->len > 0 && out->data[out->len - 1] == '\n' ? 0 : -1;
}

static int read_answer(
    const char *data_dir, const struct buffer *line, json_t **answer, struct error *err)
{
	const char *error;

	*answer = json_loadb(line->data, line->len, 0, NULL);
	if (!json_is_object(*answer)) {
		json_decref(*answer);
		return fail(data_dir, "what it sent is no JSON object", err);
	}
	error = json_string_value(json_object_get(*answer, "error"));
	if (error == NULL)
		return 1;
	error_cannot(err, "the gateway: %s", error);
	json_decref(*answer);
	return -1;
}

int control_ask(const char *data_dir, json_t *request, json_t **answer, struct error *err)
{
	struct buffer line = BUFFER_INIT;
	int fd, result = local_connect(data_dir, CONTROL_NAME, &fd, err);

	if (result <= 0)
		return result;
	request_answer(json_incref(request), &line);
	send_all(fd, buffer_span(&line));
	buffer_reset(&line);
	if (receive_line(fd, &line) < 0)
		result = fail(data_dir, "the connection ended", err);
	else
		result = read_answer(data_dir, &line, answer, err);
	close(fd);
	buffer_clear(&line);
	return result;
}
