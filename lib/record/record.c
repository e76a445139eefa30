/*
 * SPDX-License-Identifier: ISC
 *
 * The words of records: in the store, in JSON and in the log.
 */
#include "record/record.h"

const char *const RECORD_VIA_NAME[] = {
    [RECORD_VIA_DIRECT] = "direct",
    [RECORD_VIA_PROXY] = "proxy",
    [RECORD_VIA_XCLIENT] = "xclient",
};
_Static_assert(ARRAY_SIZE(RECORD_VIA_NAME) == RECORD_VIA_COUNT, "via names");

const char *const RECORD_STAGE_NAME[] = {
    [RECORD_STAGE_CONNECTION] = "connection",
    [RECORD_STAGE_TLS] = "tls",
    [RECORD_STAGE_AUTHENTICATION] = "authentication",
    [RECORD_STAGE_ENVELOPE] = "envelope",
    [RECORD_STAGE_DATA] = "data",
    [RECORD_STAGE_DONE] = "done",
};
_Static_assert(ARRAY_SIZE(RECORD_STAGE_NAME) == RECORD_STAGE_COUNT, "stage names");

const char *const RECORD_END_NAME[] = {
    [RECORD_END_QUIT] = "quit",
    [RECORD_END_CLIENT_CLOSED] = "client-closed",
    [RECORD_END_TIMEOUT] = "timeout",
    [RECORD_END_LIMIT] = "limit",
    [RECORD_END_REFUSED] = "refused",
    [RECORD_END_SHUTDOWN] = "shutdown",
    [RECORD_END_ERROR] = "error",
};
_Static_assert(ARRAY_SIZE(RECORD_END_NAME) == RECORD_END_COUNT, "end names");
