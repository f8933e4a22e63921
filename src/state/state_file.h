/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that the switch keeps its state in: a head with the format's version
 * and a checksum, then records (state_record.h) as one block of bytes.
 *
 * Knows the file as a whole, and not the meaning of the records.
 */
#ifndef STATE_STATE_FILE_H
#define STATE_STATE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    STATE_FILE_HEAD_SIZE = 40,
    STATE_FILE_ERROR_SIZE = 160,
};

/* Fills in the head of 'bytes', which begin with STATE_FILE_HEAD_SIZE bytes for
 * it. */
void state_file_seal(uint8_t *bytes, size_t size);

/* Why these bytes are no state file of this version, or are damaged; NULL: they
 * are one, and the records follow the head. */
const char *state_file_fault(const uint8_t *bytes, size_t size);

/*
 * Puts a file with these bytes in the place of 'path': a file beside it is
 * written, brought to the disk and renamed, so that 'path' is the old file or
 * the new one and never a part.  A link in its place is replaced, not
 * followed.  Returns 0 or -errno.
 */
int state_file_write(const char *path, const uint8_t *bytes, size_t size);

/*
 * Reads the whole file, which must belong to root, to us or to 'uid' and be for
 * nobody else to change.  Returns 0 and '*bytes', to be freed; -ENOENT if there
 * is none; or -errno with 'error' saying why it is not used.
 */
int state_file_read(const char *path, uid_t uid, uint8_t **bytes, size_t *size,
                    char error[STATE_FILE_ERROR_SIZE]);

/* Removes the file, and the file that a dead writer has left beside it. */
void state_file_remove(const char *path);
void state_file_remove_rest(const char *path);

#endif
