/*
 * SPDX-License-Identifier: ISC
 *
 * PROXY headers: what is taken is a header, whole and bounded, and none of its beginnings is
 * refused or taken for one.
 */
#include <stdlib.h>

#include "smtp/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct smtp_proxy p, again;
	struct error err = {.text = ""};
	ptrdiff_t taken = smtp_proxy_parse(in, &p, &err);

	require(taken <= (ptrdiff_t)size && taken <= SMTP_PROXY_MAX);
	require((taken < 0) == (err.text[0] != '\0'));
	require(taken != 0 || size < SMTP_PROXY_MAX);
	if (taken <= 0)
		return 0;
	require(taken >= 15);
	require(p.local == (p.client.family == IP_NONE));
	require(!p.local || p.port == 0);
	for (size_t n = 0; n < (size_t)taken; n++)
		require(smtp_proxy_parse(span_first(in, n), &again, &err) == 0);
	require(smtp_proxy_parse(span_first(in, (size_t)taken), &again, &err) == taken);
	return 0;
}
