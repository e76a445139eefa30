/*
 * SPDX-License-Identifier: ISC
 *
 * The machine's name, by which the program names itself in greetings and trace fields.
 */
#ifndef RUN_HOST_H
#define RUN_HOST_H

#define HOST_NAME_SIZE 256

/* The name, cut where it does not fit; "localhost" when there is none. Returns out. */
const char *host_name(char out[HOST_NAME_SIZE]);

#endif
