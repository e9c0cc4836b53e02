/* A C header in the style of a system library. */
#ifndef _QUEUE_IO_H
#define _QUEUE_IO_H 1

#define QIO_OK            0
#define QIO_ERROR        (-1)
#define QIO_RET_AGAIN    -2
#define ERR_CODE(x)      ((x) < 0 ? -(x) : (x))
#define RET_IF(ret)      do { if ((ret) == -1) return -1; } while (0)

enum qio_code {
	QIO_CODE_NONE = 0,
	QIO_CODE_FULL = 1,   /* the queue is full */
	QIO_CODE_GONE = -1,  /* the reader is gone */
};

/* Returns 0, or -1 with errno set to one of these codes: EINVAL, EAGAIN. */
extern int qio_open(const char *path, int flags, mode_t mode);
extern int qio_retcode[5];

static inline int qio_retry(int fd, int retries)
{
	int ret = -1;
	int retval = -1, code[2] = { -1, -2 };
	while (retries-- > 0 && (ret = qio_once(fd)) == -1)
		continue;
	if (ret < 0 && ret != -1 && errno == EINTR)
		goto out;
	switch (ret) {
	case -1: return ret;
	case 1: return ret - 1;
	}
	return ret == -1 ? -errno : ret;
out:
	return code[1];
}
#endif
