/*
 * SPDX-License-Identifier: ISC
 *
 * Unix stream sockets in a directory.
 */
#include "net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/acceptor.h"
#include "run/log.h"

#define BACKLOG 64

struct local {
	int fd; /* the acceptor's, once there is one */
	int dir_fd;
	char *name;
	dev_t device; /* of the socket's name, to tell it from one that took its place */
	ino_t inode;
	struct acceptor *acceptor;
	void (*accepted)(void *arg, int fd);
	void *arg;
};

static int open_dir(const char *dir)
{
	return open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* By way of the opened directory, so that the length of its path does not matter. */
static void set_address(struct sockaddr_un *address, int dir_fd, const char *name)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s", dir_fd, name);
}

/* Removes a socket that is there. 0; -1 with errno: it is none, or it stays. */
static int remove_left(int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	return unlinkat(dir_fd, name, 0);
}

/* The mode of the name becomes that of the socket at the moment of binding. */
static int bind_private(struct local *l)
{
	struct sockaddr_un address;
	struct stat st;

	set_address(&address, l->dir_fd, l->name);
	if (fchmod(l->fd, 0600) < 0 ||
	    bind(l->fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    fstatat(l->dir_fd, l->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	l->device = st.st_dev;
	l->inode = st.st_ino;
	return listen(l->fd, BACKLOG);
}

static int listen_at(struct local *l, const char *dir)
{
	l->dir_fd = open_dir(dir);
	if (l->dir_fd < 0 || remove_left(l->dir_fd, l->name) < 0)
		return -1;
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return l->fd < 0 ? -1 : bind_private(l);
}

static bool is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static void take(void *arg, int fd, const struct sockaddr *peer)
{
	const struct local *l = arg;

	(void)peer;
	if (is_ours(fd)) {
		l->accepted(l->arg, fd);
		return;
	}
	log_event(CONF_LOG_WARNING, NULL, "peer-refused", "address", l->name, "reason",
	    "it belongs to another user", LOG_END);
	close(fd);
}

struct local *local_new(struct loop *loop, const char *dir, const char *name,
    void (*accepted)(void *arg, int fd), void *arg, struct error *err)
{
	struct local *l = memory_new(sizeof(*l));

	l->fd = -1;
	l->name = memory_string(name);
	l->accepted = accepted;
	l->arg = arg;
	if (listen_at(l, dir) < 0) {
		error_cannot(err,
		    "%s/%s: a socket cannot be made there: %s; expected a directory of this user's "
		    "on a disk of this machine, with /proc there and nothing of that name in it",
		    dir, name, strerror(errno));
		local_free(l);
		return NULL;
	}
	l->acceptor = acceptor_new(loop, l->fd, name, take, l);
	return l;
}

static void remove_own(const struct local *l)
{
	struct stat st;

	if (fstatat(l->dir_fd, l->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode) &&
	    st.st_dev == l->device && st.st_ino == l->inode)
		unlinkat(l->dir_fd, l->name, 0);
}

void local_free(struct local *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0)
		remove_own(l);
	if (l->acceptor != NULL)
		acceptor_free(l->acceptor);
	else if (l->fd >= 0)
		close(l->fd);
	if (l->dir_fd >= 0)
		close(l->dir_fd);
	free(l->name);
	free(l);
}

static int connect_at(int dir_fd, const char *name)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), why;

	if (fd < 0)
		return -1;
	set_address(&address, dir_fd, name);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}

int local_connect(const char *dir, const char *name, int *fd, struct error *err)
{
	int dir_fd = open_dir(dir), why;

	*fd = dir_fd < 0 ? -1 : connect_at(dir_fd, name);
	why = errno;
	if (dir_fd >= 0)
		close(dir_fd);
	if (*fd >= 0)
		return 1;
	/* No socket, or one that a killed process left. */
	if (why == ENOENT || why == ECONNREFUSED)
		return 0;
	return error_cannot(err,
	    "%s/%s: cannot be connected to: %s; expected the user that runs "
	    "mailassay serve, or root",
	    dir, name, strerror(why));
}
