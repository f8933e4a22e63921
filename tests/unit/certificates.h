/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and certificates for tests, made anew in a directory of the test's. */
#ifndef UNIT_CERTIFICATES_H
#define UNIT_CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

struct identity {
    EVP_PKEY *key;
    X509 *certificate;
};

/* DIR/NAME.pem and DIR/NAME-key.pem, signed by 'by' (NULL: by itself), good
 * for 'life_s' from now on; less than 0: it was. */
bool certificates_make_for(struct identity *i, const struct identity *by,
                           const char *dir, const char *name, long life_s);

bool certificates_make(struct identity *i, const struct identity *by,
                       const char *dir, const char *name);

void certificates_clear(struct identity *i);

#endif
