/*
 * SPDX-License-Identifier: ISC
 *
 * The clocks: the wall's for records, the steady one for durations.
 */
#ifndef RUN_CLOCK_H
#define RUN_CLOCK_H

#include <stdint.h>

int64_t clock_now_ms(void);    /* milliseconds since 1970 */
int64_t clock_steady_us(void); /* microseconds since some moment; never goes back */

#endif
