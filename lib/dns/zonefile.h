/*
 * SPDX-License-Identifier: ISC
 *
 * The text of a master file as a zone. Only for the files of lib/dns.
 */
#ifndef DNS_ZONEFILE_H
#define DNS_ZONEFILE_H

#include "base/error.h"
#include "dns/zonedata.h"

/* NULL with err beginning "FILE:LINE: ". */
struct dns_zone *dns_zone_parse(const char *file, struct span text, struct error *err);

#endif
