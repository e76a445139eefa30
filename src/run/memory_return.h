/*
 * SPDX-License-Identifier: ISC
 *
 * Giving freed memory back to the system.
 */
#ifndef RUN_MEMORY_RETURN_H
#define RUN_MEMORY_RETURN_H

/* Once, early: buffers of large messages go back to the system as soon as they are freed. */
void memory_return_large(void);

/*
 * Gives back what was freed, by all threads, as far as whole pages are free. Takes milliseconds.
 */
void memory_return(void);

#endif
