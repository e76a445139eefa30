/*
 * SPDX-License-Identifier: ISC
 *
 * The opinion process: this program run again, with this word as its first argument, a socket to
 * the gateway as its descriptor 3 and nothing else open.
 */
#ifndef OPINION_CHILD_H
#define OPINION_CHILD_H

#define OPINION_CHILD_WORD "opinion-child"
#define OPINION_CHILD_FD   3

/*
 * Loads what the libraries need, closes the sandbox, says that it is ready, and answers one
 * question after the other until the socket closes. Returns the exit status where it was started
 * by anybody else; otherwise it does not return.
 */
int opinion_child_main(void);

#endif
