/*
 * SPDX-License-Identifier: ISC
 *
 * The files of conf/receivers as they come with the program; conf/embed.sh makes the definitions.
 */
#ifndef CONF_RECEIVER_FILES_H
#define CONF_RECEIVER_FILES_H

#include <stddef.h>

struct conf_receiver_file {
	const char *name; /* "gmail.conf" */
	const char *text;
};

extern const struct conf_receiver_file CONF_RECEIVER_FILES[];
extern const size_t CONF_RECEIVER_FILE_COUNT;

#endif
