/*
 * SPDX-License-Identifier: ISC
 *
 * Why an operation failed, in one sentence for a person: what, which, what was expected, what to
 * do. Functions that can fail take it as their last argument and return -1 or NULL.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum error_kind {
	ERROR_USAGE,  /* the caller's input is wrong: exit code 2 */
	ERROR_CANNOT, /* the environment does not allow it: exit code 4 */
};

struct error {
	enum error_kind kind;
	char text[500];
};

/* Sets the sentence, cut at its end when too long, and returns -1. err may be NULL. */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
#define error_usage(err, ...)  error_set((err), ERROR_USAGE, __VA_ARGS__)
#define error_cannot(err, ...) error_set((err), ERROR_CANNOT, __VA_ARGS__)

#endif
