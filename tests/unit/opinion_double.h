/*
 * SPDX-License-Identifier: ISC
 *
 * A double of the opinion process: the test's own program, run again under the name of what it is
 * to do.
 */
#ifndef OPINION_DOUBLE_H
#define OPINION_DOUBLE_H

/*
 * Whether the program was run as the double, by its arguments. It leaves a line in the file
 * "starts" beside the name it was run under, each time.
 */
int opinion_is_double(int argc, char **argv);
/*
 * Behaves as the last part of argv[0] says:
 *	answer       SPF pass, DMARC fail
 *	once         crashes at the first question, and answers in its next life
 *	needs        asks for n1.zone TXT, then answers pass, or temperror when that timed out
 *	endless      asks for it for ever
 *	crash hang garbage silent close chatter ready quit   what they say, at a question
 *	mute refuse early die                                what they say, at the start
 */
int opinion_double_main(char **argv);

#endif
